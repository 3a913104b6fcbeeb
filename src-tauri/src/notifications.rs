//! Notifications of the desktop, in the words of the message files.

use std::sync::atomic::{AtomicU32, Ordering};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;
use unic_langid::LanguageIdentifier;

const ENGLISH: &str = include_str!("../../ui/messages/en.ftl");

/// Longest subject that a notification shows.
const SUBJECT_CHARS_MAX: usize = 80;

/// Tells the person on their own screen. A desktop without notifications loses nothing: the Outbox view says the same.
pub fn show(app: &AppHandle, message: &str, subject: &str) {
    let Some(text) = text(message, subject) else {
        return;
    };
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

fn text(message: &str, subject: &str) -> Option<String> {
    // A message file with a fault still gives the messages that are sound.
    let resource = match FluentResource::try_new(ENGLISH.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut bundle =
        FluentBundle::new(vec!["en".parse::<LanguageIdentifier>().unwrap_or_default()]);
    bundle.add_resource_overriding(resource);
    let mut args = FluentArgs::new();
    args.set(
        "subject",
        subject.chars().take(SUBJECT_CHARS_MAX).collect::<String>(),
    );
    let pattern = bundle.get_message(message)?.value()?;
    Some(
        bundle
            .format_pattern(pattern, Some(&args), &mut Vec::new())
            .into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notification_has_words_and_names_the_subject() {
        for message in [
            "notify-accepted",
            "notify-failed",
            "notify-unconfirmed",
            "notify-waiting-sign-in",
        ] {
            let text = text(message, "Lunch").unwrap();
            assert!(text.contains("Lunch"), "{message}: {text}");
        }
    }
}
