//! Notifications of the desktop, in the words of the message files.

use std::sync::atomic::{AtomicU32, Ordering};

use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::{app::App, messages, preferences::Notifications};

/// Longest subject that a notification shows.
const SUBJECT_CHARS_MAX: usize = 80;

/// Tells the person on their own screen. A desktop without notifications loses nothing: the Outbox view says the same.
pub fn show(app: &AppHandle, message: &str, subject: &str) {
    let wanted = app.state::<App>().preferences().notifications;
    if is_wanted(wanted, message)
        && let Some(text) = text(message, subject)
    {
        tell(app, text);
    }
}

/// Says how many messages are left when the program ends, where there are any: they need their person to start it again.
pub fn show_left(app: &AppHandle, count: usize) {
    let wanted = app.state::<App>().preferences().notifications;
    if wanted != Notifications::None
        && let Some(text) = left(count)
    {
        tell(app, text);
    }
}

fn tell(app: &AppHandle, text: String) {
    let (app, on_its_way) = (app.clone(), OnItsWay::new());
    tauri::async_runtime::spawn_blocking(move || {
        let _on_its_way = on_its_way;
        if app
            .notification()
            .builder()
            .title("Signet")
            .body(text)
            .show()
            .is_err()
        {
            tracing::info!("the desktop shows no notifications");
        }
    });
}

/// Notifications that the desktop has not taken yet.
static ON_ITS_WAY: AtomicU32 = AtomicU32::new(0);

/// Whether one is on its way to the desktop: the program does not end before it is there.
pub fn on_their_way() -> bool {
    ON_ITS_WAY.load(Ordering::SeqCst) > 0
}

struct OnItsWay;

impl OnItsWay {
    fn new() -> Self {
        ON_ITS_WAY.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        ON_ITS_WAY.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A message that is on its way needs nobody; everything else that is told does.
fn is_wanted(wanted: Notifications, message: &str) -> bool {
    match wanted {
        Notifications::All => true,
        Notifications::Needed => message != "notify-accepted",
        Notifications::None => false,
    }
}

fn text(message: &str, subject: &str) -> Option<String> {
    let subject: String = subject.chars().take(SUBJECT_CHARS_MAX).collect();
    messages::text(message, &[("subject", &subject)])
}

fn left(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => messages::text("notify-left-one", &[]),
        _ => messages::text("notify-left-many", &[("count", &count.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_counted() {
        assert_eq!(left(0), None);
        assert!(left(1).is_some_and(|text| text.starts_with("One message waits")));
        assert!(left(12).is_some_and(|text| text.contains("12")));
    }

    #[test]
    fn only_what_is_wanted_is_told() {
        for (message, needed) in [
            ("notify-accepted", false),
            ("notify-failed", true),
            ("notify-bounced", true),
            ("notify-unconfirmed", true),
            ("notify-waiting-account", true),
            ("notify-waiting-sign-in", true),
        ] {
            assert!(is_wanted(Notifications::All, message));
            assert_eq!(is_wanted(Notifications::Needed, message), needed);
            assert!(!is_wanted(Notifications::None, message));
        }
    }

    #[test]
    fn every_notification_has_words_and_names_the_subject() {
        for message in [
            "notify-accepted",
            "notify-failed",
            "notify-bounced",
            "notify-unconfirmed",
            "notify-waiting-sign-in",
        ] {
            let text = text(message, "Lunch").unwrap();
            assert!(text.contains("Lunch"), "{message}: {text}");
        }
    }
}
