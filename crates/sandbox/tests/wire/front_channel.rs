//! Tokens in the authorization response. Sources: OpenID Connect Core 1.0 §3.2
//! and §3.3; "OAuth 2.0 implicit grant flow".

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::browser::Tenant;
use crate::request_rules::{BROWSER_APP, SPA_REDIRECT};

#[tokio::test]
async fn id_tokens_leave_by_the_fragment_with_the_hashes_of_what_is_beside_them() {
    let tenant = Tenant::start().await;
    let app = [("client_id", BROWSER_APP), ("redirect_uri", SPA_REDIRECT)];
    let scope = ("scope", "openid profile User.Read");
    tenant
        .code("ada@signet.example", &[app[0], app[1], scope])
        .await;
    for (response_type, present, absent) in [
        ("id_token", &["id_token"][..], &["code", "access_token"][..]),
        ("code id_token", &["code", "id_token"], &["access_token"]),
        ("id_token token", &["id_token", "access_token"], &["code"]),
    ] {
        let changes = [app[0], app[1], scope, ("response_type", response_type)];
        let answer = tenant.authorize("common", &changes).await;
        assert!(answer.address().starts_with("http://localhost:5001/spa#"));
        let redirect = answer.redirect();
        assert!(
            present.iter().all(|name| redirect.contains_key(*name)),
            "{response_type}"
        );
        assert!(
            !absent.iter().any(|name| redirect.contains_key(*name)),
            "{response_type}"
        );
        assert!(!redirect.contains_key("refresh_token"));
        assert_eq!(redirect["state"], "s 1&=+é");
        let claims = claims(&redirect["id_token"]);
        assert_eq!(claims["nonce"], "n-1");
        for (beside, hash) in [("code", "c_hash"), ("access_token", "at_hash")] {
            let expected = redirect.get(beside).map(|text| half_hash(text));
            assert_eq!(claims[hash].as_str().map(str::to_owned), expected);
        }
        if response_type == "id_token token" {
            assert_eq!(redirect["token_type"], "Bearer");
            assert!(redirect["expires_in"].parse::<u32>().unwrap() > 3000);
            assert!(redirect["scope"].contains("User.Read"));
        }
    }
    let form = [
        app[0],
        app[1],
        scope,
        ("response_type", "id_token"),
        ("response_mode", "form_post"),
    ];
    let page = tenant.authorize("common", &form).await.text();
    assert!(
        page.contains("action=\"http://localhost:5001/spa\"") && page.contains("name=\"id_token\"")
    );
}

fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16])
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
