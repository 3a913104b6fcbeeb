//! A sign-in from the first request to the account.

use std::time::SystemTime;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use entra::{EntraError, EntraErrorKind, IdTokenFault, SignInAsk, SignedIn, redirect};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::authority::{CLIENT, Reply, Request, TestAuthority, today};
use crate::test_key::{FORGED, OURS};

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

#[tokio::test]
async fn the_account_and_its_tokens_come_out() {
    let authority = TestAuthority::start(played(|_| {})).await;
    let signed_in = sign_in(&authority).await.unwrap();
    let account = &signed_in.account;
    assert_eq!(
        account.home_account_id,
        "690222be-ff1a-4d56-abd1-7e4f7d38e474.72f988bf-86f1-41af-91ab-2d7cd011db47"
    );
    assert_eq!(
        (account.name.as_deref(), account.username.as_str()),
        (Some("Ada Lovelace-Núñez"), "ada@signet.example")
    );
    assert_eq!(account.tenant_id, TENANT);
    assert_eq!(format!("http://{}", account.environment), authority.origin);
    assert_eq!(account.scopes, ["User.Read", "openid", "profile", "email"]);
    assert_eq!(signed_in.tokens.access_token.secret.expose_secret(), "at-1");
    assert_eq!(
        signed_in
            .tokens
            .refresh_token
            .as_ref()
            .unwrap()
            .expose_secret(),
        "rt-1"
    );
    let shown = format!("{signed_in:?}");
    assert!(
        !shown.contains("at-1") && !shown.contains("rt-1") && !shown.contains("signet.example"),
        "{shown}"
    );
}

#[tokio::test]
async fn the_code_is_redeemed_with_all_that_belongs_to_it() {
    let authority = TestAuthority::start(played(|_| {})).await;
    sign_in(&authority).await.unwrap();
    let requests = authority.requests_to("/token");
    let [request] = requests.as_slice() else {
        panic!("{} token requests", requests.len())
    };
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("redirect_uri", "io.github.signetmail://auth"),
        ("scope", "openid profile offline_access User.Read"),
        ("client_info", "1"),
        (
            "claims",
            r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
        ),
    ] {
        assert_eq!(
            request.form.get(name).map(String::as_str),
            Some(value),
            "{name}"
        );
    }
    assert!(request.form["code_verifier"].len() >= 43);
    assert!(!request.form.contains_key("client_secret"));
}

#[tokio::test]
async fn an_id_token_that_proves_nothing_makes_no_account() {
    for (what, change, fault) in [
        (
            "another nonce",
            (|claims| claims["nonce"] = json!("other")) as fn(&mut Value),
            IdTokenFault::Nonce,
        ),
        (
            "another audience",
            |claims| claims["aud"] = json!("other"),
            IdTokenFault::Audience,
        ),
        (
            "another tenant",
            |claims| claims["tid"] = json!("9188040d-6c67-4c5b-b112-36a304b66dad"),
            IdTokenFault::KeyIssuer,
        ),
        (
            "another key",
            |claims| claims["forged"] = json!(true),
            IdTokenFault::Signature,
        ),
        (
            "none",
            |claims| *claims = Value::Null,
            IdTokenFault::Missing,
        ),
    ] {
        let authority = TestAuthority::start(played(change)).await;
        let error = sign_in(&authority).await.unwrap_err();
        assert_eq!(error.kind, EntraErrorKind::BadIdToken(fault), "{what}");
        assert!(error.correlation_id.is_some(), "{what}: an id to quote");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_named_with_its_minutes() {
    for (offset, expected) in [
        (-4 * 60, Ok(())),
        (40 * 60, Ok(())),
        (3 * 3_600, Err(EntraErrorKind::ClockWrong { minutes: 180 })),
        (
            -3 * 3_600,
            Err(EntraErrorKind::ClockWrong { minutes: -180 }),
        ),
    ] {
        let authority = TestAuthority::start(played(|_| {})).await;
        authority.move_clock(offset);
        let outcome = sign_in(&authority).await;
        let outcome = outcome.map(|_| ()).map_err(|error| error.kind);
        assert_eq!(outcome, expected, "{offset}");
    }
}

#[tokio::test]
async fn keys_that_have_changed_are_looked_up_again_and_not_more_often() {
    // The first set of keys lacks the one that signs; the second look brings it.
    let mut looks = 0;
    let mut token = played(|_| {});
    let authority = TestAuthority::start(move |request| {
        if request.path.ends_with("/keys") {
            looks += 1;
            return (looks == 1).then(|| Reply::json(200, &json!({"keys": []})));
        }
        token(request)
    })
    .await;
    let client = authority.client();
    let unknown = EntraErrorKind::BadIdToken(IdTokenFault::UnknownKey);
    assert_eq!(sign_in_by(&client).await.unwrap_err().kind, unknown);
    assert_eq!(
        sign_in_by(&client).await.unwrap_err().kind,
        unknown,
        "not asked again within minutes"
    );
    assert_eq!(authority.requests_to("/keys").len(), 1);
    authority.move_clock(6 * 60);
    sign_in_by(&client).await.unwrap();
    assert_eq!(authority.requests_to("/keys").len(), 2);
}

#[tokio::test]
async fn a_sign_in_of_another_authority_is_not_redeemed() {
    let one = TestAuthority::start(played(|_| {})).await;
    let two = TestAuthority::start(played(|_| {})).await;
    let (url, pending) = one.client().begin(SignInAsk::default()).await.unwrap();
    let state = url
        .query()
        .unwrap()
        .split('&')
        .find(|pair| pair.starts_with("state="))
        .unwrap();
    let code = redirect::read(
        &pending,
        &format!("io.github.signetmail://auth/?code=c1&{state}"),
    )
    .unwrap();
    assert!(two.client().redeem(pending, code).await.is_err());
    assert!(
        two.requests_to("/token").is_empty(),
        "the code was not sent"
    );
}

async fn sign_in(authority: &TestAuthority) -> Result<SignedIn, EntraError> {
    sign_in_by(&authority.client()).await
}

pub async fn sign_in_by(client: &entra::Client) -> Result<SignedIn, EntraError> {
    let ask = SignInAsk {
        scopes: vec!["User.Read".to_owned()],
        ..SignInAsk::default()
    };
    let (url, pending) = client.begin(ask).await?;
    let value = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .unwrap()
            .1
            .into_owned()
    };
    let answer = format!(
        "io.github.signetmail://auth/?code=c1.{}&state={}#",
        value("nonce"),
        value("state")
    );
    let code = redirect::read(&pending, &answer).unwrap();
    client.redeem(pending, code).await
}

/// A token endpoint that answers as Entra does, but for a change in the claims.
fn played(change: fn(&mut Value)) -> impl FnMut(&Request) -> Option<Reply> + Send {
    move |request| {
        request.path.ends_with("/token").then(|| {
            let nonce = request.form["code"].split_once('.').unwrap().1;
            let mut claims = claims(&request.origin);
            claims["nonce"] = json!(nonce);
            change(&mut claims);
            tokens(&claims)
        })
    }
}

/// The answer with the tokens of whoever these claims tell of.
pub fn tokens(claims: &Value) -> Reply {
    let id_token = match claims {
        Value::Null => Value::Null,
        claims if claims.get("forged").is_some() => json!(FORGED.sign(claims)),
        claims => json!(OURS.sign(claims)),
    };
    let client_info = BASE64_URL_SAFE_NO_PAD
        .encode(json!({"uid": "690222be-ff1a-4d56-abd1-7e4f7d38e474", "utid": TENANT}).to_string());
    let answer = json!({
        "token_type": "Bearer", "scope": "User.Read openid profile email", "expires_in": "3599",
        "ext_expires_in": 3599, "access_token": "at-1", "refresh_token": "rt-1", "id_token": id_token,
        "client_info": client_info, "new_field": [1, 2],
    });
    Reply::json(200, &answer).with(&format!("Date: {}", httpdate::fmt_http_date(today())))
}

/// The claims of a work account, without a nonce.
pub fn claims(origin: &str) -> Value {
    let now = today()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    json!({
        "aud": CLIENT, "iss": format!("{origin}/{TENANT}/v2.0"), "iat": now - 300, "nbf": now - 300,
        "exp": now + 3_300, "name": "Ada Lovelace-Núñez", "ver": "2.0", "tid": TENANT,
        "oid": "690222be-ff1a-4d56-abd1-7e4f7d38e474", "preferred_username": "ada@signet.example",
    })
}
