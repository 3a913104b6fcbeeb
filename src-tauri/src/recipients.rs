//! The recipients of a mail before it leaves: whom somebody may mean while they type, and who may not be meant.

use std::{collections::HashSet, time::Duration};

use message::{Address, Message, RECIPIENTS_MAX};
use outbox::{Acquaintance, Outbox, OutboxError};
use tauri::State;

use crate::{
    app::App,
    card,
    session::Event,
    views::{AccountEntry, CommandError, LikenessView, RecipientCheck, SuggestionView},
};

/// A message to somebody who was never written to is held for so long at least: enough to read the address once more.
const FIRST_TIME_HOLD: Duration = Duration::from_secs(10);

/// The addresses that were written to and that what was typed may be the beginning of, the likeliest first, eight at most.
#[tauri::command]
#[specta::specta]
pub async fn suggest_recipients(
    app: State<'_, App>,
    text: String,
) -> Result<Vec<SuggestionView>, CommandError> {
    let found = app
        .mail
        .with(move |outbox| outbox.suggestions(&text))
        .await?;
    Ok(found.into_iter().map(SuggestionView::from).collect())
}

/// Suggests an address no more. What is no address is known to nobody.
#[tauri::command]
#[specta::specta]
pub async fn forget_recipient(app: State<'_, App>, address: String) -> Result<(), CommandError> {
    let Ok(address) = Address::new(None, &address) else {
        return Ok(());
    };
    app.mail
        .with(move |outbox| outbox.forget_address(&address))
        .await
}

/// What is to be known of addresses before they are written to, of as many as a message may have. What is no address is
/// left out of the answer.
#[tauri::command]
#[specta::specta]
pub async fn check_recipients(
    app: State<'_, App>,
    addresses: Vec<String>,
) -> Result<Vec<RecipientCheck>, CommandError> {
    let own = own(&app.ask(Event::Describe).await?.accounts);
    let addresses: Vec<Address> = addresses
        .iter()
        .take(RECIPIENTS_MAX)
        .filter_map(|address| Address::new(None, address).ok())
        .collect();
    app.mail
        .with(move |outbox| check(outbox, &addresses, &own))
        .await
}

fn check(
    outbox: &Outbox,
    addresses: &[Address],
    own: &HashSet<String>,
) -> Result<Vec<RecipientCheck>, OutboxError> {
    let known = outbox.acquaintance(addresses)?;
    let judge = |(address, known): (&Address, Acquaintance)| {
        let is_new = !known.is_known && !own.contains(&address.folded());
        let written_to = known.looks_like.map(|other| likeness(&other, true));
        // A slip of a public domain is one even where nobody was written to there.
        let public = || Some(likeness(&address.at_public_domain()?, false));
        RecipientCheck {
            address: address.address().to_owned(),
            first_time: known.is_first_time && is_new,
            looks_like: written_to.or_else(public).filter(|_| is_new),
        }
    };
    Ok(addresses.iter().zip(known).map(judge).collect())
}

fn likeness(address: &Address, written_to: bool) -> LikenessView {
    LikenessView {
        text: address.to_string(),
        address: address.address().to_owned(),
        written_to,
    }
}

/// The person's own addresses: nobody is warned of themselves.
pub fn own(accounts: &[AccountEntry]) -> HashSet<String> {
    let names = accounts
        .iter()
        .map(|entry| entry.account.username.to_lowercase());
    names.collect()
}

/// Those whom the message would write to for the first time.
///
/// # Errors
/// When the outbox cannot be read.
pub fn first_times(
    outbox: &Outbox,
    message: &Message,
    own: &HashSet<String>,
) -> Result<Vec<String>, OutboxError> {
    let addresses: Vec<Address> = message.recipients.iter().cloned().collect();
    let checked = check(outbox, &addresses, own)?;
    Ok(checked
        .into_iter()
        .filter(|check| check.first_time)
        .map(|check| check.address)
        .collect())
}

/// For how long a message is held: as the person wants it, and longer where somebody is written to for the first time.
pub fn hold(undo_send: Duration, first_times: &[String]) -> Duration {
    match first_times {
        [] => undo_send,
        _ => undo_send.max(FIRST_TIME_HOLD),
    }
}

impl From<Address> for SuggestionView {
    fn from(address: Address) -> Self {
        let name = address.name().map(str::to_owned);
        Self {
            text: address.to_string(),
            initials: card::initials(name.as_deref().unwrap_or(address.address())),
            color: card::color(&address.folded()),
            name,
            address: address.address().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use message::Draft;
    use tempfile::TempDir;

    use super::*;

    fn message(to: &[&str]) -> Message {
        let draft = Draft {
            to: to.iter().map(|text| (*text).to_owned()).collect(),
            ..Draft::default()
        };
        Message::try_from(draft).unwrap()
    }

    #[test]
    fn whoever_is_new_is_told_and_waited_for() {
        let folder = TempDir::new().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap().outbox;
        let own = HashSet::from(["ada@signet.example".to_owned()]);
        let both = message(&[
            "Ada@signet.example",
            "new@signet.example",
            "ana@contoso.com",
        ]);
        let found = |outbox: &Outbox| first_times(outbox, &both, &own).unwrap();
        // On a fresh outbox everybody is new, so nobody is.
        assert!(found(&outbox).is_empty());
        outbox
            .enqueue("ada", None, &message(&["ana@contoso.com"]))
            .unwrap();
        assert_eq!(found(&outbox), ["new@signet.example"]);
        for (undo_seconds, expected) in [(0, 10), (5, 10), (60, 60)] {
            let undo_send = Duration::from_secs(undo_seconds);
            assert_eq!(hold(undo_send, &found(&outbox)).as_secs(), expected);
            assert_eq!(hold(undo_send, &[]), undo_send);
        }
    }

    #[test]
    fn a_likeness_says_whether_the_other_was_written_to() {
        let folder = TempDir::new().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap().outbox;
        let check_one = |address: &str, own: &HashSet<String>| {
            let address = Address::new(None, address).unwrap();
            check(&outbox, &[address], own)
                .unwrap()
                .remove(0)
                .looks_like
        };
        let looks_like = |address| {
            let found = check_one(address, &HashSet::new());
            found.map(|other| (other.text, other.written_to))
        };
        let gmail = Some(("ana@gmail.com".to_owned(), false));
        assert_eq!(looks_like("ana@gmial.com"), gmail);
        let to = message(&["Ana <ana@contoso.com>", "Ana <ana@gmail.com>"]);
        outbox.enqueue("ada", None, &to).unwrap();
        let contoso = Some(("\"Ana\" <ana@contoso.com>".to_owned(), true));
        assert_eq!(looks_like("ana@contoso.co"), contoso);
        let gmail = Some(("\"Ana\" <ana@gmail.com>".to_owned(), true));
        assert_eq!(looks_like("ana@gmial.com"), gmail);
        assert_eq!(looks_like("ana@contoso.com"), None);
        let own = HashSet::from(["ana@contoso.co".to_owned()]);
        assert_eq!(check_one("Ana@contoso.co", &own), None);
        outbox
            .enqueue("ada", None, &message(&["ana@gmial.com"]))
            .unwrap();
        assert_eq!(looks_like("ana@gmial.com"), None);
    }
}
