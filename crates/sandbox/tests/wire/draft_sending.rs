//! Drafts that are sent: once, again, late, and at a time of their own. Sources:
//! Graph v1.0 reference, "message: send"; "Obtain immutable identifiers for
//! Outlook resources".

use serde_json::{Value, json};

use crate::browser::string;
use crate::drafts::{ADA, Desk, GRACE, IMMUTABLE, SCOPES};
use crate::mail::{mailbox, plain};

#[tokio::test]
async fn sending_needs_a_length_and_moves_the_draft() {
    let ada = Desk::of(ADA, SCOPES).await;
    let made = ada
        .with("POST", "/me/messages", &[IMMUTABLE], plain())
        .await;
    assert_eq!(made.header("preference-applied"), "IdType=\"ImmutableId\"");
    let kept = string(&made.json()["id"]);
    let mutable = string(&ada.get(&format!("/me/messages/{kept}")).await.json()["id"]);
    assert_ne!(kept, mutable);
    let sent = ada
        .call("POST", &format!("/me/messages/{mutable}/send"), Value::Null)
        .await;
    assert_eq!((sent.status, sent.bytes.len()), (202, 0));
    let gone = ada.get(&format!("/me/messages/{mutable}")).await;
    assert_eq!(
        (gone.status, &*gone.graph_code()),
        (404, "ErrorItemNotFound")
    );
    let copy = ada
        .get(&format!("/me/mailFolders/SentItems/messages/{kept}"))
        .await
        .json();
    assert_eq!(copy["isDraft"], false);
    assert_eq!(copy["from"]["emailAddress"]["address"], ADA);
    assert_eq!(copy["sender"], copy["from"]);
    assert_eq!(
        mailbox(&ada.tenant, GRACE).await["delivered"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let again = ada
        .call("POST", &format!("/me/messages/{kept}/send"), Value::Null)
        .await;
    assert_eq!(again.graph_code(), "ErrorItemNotFound");
}

/// A client that leaves `Content-Length` out, on the bare socket.
#[tokio::test]
async fn sending_without_a_length_is_411() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let ada = Desk::of(ADA, SCOPES).await;
    let id = ada.draft().await;
    let mut socket = tokio::net::TcpStream::connect(ada.tenant.http)
        .await
        .unwrap();
    let request = format!(
        "POST /v1.0/me/messages/{id}/send HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        ada.tenant.http, ada.token
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 411"), "{answer}");
    assert_eq!(mailbox(&ada.tenant, GRACE).await["delivered"], json!([]));
}

/// Undocumented: a switch decides what a second `send` does.
#[tokio::test]
async fn a_second_send_does_what_was_asked_for() {
    for (switch, status, delivered) in [
        ("not_found", 404, 1),
        ("nothing", 202, 1),
        ("sends_again", 202, 2),
    ] {
        let ada = Desk::of(ADA, SCOPES).await;
        ada.switch(json!({"second_send": switch})).await;
        let path = format!("/me/messages/{}/send", ada.draft().await);
        assert_eq!(ada.call("POST", &path, Value::Null).await.status, 202);
        assert_eq!(
            ada.call("POST", &path, Value::Null).await.status,
            status,
            "{switch}"
        );
        let found = mailbox(&ada.tenant, GRACE).await["delivered"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(found, delivered, "{switch}");
    }
}

/// Contradictory pages: switches decide which ids survive sending.
#[tokio::test]
async fn ids_survive_sending_or_not() {
    for (switches, mutable, immutable, message_id) in [
        (json!({}), false, true, true),
        (json!({"id_on_send": "kept"}), true, true, true),
        (json!({"id_on_send": "changed"}), false, false, true),
        (json!({"message_id_on_send": "changed"}), false, true, false),
    ] {
        let ada = Desk::of(ADA, SCOPES).await;
        ada.switch(switches.clone()).await;
        let made = ada
            .with("POST", "/me/messages", &[IMMUTABLE], plain())
            .await
            .json();
        let kept = string(&made["id"]);
        let id = string(&ada.get(&format!("/me/messages/{kept}")).await.json()["id"]);
        ada.call("POST", &format!("/me/messages/{id}/send"), Value::Null)
            .await;
        for (id, found) in [(&id, mutable), (&kept, immutable)] {
            let read = ada.get(&format!("/me/messages/{id}")).await;
            assert_eq!(read.status == 200, found, "{switches}");
            if found {
                let same = read.json()["internetMessageId"] == made["internetMessageId"];
                assert_eq!(same, message_id, "{switches}");
            }
        }
    }
}

#[tokio::test]
async fn the_sent_copy_comes_late_and_the_draft_lingers() {
    let ada = Desk::of(ADA, SCOPES).await;
    ada.switch(json!({"sent_copy_delay_seconds": 60, "draft_lingers_seconds": 30}))
        .await;
    let made = ada
        .with("POST", "/me/messages", &[IMMUTABLE], plain())
        .await
        .json();
    let path = format!("/me/messages/{}", string(&made["id"]));
    ada.call("POST", &format!("{path}/send"), Value::Null).await;
    for (seconds, status, draft) in [(0, 200, true), (31, 404, true), (61, 200, false)] {
        let clock = json!({"offset_seconds": seconds});
        ada.tenant.control("POST", "/clock", Some(clock)).await;
        let read = ada.get(&path).await;
        assert_eq!(read.status, status, "after {seconds} s");
        if status == 200 {
            assert_eq!(read.json()["isDraft"], draft, "after {seconds} s");
        }
    }
    assert_eq!(
        mailbox(&ada.tenant, GRACE).await["delivered"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// Source: MS-OXOMSG §2.2.3.4, PidTagDeferredSendTime.
#[tokio::test]
async fn a_deferred_message_waits_for_the_clock() {
    let ada = Desk::of(ADA, SCOPES).await;
    let mut message = plain();
    message["singleValueExtendedProperties"] =
        json!([{"id": "SystemTime 0x3fef", "value": "2126-01-02T09:00:00Z"}]);
    let deferred = ada.draft_of(message.clone()).await;
    let path = format!("/me/messages/{deferred}");
    assert_eq!(
        ada.call("POST", &format!("{path}/send"), Value::Null)
            .await
            .status,
        202
    );
    let flags = "?$expand=singleValueExtendedProperties($filter=id%20eq%20'Integer%200x0E07')";
    let waiting = ada.get(&format!("{path}{flags}")).await.json();
    assert_eq!(waiting["isDraft"], true);
    // PidTagMessageFlags: read, submitted, unsent, from oneself.
    assert_eq!(waiting["singleValueExtendedProperties"][0]["value"], "45");
    assert_eq!(mailbox(&ada.tenant, GRACE).await["delivered"], json!([]));
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.status, 204);

    message["singleValueExtendedProperties"][0]["value"] = json!("2001-01-02T09:00:00Z");
    let past = ada.draft_of(message).await;
    ada.call("POST", &format!("/me/messages/{past}/send"), Value::Null)
        .await;
    assert_eq!(
        mailbox(&ada.tenant, GRACE).await["delivered"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
