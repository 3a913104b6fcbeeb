//! The pages: their policy, the ids that automation holds on to, and that
//! nothing from outside becomes markup.

use serde_json::json;

use crate::browser::{Tenant, between};
use crate::mail::recipient;

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";

#[tokio::test]
async fn every_page_is_served_under_a_strict_policy() {
    let tenant = Tenant::start().await;
    let sign_in = tenant.authorize("common", &[]).await;
    let consent = tenant
        .log_in(&sign_in, "ada@signet.example", "signet")
        .await;
    let confirm = tenant.accept(&consent).await;
    let refused = tenant.authorize("common", &[("client_id", "x")]).await;
    let plain = [
        tenant.get("/").await,
        tenant.get("/mailbox").await,
        tenant.get("/nothing/here").await,
    ];
    for page in [sign_in, consent, confirm, refused]
        .into_iter()
        .chain(plain)
    {
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'nonce-"),
            "{policy}"
        );
        assert!(policy.contains("base-uri 'none'; frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.title().ends_with("Sandbox tenant"));
    }
}

#[tokio::test]
async fn elements_have_the_ids_that_automation_uses() {
    let tenant = Tenant::start().await;
    let sign_in = tenant.authorize("common", &[]).await;
    for id in [
        "account-ada@signet.example",
        "account-noor@outlook.example",
        "username",
        "password",
        "sign-in",
        "cancel",
    ] {
        assert!(sign_in.text().contains(&format!("id=\"{id}\"")), "{id}");
    }
    let form = [("flow", &*sign_in.flow()), ("pick", "ada@signet.example")];
    let password = tenant.browse("POST", "/common/login", &form).await;
    assert!(password.text().contains("value=\"ada@signet.example\""));
    let consent = tenant
        .log_in(&password, "ada@signet.example", "signet")
        .await;
    assert!(consent.text().contains("id=\"accept\"") && consent.text().contains("id=\"decline\""));
    let confirm = tenant.accept(&consent).await;
    assert!(
        confirm.text().contains("id=\"continue\"") && confirm.text().contains("return to Signet")
    );
}

#[tokio::test]
async fn what_a_request_says_stays_text() {
    let tenant = Tenant::start().await;
    for (name, value) in [
        ("client_id", HOSTILE),
        ("redirect_uri", HOSTILE),
        ("login_hint", HOSTILE),
    ] {
        let page = tenant.authorize("common", &[(name, value)]).await.text();
        assert!(page.contains("&lt;script&gt;alert(1)"), "{name}");
        assert!(
            !page.contains("<script>alert(1)") && !page.contains("<img src=x"),
            "{name}"
        );
    }
    let page = tenant
        .get("/mailbox/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        .await
        .text();
    assert!(!page.contains("<script>alert(1)"));
}

#[tokio::test]
async fn a_hostile_mail_is_shown_in_a_frame_that_can_do_nothing() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", "Mail.Send").await;
    let message = json!({"message": {
        "subject": HOSTILE,
        "body": {"contentType": "html", "content": format!("<p>hi</p>{HOSTILE}")},
        "toRecipients": [recipient(Some(HOSTILE), "grace@signet.example")],
        "attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": HOSTILE, "contentType": "text/html", "contentBytes": "PGI+"}],
    }});
    assert_eq!(
        tenant
            .graph("POST", "/me/sendMail", &token, Some(message))
            .await
            .status,
        202
    );
    let list = tenant.get("/mailbox/grace@signet.example").await.text();
    let link = between(&list, "href=\"/mailbox/message/", "\"").unwrap();
    let page = tenant.get(&format!("/mailbox/message/{link}")).await;
    for text in [&list, &page.text()] {
        assert!(!text.contains("<script>alert(1)") && !text.contains("<img src=x"));
    }
    let frame = between(&page.text(), "<iframe", "</iframe>").unwrap();
    assert!(frame.contains("sandbox=\"\"") && frame.contains("srcdoc=\"&lt;meta"));
    assert!(frame.contains("default-src &#39;none&#39;"));
    let file = tenant
        .get(&format!("/mailbox/message/{link}/attachment/0"))
        .await;
    assert_eq!(
        (
            file.header("content-type"),
            file.header("content-disposition")
        ),
        ("application/octet-stream", "attachment")
    );
    assert_eq!(file.bytes, b"<b>");
}

#[tokio::test]
async fn a_page_of_another_run_is_stale() {
    let tenant = Tenant::start().await;
    for path in ["/common/login", "/common/consent"] {
        let answer = tenant
            .browse(
                "POST",
                path,
                &[
                    ("flow", "from elsewhere"),
                    ("username", "a"),
                    ("password", "b"),
                ],
            )
            .await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains("open for too long"));
    }
}
