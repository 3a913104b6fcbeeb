use super::*;

mod errors;
#[cfg(unix)]
mod killed;
mod large;
mod sandbox;
mod stub;

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
