//! The address that ends the session in the browser.

use std::collections::HashMap;

use crate::authority::{CLIENT, Reply, TestAuthority, metadata};
use crate::silent::signed_in;

/// Source: Entra, "OpenID Connect on the Microsoft identity platform", "Send a sign-out request": the hint is the claim
/// `login_hint`, and no address.
#[tokio::test]
async fn the_page_is_told_whom_by_the_hint_of_the_token_or_not_at_all() {
    let authority = TestAuthority::start(|request| {
        let origin = &request.origin;
        let is_metadata = request.path.ends_with("/openid-configuration");
        let mut metadata = metadata(origin);
        metadata["end_session_endpoint"] = format!("{origin}/common/oauth2/v2.0/logout").into();
        is_metadata.then(|| Reply::json(200, &metadata))
    })
    .await;
    for hint in [None, Some("O.CiRlYmJi")] {
        let mut account = signed_in(60, None).account;
        account.username = "ada@signet.example".to_owned();
        account.login_hint = hint.map(str::to_owned);
        let address = authority.client().sign_out_address(&account).await;
        let address = address.unwrap().unwrap();
        assert!(address.path().ends_with("/oauth2/v2.0/logout"));
        let told: HashMap<_, _> = address.query_pairs().collect();
        assert_eq!(told["client_id"], CLIENT);
        assert_eq!(told.get("logout_hint").map(AsRef::as_ref), hint);
    }
}

#[tokio::test]
async fn an_authority_without_such_a_page_has_no_address() {
    let authority = TestAuthority::start(|_| None).await;
    let account = signed_in(60, None).account;
    let address = authority.client().sign_out_address(&account).await;
    assert_eq!(address.unwrap(), None);
}
