use super::*;
use crate::{
    ATTACHMENTS_BYTES_MAX, AttachmentId, ContentId, DIRECT_ATTACHMENTS_BYTES_MAX,
    DIRECT_REQUEST_BYTES_MAX, Importance, base64_bytes,
};

fn draft(to: &[&str]) -> Draft {
    Draft {
        to: to.iter().map(|one| (*one).to_owned()).collect(),
        ..Draft::default()
    }
}

fn attachment(bytes: u64) -> Attachment {
    Attachment {
        id: AttachmentId::new("01arz3ndektsv4rrffq69g5fav").unwrap(),
        name: "plan\n.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        bytes,
        content_id: None,
        sha256: "0".repeat(64),
    }
}

fn faults(draft: Draft) -> Vec<DraftFault> {
    Message::try_from(draft).unwrap_err()
}

#[test]
fn a_draft_becomes_a_message() {
    let message = Message::try_from(Draft {
        to: vec![
            "Ada <ada@signet.example>, grace@signet.example".to_owned(),
            "ADA@signet.example".to_owned(),
        ],
        bcc: vec!["ada@signet.example".to_owned()],
        subject: "  Größe\r\nBcc: eve@signet.example\u{7} 🎉 ".to_owned(),
        body: Body::Html("<p onclick=x>שלום</p><script>x</script>".to_owned()),
        attachments: vec![attachment(3)],
        ..Draft::default()
    })
    .unwrap();
    let to: Vec<_> = message.recipients.to.iter().map(Address::address).collect();
    assert_eq!(to, ["ada@signet.example", "grace@signet.example"]);
    assert_eq!(message.recipients.bcc.len(), 1);
    assert_eq!(message.subject, "Größe Bcc: eve@signet.example  🎉");
    assert_eq!(message.html.as_deref(), Some("<p>שלום</p>"));
    assert_eq!(message.text, "שלום");
    assert_eq!(message.attachments[0].name, "plan_.pdf");
    let read: Message = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
    assert_eq!(read, message);
}

#[test]
fn plain_text_stays_as_typed() {
    let typed = "one\r\n\ttwo  <b>three</b>\n";
    let body = Body::Text(format!("{typed}\u{1b}"));
    let message = Message::try_from(Draft {
        body,
        ..draft(&["a@b.example"])
    })
    .unwrap();
    assert_eq!(
        (message.html, message.text.as_str()),
        (None, "one\n\ttwo  <b>three</b>\n")
    );
}

#[test]
fn all_faults_come_at_once() {
    let found = faults(Draft {
        to: vec!["ada".to_owned()],
        cc: vec!["good@signet.example; bad@".to_owned()],
        subject: "x".repeat(3 * 1024 * 1024),
        body: Body::Html("y".repeat(BODY_BYTES_MAX + 1)),
        attachments: vec![attachment(80_000_000), attachment(80_000_000)],
        ..Draft::default()
    });
    let bad = |field, text: &str, fault| DraftFault::BadAddress {
        field,
        text: text.to_owned(),
        fault,
    };
    assert_eq!(
        found,
        [
            bad(RecipientField::To, "ada", AddressFault::NoAt),
            bad(RecipientField::Cc, "bad@", AddressFault::NoDomain),
            DraftFault::SubjectTooLong {
                chars: 3 * 1024 * 1024,
                max: SUBJECT_CHARS_MAX
            },
            DraftFault::BodyTooLong {
                bytes: BODY_BYTES_MAX + 1,
                max: BODY_BYTES_MAX
            },
            DraftFault::AttachmentsTooLarge {
                bytes: 160_000_000,
                max: ATTACHMENTS_BYTES_MAX
            },
        ]
    );
}

#[test]
fn a_bottomless_body_is_sent_all_the_same() {
    let body = Body::Html(format!("{}deep", "<div>".repeat(BODY_BYTES_MAX / 5 - 1)));
    let message = Message::try_from(Draft {
        body,
        ..draft(&["a@b.example"])
    })
    .unwrap();
    assert_eq!(message.text, "deep");
}

#[test]
fn an_empty_draft_lacks_a_recipient_only() {
    assert_eq!(faults(Draft::default()), [DraftFault::NoRecipient]);
    assert_eq!(faults(draft(&["", " , "])), [DraftFault::NoRecipient]);
}

#[test]
fn five_hundred_recipients_and_no_more() {
    let list = |count: usize| {
        (0..count)
            .map(|n| format!("p{n}@signet.example"))
            .collect::<Vec<_>>()
            .join(",")
    };
    assert!(Message::try_from(draft(&[&list(500)])).is_ok());
    assert_eq!(
        faults(draft(&[&list(501)])),
        [DraftFault::TooManyRecipients {
            count: 501,
            max: 500
        }]
    );
}

// Exchange counts UTF-16 units: an emoji is two.
#[test]
fn the_longest_subject() {
    let with = |subject: String| {
        Message::try_from(Draft {
            subject,
            ..draft(&["a@b.example"])
        })
    };
    assert!(with("🎉".repeat(127) + "x").is_ok());
    assert_eq!(
        with("🎉".repeat(128)).unwrap_err(),
        [DraftFault::SubjectTooLong {
            chars: 256,
            max: 255
        }]
    );
}

#[test]
fn a_long_body_leaves_less_room_in_one_request() {
    let message = |body: &str, bytes| {
        let draft = Draft {
            body: Body::Text(body.to_owned()),
            attachments: vec![attachment(bytes)],
            ..draft(&["a@b.example"])
        };
        Message::try_from(draft).unwrap()
    };
    // In JSON each quotation mark takes two bytes.
    let long = "\"".repeat(BODY_BYTES_MAX);
    let room = (DIRECT_REQUEST_BYTES_MAX - 2 * BODY_BYTES_MAX) as u64;
    for (body, bytes, fits) in [
        ("short", DIRECT_ATTACHMENTS_BYTES_MAX, true),
        ("short", DIRECT_ATTACHMENTS_BYTES_MAX + 1, false),
        (&long, room / 4 * 3 - 16 * 1024, true),
        (&long, room / 4 * 3, false),
        (&long, ATTACHMENTS_BYTES_MAX, false),
    ] {
        assert_eq!(message(body, bytes).fits_one_request(), fits, "{bytes}");
    }
    assert!(base64_bytes(DIRECT_ATTACHMENTS_BYTES_MAX) < DIRECT_REQUEST_BYTES_MAX as u64);
}

// Base64 makes four bytes of three (RFC 4648 §4).
#[test]
fn a_mailbox_counts_files_as_they_travel() {
    for (body, bytes, expected) in [("short", 3_000_000, 4_000_005), ("short", 1, 9), ("", 0, 0)] {
        let draft = Draft {
            body: Body::Text(body.to_owned()),
            attachments: vec![attachment(bytes)],
            ..draft(&["a@b.example"])
        };
        assert_eq!(Message::try_from(draft).unwrap().sent_bytes(), expected);
    }
}

#[test]
fn logs_never_show_what_was_written() {
    let secret = Draft {
        to: vec!["ada@signet.example".to_owned()],
        subject: "secret".to_owned(),
        body: Body::Text("secret".to_owned()),
        attachments: vec![Attachment {
            name: "secret".to_owned(),
            ..attachment(1)
        }],
        ..Draft::default()
    };
    let shown = format!(
        "{secret:?} {:?}",
        Message::try_from(secret.clone()).unwrap()
    );
    assert!(
        !shown.contains("secret") && !shown.contains("ada"),
        "{shown}"
    );
    let fault = DraftFault::BadAddress {
        field: RecipientField::To,
        text: "secret".to_owned(),
        fault: AddressFault::NoAt,
    };
    assert!(!format!("{fault:?} {fault}").contains("secret"));
}

fn picture(id: &str) -> Attachment {
    let id = AttachmentId::new(id).unwrap();
    Attachment {
        content_id: Some(ContentId::of(&id)),
        id,
        ..attachment(10)
    }
}

#[test]
fn only_the_pictures_that_the_text_shows_are_sent() {
    let with = |body: Body| Draft {
        body,
        attachments: vec![picture("shown"), attachment(3), picture("removed")],
        ..draft(&["a@b.example"])
    };
    let html = Body::Html("<div><img src=\"cid:shown@signet\" alt=\"x\"></div>".to_owned());
    let ids = |message: Message| -> Vec<String> {
        let attachments = message.attachments.iter();
        attachments.map(|one| one.id.to_string()).collect()
    };
    let message = Message::try_from(with(html)).unwrap();
    assert!(
        message
            .html
            .as_ref()
            .unwrap()
            .contains("src=\"cid:shown@signet\"")
    );
    assert_eq!(ids(message), ["shown", "01arz3ndektsv4rrffq69g5fav"]);
    let text = Message::try_from(with(Body::Text("cid:shown@signet".to_owned()))).unwrap();
    assert_eq!(ids(text), ["01arz3ndektsv4rrffq69g5fav"]);
}

#[test]
fn a_picture_that_is_gone_is_not_left_out_silently() {
    let draft = Draft {
        body: Body::Html(
            "<img src=\"cid:shown@signet\"><img src=\"cid:gone@signet\"><img src=\"cid:gone@signet\">"
                .to_owned(),
        ),
        attachments: vec![picture("shown")],
        ..draft(&["a@b.example"])
    };
    assert_eq!(faults(draft), [DraftFault::PicturesMissing { count: 1 }]);
}

// What was written before there were pictures is read, and is written the same.
#[test]
fn rows_of_plain_files_are_as_they_were() {
    let row =
        r#"{"id":"a1","name":"plan.pdf","content_type":"application/pdf","bytes":3,"sha256":"00"}"#;
    let file: Attachment = serde_json::from_str(row).unwrap();
    assert_eq!(file.content_id, None);
    assert_eq!(serde_json::to_string(&file).unwrap(), row);
    let with = |id: &str| row.replace('}', &format!(r#","content_id":"{id}"}}"#));
    let picture: Attachment = serde_json::from_str(&with("a1@signet")).unwrap();
    assert_eq!(serde_json::to_string(&picture).unwrap(), with("a1@signet"));
    assert!(serde_json::from_str::<Attachment>(&with("<a>")).is_err());
}

#[test]
fn old_drafts_are_read() {
    let draft: Draft = serde_json::from_str(r#"{"to":["x"],"subject":"s","unknown":1}"#).unwrap();
    assert_eq!((draft.to.len(), draft.body), (1, Body::Html(String::new())));
}

#[test]
fn what_is_asked_for_goes_with_the_message() {
    let options = Options {
        importance: Importance::High,
        read_receipt: true,
        delivery_receipt: false,
    };
    let message = Message::try_from(Draft {
        reply_to: vec![
            "Grace <grace@signet.example>, ".to_owned(),
            "GRACE@signet.example".to_owned(),
        ],
        options,
        ..draft(&["a@b.example"])
    })
    .unwrap();
    let reply_to: Vec<_> = message.reply_to.iter().map(Address::address).collect();
    assert_eq!(reply_to, ["grace@signet.example"]);
    assert_eq!(message.options, options);
    let row = serde_json::to_value(&message).unwrap();
    assert_eq!(
        row["options"],
        serde_json::json!({"importance": "high", "read_receipt": true})
    );
    assert_eq!(serde_json::from_value::<Message>(row).unwrap(), message);
}

#[test]
fn answers_go_to_addresses_and_to_few() {
    let with = |reply_to: String| Draft {
        reply_to: vec![reply_to],
        ..draft(&["a@b.example"])
    };
    let bad = DraftFault::BadAddress {
        field: RecipientField::ReplyTo,
        text: "half".to_owned(),
        fault: AddressFault::NoAt,
    };
    assert_eq!(faults(with("half".to_owned())), [bad]);
    let many = |count: usize| {
        let each: Vec<String> = (0..count).map(|at| format!("a{at}@b.example")).collect();
        with(each.join(", "))
    };
    assert!(Message::try_from(many(REPLY_TO_MAX)).is_ok());
    let too_many = DraftFault::TooManyReplyTo {
        count: REPLY_TO_MAX + 1,
        max: REPLY_TO_MAX,
    };
    assert_eq!(faults(many(REPLY_TO_MAX + 1)), [too_many]);
}

// What was written before anything could be asked for is read, and is written the same: its digest holds.
#[test]
fn rows_without_options_are_as_they_were() {
    let row = r#"{"to":["x"],"cc":[],"bcc":[],"subject":"s","body":{"kind":"html","content":""},"attachments":[]}"#;
    let read: Draft = serde_json::from_str(row).unwrap();
    assert!(read.options.is_default() && read.reply_to.is_empty());
    assert_eq!(serde_json::to_string(&read).unwrap(), row);
    let row = r#"{"recipients":{"to":[],"cc":[],"bcc":[]},"subject":"s","html":null,"text":"t","attachments":[]}"#;
    let read: Message = serde_json::from_str(row).unwrap();
    assert!(read.options.is_default() && read.reply_to.is_empty());
    assert_eq!(serde_json::to_string(&read).unwrap(), row);
}
