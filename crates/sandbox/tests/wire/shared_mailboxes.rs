//! Mailboxes that several people work in. Sources: "Send Outlook messages from
//! another user"; "mailboxSettings resource type", userPurpose.

use serde_json::{Value, json};

use crate::browser::Answer;
use crate::drafts::{Desk, folders};
use crate::mail::{mailbox, plain, recipient};

const ADA: &str = "ada@signet.example";
const CHARLES: &str = "charles@signet.example";
const TEAM: &str = "team@signet.example";
const ROOM: &str = "room-1843@signet.example";

fn mail(from: Option<&str>) -> Value {
    let mut message = plain();
    message["toRecipients"] = json!([recipient(None, "noor@outlook.example")]);
    if let Some(from) = from {
        message["from"] = recipient(None, from);
    }
    json!({"message": message})
}

fn outcome(answer: &Answer) -> (u16, String) {
    let code = if answer.status < 300 {
        String::new()
    } else {
        answer.graph_code()
    };
    (answer.status, code)
}

#[tokio::test]
async fn sending_from_a_shared_mailbox_wants_two_rights_and_a_permission() {
    for (person, scopes, path, from, expected) in [
        (ADA, "Mail.Send.Shared", TEAM, None, (202, "")),
        (ADA, "Mail.Send.Shared", TEAM, Some(TEAM), (202, "")),
        (ADA, "Mail.Send", TEAM, None, (403, "ErrorAccessDenied")),
        (
            CHARLES,
            "Mail.Send.Shared",
            TEAM,
            None,
            (403, "ErrorAccessDenied"),
        ),
        (
            ADA,
            "Mail.Send.Shared",
            ROOM,
            None,
            (403, "ErrorSendAsDenied"),
        ),
        (ADA, "Mail.Send.Shared", "me", Some(TEAM), (202, "")),
        (CHARLES, "Mail.Send.Shared", "me", Some(TEAM), (202, "")),
        (
            CHARLES,
            "Mail.Send.Shared",
            "me",
            Some(ROOM),
            (403, "ErrorSendAsDenied"),
        ),
    ] {
        let desk = Desk::of(person, scopes).await;
        let place = if path == "me" {
            "/me/sendMail".to_owned()
        } else {
            format!("/users/{path}/sendMail")
        };
        let answer = desk.call("POST", &place, mail(from)).await;
        let (status, code) = expected;
        assert_eq!(
            outcome(&answer),
            (status, code.to_owned()),
            "{person} {scopes} {path} {from:?}"
        );
    }
}

#[tokio::test]
async fn the_copy_is_kept_where_it_was_sent_from() {
    let ada = Desk::of(ADA, "Mail.Send.Shared").await;
    for (path, from, kept_by) in [
        (format!("/users/{TEAM}/sendMail"), None, TEAM),
        ("/me/sendMail".to_owned(), Some(TEAM), ADA),
    ] {
        let answer = ada.call("POST", &path, mail(from)).await;
        assert_eq!(answer.status, 202);
        let sent = folders(&ada, kept_by).await["sentitems"].clone();
        assert_eq!(sent.as_array().unwrap().len(), 1, "{kept_by}");
    }
    let delivered = mailbox(&ada.tenant, "noor@outlook.example").await;
    for mail in delivered["delivered"].as_array().unwrap() {
        assert_eq!(mail["from"]["address"], TEAM);
    }
}

#[tokio::test]
async fn the_purpose_tells_a_shared_mailbox_and_a_room() {
    let ada = Desk::of(ADA, "MailboxSettings.Read").await;
    for (path, expected) in [
        ("/me", json!("user")),
        ("/users/ada@signet.example", json!("user")),
        ("/users/team@signet.example", json!("shared")),
        ("/users/room-1843@signet.example", json!("room")),
    ] {
        let answer = ada
            .get(&format!("{path}/mailboxSettings/userPurpose"))
            .await
            .json();
        assert_eq!(answer["value"], expected, "{path}");
        let whole = ada.get(&format!("{path}/mailboxSettings")).await.json();
        assert_eq!(whole["userPurpose"], expected, "{path}");
    }
    let other = ada.get("/users/grace@signet.example/mailboxSettings").await;
    assert_eq!(outcome(&other), (403, "ErrorAccessDenied".to_owned()));
}
