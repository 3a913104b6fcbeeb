//! What a tenant does with mail that was handed over: delivery, reports, rights
//! and a mailbox's conditions. Sources: "Overview of the Outlook mail send
//! pipeline"; "Send Outlook messages from another user"; "Exchange Online limits".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::string;
use crate::drafts::{Desk, folders, received};
use crate::mail::{mailbox, plain, recipient};

const ADA: &str = "ada@signet.example";
const ALAN: &str = "alan@signet.example";
const GRACE: &str = "grace@signet.example";

async fn send(desk: &Desk, message: Value) -> (u16, String) {
    let answer = desk
        .call("POST", "/me/sendMail", json!({"message": message}))
        .await;
    let code = if answer.status < 300 {
        String::new()
    } else {
        answer.graph_code()
    };
    (answer.status, code)
}

#[tokio::test]
async fn mail_arrives_as_a_message_of_its_own() {
    let grace = Desk::of(GRACE, "Mail.Read").await;
    let token = grace.tenant.access_token(ADA, "Mail.Send").await;
    let mut message = plain();
    message["bccRecipients"] = json!([recipient(None, "charles@signet.example")]);
    message["internetMessageHeaders"] = json!([{"name": "x-signet", "value": "7"}]);
    message["categories"] = json!(["Red"]);
    message["singleValueExtendedProperties"] = json!([{"id": "String 0x1045", "value": "k"}]);
    let body = json!({"message": message});
    grace
        .tenant
        .graph("POST", "/me/sendMail", &token, Some(body))
        .await;
    let path = format!("/me/messages/{}", received(&grace, GRACE).await);
    let mail = grace.get(&format!(
        "{path}?$select=isRead,isDraft,bccRecipients,categories,from,internetMessageHeaders&$expand=singleValueExtendedProperties($filter=id%20eq%20'String%200x1045')"
    )).await.json();
    for (name, expected) in [
        ("isRead", json!(false)),
        ("isDraft", json!(false)),
        ("bccRecipients", json!([])),
        ("categories", json!([])),
    ] {
        assert_eq!(mail[name], expected, "{name}");
    }
    assert_eq!(mail["from"]["emailAddress"]["address"], ADA);
    assert!(mail.get("singleValueExtendedProperties").is_none());
    let headers = mail["internetMessageHeaders"].as_array().unwrap();
    for name in [
        "Received",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "x-signet",
    ] {
        assert!(
            headers.iter().any(|header| header["name"] == name),
            "{name}"
        );
    }
    assert!(
        grace
            .get(&path)
            .await
            .json()
            .get("internetMessageHeaders")
            .is_none()
    );
    let secret = folders(&grace, "charles@signet.example").await["inbox"].clone();
    assert_eq!(secret.as_array().unwrap().len(), 1);
}

/// Source: RFC 3462 and RFC 3464; "Email non-delivery reports and SMTP errors".
#[tokio::test]
async fn an_unknown_address_comes_back_as_a_report() {
    let ada = Desk::of(ADA, "Mail.ReadWrite Mail.Send").await;
    let mut message = plain();
    message["toRecipients"] = json!([
        recipient(None, "nobody@signet.example"),
        recipient(None, "someone@elsewhere.example"),
        recipient(None, "no-mailbox@signet.example"),
        recipient(None, GRACE),
    ]);
    assert_eq!(send(&ada, message).await.0, 202);
    let path = format!("/me/messages/{}", received(&ada, ADA).await);
    let class = "?$expand=singleValueExtendedProperties($filter=id%20eq%20'String%200x001A')";
    let report = ada.get(&format!("{path}{class}")).await.json();
    assert_eq!(report["subject"], "Undeliverable: Hello");
    assert_eq!(
        report["singleValueExtendedProperties"][0]["value"],
        "REPORT.IPM.Note.NDR"
    );
    let sent = ada.get("/me/mailFolders/sentitems/messages").await.json();
    let message_id = sent["value"][0]["internetMessageId"].as_str().unwrap();
    let answers = format!(
        "/me/messages?$filter=singleValueExtendedProperties/any(ep:%20ep/id%20eq%20'String%200x1042'%20and%20ep/value%20eq%20'{message_id}')"
    );
    let found = ada.get(&answers).await.json();
    assert_eq!(found["value"][0]["id"], report["id"], "{found}");
    let mime = ada.get(&format!("{path}/$value")).await;
    let parsed = mail_parser::MessageParser::default()
        .parse(&mime.bytes)
        .unwrap();
    assert!(
        mime.text().contains("report-type=\"delivery-status\""),
        "{}",
        mime.text()
    );
    let text = mime.text();
    for (address, failed) in [
        ("nobody@signet.example", true),
        ("no-mailbox@signet.example", true),
        ("someone@elsewhere.example", false),
    ] {
        assert_eq!(
            text.contains(&format!("rfc822;{address}")),
            failed,
            "{address}"
        );
    }
    assert!(parsed.attachments().any(|part| part.is_message()));
    assert_eq!(
        folders(&ada, GRACE).await["inbox"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// Source: "Send Outlook messages from another user".
#[tokio::test]
async fn one_sends_for_somebody_else_with_the_right_and_the_permission() {
    for (person, scopes, from, refuses, expected) in [
        (
            ALAN,
            "Mail.Send Mail.Send.Shared",
            ADA,
            false,
            Ok((ADA, ALAN)),
        ),
        (ALAN, "Mail.Send", ADA, false, Err("ErrorSendAsDenied")),
        (
            ALAN,
            "Mail.Send.Shared",
            GRACE,
            false,
            Err("ErrorSendAsDenied"),
        ),
        (
            ALAN,
            "Mail.Send.Shared",
            "x@elsewhere.example",
            false,
            Err("ErrorSendAsDenied"),
        ),
        (
            GRACE,
            "Mail.Send.Shared",
            "admin@signet.example",
            false,
            Ok(("admin@signet.example", "admin@signet.example")),
        ),
        (
            GRACE,
            "Mail.Send.Shared",
            "admin@signet.example",
            true,
            Err("ErrorSendAsDenied"),
        ),
        (GRACE, "Mail.Send", GRACE, true, Ok((GRACE, GRACE))),
    ] {
        let desk = Desk::of(person, scopes).await;
        desk.switch(json!({"send_as_denied": refuses})).await;
        let mut message = plain();
        message["from"] = recipient(None, from);
        message["toRecipients"] = json!([recipient(None, "noor@outlook.example")]);
        let (status, code) = send(&desk, message).await;
        match expected {
            Err(refusal) => assert_eq!((status, &*code), (403, refusal), "{person} {from}"),
            Ok((from, sender)) => {
                assert_eq!(status, 202, "{person} {from} {code}");
                let token = desk.tenant.access_token(person, "Mail.Read").await;
                let sent = folders(&desk, person).await["sentitems"][0].clone();
                let path = format!("/me/messages/{}", string(&sent["id"]));
                let copy = desk.tenant.graph("GET", &path, &token, None).await.json();
                let address = |of: &Value| string(&of["emailAddress"]["address"]);
                let mail_of = |address: &str| {
                    if address == ALAN {
                        address_of_alan()
                    } else {
                        address.to_owned()
                    }
                };
                assert_eq!(
                    (address(&copy["from"]), address(&copy["sender"])),
                    (mail_of(from), mail_of(sender))
                );
            }
        }
    }
}

/// Alan's mail differs from the address he signs in with.
fn address_of_alan() -> String {
    "alan.turing@signet.example".to_owned()
}

/// Sources: the error table of the mail pages; "Microsoft Graph error responses".
#[tokio::test]
async fn a_mailbox_in_trouble_says_so() {
    for (state, sends, stores, reads) in [
        (
            "full",
            Some((507, "ErrorQuotaExceeded")),
            Some((507, "ErrorQuotaExceeded")),
            None,
        ),
        ("suspended", Some((403, "ErrorAccountSuspend")), None, None),
        (
            "submission_blocked",
            Some((403, "ErrorMessageSubmissionBlocked")),
            None,
            None,
        ),
        (
            "message_limit",
            Some((403, "ErrorExceededMessageLimit")),
            None,
            None,
        ),
        (
            "hybrid",
            Some((400, "RequestBodyRead")),
            Some((400, "RequestBodyRead")),
            None,
        ),
        (
            "none",
            Some((404, "MailboxNotEnabledForRESTAPI")),
            Some((404, "MailboxNotEnabledForRESTAPI")),
            Some((404, "MailboxNotEnabledForRESTAPI")),
        ),
        (
            "moving",
            Some((503, "ErrorMailboxMoveInProgress")),
            Some((503, "ErrorMailboxMoveInProgress")),
            Some((503, "ErrorMailboxMoveInProgress")),
        ),
    ] {
        let ada = Desk::of(ADA, "Mail.ReadWrite Mail.Send").await;
        let draft = ada.draft().await;
        ada.switch(json!({"person": ADA, "mailbox": state})).await;
        let path = format!("/me/messages/{draft}");
        for (method, path, body, expected) in [
            ("POST", "/me/sendMail", json!({"message": plain()}), sends),
            ("POST", &*format!("{path}/send"), Value::Null, sends),
            ("POST", "/me/messages", plain(), stores),
            ("GET", &*path, Value::Null, reads),
        ] {
            let answer = ada.call(method, path, body).await;
            match expected {
                Some((status, code)) => assert_eq!(
                    (answer.status, &*answer.graph_code()),
                    (status, code),
                    "{state} {path}"
                ),
                None if path.ends_with("send") => {}
                None => assert!(answer.status < 300, "{state} {method} {path}"),
            }
        }
    }
}

#[tokio::test]
async fn who_has_no_mailbox_is_told() {
    for person in ["no-mailbox@signet.example", "mo@studio.example"] {
        let desk = Desk::of(person, "Mail.Send").await;
        let (status, code) = send(&desk, plain()).await;
        assert_eq!(
            (status, &*code),
            (404, "MailboxNotEnabledForRESTAPI"),
            "{person}"
        );
    }
}

/// Source: "Exchange Online limits": attachments of one message.
#[tokio::test]
async fn a_message_has_at_most_two_hundred_and_fifty_attachments() {
    let ada = Desk::of(ADA, "Mail.Send").await;
    for (count, expected) in [
        (250, (202, String::new())),
        (251, (400, "ErrorInvalidRequest".to_owned())),
    ] {
        let mut message = plain();
        message["attachments"] = (0..count)
            .map(|n| {
                json!({
                    "@odata.type": "#microsoft.graph.fileAttachment",
                    "name": format!("{n}.txt"), "contentBytes": "YQ==",
                })
            })
            .collect();
        assert_eq!(send(&ada, message).await, expected, "{count}");
    }
}

/// Source: "Exchange Online limits": recipients, message size, messages a minute.
#[tokio::test]
async fn limits_are_the_mailbox_s_own() {
    let ada = Desk::of(ADA, "Mail.Send").await;
    ada.switch(json!({"recipients_max": 2, "message_size_limit_bytes": 100_000}))
        .await;
    let crowd = |count: usize| {
        let mut message = plain();
        message["ccRecipients"] = (1..count)
            .map(|n| recipient(None, &format!("p{n}@elsewhere.example")))
            .collect();
        message
    };
    assert_eq!(send(&ada, crowd(2)).await.0, 202);
    assert_eq!(
        send(&ada, crowd(3)).await,
        (400, "ErrorExceededMaxRecipientLimit".to_owned())
    );
    let mut large = plain();
    large["body"]["content"] = json!("x".repeat(100_000));
    assert_eq!(
        send(&ada, large).await,
        (400, "ErrorMessageSizeExceeded".to_owned())
    );
}

#[tokio::test]
async fn fast_senders_are_delivered_slowly() {
    let ada = Desk::of(ADA, "Mail.Send").await;
    ada.switch(json!({"fast_sends_per_minute": 2})).await;
    for _ in 0..3 {
        assert_eq!(send(&ada, plain()).await.0, 202);
    }
    for (seconds, delivered) in [(0, 2), (61, 3)] {
        let clock = json!({"offset_seconds": seconds});
        ada.tenant.control("POST", "/clock", Some(clock)).await;
        let found = mailbox(&ada.tenant, GRACE).await["delivered"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(found, delivered, "after {seconds} s");
    }
}

/// Reported by users of `sendMail`: MIME above 2,240 KB is answered by 200.
#[tokio::test]
async fn large_mime_vanishes_where_that_is_asked_for() {
    for (vanishes, kib, status, delivered) in [
        (false, 2300, 202, 1),
        (true, 2300, 200, 0),
        (true, 2200, 202, 1),
    ] {
        let ada = Desk::of(ADA, "Mail.Send").await;
        ada.switch(json!({"large_mime_vanishes": vanishes})).await;
        let mime = format!(
            "To: {GRACE}\r\nSubject: big\r\n\r\n{}",
            "x".repeat(kib * 1024)
        );
        let token = format!("Bearer {}", ada.tenant.access_token(ADA, "Mail.Send").await);
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "text/plain"),
        ];
        let url = ada.tenant.url("/v1.0/me/sendMail");
        let answer = ada
            .tenant
            .send("POST", &url, &headers, STANDARD.encode(mime).into_bytes())
            .await;
        assert_eq!((answer.status, answer.bytes.len()), (status, 0));
        let found = mailbox(&ada.tenant, GRACE).await["delivered"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(found, delivered);
    }
}

/// A batch has no framing of its own, so a step needs no `Content-Length`.
#[tokio::test]
async fn a_draft_is_sent_from_a_batch() {
    let ada = Desk::of(ADA, "Mail.ReadWrite Mail.Send").await;
    let id = ada.draft().await;
    let batch = json!({"requests": [{"id": "1", "method": "POST", "url": format!("/me/messages/{id}/send")}]});
    let answer = ada.call("POST", "/$batch", batch).await.json();
    assert_eq!(answer["responses"][0]["status"], 202);
}
