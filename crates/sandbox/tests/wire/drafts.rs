//! Drafts: made, read, changed, sent, answered, moved. Sources: Graph v1.0
//! reference, "Create message", "Get message", "Update message", "message: send"
//! and its sisters; "Obtain immutable identifiers for Outlook resources".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::{Answer, Tenant, string};
use crate::mail::plain;

pub const ADA: &str = "ada@signet.example";
pub const GRACE: &str = "grace@signet.example";
pub const SCOPES: &str = "Mail.ReadWrite Mail.Send";
const KEY: &str = "String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey";
pub const IMMUTABLE: (&str, &str) = ("prefer", "IdType=\"ImmutableId\"");

/// A signed-in person at their mailbox.
pub struct Desk {
    pub tenant: Tenant,
    pub token: String,
}

impl Desk {
    pub async fn of(person: &str, scopes: &str) -> Self {
        let tenant = Tenant::start().await;
        let token = tenant.access_token(person, scopes).await;
        Self { tenant, token }
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.with(method, path, &[], body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    /// A request with more headers; null is no body.
    pub async fn with(
        &self,
        method: &str,
        path: &str,
        more: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend_from_slice(more);
        let mut bytes = Vec::new();
        if !body.is_null() {
            headers.push(("content-type", "application/json"));
            bytes = body.to_string().into_bytes();
        } else if method == "POST" {
            headers.push(("content-length", "0"));
        }
        let url = self.tenant.url(&format!("/v1.0{path}"));
        self.tenant.send(method, &url, &headers, bytes).await
    }

    pub async fn switch(&self, switches: Value) {
        let answer = self
            .tenant
            .control("POST", "/switches", Some(switches))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    pub async fn draft(&self) -> String {
        self.draft_of(plain()).await
    }

    pub async fn draft_of(&self, message: Value) -> String {
        let answer = self.call("POST", "/me/messages", message).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        string(&answer.json()["id"])
    }
}

#[tokio::test]
async fn a_draft_has_everything_a_message_has() {
    let ada = Desk::of(ADA, SCOPES).await;
    let answer = ada.call("POST", "/me/messages", plain()).await;
    assert_eq!(answer.status, 201);
    let draft = answer.json();
    assert_eq!(
        draft["@odata.etag"],
        format!("W/\"{}\"", string(&draft["changeKey"]))
    );
    assert!(string(&draft["@odata.context"]).ends_with("/messages/$entity"));
    assert!(answer.header("location").contains(&string(&draft["id"])));
    for (name, expected) in [
        ("isDraft", json!(true)),
        ("isRead", json!(true)),
        ("subject", json!("Hello")),
        ("bodyPreview", json!("Hello")),
        ("importance", json!("normal")),
        ("hasAttachments", json!(false)),
        ("flag", json!({"flagStatus": "notFlagged"})),
        ("body", json!({"contentType": "text", "content": "Hello"})),
        ("from", Value::Null),
        ("bccRecipients", json!([])),
    ] {
        assert_eq!(draft[name], expected, "{name}");
    }
    for name in [
        "conversationId",
        "internetMessageId",
        "parentFolderId",
        "webLink",
    ] {
        assert!(!string(&draft[name]).is_empty(), "{name}");
    }
    for path in [
        format!("/me/messages/{}", string(&draft["id"])),
        format!("/me/messages('{}')", string(&draft["id"])),
        format!("/me/mailFolders/drafts/messages/{}", string(&draft["id"])),
        format!(
            "/users/{ADA}/messages/{}",
            string(&draft["id"]).replace('=', "%3D")
        ),
    ] {
        let read = ada.get(&path).await;
        assert_eq!(read.json()["subject"], "Hello", "{path}");
    }
    let elsewhere = format!("/me/mailFolders/inbox/messages/{}", string(&draft["id"]));
    assert_eq!(ada.get(&elsewhere).await.graph_code(), "ErrorItemNotFound");
}

/// The alphabet of ids has `-` and `_`; each is taken as it is, encoded, and as
/// an OData key.
#[tokio::test]
async fn ids_of_any_letters_are_taken_in_every_spelling() {
    let ada = Desk::of(ADA, SCOPES).await;
    let mut wanted = vec!['-', '_'];
    for _ in 0..60 {
        let id = ada.draft().await;
        assert!(id.ends_with('='), "{id}");
        if !wanted.iter().any(|letter| id.contains(*letter)) {
            continue;
        }
        wanted.retain(|letter| !id.contains(*letter));
        let encoded = id
            .replace('=', "%3D")
            .replace('-', "%2D")
            .replace('_', "%5F");
        for path in [
            format!("/me/messages/{id}"),
            format!("/me/messages/{encoded}"),
            format!("/me/messages('{encoded}')"),
        ] {
            assert_eq!(ada.get(&path).await.json()["id"], json!(id), "{path}");
        }
        if wanted.is_empty() {
            return;
        }
    }
    panic!("no id has {wanted:?}");
}

/// Sources: "permissions reference"; the error table of the mail pages.
#[tokio::test]
async fn what_cannot_be_found_or_is_not_allowed_says_why() {
    for (scopes, method, path, status, code) in [
        (
            "Mail.Send",
            "POST",
            "/me/messages",
            403,
            "ErrorAccessDenied",
        ),
        (
            "Mail.Read",
            "POST",
            "/me/messages",
            403,
            "ErrorAccessDenied",
        ),
        (
            SCOPES,
            "GET",
            "/me/messages/AAMkAGE=",
            404,
            "ErrorItemNotFound",
        ),
        (
            SCOPES,
            "GET",
            "/me/messages/nonsense",
            400,
            "ErrorInvalidIdMalformed",
        ),
        (
            SCOPES,
            "GET",
            "/users/grace@signet.example/messages/AAMkAGE=",
            403,
            "ErrorAccessDenied",
        ),
        (
            SCOPES,
            "GET",
            "/users/nobody@signet.example/messages/AAMkAGE=",
            404,
            "ErrorInvalidUser",
        ),
        (
            SCOPES,
            "POST",
            "/users/grace@signet.example/sendMail",
            403,
            "ErrorAccessDenied",
        ),
        (
            SCOPES,
            "POST",
            "/me/mailFolders/nowhere/messages",
            400,
            "ErrorInvalidIdMalformed",
        ),
        (
            SCOPES,
            "POST",
            "/me/messages/AAMkAGE=/send",
            404,
            "ErrorItemNotFound",
        ),
    ] {
        let desk = Desk::of(ADA, scopes).await;
        let body = if path.ends_with("send") || method == "GET" {
            Value::Null
        } else {
            plain()
        };
        let answer = desk.call(method, path, body).await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (status, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_draft_is_changed_and_its_version_with_it() {
    let ada = Desk::of(ADA, SCOPES).await;
    let path = format!("/me/messages/{}", ada.draft().await);
    let before = ada.get(&path).await.json();
    let changes = json!({
        "subject": "Changed", "importance": "HIGH", "categories": ["Red"],
        "flag": {"flagStatus": "Flagged"}, "isRead": "false",
        "internetMessageId": "<own@signet.example>",
    });
    let answer = ada.call("PATCH", &path, changes).await;
    assert_eq!(answer.status, 200);
    let after = answer.json();
    for (name, expected) in [
        ("subject", json!("Changed")),
        ("importance", json!("high")),
        ("categories", json!(["Red"])),
        ("flag", json!({"flagStatus": "flagged"})),
        ("isRead", json!(false)),
        ("internetMessageId", json!("<own@signet.example>")),
        ("id", before["id"].clone()),
    ] {
        assert_eq!(after[name], expected, "{name}");
    }
    assert_ne!(after["changeKey"], before["changeKey"]);
    for (body, status, code) in [
        (json!({"subjekt": "x"}), 400, "RequestBodyRead"),
        (json!({"importance": "urgent"}), 400, "RequestBodyRead"),
        (
            json!({"internetMessageHeaders": [{"name": "x-a", "value": "1"}]}),
            400,
            "ErrorInvalidPropertySet",
        ),
    ] {
        let answer = ada.call("PATCH", &path, body).await;
        assert_eq!((answer.status, &*answer.graph_code()), (status, code));
    }
}

/// Sources: `@odata.etag` of `outlookItem`; the error table, ErrorIrresolvableConflict.
#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let ada = Desk::of(ADA, SCOPES).await;
    let path = format!("/me/messages/{}", ada.draft().await);
    let old = string(&ada.get(&path).await.json()["@odata.etag"]);
    let changed = ada
        .call("PATCH", &path, json!({"subject": "2"}))
        .await
        .json();
    let new = string(&changed["@odata.etag"]);
    let subject = json!({"subject": "3"});
    for (tag, status) in [(old.as_str(), 412), (new.as_str(), 200), ("*", 200)] {
        let answer = ada
            .with("PATCH", &path, &[("if-match", tag)], subject.clone())
            .await;
        assert_eq!(answer.status, status, "{tag}");
    }
    let stale = json!({"@odata.etag": old, "subject": "4"});
    assert_eq!(
        ada.call("PATCH", &path, stale).await.graph_code(),
        "ErrorIrresolvableConflict"
    );
    ada.switch(json!({"conflict_permille": 1000})).await;
    assert_eq!(ada.call("PATCH", &path, subject).await.status, 412);
    ada.switch(json!({"conflict_permille": 0})).await;
    let newest = string(&ada.get(&path).await.json()["@odata.etag"]);
    for (tag, status) in [(old.as_str(), 412), (newest.as_str(), 204)] {
        let answer = ada
            .with("DELETE", &path, &[("if-match", tag)], Value::Null)
            .await;
        assert_eq!(answer.status, status, "{tag}");
    }
}

#[tokio::test]
async fn what_was_sent_or_received_changes_only_a_little() {
    let ada = Desk::of(ADA, SCOPES).await;
    let answer = ada
        .with("POST", "/me/messages", &[IMMUTABLE], plain())
        .await;
    let path = format!("/me/messages/{}", string(&answer.json()["id"]));
    assert_eq!(
        ada.call("POST", &format!("{path}/send"), Value::Null)
            .await
            .status,
        202
    );
    for (body, status) in [
        (json!({"subject": "x"}), 400),
        (json!({"toRecipients": []}), 400),
        (json!({"isRead": false, "categories": ["Blue"]}), 200),
    ] {
        assert_eq!(ada.call("PATCH", &path, body).await.status, status);
    }
}

/// Source: "Outlook extended properties overview".
#[tokio::test]
async fn extended_properties_are_kept_and_shown_on_request() {
    let ada = Desk::of(ADA, SCOPES).await;
    let mut message = plain();
    message["singleValueExtendedProperties"] = json!([{"id": KEY, "value": "01k"}]);
    let path = format!("/me/messages/{}", ada.draft_of(message).await);
    let plain = ada.get(&path).await.json();
    assert!(plain.get("singleValueExtendedProperties").is_none());
    let expand = |id: &str| {
        format!("{path}?$expand=singleValueExtendedProperties($filter=id eq '{id}')")
            .replace(' ', "%20")
    };
    let shown = ada.get(&expand(KEY)).await.json();
    assert_eq!(
        shown["singleValueExtendedProperties"],
        json!([{"id": KEY, "value": "01k"}])
    );
    let other = ada
        .get(&expand(
            &KEY.to_ascii_uppercase()
                .replace("STRING", "String")
                .replace("NAME", "Name"),
        ))
        .await
        .json();
    assert!(other.get("singleValueExtendedProperties").is_none());
    let changed = json!({"singleValueExtendedProperties": [{"id": KEY.replace("c1f1", "C1F1"), "value": "02k"}]});
    ada.call("PATCH", &path, changed).await;
    let shown = ada.get(&expand(KEY)).await.json();
    assert_eq!(shown["singleValueExtendedProperties"][0]["value"], "02k");
}

/// Source: "Get message", `$select`, `Prefer: outlook.body-content-type` and
/// `outlook.allow-unsafe-html`.
#[tokio::test]
async fn bodies_come_as_they_are_wanted() {
    let ada = Desk::of(ADA, SCOPES).await;
    let html = "<p onclick=\"x()\">a<b>b</b></p><script>x()</script>";
    let mut message = plain();
    message["body"] = json!({"contentType": "html", "content": html});
    let path = format!("/me/messages/{}", ada.draft_of(message).await);
    for (prefer, applied, expected) in [
        ("", "", "<p>a<b>b</b></p>"),
        (
            "outlook.allow-unsafe-html",
            "outlook.allow-unsafe-html",
            html,
        ),
        (
            "outlook.body-content-type=\"text\"",
            "outlook.body-content-type=\"text\"",
            "ab",
        ),
    ] {
        let read = ada
            .with("GET", &path, &[("prefer", prefer)], Value::Null)
            .await;
        assert_eq!(read.header("preference-applied"), applied);
        let content = string(&read.json()["body"]["content"]);
        assert!(content.contains(expected), "{content}");
        assert_eq!(
            content.contains("script"),
            prefer == "outlook.allow-unsafe-html"
        );
    }
    let read = ada
        .get(&format!("{path}?$select=subject,uniqueBody"))
        .await
        .json();
    let mut names: Vec<&str> = read
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "@odata.context",
            "@odata.etag",
            "id",
            "subject",
            "uniqueBody"
        ]
    );
    let unknown = ada.get(&format!("{path}?$select=subjekt")).await;
    assert_eq!(unknown.status, 400);
    ada.switch(json!({"safe_html": false})).await;
    assert!(string(&ada.get(&path).await.json()["body"]["content"]).contains("script"));
}

#[tokio::test]
async fn mail_read_basic_shows_no_bodies() {
    let ada = Desk::of(ADA, "Mail.Send Mail.ReadBasic").await;
    let body = json!({"message": plain()});
    ada.call("POST", "/me/sendMail", body).await;
    let path = format!("/me/messages/{}", lying_in(&ada, ADA, "sentitems").await);
    let read = ada.get(&path).await.json();
    assert_eq!(read["subject"], "Hello");
    for name in ["body", "bodyPreview"] {
        assert!(read.get(name).is_none(), "{name}");
    }
    let selected = ada
        .get(&format!("{path}?$select=body,subject"))
        .await
        .json();
    assert!(selected.get("body").is_none());
    for below in ["attachments", "$value"] {
        let refused = ada.get(&format!("{path}/{below}")).await;
        assert_eq!(refused.graph_code(), "ErrorAccessDenied", "{below}");
    }
}

#[tokio::test]
async fn messages_are_copied_moved_and_deleted() {
    let ada = Desk::of(ADA, SCOPES).await;
    let id = ada.draft().await;
    let to = json!({"DestinationId": "archive"});
    let copy = ada
        .call("POST", &format!("/me/messages/{id}/copy"), to.clone())
        .await;
    assert_eq!(copy.status, 201);
    assert_ne!(copy.json()["id"], json!(id));
    let made = ada
        .with(
            "GET",
            &format!("/me/messages/{id}"),
            &[IMMUTABLE],
            Value::Null,
        )
        .await
        .json();
    let moved = ada
        .call("POST", &format!("/me/messages/{id}/move"), to)
        .await
        .json();
    assert_ne!(moved["id"], json!(id));
    assert_ne!(moved["parentFolderId"], made["parentFolderId"]);
    let path = format!("/me/messages/{}", string(&made["id"]));
    assert_eq!(ada.get(&path).await.json()["id"], moved["id"]);
    assert_eq!(ada.get(&format!("/me/messages/{id}")).await.status, 404);
    for (folder, status) in [("deleteditems", 200), ("recoverableitemsdeletions", 200)] {
        assert_eq!(ada.call("DELETE", &path, Value::Null).await.status, 204);
        let there = format!("/me/mailFolders/{folder}/messages/{}", string(&made["id"]));
        assert_eq!(ada.get(&there).await.status, status, "{folder}");
    }
    let purge = ada
        .call("POST", &format!("{path}/permanentDelete"), Value::Null)
        .await;
    assert_eq!(purge.status, 204);
    assert_eq!(ada.get(&path).await.status, 404);
    let lost = json!({"destinationId": "nowhere"});
    let copied = string(&copy.json()["id"]);
    assert_eq!(
        ada.call("POST", &format!("/me/messages/{copied}/move"), lost)
            .await
            .status,
        400
    );
}

/// Sources: "Get MIME content of a message"; "Create message", MIME format.
#[tokio::test]
async fn mime_goes_in_and_comes_out() {
    let ada = Desk::of(ADA, SCOPES).await;
    let mime = "From: Ada <ada@signet.example>\r\nTo: =?utf-8?Q?Gr=C3=A5ce?= <grace@signet.example>\r\n\
        Subject: =?utf-8?B?44GT44KT44Gr44Gh44Gv?=\r\nMessage-ID: <mine@signet.example>\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n";
    let bearer = format!("Bearer {}", ada.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let url = ada.tenant.url("/v1.0/me/messages");
    let made = ada
        .tenant
        .send("POST", &url, &headers, STANDARD.encode(mime).into_bytes())
        .await;
    assert_eq!(
        (made.status, &made.json()["subject"]),
        (201, &json!("こんにちは"))
    );
    assert_eq!(made.json()["internetMessageId"], "<mine@signet.example>");
    let path = format!("/me/messages/{}", string(&made.json()["id"]));
    let file = json!({"@odata.type": "#microsoft.graph.fileAttachment", "name": "Ü.txt", "contentBytes": STANDARD.encode("abc")});
    ada.call("POST", &format!("{path}/attachments"), file).await;
    let out = ada.get(&format!("{path}/$value")).await;
    assert_eq!(out.header("content-type"), "text/plain");
    let parsed = mail_parser::MessageParser::default()
        .parse(&out.bytes)
        .unwrap();
    assert_eq!(parsed.subject(), Some("こんにちは"));
    assert_eq!(parsed.message_id(), Some("mine@signet.example"));
    assert_eq!(parsed.body_html(0).unwrap().trim(), "<p>Hello</p>");
    assert_eq!(parsed.attachment(0).unwrap().contents(), b"abc");
}

#[tokio::test]
async fn what_is_asked_for_is_kept_and_written() {
    let ada = Desk::of(ADA, SCOPES).await;
    let asked = [
        "Reply-To: Grace <grace@signet.example>",
        "Importance: High",
        "Disposition-Notification-To: Ada <ada@signet.example>",
        "Return-Receipt-To: Ada <ada@signet.example>",
    ];
    let mime = format!(
        "From: Ada <ada@signet.example>\r\nTo: noor@outlook.example\r\n{}\r\n\r\nHello\r\n",
        asked.join("\r\n")
    );
    let bearer = format!("Bearer {}", ada.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let url = ada.tenant.url("/v1.0/me/messages");
    let made = ada
        .tenant
        .send("POST", &url, &headers, STANDARD.encode(mime).into_bytes())
        .await
        .json();
    let grace = json!([{"emailAddress": {"name": "Grace", "address": "grace@signet.example"}}]);
    for (name, expected) in [
        ("replyTo", grace),
        ("importance", json!("high")),
        ("isReadReceiptRequested", json!(true)),
        ("isDeliveryReceiptRequested", json!(true)),
    ] {
        assert_eq!(made[name], expected, "{name}");
    }
    let path = format!("/me/messages/{}", string(&made["id"]));
    let out = ada.get(&format!("{path}/$value")).await;
    let written = String::from_utf8(out.bytes.clone())
        .unwrap()
        .replace('"', "");
    for header in asked {
        assert!(written.contains(&format!("{header}\r\n")), "{written}");
    }
    let nothing = json!({"importance": "low", "replyTo": [], "isReadReceiptRequested": false, "isDeliveryReceiptRequested": false});
    ada.call("PATCH", &path, nothing).await;
    let out = ada.get(&format!("{path}/$value")).await;
    let written = String::from_utf8(out.bytes.clone()).unwrap();
    assert!(written.contains("Importance: Low\r\n"), "{written}");
    for name in ["Reply-To", "Disposition", "Return-Receipt"] {
        assert!(!written.contains(name), "{written}");
    }
}

/// The id of the newest message in a person's Inbox.
pub async fn received(desk: &Desk, person: &str) -> String {
    lying_in(desk, person, "inbox").await
}

/// The id of the newest message in a person's folder.
pub async fn lying_in(desk: &Desk, person: &str, folder: &str) -> String {
    let lying = folders(desk, person).await[folder].clone();
    string(&lying.as_array().unwrap().last().unwrap()["id"])
}

/// What lies where, as the control API tells it.
pub async fn folders(desk: &Desk, person: &str) -> Value {
    let path = format!("/mailboxes/{person}/folders");
    desk.tenant.control("GET", &path, None).await.json()
}
