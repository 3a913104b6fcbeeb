//! The device code flow. Sources: "OAuth 2.0 device authorization grant";
//! RFC 8628 §3; MSAL Node for the short name of the grant.

use serde_json::{Value, json};

use crate::browser::{Answer, CLIENT_ID, SIGN_IN, Tenant, between, encode, string};
use crate::transport::Place;

const ADA: &str = "ada@signet.example";
const URN: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[tokio::test]
async fn a_device_gets_its_codes_in_the_live_services_shape() {
    let tenant = Tenant::start().await;
    let answer = start(&tenant, "v2.0/", &[("scope", SIGN_IN)]).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let mut members: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(
        members,
        [
            "device_code",
            "expires_in",
            "interval",
            "message",
            "user_code",
            "verification_uri"
        ]
    );
    assert_eq!(
        (&body["expires_in"], &body["interval"]),
        (&json!(900), &json!(5))
    );
    assert_eq!(
        string(&body["verification_uri"]),
        tenant.url("/devicelogin")
    );
    let message = string(&body["message"]);
    assert!(message.contains(&string(&body["user_code"])));
    assert!(message.contains(&string(&body["verification_uri"])));
    let url = tenant.url("/common/oauth2/v2.0/devicecode?mkt=de-DE");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let form = encode(&[("client_id", CLIENT_ID), ("scope", SIGN_IN)]);
    let german = tenant.send("POST", &url, &headers, form.into_bytes()).await;
    assert!(string(&german.json()["message"]).starts_with("Öffnen Sie"));
    let twin = start(&tenant, "", &[("resource", "https://graph.microsoft.com")])
        .await
        .json();
    assert_eq!(
        (&twin["expires_in"], &twin["interval"]),
        (&json!("900"), &json!("5"))
    );
    assert!(twin["verification_url"].is_string() && twin.get("verification_uri").is_none());
}

#[tokio::test]
async fn what_a_device_cannot_have_is_refused() {
    let tenant = Tenant::start().await;
    for (fields, code) in [
        (&[("scope", "")][..], 900_144),
        (&[("scope", SIGN_IN), ("client_id", "")], 900_144),
        (&[("scope", "User.Fly")], 70011),
        (
            &[
                ("scope", SIGN_IN),
                ("client_id", "0a0a0a0a-0000-4000-8000-000000000001"),
            ],
            700_016,
        ),
        (
            &[
                ("scope", SIGN_IN),
                ("client_id", "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0004"),
            ],
            7_000_218,
        ),
    ] {
        assert_eq!(
            start(&tenant, "v2.0/", fields).await.refusal().1,
            code,
            "{fields:?}"
        );
    }
    assert_eq!(
        tenant
            .get("/common/oauth2/v2.0/devicecode")
            .await
            .refusal()
            .1,
        900_561
    );
}

/// Both names of the grant, and `code` for the device code, as the libraries
/// send them.
#[tokio::test]
async fn a_person_types_the_code_and_the_device_is_signed_in() {
    for (grant_type, parameter) in [
        (URN, "device_code"),
        ("device_code", "device_code"),
        (URN, "code"),
    ] {
        let tenant = Tenant::start().await;
        let body = start(&tenant, "v2.0/", &[("scope", SIGN_IN)]).await.json();
        let code = string(&body["device_code"]);
        let pending = poll(&tenant, grant_type, parameter, &code).await;
        assert_eq!(
            pending.refusal(),
            ("authorization_pending".to_owned(), 70016)
        );
        assert_eq!(pending.status, 400);
        let page = confirm_page(&tenant, &string(&body["user_code"]).to_lowercase()).await;
        assert!(page.text().contains("Signet") && page.text().contains(ADA));
        clock(&tenant, 10).await;
        let still = poll(&tenant, grant_type, parameter, &code).await;
        assert_eq!(
            still.refusal().0,
            "authorization_pending",
            "not before the person's word"
        );
        let done = answer(&tenant, &page, "continue").await;
        assert!(
            done.text().contains("You have signed in"),
            "{}",
            done.text()
        );
        clock(&tenant, 20).await;
        let tokens = poll(&tenant, grant_type, parameter, &code).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text());
        let tokens = tokens.json();
        assert!(tokens["refresh_token"].is_string() && tokens["client_info"].is_string());
        let me = tenant
            .graph("GET", "/me", &string(&tokens["access_token"]), None)
            .await;
        assert_eq!(me.json()["userPrincipalName"], ADA);
        let id_token = string(&tokens["id_token"]);
        assert_eq!(id_token.split('.').count(), 3);
        let again = poll(&tenant, grant_type, parameter, &code).await;
        assert_eq!(again.refusal(), ("bad_verification_code".to_owned(), 70018));
    }
}

/// The page's hidden field alone says nothing: it must come back with the
/// session that signed in, and that session must still stand.
#[tokio::test]
async fn only_the_session_that_signed_in_may_say_yes() {
    let tenant = Tenant::start().await;
    let body = start(&tenant, "v2.0/", &[("scope", SIGN_IN)]).await.json();
    let page = confirm_page(&tenant, &string(&body["user_code"])).await;
    let stranger = Tenant::at(tenant.http, tenant.control);
    assert_eq!(answer(&stranger, &page, "continue").await.status, 400);
    stranger.code(ADA, &[]).await;
    assert_eq!(answer(&stranger, &page, "continue").await.status, 400);
    let code = string(&body["device_code"]);
    let pending = poll(&tenant, URN, "device_code", &code).await;
    assert_eq!(pending.refusal().0, "authorization_pending");
    tenant
        .control("POST", "/revoke", Some(json!({"user": ADA})))
        .await;
    assert_eq!(answer(&tenant, &page, "continue").await.status, 400);
}

#[tokio::test]
async fn a_person_may_say_no() {
    let tenant = Tenant::start().await;
    // At the confirmation.
    let body = start(&tenant, "v2.0/", &[("scope", SIGN_IN)]).await.json();
    let page = confirm_page(&tenant, &string(&body["user_code"])).await;
    answer(&tenant, &page, "cancel").await;
    let declined = poll(&tenant, URN, "device_code", &string(&body["device_code"])).await;
    assert_eq!(declined.refusal().0, "authorization_declined");
    // On the sign-in page.
    tenant
        .browse("GET", "/common/oauth2/v2.0/logout", &[])
        .await;
    let body = start(&tenant, "v2.0/", &[("scope", SIGN_IN)]).await.json();
    let page = typed(&tenant, &string(&body["user_code"])).await;
    let back = tenant.browse("GET", &page.link("cancel"), &[]).await;
    tenant.browse("GET", &local(&back.address()), &[]).await;
    let declined = poll(&tenant, URN, "device_code", &string(&body["device_code"])).await;
    assert_eq!(declined.refusal().0, "authorization_declined");
}

#[tokio::test]
async fn a_device_that_asks_too_often_is_slowed_down() {
    let tenant = Tenant::start().await;
    let body = start(&tenant, "v2.0/", &[("scope", SIGN_IN)]).await.json();
    let code = string(&body["device_code"]);
    for (at, error) in [
        (100, "authorization_pending"),
        (102, "slow_down"),
        (108, "slow_down"),
        (122, "authorization_pending"),
    ] {
        clock(&tenant, at).await;
        let answer = poll(&tenant, URN, "device_code", &code).await;
        assert_eq!(answer.refusal().0, error, "after {at} s");
    }
}

#[tokio::test]
async fn codes_end_after_fifteen_minutes_and_belong_to_who_asked() {
    let tenant = Tenant::start().await;
    let body = start(&tenant, "v2.0/", &[("scope", SIGN_IN)]).await.json();
    let (code, user_code) = (string(&body["device_code"]), string(&body["user_code"]));
    assert_eq!(
        poll(&tenant, URN, "device_code", "nonsense")
            .await
            .refusal()
            .1,
        70018
    );
    assert_eq!(
        poll(&tenant, URN, "device_code", "").await.refusal().1,
        900_144
    );
    let fields = [
        ("client_id", "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0003"),
        ("grant_type", URN),
        ("device_code", &code),
    ];
    assert_eq!(tenant.token("common", &fields).await.refusal().1, 70018);
    assert!(
        typed(&tenant, "WRONGCODE")
            .await
            .text()
            .contains("AADSTS70018")
    );
    clock(&tenant, 901).await;
    let late = poll(&tenant, URN, "device_code", &code).await;
    assert_eq!(late.refusal(), ("expired_token".to_owned(), 70019));
    assert!(
        typed(&tenant, &user_code)
            .await
            .text()
            .contains("AADSTS70019")
    );
}

#[tokio::test]
async fn the_page_is_at_each_of_its_addresses() {
    let tenant = Tenant::start().await;
    for path in ["/devicelogin", "/device", "/common/oauth2/deviceauth"] {
        let page = tenant.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text().contains("name=\"otc\""), "{path}");
    }
    for forged in ["", "nonsense"] {
        let form = [("device", forged), ("answer", "continue")];
        let page = tenant
            .browse("POST", "/common/oauth2/deviceauth/confirm", &form)
            .await;
        assert_eq!(page.status, 400);
    }
}

/// Behind the proxy the page is where the cloud's own documentation has it
/// ("National clouds"), and it is served there; HSTS is sent under those names
/// alone, because on loopback it would bind every other server of the machine.
#[tokio::test]
async fn behind_the_proxy_the_page_is_microsoft_s_address() {
    let place = Place::open().await;
    let client = place.client(true);
    for (host, uri) in [
        (
            "login.microsoftonline.com",
            "https://microsoft.com/devicelogin",
        ),
        (
            "login.microsoftonline.us",
            "https://microsoft.com/deviceloginus",
        ),
    ] {
        let form = [("client_id", CLIENT_ID), ("scope", SIGN_IN)];
        let request = client
            .post(format!("https://{host}/common/oauth2/v2.0/devicecode"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encode(&form));
        let body = request.send().await.unwrap().bytes().await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["verification_uri"], uri);
        assert_eq!(client.get(uri).send().await.unwrap().status(), 200);
        let token = client.post(format!("https://{host}/common/oauth2/v2.0/token"));
        let refused = token.send().await.unwrap();
        assert!(refused.headers().contains_key("strict-transport-security"));
    }
    let tenant = Tenant::start().await;
    let refused = tenant.token("common", &[]).await;
    assert_eq!(refused.header("strict-transport-security"), "");
}

async fn start(tenant: &Tenant, version: &str, changes: &[(&str, &str)]) -> Answer {
    let mut form = vec![("client_id", CLIENT_ID)];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = tenant.url(&format!("/common/oauth2/{version}devicecode"));
    tenant
        .send("POST", &url, &headers, encode(&form).into_bytes())
        .await
}

async fn poll(tenant: &Tenant, grant_type: &str, parameter: &str, code: &str) -> Answer {
    let fields = [
        ("client_id", CLIENT_ID),
        ("grant_type", grant_type),
        (parameter, code),
        ("client_info", "1"),
    ];
    tenant.token("common", &fields).await
}

async fn typed(tenant: &Tenant, user_code: &str) -> Answer {
    tenant
        .browse("POST", "/devicelogin", &[("otc", user_code)])
        .await
}

/// Types the code, signs Ada in and consents, up to the question about the app.
async fn confirm_page(tenant: &Tenant, user_code: &str) -> Answer {
    let page = typed(tenant, user_code).await;
    let page = tenant.log_in(&page, ADA, "signet").await;
    let page = if page.text().contains("id=\"accept\"") {
        tenant.accept(&page).await
    } else {
        page
    };
    tenant.browse("GET", &local(&page.address()), &[]).await
}

async fn answer(tenant: &Tenant, page: &Answer, word: &str) -> Answer {
    let device = between(&page.text(), "name=\"device\" value=\"", "\"").expect("the question");
    let form = [("device", device.as_str()), ("answer", word)];
    tenant
        .browse("POST", "/common/oauth2/deviceauth/confirm", &form)
        .await
}

/// The path and query of an address of the sandbox.
fn local(address: &str) -> String {
    let (_, rest) = address.split_once("://").unwrap();
    let (_, path) = rest.split_once('/').unwrap();
    format!("/{}", path.trim_end_matches('#'))
}

async fn clock(tenant: &Tenant, seconds: i64) {
    let offset = json!({"offset_seconds": seconds});
    tenant.control("POST", "/clock", Some(offset)).await;
}
