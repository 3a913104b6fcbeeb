use http::Method;
use message::{Attachment, AttachmentId, Body, ContentId, Draft, Importance, Options};
use serde_json::{Value, json};

use super::*;

const KEY: &str = "01arz3ndektsv4rrffq69g5fav";

fn attachment(name: &str, bytes: u64) -> Attachment {
    Attachment {
        id: AttachmentId::new(KEY).unwrap(),
        name: name.to_owned(),
        content_type: "text/plain".to_owned(),
        bytes,
        sha256: String::new(),
        content_id: None,
    }
}

fn message(body: Body, attachments: Vec<Attachment>) -> Message {
    Message::try_from(Draft {
        to: vec![
            "Ada Lovelace-Núñez <ada@signet.example>".to_owned(),
            "grace@signet.example".to_owned(),
        ],
        bcc: vec!["noor@outlook.example".to_owned()],
        subject: "Größe 計画 🎉".to_owned(),
        body,
        attachments,
        ..Draft::default()
    })
    .unwrap()
}

fn base() -> BaseUrl {
    BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap()
}

fn json_of(request: &Request) -> Value {
    serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap()
}

// Source: Graph v1.0 reference, the fileAttachment resource type: isInline, contentId.
#[test]
fn a_picture_is_named_by_its_content_id() {
    let file = attachment("logo.png", 3);
    let picture = Attachment {
        content_id: Some(ContentId::of(&file.id)),
        content_type: "image/png".to_owned(),
        ..file
    };
    let body = Body::Html(format!("<img src=\"cid:{KEY}@signet\" alt=\"x\">"));
    let message = message(body, vec![picture]);
    let request = request(&base(), &message, KEY, vec![b"PNG".to_vec()]).unwrap();
    let json = json_of(&request);
    assert_eq!(
        json["message"]["attachments"],
        json!([{
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": "logo.png",
            "contentType": "image/png",
            "isInline": true,
            "contentId": format!("{KEY}@signet"),
            "contentBytes": "UE5H",
        }])
    );
    assert_eq!(
        json["message"]["body"]["content"],
        format!("<img src=\"cid:{KEY}@signet\" alt=\"x\">")
    );
}

// Source: Graph v1.0 reference, the message resource type: importance, replyTo, isReadReceiptRequested,
// isDeliveryReceiptRequested.
#[test]
fn what_is_asked_for_is_written_and_nothing_else() {
    let asked = [
        "importance",
        "isReadReceiptRequested",
        "isDeliveryReceiptRequested",
        "replyTo",
    ];
    for (options, reply_to, expected) in [
        (
            Options {
                importance: Importance::High,
                read_receipt: true,
                delivery_receipt: true,
            },
            vec!["Grace <grace@signet.example>".to_owned()],
            json!({
                "importance": "high",
                "isReadReceiptRequested": true,
                "isDeliveryReceiptRequested": true,
                "replyTo": [{"emailAddress": {"name": "Grace", "address": "grace@signet.example"}}],
            }),
        ),
        (
            Options {
                importance: Importance::Low,
                ..Options::default()
            },
            Vec::new(),
            json!({"importance": "low"}),
        ),
        (Options::default(), Vec::new(), json!({})),
    ] {
        let message = Message::try_from(Draft {
            to: vec!["ada@signet.example".to_owned()],
            reply_to,
            options,
            ..Draft::default()
        })
        .unwrap();
        let json = json_of(&request(&base(), &message, KEY, Vec::new()).unwrap());
        let written = json["message"].as_object().unwrap().clone();
        let written = written
            .into_iter()
            .filter(|(name, _)| asked.contains(&name.as_str()));
        assert_eq!(Value::Object(written.collect()), expected);
    }
}

// Source: Graph v1.0 reference, "user: sendMail", examples 1 and 3.
#[test]
fn the_request_field_by_field() {
    let message = message(
        Body::Html("<p>שלום</p>".to_owned()),
        vec![attachment("plan é.txt", 3)],
    );
    let request = request(&base(), &message, KEY, vec![b"\xff\xfe\0".to_vec()]).unwrap();
    assert_eq!(
        (request.method(), request.url().as_str()),
        (
            &Method::POST,
            "https://graph.microsoft.com/v1.0/me/sendMail"
        )
    );
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(
        json_of(&request),
        json!({"message": {
            "subject": "Größe 計画 🎉",
            "body": {"contentType": "html", "content": "<p>שלום</p>"},
            "toRecipients": [
                {"emailAddress": {"name": "Ada Lovelace-Núñez", "address": "ada@signet.example"}},
                {"emailAddress": {"address": "grace@signet.example"}},
            ],
            "bccRecipients": [{"emailAddress": {"address": "noor@outlook.example"}}],
            "attachments": [{
                "@odata.type": "#microsoft.graph.fileAttachment",
                "name": "plan é.txt", "contentType": "text/plain", "contentBytes": "//4A",
            }],
            "singleValueExtendedProperties": [
                {"id": "String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey", "value": KEY},
            ],
            "internetMessageHeaders": [{"name": "x-signet-outbox", "value": KEY}],
        }})
    );
}

#[test]
fn plain_text_goes_as_text() {
    let request = request(
        &base(),
        &message(Body::Text("a\n\"b\"".to_owned()), vec![]),
        KEY,
        vec![],
    )
    .unwrap();
    assert_eq!(
        json_of(&request)["message"]["body"],
        json!({"contentType": "text", "content": "a\n\"b\""})
    );
    assert!(json_of(&request)["message"].get("attachments").is_none());
}

#[test]
fn no_message_leaves_without_its_files() {
    let message = message(
        Body::default(),
        vec![attachment("a", 1), attachment("b", 2)],
    );
    for contents in [
        vec![],
        vec![vec![1]],
        vec![vec![1], vec![2]],
        vec![vec![1], vec![2, 2], vec![]],
    ] {
        assert_eq!(
            request(&base(), &message, KEY, contents).unwrap_err(),
            NotSent::AttachmentsMissing
        );
    }
}

// What passes the check of a draft fits into a request, and what does not fit is found before it is sent.
#[test]
fn the_largest_message_fits() {
    let largest = usize::try_from(message::DIRECT_ATTACHMENTS_BYTES_MAX).unwrap();
    let fits = message(
        Body::Html("x".repeat(100_000)),
        vec![attachment("a", largest as u64)],
    );
    assert!(request(&base(), &fits, KEY, vec![vec![7; largest]]).is_ok());
    let mut too_large = fits;
    too_large.attachments = vec![attachment("a", 4_000_000)];
    assert_eq!(
        request(&base(), &too_large, KEY, vec![vec![7; 4_000_000]]).unwrap_err(),
        NotSent::TooLarge
    );
    too_large.attachments = vec![attachment("a", 3_100_000)];
    assert_eq!(
        request(&base(), &too_large, KEY, vec![vec![7; 3_100_000]]).unwrap_err(),
        NotSent::TooLarge
    );
}

#[derive(Debug, PartialEq)]
enum Kind {
    Accepted,
    NotSent(NotSent),
    Unclear(Why),
    Rejected,
}

fn check(status: u16, code: &str, expected: Kind) {
    let mut answer = Response::new(json!({"error": {"code": code}}).to_string().into_bytes());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
        .headers_mut()
        .insert("retry-after", "2.128".parse().unwrap());
    answer
        .headers_mut()
        .insert("request-id", "r-1".parse().unwrap());
    let outcome = read(&answer);
    let kind = match &outcome {
        SendOutcome::Accepted { request_id } => {
            assert_eq!(request_id.as_deref(), Some("r-1"));
            Kind::Accepted
        }
        SendOutcome::Unclear {
            why,
            status: seen,
            retry_after,
            request_id,
        } => {
            assert_eq!((*seen, request_id.as_deref()), (Some(status), Some("r-1")));
            assert_eq!(*retry_after, Some(Duration::from_millis(2128)));
            Kind::Unclear(*why)
        }
        SendOutcome::Rejected(error) => {
            assert_eq!(error.code(), Some(code).filter(|code| !code.is_empty()));
            Kind::Rejected
        }
        SendOutcome::NotSent(why) => Kind::NotSent(why.clone()),
    };
    assert_eq!(kind, expected, "{status} {code}");
}

#[test]
fn answers_and_what_they_mean() {
    use Kind::{Accepted, Rejected, Unclear};
    check(202, "", Accepted);
    for status in [200, 201, 204, 302, 307] {
        check(status, "", Unclear(Why::UnexpectedAnswer));
    }
    check(429, "ApplicationThrottled", Unclear(Why::Throttled));
    for (status, code) in [
        (408, ""),
        (500, "ErrorInternalServerError"),
        (503, "ErrorServerBusy"),
        (504, "UnknownError"),
        (507, ""),
    ] {
        check(status, code, Unclear(Why::ServerFailed));
    }
    for (status, code) in [
        (404, "ErrorItemNotFound"),
        (412, "ErrorIrresolvableConflict"),
        (412, ""),
    ] {
        check(status, code, Unclear(Why::UnexpectedAnswer));
    }
    for (status, code, why) in [
        (403, "ErrorAccessDenied", NotSent::ConsentRequired),
        (403, "ErrorExceededMessageLimit", NotSent::SendingPaused),
        (
            403,
            "ErrorMessageSubmissionBlocked",
            NotSent::SendingBlocked,
        ),
        (403, "ErrorAccountSuspend", NotSent::SendingBlocked),
        (507, "ErrorQuotaExceeded", NotSent::MailboxFull),
        (507, "quotaLimitReached", NotSent::MailboxFull),
    ] {
        check(status, code, Kind::NotSent(why));
    }
    for (status, code) in [
        (400, "ErrorInvalidRecipients"),
        (400, ""),
        (401, "InvalidAuthenticationToken"),
        (403, "ErrorSendAsDenied"),
        (404, "MailboxNotEnabledForRESTAPI"),
        (413, ""),
    ] {
        check(status, code, Rejected);
    }
}
