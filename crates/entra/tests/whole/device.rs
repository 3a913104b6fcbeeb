//! A sign-in on another device, from its code to the account.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use entra::{EntraError, EntraErrorKind, SignInAsk, SignedIn, Unreadable};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::authority::{CLIENT, Reply, Request, TestAuthority, metadata};
use crate::sign_in::{claims, tokens};

#[tokio::test]
async fn the_account_comes_out_when_the_code_was_typed_in() {
    let authority = TestAuthority::start(played(vec![
        refused("authorization_pending"),
        refused("slow_down"),
        Reply::Http(503, String::new(), Vec::new()),
        Reply::Close,
        refused("authorization_pending"),
    ]))
    .await;
    let (outcome, waits) = sign_in(&authority).await;
    let signed_in = outcome.unwrap();
    assert_eq!(signed_in.account.username, "ada@signet.example");
    assert_eq!(signed_in.tokens.access_token.secret.expose_secret(), "at-1");
    assert_eq!(signed_in.tokens.asked, ["User.Read"]);
    assert_eq!(waits, [5, 5, 10, 20, 40, 10]);

    let [offer] = authority.requests_to("/devicecode").try_into().unwrap();
    assert_eq!(offer.form["client_id"], CLIENT);
    assert_eq!(
        offer.form["scope"],
        "openid profile offline_access User.Read"
    );
    for request in authority.requests_to("/token") {
        for (name, value) in [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", CLIENT),
            ("device_code", "BAQABAAEAAAD"),
            ("client_info", "1"),
            (
                "claims",
                r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
            ),
        ] {
            assert_eq!(request.form[name], value, "{name}");
        }
    }
}

#[tokio::test]
async fn each_refusal_ends_the_waiting_with_its_name() {
    for (error, kind) in [
        ("authorization_declined", EntraErrorKind::Declined),
        ("access_denied", EntraErrorKind::Declined),
        ("expired_token", EntraErrorKind::DeviceCodeOver),
        ("code_expired", EntraErrorKind::DeviceCodeOver),
        ("bad_verification_code", EntraErrorKind::DeviceCodeOver),
        ("invalid_client", EntraErrorKind::Misconfigured),
    ] {
        let authority = TestAuthority::start(played(vec![refused(error)])).await;
        let (outcome, waits) = sign_in(&authority).await;
        assert_eq!(outcome.unwrap_err().kind, kind, "{error}");
        assert_eq!(waits.len(), 1, "{error}");
    }
}

#[tokio::test]
async fn the_code_ends_by_the_clock_and_by_the_waits() {
    let pending = || (0..1_000).map(|_| refused("authorization_pending"));
    let authority = TestAuthority::start(played(pending().collect())).await;
    let (outcome, waits) = sign_in(&authority).await;
    assert_eq!(outcome.unwrap_err().kind, EntraErrorKind::DeviceCodeOver);
    assert_eq!(waits.iter().sum::<u64>(), 895, "a clock that stands still");

    let authority = TestAuthority::start(played(pending().collect())).await;
    let client = authority.client();
    let code = client.begin_on_other_device(ask()).await.unwrap();
    authority.move_clock(901);
    let waited = Arc::new(Mutex::new(0));
    let error = client
        .await_other_device(&code, &|_| {
            *waited.lock().unwrap() += 1;
            Box::pin(std::future::ready(()))
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind, EntraErrorKind::DeviceCodeOver);
    assert_eq!(*waited.lock().unwrap(), 1, "a computer that slept");
}

#[tokio::test]
async fn an_offer_that_cannot_be_shown_is_none() {
    for (name, value) in [
        ("user_code", Value::Null),
        ("device_code", json!("")),
        ("verification_uri", json!("http://evil.example/")),
    ] {
        let authority = TestAuthority::start(move |request| {
            let mut offer = offer(request)?;
            offer[name] = value.clone();
            Some(Reply::json(200, &offer))
        })
        .await;
        let error = authority.client().begin_on_other_device(ask()).await;
        let incomplete = EntraErrorKind::Unreadable(Unreadable::Incomplete);
        assert_eq!(error.unwrap_err().kind, incomplete, "{name}");
    }
}

#[tokio::test]
async fn an_authority_without_device_codes_says_so_and_one_elsewhere_is_refused() {
    for (endpoint, expected) in [
        (Value::Null, EntraErrorKind::Misconfigured),
        (
            json!("https://evil.example/devicecode"),
            EntraErrorKind::Unreadable(Unreadable::Incomplete),
        ),
        (
            json!(17),
            EntraErrorKind::Unreadable(Unreadable::Incomplete),
        ),
    ] {
        let authority = TestAuthority::start(move |request| {
            let mut metadata = metadata(&request.origin);
            metadata["device_authorization_endpoint"] = endpoint.clone();
            request
                .path
                .ends_with("openid-configuration")
                .then(|| Reply::json(200, &metadata))
        })
        .await;
        let error = authority.client().begin_on_other_device(ask()).await;
        assert_eq!(error.unwrap_err().kind, expected);
    }
}

#[tokio::test]
async fn a_code_of_another_authority_is_not_asked_about() {
    let one = TestAuthority::start(played(Vec::new())).await;
    let two = TestAuthority::start(played(Vec::new())).await;
    let code = one.client().begin_on_other_device(ask()).await.unwrap();
    let outcome = two
        .client()
        .await_other_device(&code, &|_| Box::pin(std::future::ready(())))
        .await;
    assert_eq!(outcome.unwrap_err().error, "sign_in_of_another_client");
    assert!(two.requests_to("/token").is_empty());
    assert!(!format!("{code:?}").contains("BAQAB"));
}

fn ask() -> SignInAsk {
    SignInAsk {
        scopes: vec!["User.Read".to_owned()],
        ..SignInAsk::default()
    }
}

/// Signs in without waiting, and tells the seconds that would have been waited.
async fn sign_in(authority: &TestAuthority) -> (Result<SignedIn, EntraError>, Vec<u64>) {
    let client = authority.client();
    let code = client.begin_on_other_device(ask()).await.unwrap();
    assert_eq!(code.user_code, "FJC3Z9Q7V");
    let waits = Arc::new(Mutex::new(Vec::new()));
    let outcome = client
        .await_other_device(&code, &|wait: Duration| {
            waits.lock().unwrap().push(wait.as_secs());
            Box::pin(std::future::ready(()))
        })
        .await;
    let waits = waits.lock().unwrap().clone();
    (outcome, waits)
}

fn offer(request: &Request) -> Option<Value> {
    request.path.ends_with("/devicecode").then(|| {
        json!({
            "user_code": "FJC3Z9Q7V", "device_code": "BAQABAAEAAAD", "expires_in": 900, "interval": 5,
            "verification_uri": format!("{}/devicelogin", request.origin), "message": "Open a browser",
        })
    })
}

fn refused(error: &str) -> Reply {
    Reply::json(400, &json!({"error": error}))
}

/// An authority that answers the polling so, and with tokens when that is over.
fn played(answers: Vec<Reply>) -> impl FnMut(&Request) -> Option<Reply> + Send {
    let mut answers = answers.into_iter();
    move |request| {
        if let Some(offer) = offer(request) {
            return Some(Reply::json(200, &offer));
        }
        request
            .path
            .ends_with("/token")
            .then(|| match answers.next() {
                Some(reply) => reply,
                None => tokens(&claims(&request.origin)),
            })
    }
}
