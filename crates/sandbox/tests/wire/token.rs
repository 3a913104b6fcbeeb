//! The token endpoint. Sources: "OAuth 2.0 authorization code flow", redeem a
//! code and refresh the access token; "ID token claims reference"; "Error
//! codes"; recordings of the live service for headers, `scope` and lifetimes.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

use crate::browser::{
    CLIENT_ID, CP1, PERSONAL_TENANT, REDIRECT, SIGN_IN, Tenant, VERIFIER, WORK_TENANT, string,
};

#[tokio::test]
async fn a_code_brings_tokens_in_the_live_services_shape() {
    let tenant = Tenant::start().await;
    let code = tenant.code("ada@signet.example", &[]).await;
    let answer = tenant.redeem(&code, &[("client_info", "1")]).await;
    assert_eq!(answer.status, 200);
    for (header, value) in [
        ("cache-control", "no-store, no-cache"),
        ("pragma", "no-cache"),
        ("expires", "-1"),
        ("client-request-id", "0a0a0a0a-1111-4222-8333-444444444444"),
        ("x-ms-clitelem", "1,0,0,,"),
        ("x-xss-protection", "0"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(header), value);
    }
    for header in ["x-ms-request-id", "x-ms-ests-server", "x-ms-srs", "p3p"] {
        assert!(!answer.header(header).is_empty(), "{header}");
    }
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["scope"], "User.Read email openid profile");
    assert!((3600..5400).contains(&body["expires_in"].as_i64().unwrap()));
    assert!(body.get("refresh_in").is_none() && body.get("foci").is_none());
    let info = URL_SAFE_NO_PAD
        .decode(string(&body["client_info"]))
        .unwrap();
    let info: Value = serde_json::from_slice(&info).unwrap();
    assert_eq!(info["utid"], WORK_TENANT);
}

/// A client that can take claims challenges gets tokens that live twenty hours
/// and more, and is told to refresh at half life.
#[tokio::test]
async fn cp1_brings_long_lived_tokens() {
    let tenant = Tenant::start().await;
    let code = tenant.code("ada@signet.example", &[("claims", CP1)]).await;
    let body = tenant.redeem(&code, &[]).await.json();
    let seconds = body["expires_in"].as_i64().unwrap();
    assert!((72_000..100_800).contains(&seconds));
    assert_eq!(body["refresh_in"].as_i64().unwrap(), seconds / 2);
}

#[tokio::test]
async fn id_tokens_verify_and_carry_the_claims_of_their_kind_of_account() {
    let tenant = Tenant::start().await;
    let keys = tenant.get("/common/discovery/v2.0/keys").await.json();
    for (user, tid, present, absent, seconds) in [
        (
            "ada@signet.example",
            WORK_TENANT,
            &["rh", "uti", "aio", "email"][..],
            &[][..],
            3900,
        ),
        (
            "noor@outlook.example",
            PERSONAL_TENANT,
            &["aio"],
            &["rh", "uti"],
            86_700,
        ),
    ] {
        let body = tenant.sign_in(user, "openid profile email User.Read").await;
        let claims = verify(&string(&body["id_token"]), &keys);
        assert_eq!(string(&claims["iss"]), tenant.url(&format!("/{tid}/v2.0")));
        assert_eq!(
            (&claims["tid"], &claims["ver"]),
            (&json!(tid), &json!("2.0"))
        );
        assert_eq!(
            (&claims["nonce"], &claims["preferred_username"]),
            (&json!("n-1"), &json!(user))
        );
        assert_eq!(claims["iat"], claims["nbf"]);
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            seconds
        );
        assert_eq!(string(&claims["sub"]).len(), 43);
        assert_eq!(
            string(&claims["sub"]).starts_with("AAAA"),
            tid == PERSONAL_TENANT
        );
        assert!(
            present.iter().all(|name| claims.get(name).is_some()),
            "{user}"
        );
        assert!(
            absent.iter().all(|name| claims.get(name).is_none()),
            "{user}"
        );
    }
}

#[tokio::test]
async fn an_id_token_has_a_nonce_only_if_one_was_sent() {
    let tenant = Tenant::start().await;
    let keys = tenant.get("/common/discovery/v2.0/keys").await.json();
    let code = tenant.code("ada@signet.example", &[("nonce", "")]).await;
    let body = tenant.redeem(&code, &[]).await.json();
    assert!(
        verify(&string(&body["id_token"]), &keys)
            .get("nonce")
            .is_none()
    );
}

#[tokio::test]
async fn tokens_follow_from_the_scopes() {
    let tenant = Tenant::start().await;
    for (scope, id_token, refresh_token, echoed) in [
        ("User.Read", false, false, "User.Read"),
        (
            "openid User.Read",
            true,
            false,
            "User.Read email openid profile",
        ),
        (
            "https://graph.microsoft.com/User.Read",
            false,
            false,
            "https://graph.microsoft.com/User.Read",
        ),
        ("offline_access User.Read", false, true, "User.Read"),
    ] {
        let body = tenant.sign_in("ada@signet.example", scope).await;
        assert_eq!(body.get("id_token").is_some(), id_token, "{scope}");
        assert_eq!(
            body.get("refresh_token").is_some(),
            refresh_token,
            "{scope}"
        );
        assert_eq!(body["scope"], echoed, "{scope}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_in_time_and_for_whoever_asked() {
    let tenant = Tenant::start().await;
    for (change, error, code) in [
        (("code_verifier", "x".repeat(43)), "invalid_grant", 501_481),
        (("code_verifier", String::new()), "invalid_grant", 501_481),
        (
            ("redirect_uri", "http://localhost".to_owned()),
            "invalid_grant",
            70000,
        ),
        (("code", "1.AXnonsense".to_owned()), "invalid_grant", 70000),
        (("code", String::new()), "invalid_request", 900_144),
        (("client_id", String::new()), "invalid_request", 900_144),
        (
            (
                "client_id",
                "11111111-aaaa-4bbb-8ccc-dddddddddddd".to_owned(),
            ),
            "unauthorized_client",
            700_016,
        ),
        (("client_secret", "s".to_owned()), "invalid_client", 700_025),
        (
            ("grant_type", "urn:example:other".to_owned()),
            "unsupported_grant_type",
            70003,
        ),
        (("grant_type", String::new()), "invalid_request", 900_144),
        (
            ("resource", "https://graph.microsoft.com".to_owned()),
            "invalid_request",
            901_002,
        ),
        (
            ("scope", "User.Read https://vault.example/x".to_owned()),
            "invalid_request",
            28000,
        ),
        (
            ("scope", "https://vault.example/x".to_owned()),
            "invalid_resource",
            500_011,
        ),
        (
            ("claims", "not json".to_owned()),
            "invalid_request",
            9_002_313,
        ),
        (("scope", "Mail.Send".to_owned()), "invalid_grant", 65001),
    ] {
        let issued = tenant
            .code("ada@signet.example", &[("prompt", "login")])
            .await;
        let answer = tenant.redeem(&issued, &[(change.0, &change.1)]).await;
        assert_eq!(answer.refusal(), (error.to_owned(), code), "{change:?}");
        assert_eq!(
            answer.status,
            if error == "invalid_client" { 401 } else { 400 }
        );
    }
    let code = tenant
        .code("ada@signet.example", &[("prompt", "login")])
        .await;
    let elsewhere = tenant.token("organizations", &fields(&code)).await;
    assert_eq!(elsewhere.refusal().1, 700_005);
    assert_eq!(tenant.redeem(&code, &[]).await.status, 200);
    assert_eq!(
        tenant.redeem(&code, &[]).await.refusal(),
        ("invalid_grant".to_owned(), 54005)
    );
    let late = tenant
        .code("ada@signet.example", &[("prompt", "login")])
        .await;
    tenant
        .control("POST", "/clock", Some(json!({"offset_seconds": 601})))
        .await;
    assert_eq!(
        tenant.redeem(&late, &[]).await.refusal(),
        ("invalid_grant".to_owned(), 70008)
    );
}

#[tokio::test]
async fn errors_carry_everything_support_asks_for() {
    let tenant = Tenant::start().await;
    let answer = tenant.redeem("nonsense", &[]).await;
    let body = answer.json();
    let fields: BTreeSet<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "correlation_id",
        "error",
        "error_codes",
        "error_description",
        "error_uri",
        "timestamp",
        "trace_id",
    ];
    assert_eq!(fields, BTreeSet::from(expected));
    assert_eq!(
        body["correlation_id"],
        "0a0a0a0a-1111-4222-8333-444444444444"
    );
    assert_eq!(
        body["error_uri"],
        "https://login.microsoftonline.com/error?code=70000"
    );
    let description = string(&body["error_description"]);
    assert!(description.starts_with("AADSTS70000: "));
    for part in [
        "Trace ID: ",
        "Correlation ID: 0a0a0a0a-1111-4222-8333-444444444444",
        "Timestamp: ",
    ] {
        assert!(description.contains(part), "{description}");
    }
    assert_eq!(answer.header("x-ms-clitelem"), "1,70000,0,,");
    for path in ["v2.0/token", "token", "v2.0/devicecode", "devicecode"] {
        let url = tenant.url(&format!("/common/oauth2/{path}"));
        for method in ["GET", "PUT"] {
            let answer = tenant.send(method, &url, &[], Vec::new()).await;
            assert_eq!(answer.refusal().1, 900_561, "{method} {path}");
            assert!(string(&answer.json()["error_description"]).contains(method));
        }
    }
}

/// A browser page must not redeem a native app's code.
#[tokio::test]
async fn a_cross_origin_redemption_is_refused() {
    let tenant = Tenant::start().await;
    let url = tenant.url("/common/oauth2/v2.0/token");
    let body = crate::browser::encode(&fields("c")).into_bytes();
    let headers = [
        ("origin", "http://evil.example"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = tenant.send("POST", &url, &headers, body).await;
    assert_eq!(answer.refusal().1, 9_002_326);
}

#[tokio::test]
async fn refresh_rotates_and_the_old_token_stays_good() {
    let tenant = Tenant::start().await;
    let first = string(&tenant.sign_in("ada@signet.example", SIGN_IN).await["refresh_token"]);
    let body = tenant
        .refresh(&first, "openid profile offline_access User.Read")
        .await
        .json();
    let second = string(&body["refresh_token"]);
    assert_ne!(first, second);
    assert!(body.get("id_token").is_some());
    for token in [&first, &second] {
        assert_eq!(tenant.refresh(token, "User.Read").await.status, 200);
        assert_eq!(tenant.refresh(token, "").await.status, 200);
    }
    let refused = tenant.refresh(&first, "Mail.Send").await;
    assert_eq!(refused.refusal(), ("invalid_grant".to_owned(), 65001));
    assert_eq!(refused.json()["suberror"], "consent_required");
}

#[tokio::test]
async fn an_account_survives_a_restart_with_the_same_seed_only() {
    let before = Tenant::with_seed(7).await;
    let body = before.sign_in("ada@signet.example", SIGN_IN).await;
    let (refresh, access) = (
        string(&body["refresh_token"]),
        string(&body["access_token"]),
    );
    before.stop().await;
    let after = Tenant::with_seed(7).await;
    assert_eq!(after.graph("GET", "/me", &access, None).await.status, 200);
    assert_eq!(after.refresh(&refresh, "User.Read").await.status, 200);
    let other = Tenant::with_seed(8).await;
    assert_eq!(
        other.refresh(&refresh, "User.Read").await.refusal().1,
        70000
    );
}

#[tokio::test]
async fn revoked_and_forgotten_refresh_tokens_say_why() {
    let tenant = Tenant::start().await;
    let revoked = string(&tenant.sign_in("ada@signet.example", SIGN_IN).await["refresh_token"]);
    let kept = string(&tenant.sign_in("grace@signet.example", SIGN_IN).await["refresh_token"]);
    tenant
        .control(
            "POST",
            "/revoke",
            Some(json!({"user": "ada@signet.example"})),
        )
        .await;
    let answer = tenant.refresh(&revoked, "User.Read").await;
    assert_eq!(answer.refusal(), ("invalid_grant".to_owned(), 50173));
    assert_eq!(answer.json()["suberror"], "bad_token");
    assert_eq!(tenant.refresh(&kept, "User.Read").await.status, 200);
    let days = 91 * 24 * 3600;
    tenant
        .control("POST", "/clock", Some(json!({"offset_seconds": days})))
        .await;
    assert_eq!(
        tenant.refresh(&kept, "User.Read").await.refusal().1,
        700_082
    );
}

pub fn fields(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", CLIENT_ID),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

pub fn verify(token: &str, keys: &Value) -> Value {
    let kid = decode_header(token).unwrap().kid.unwrap();
    let keys = keys["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == kid.as_str()).unwrap();
    let decoding =
        DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap())
            .unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[CLIENT_ID]);
    let claims = decode::<Value>(token, &decoding, &validation)
        .unwrap()
        .claims;
    // A key signs for its issuer alone ("Access tokens", validate the issuer).
    let issuer = string(&key["issuer"]).replace("{tenantid}", &string(&claims["tid"]));
    assert_eq!(string(&claims["iss"]), issuer);
    claims
}
