//! A mail as it lies in Sent Items, read by somebody else's parser: Python's `email` finds what was written.

use std::{
    io::Write as _,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use graph::BaseUrl;
use message::{Attachment, Body, Draft, Importance, Message, Options};
use outbox::{Outbox, system_clock};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use super::{
    attach,
    sandbox::Tenant,
    sha256,
    stub::{ACCOUNT, Tokens, mailboxes_at},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// Prints as JSON what Python makes of a message on its standard input.
const PARSER: &str = r#"
import email, email.policy, email.utils, hashlib, json, sys
mail = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
people = lambda name: [[one.display_name, one.addr_spec] for one in mail[name].addresses] if mail[name] else []
print(json.dumps({
    "defects": [str(defect) for part in mail.walk() for defect in part.defects],
    "subject": mail["subject"],
    "from": people("from"),
    "to": people("to"),
    "cc": people("cc"),
    "reply-to": people("reply-to"),
    "receipts": [email.utils.parseaddr(mail[name])[1] for name in ("disposition-notification-to", "return-receipt-to")],
    "importance": mail["importance"],
    "key": mail["x-signet-outbox"],
    "html": mail.get_body(("html",)).get_content(),
    "text": mail.get_body(("plain",)).get_content(),
    "files": [
        [part.get_filename(), part.get_content_type(), hashlib.sha256(part.get_payload(decode=True)).hexdigest()]
        for part in mail.iter_attachments()
    ],
    "pictures": [
        [part["content-id"], part.get_content_disposition(), part.get_content_type(), hashlib.sha256(part.get_payload(decode=True)).hexdigest()]
        for related in mail.walk() if related.get_content_type() == "multipart/related"
        for part in related.iter_attachments()
    ],
}))
"#;

#[tokio::test]
async fn another_parser_finds_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::start(folder.path()).await;
    let token = tenant.token("Mail.Send Mail.ReadWrite").await;
    let base = BaseUrl::parse(&format!("{}/v1.0", tenant.http)).unwrap();
    let outbox = Outbox::open(&folder.path().join("outbox")).unwrap().outbox;
    let longest = format!("{}.txt", "é".repeat(125));
    let files = [
        ("Größe 計画 👋.txt", b"small".to_vec()),
        ("שלום.pdf", b"%PDF-1.7 of a kind".to_vec()),
        (longest.as_str(), vec![0; 3_200_000]),
    ];
    let attachments: Vec<Attachment> = files
        .iter()
        .map(|(name, contents)| attach(&outbox, folder.path(), name, contents))
        .collect();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR of a kind";
    let picture = outbox.keep_picture(png).unwrap();
    let shown = picture.content_id.clone().unwrap();
    let written = format!(
        "<p>Ein Satz: “ß” &amp; 計画.</p><p>.</p><p>From here</p><img src=\"cid:{shown}\" alt=\"Ein Bild\">"
    );
    let subject = "Grüße, 你好, שלום, 🎉 and a line that is longer than any header line may be, so that it is folded";
    let message = Message::try_from(Draft {
        to: vec![
            "\"Zoë Ångström\" <grace@signet.example>".to_owned(),
            "noor@outlook.example".to_owned(),
        ],
        cc: vec!["\"Lovelace, Ada\" <ada@signet.example>".to_owned()],
        reply_to: vec!["\"Ångström, Zoë\" <grace@signet.example>".to_owned()],
        subject: subject.to_owned(),
        body: Body::Html(written),
        attachments: [&[picture][..], &attachments].concat(),
        options: Options {
            importance: Importance::High,
            read_receipt: true,
            delivery_receipt: true,
        },
        ..Draft::default()
    });
    let id = outbox.enqueue(ACCOUNT, None, &message.unwrap()).unwrap();
    let (stop, stopped) = watch::channel(false);
    let tokens = Tokens {
        drafts: true,
        token: token.clone(),
    };
    let delivering = tokio::spawn(outbox::deliver(
        outbox.clone(),
        Arc::new(mailboxes_at(base, tokens)),
        system_clock(),
        Arc::new(Notify::new()),
        stopped,
    ));
    let accepted = async {
        while outbox.item(id).unwrap().state.code() != "accepted" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE, accepted).await;
    assert!(ended.is_ok(), "{:?}", outbox.item(id).unwrap().state);
    stop.send_replace(true);
    delivering.await.unwrap();

    let read = parsed(&tenant.sent_mime(&token).await);
    assert_eq!(read["defects"], json!([]));
    assert_eq!(read["subject"], subject);
    let to = json!([
        ["Zoë Ångström", "grace@signet.example"],
        ["", "noor@outlook.example"]
    ]);
    assert_eq!(named(&read["to"]), named(&to));
    assert_eq!(
        named(&read["cc"]),
        [("Lovelace, Ada".to_owned(), "ada@signet.example".to_owned())]
    );
    assert_eq!(
        named(&read["reply-to"]),
        [(
            "Ångström, Zoë".to_owned(),
            "grace@signet.example".to_owned()
        )]
    );
    assert_eq!(read["importance"], "High");
    let sender = &read["from"][0][1];
    assert_eq!(read["receipts"], json!([sender, sender]), "{read}");
    assert_eq!(read["key"], outbox.item(id).unwrap().key);
    for (kind, lines) in [
        (
            "html",
            ["Ein Satz: “ß” &amp; 計画.", "<p>.</p>", "From here"],
        ),
        ("text", ["Ein Satz: “ß” & 計画.", ".", "From here"]),
    ] {
        let body = read[kind].as_str().unwrap();
        for line in lines {
            assert!(body.contains(line), "{kind} lacks {line}: {body}");
        }
    }
    let expected: Vec<Value> = attachments
        .iter()
        .zip(&files)
        .map(|(attachment, (_, contents))| {
            json!([attachment.name, attachment.content_type, sha256(contents)])
        })
        .collect();
    assert_eq!(read["files"], Value::Array(expected));
    let image = format!("src=\"cid:{shown}\"");
    assert!(read["html"].as_str().unwrap().contains(&image), "{read}");
    let expected = json!([[format!("<{shown}>"), "inline", "image/png", sha256(png)]]);
    assert_eq!(read["pictures"], expected);
}

/// Names and addresses. Without a name a mailbox may show the address as one.
fn named(people: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let people = people.as_array().unwrap().iter();
    people
        .map(|person| (text(&person[0]), text(&person[1])))
        .map(|(name, address)| match name == address {
            true => (String::new(), address),
            false => (name, address),
        })
        .collect()
}

fn parsed(mime: &[u8]) -> Value {
    let mut python = Command::new("python3")
        .args(["-c", PARSER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(mime).unwrap();
    let told = python.wait_with_output().unwrap();
    serde_json::from_slice(&told.stdout).expect("Python reads it")
}
