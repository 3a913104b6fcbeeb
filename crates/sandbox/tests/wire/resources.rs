//! Permissions that nothing here serves, and Outlook's own tokens. Sources:
//! "Microsoft Graph permissions reference"; "Authenticate an IMAP, POP or SMTP
//! connection using OAuth"; "Scopes and permissions in the Microsoft identity
//! platform".

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::browser::{Tenant, string};

const ADA: &str = "ada@signet.example";
const IMAP: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn every_delegated_permission_of_graph_can_be_had() {
    let tenant = Tenant::start().await;
    let scope = "Calendars.Read Chat.Read Contacts.ReadWrite Files.ReadWrite.All \
        Mail.Read.Shared Mail.ReadWrite.Shared Mail.Send.Shared Tasks.Read";
    let ask = [("scope", scope), ("prompt", "login")];
    let page = tenant.authorize("common", &ask).await;
    let page = tenant.log_in(&page, ADA, "signet").await;
    assert!(
        page.text()
            .contains("Have full access to all files you have access to")
    );
    let code = tenant.accept(&page).await.redirect()["code"].clone();
    let body = tenant.redeem(&code, &[]).await.json();
    assert_eq!(body["scope"], scope);
    for (scope, title) in [
        ("Group.Read.All", "Need admin approval"),
        ("Directory.AccessAsUser.All", "Need admin approval"),
    ] {
        let ask = [("scope", scope), ("prompt", "login")];
        let page = tenant.authorize("common", &ask).await;
        let page = tenant.log_in(&page, ADA, "signet").await;
        assert!(page.title().starts_with(title), "{scope}");
    }
    let refused = tenant
        .authorize("common", &[("scope", "Calendars.Fly")])
        .await;
    let refused = refused.redirect();
    assert!(refused["error_description"].starts_with("AADSTS70011:"));
}

#[tokio::test]
async fn outlooks_tokens_are_for_outlook_alone() {
    let tenant = Tenant::start().await;
    let scope = format!("openid offline_access {IMAP} https://outlook.office.com/SMTP.Send");
    let body = tenant.sign_in(ADA, &scope).await;
    let granted = format!("{IMAP} https://outlook.office.com/SMTP.Send email openid profile");
    assert_eq!(body["scope"], granted.as_str());
    let token = string(&body["access_token"]);
    let said = claims(&token);
    assert_eq!(said["aud"], "https://outlook.office.com");
    assert_eq!(
        said["scp"],
        "IMAP.AccessAsUser.All SMTP.Send email openid profile"
    );
    let refused = tenant.graph("GET", "/me", &token, None).await;
    assert_eq!(refused.status, 401);
    let url = tenant.url("/oidc/userinfo");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let refused = tenant.send("GET", &url, &headers, Vec::new()).await;
    assert_eq!(refused.status, 401);
}

/// Consent may be given to several resources at once, and a token is for one.
#[tokio::test]
async fn a_code_for_several_resources_is_redeemed_for_one_of_them() {
    let tenant = Tenant::start().await;
    let both = format!("openid offline_access User.Read {IMAP}");
    let code = tenant
        .code(ADA, &[("scope", &both), ("prompt", "login")])
        .await;
    for more in [&[("scope", both.as_str())][..], &[]] {
        let refused = tenant.redeem(&code, more).await;
        assert_eq!(refused.refusal(), ("invalid_request".to_owned(), 28000));
    }
    let body = tenant.redeem(&code, &[("scope", IMAP)]).await.json();
    assert_eq!(body["scope"], format!("{IMAP} email openid profile"));
    let refresh = string(&body["refresh_token"]);
    let graph = tenant.refresh(&refresh, "User.Read").await.json();
    assert_eq!(graph["scope"], "User.Read");
    let token = string(&graph["access_token"]);
    assert_eq!(tenant.graph("GET", "/me", &token, None).await.status, 200);
    let again = tenant.refresh(&refresh, IMAP).await.json();
    assert_eq!(again["scope"], IMAP);
}
