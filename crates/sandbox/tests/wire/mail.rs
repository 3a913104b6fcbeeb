//! Sending. Sources: Graph v1.0 reference, "user: sendMail", "message resource
//! type", "internetMessageHeader"; "Outlook extended properties overview";
//! Exchange's recipient limit.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::{Tenant, string};

const KEY_PROPERTY: &str = "String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey";
const ADA: &str = "ada@signet.example";

#[tokio::test]
async fn what_was_typed_is_delivered_as_it_was() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    let html = "<p>Grüße 日本語 🎉 <b dir=\"rtl\">שלום</b></p>";
    let message = json!({"message": {
        "subject": "Ünïcode — 件名 🎈 مرحبا",
        "body": {"contentType": "HTML", "content": html},
        "toRecipients": [recipient(Some("Hopper, Grace \"G\""), "grace@signet.example")],
        "ccRecipients": [recipient(None, "someone@elsewhere.example")],
        "bccRecipients": [recipient(Some("نور"), "noor@outlook.example")],
        "replyTo": [recipient(Some("Loom"), "loom@signet.example")],
        "importance": "high", "isReadReceiptRequested": true, "isDeliveryReceiptRequested": true,
        "attachments": [{
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": "Überblick 2026.txt", "contentType": "text/plain", "contentBytes": STANDARD.encode("abc"),
        }],
        "internetMessageHeaders": [{"name": "x-signet-outbox", "value": "01k"}],
        "singleValueExtendedProperties": [{"id": KEY_PROPERTY, "value": "01k"}],
    }});
    let answer = tenant
        .graph("POST", "/me/sendMail", &token, Some(message))
        .await;
    assert_eq!((answer.status, answer.bytes.len()), (202, 0));
    assert!(!answer.header("request-id").is_empty());

    let mail = mailbox(&tenant, "grace@signet.example").await["delivered"][0].clone();
    assert_eq!(mail["subject"], "Ünïcode — 件名 🎈 مرحبا");
    assert_eq!(
        (&mail["html"], &mail["text"]),
        (&json!(html), &json!("Grüße 日本語 🎉 שלום"))
    );
    assert_eq!(
        mail["from"],
        json!({"name": "Ada Lovelace-Núñez", "address": ADA})
    );
    assert_eq!(
        mail["to"],
        json!([{"name": "Hopper, Grace \"G\"", "address": "grace@signet.example"}])
    );
    assert_eq!(
        mail["cc"],
        json!([{"name": null, "address": "someone@elsewhere.example"}])
    );
    assert_eq!(mail["bcc"], json!([]));
    assert_eq!(
        mail["reply_to"],
        json!([{"name": "Loom", "address": "loom@signet.example"}])
    );
    assert_eq!(mail["importance"], "high");
    assert_eq!(
        (&mail["read_receipt"], &mail["delivery_receipt"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(mail["key"], "01k");
    assert_eq!(
        mail["headers"],
        json!([{"name": "x-signet-outbox", "value": "01k"}])
    );
    let file = &mail["attachments"][0];
    assert_eq!(
        (&file["name"], &file["bytes"]),
        (&json!("Überblick 2026.txt"), &json!(3))
    );
    // FIPS 180-4's example for "abc".
    assert_eq!(
        file["sha256"],
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    for (address, delivered) in [
        ("noor@outlook.example", 1),
        ("SOMEONE@elsewhere.example", 1),
        (ADA, 0),
    ] {
        let mailbox = mailbox(&tenant, address).await;
        assert_eq!(
            mailbox["delivered"].as_array().unwrap().len(),
            delivered,
            "{address}"
        );
    }
    let sent = &mailbox(&tenant, ADA).await["sent"][0];
    assert_eq!(
        sent["bcc"],
        json!([{"name": "نور", "address": "noor@outlook.example"}])
    );
}

#[tokio::test]
async fn both_spellings_and_the_sent_items_switch_are_understood() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    for (path, flag, sent) in [
        ("/me/sendMail", json!(true), 1),
        ("/me/microsoft.graph.sendMail", json!(null), 2),
        ("/me/sendMail", json!("false"), 2),
        ("/me/SENDMAIL", json!(false), 2),
    ] {
        let body = json!({"Message": plain(), "SaveToSentItems": flag});
        assert_eq!(
            tenant.graph("POST", path, &token, Some(body)).await.status,
            202
        );
        assert_eq!(
            mailbox(&tenant, ADA).await["sent"]
                .as_array()
                .unwrap()
                .len(),
            sent
        );
    }
}

#[tokio::test]
async fn refused_messages_say_why_and_are_not_delivered() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    let with = |name: &str, value: Value| {
        let mut message = plain();
        message[name] = value;
        json!({"message": message})
    };
    let crowd = |count: usize| -> Value {
        (0..count)
            .map(|n| recipient(None, &format!("p{n}@elsewhere.example")))
            .collect()
    };
    let header = |name: &str| json!({"name": name, "value": "1"});
    for (body, status, code) in [
        (json!({}), 400, "ErrorInvalidParameter"),
        (json!([]), 400, "BadRequest"),
        (
            json!({"message": plain(), "saveToDrafts": true}),
            400,
            "BadRequest",
        ),
        (
            with("toRecipients", json!([])),
            400,
            "ErrorInvalidRecipients",
        ),
        (
            with("toRecipients", json!([recipient(None, "nobody")])),
            400,
            "ErrorInvalidRecipients",
        ),
        (
            with("toRecipients", json!([recipient(None, "a b@c.example")])),
            400,
            "ErrorInvalidRecipients",
        ),
        (
            with("toRecipients", crowd(501)),
            400,
            "ErrorExceededMaxRecipientLimit",
        ),
        (
            with("toRecipients", json!("grace@signet.example")),
            400,
            "RequestBodyRead",
        ),
        (with("subjekt", json!("?")), 400, "RequestBodyRead"),
        (
            with("body", json!({"contentType": "markdown", "content": "*"})),
            400,
            "RequestBodyRead",
        ),
        (
            with("from", recipient(None, "grace@signet.example")),
            403,
            "ErrorSendAsDenied",
        ),
        (
            with(
                "attachments",
                json!([{"name": "a", "contentBytes": "YQ=="}]),
            ),
            422,
            "UnprocessableType",
        ),
        (
            with(
                "attachments",
                json!([{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "%%"}]),
            ),
            400,
            "RequestBodyRead",
        ),
        (
            with("internetMessageHeaders", json!([])),
            400,
            "InvalidInternetMessageHeaderCollection",
        ),
        (
            with(
                "internetMessageHeaders",
                (0..6).map(|n| header(&format!("x-{n}"))).collect(),
            ),
            400,
            "InvalidInternetMessageHeaderCollection",
        ),
        (
            with(
                "internetMessageHeaders",
                json!([header("List-Unsubscribe")]),
            ),
            400,
            "InvalidInternetMessageHeader",
        ),
        (
            with(
                "singleValueExtendedProperties",
                json!([{"id": "Name X", "value": "1"}]),
            ),
            400,
            "ErrorInvalidProperty",
        ),
    ] {
        let answer = tenant
            .graph("POST", "/me/sendMail", &token, Some(body))
            .await;
        assert_eq!((answer.status, &*answer.graph_code()), (status, code));
    }
    assert_eq!(mailbox(&tenant, ADA).await["sent"], json!([]));
    let body = with("toRecipients", crowd(500));
    assert_eq!(
        tenant
            .graph("POST", "/me/sendMail", &token, Some(body))
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn a_request_is_at_most_four_megabytes() {
    const LIMIT: usize = 4 * 1024 * 1024;
    let tenant = Tenant::start().await;
    let token = format!("Bearer {}", tenant.access_token(ADA, "Mail.Send").await);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let url = tenant.url("/v1.0/me/sendMail");
    for (bytes, status) in [(LIMIT, 202), (LIMIT + 1, 413), (5 * LIMIT, 413)] {
        let mut body = json!({"message": plain()}).to_string().into_bytes();
        body.resize(bytes, b' ');
        assert_eq!(
            tenant.send("POST", &url, &headers, body).await.status,
            status,
            "{bytes}"
        );
    }
}

#[tokio::test]
async fn sending_needs_its_scope() {
    let tenant = Tenant::start().await;
    let token = tenant
        .access_token("grace@signet.example", "User.Read Mail.ReadWrite")
        .await;
    let answer = tenant
        .graph(
            "POST",
            "/me/sendMail",
            &token,
            Some(json!({"message": plain()})),
        )
        .await;
    assert_eq!(
        (answer.status, &*answer.graph_code()),
        (403, "ErrorAccessDenied")
    );
}

/// Source: "Send mail", MIME format: the whole message in base64 as text/plain.
#[tokio::test]
async fn a_whole_mime_message_can_be_sent() {
    let tenant = Tenant::start().await;
    let token = format!("Bearer {}", tenant.access_token(ADA, "Mail.Send").await);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "text/plain"),
    ];
    let url = tenant.url("/v1.0/me/sendMail");
    let mime = "From: Ada <ada@signet.example>\r\nTo: =?utf-8?Q?Gr=C3=A5ce?= <grace@signet.example>\r\n\
        Bcc: noor@outlook.example\r\nSubject: =?utf-8?B?44GT44KT44Gr44Gh44Gv?=\r\nX-Test: 7\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n";
    let answer = tenant
        .send("POST", &url, &headers, STANDARD.encode(mime).into_bytes())
        .await;
    assert_eq!(answer.status, 202);
    let mail = mailbox(&tenant, "grace@signet.example").await["delivered"][0].clone();
    assert_eq!(
        (&mail["subject"], &mail["html"]),
        (&json!("こんにちは"), &Value::Null)
    );
    assert_eq!(mail["to"][0]["name"], "Gråce");
    assert_eq!(string(&mail["text"]).trim_end(), "Hello");
    assert_eq!(mail["headers"], json!([{"name": "X-Test", "value": "7"}]));
    assert_eq!(
        mailbox(&tenant, "noor@outlook.example").await["delivered"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let broken = tenant
        .send("POST", &url, &headers, b"not base64!".to_vec())
        .await;
    assert_eq!(
        (broken.status, &*broken.graph_code()),
        (400, "ErrorMimeContentInvalidBase64String")
    );
}

pub fn plain() -> Value {
    json!({
        "subject": "Hello",
        "body": {"contentType": "text", "content": "Hello"},
        "toRecipients": [recipient(None, "grace@signet.example")],
    })
}

pub fn recipient(name: Option<&str>, address: &str) -> Value {
    match name {
        Some(name) => json!({"emailAddress": {"name": name, "address": address}}),
        None => json!({"emailAddress": {"address": address}}),
    }
}

pub async fn mailbox(tenant: &Tenant, address: &str) -> Value {
    tenant
        .control("GET", &format!("/mailboxes/{address}"), None)
        .await
        .json()
}

/// "Exchange Online limits", message header size limit: 256 KB.
#[tokio::test]
async fn the_headers_of_a_message_are_at_most_256_kb() {
    let tenant = Tenant::start().await;
    let token = format!("Bearer {}", tenant.access_token(ADA, "Mail.Send").await);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "text/plain"),
    ];
    let url = tenant.url("/v1.0/me/sendMail");
    for (kilobytes, status) in [(250, 202), (257, 400)] {
        let value = "x".repeat(kilobytes * 1024);
        let mime = format!("To: grace@signet.example\r\nX-Test: {value}\r\n\r\nHello\r\n");
        let answer = tenant
            .send("POST", &url, &headers, STANDARD.encode(mime).into_bytes())
            .await;
        assert_eq!(answer.status, status, "{kilobytes}");
        if status == 400 {
            assert_eq!(answer.graph_code(), "ErrorMessageSizeExceeded");
        }
    }
}
