use sha2::Digest as _;

use super::*;

mod errors;
mod followed;
mod keeping;
#[cfg(unix)]
mod killed;
mod large;
mod mime;
mod sandbox;
mod stub;
mod tips;
mod twins;

fn item(id: &str, state: OutboxState) -> OutboxItemView {
    OutboxItemView {
        id: id.to_owned(),
        subject: format!("subject {id}"),
        recipients: Vec::new(),
        state,
        created_at_ms: 0,
        attachments: 0,
    }
}

/// Writes a file and attaches it.
fn attach(
    outbox: &Outbox,
    folder: &std::path::Path,
    name: &str,
    contents: &[u8],
) -> message::Attachment {
    let path = folder.join(name);
    std::fs::write(&path, contents).unwrap();
    outbox.attach(&path).unwrap()
}

/// A digest as hexadecimal.
fn sha256(contents: &[u8]) -> String {
    let digest = sha2::Sha256::digest(contents);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn each_end_is_news_once_and_old_ends_are_none() {
    let accepted = || OutboxState::Accepted { request_id: None };
    let mut watcher = Watcher::default();
    let old = item("1", accepted());
    assert!(watcher.news(std::slice::from_ref(&old)).is_empty());
    let items = [old.clone(), item("2", OutboxState::Sending)];
    assert!(watcher.news(&items).is_empty());
    let items = [old, item("2", accepted())];
    assert_eq!(watcher.news(&items), [("notify-accepted", "subject 2")]);
    assert!(watcher.news(&items).is_empty());
}
