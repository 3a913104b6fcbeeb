//! What a person chooses for themselves: how long a message can be taken back, whether drafts are kept in the
//! mailbox too, the colours, the notifications.
//!
//! Each holds from the moment it is chosen, in every window. How the settings file writes it stands here; that it is read and
//! written, in `config`.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Long enough to see what one has done, and short enough to be no delay.
const UNDO_SEND_SECONDS: u8 = 5;

/// How themes are written.
const THEMES: [(&str, Theme); 3] = [
    ("system", Theme::System),
    ("light", Theme::Light),
    ("dark", Theme::Dark),
];

/// How the choice of notifications is written.
const NOTIFICATIONS: [(&str, Notifications); 3] = [
    ("all", Notifications::All),
    ("needed", Notifications::Needed),
    ("none", Notifications::None),
];

/// All of them, as they are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Preferences {
    /// For how many seconds a message can be taken back after "Send"; 0 where it leaves at once.
    pub undo_send_seconds: u8,
    /// Whether drafts are kept in the mailbox too.
    pub drafts_in_mailbox: bool,
    /// The colours.
    pub theme: Theme,
    /// What the desktop is told.
    pub notifications: Notifications,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            undo_send_seconds: UNDO_SEND_SECONDS,
            drafts_in_mailbox: false,
            theme: Theme::System,
            notifications: Notifications::All,
        }
    }
}

/// The colours of the windows. A desktop's high contrast wins over each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The desktop's, as it changes.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What the desktop is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Notifications {
    /// Everything that becomes of a message.
    All,
    /// What does not go on without its person.
    Needed,
    /// Nothing: the outbox tells whoever looks.
    None,
}

/// One of them, changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Preference {
    /// Seconds, at most [`outbox::HOLD_MAX`].
    UndoSend(u8),
    /// Whether drafts are kept in the mailbox too.
    DraftsInMailbox(bool),
    /// The colours.
    Theme(Theme),
    /// The notifications.
    Notifications(Notifications),
}

impl Preference {
    /// Reads the value of a key; `None` where it is not one of the values, or the key is not one of these.
    pub fn read(key: &str, value: &str) -> Option<Self> {
        match key {
            "undo_send" => value.parse().ok().map(Self::UndoSend),
            "drafts_in_mailbox" => value.parse().ok().map(Self::DraftsInMailbox),
            "theme" => named(&THEMES, value).map(Self::Theme),
            "notifications" => named(&NOTIFICATIONS, value).map(Self::Notifications),
            _ => None,
        }
        .filter(|preference| preference.is_sound())
    }

    /// Its key in the settings file, and the value as it is written there.
    pub fn written(self) -> (&'static str, String) {
        match self {
            Self::UndoSend(seconds) => ("undo_send", seconds.to_string()),
            Self::DraftsInMailbox(on) => ("drafts_in_mailbox", on.to_string()),
            Self::Theme(theme) => ("theme", name_of(&THEMES, theme)),
            Self::Notifications(told) => ("notifications", name_of(&NOTIFICATIONS, told)),
        }
    }

    /// Puts it in force.
    pub fn hold(self, preferences: &mut Preferences) {
        match self {
            Self::UndoSend(seconds) => preferences.undo_send_seconds = seconds,
            Self::DraftsInMailbox(on) => preferences.drafts_in_mailbox = on,
            Self::Theme(theme) => preferences.theme = theme,
            Self::Notifications(told) => preferences.notifications = told,
        }
    }

    fn is_sound(self) -> bool {
        match self {
            Self::UndoSend(seconds) => u64::from(seconds) <= outbox::HOLD_MAX.as_secs(),
            Self::DraftsInMailbox(_) | Self::Theme(_) | Self::Notifications(_) => true,
        }
    }
}

fn named<T: Copy>(names: &[(&str, T)], value: &str) -> Option<T> {
    let found = names.iter().find(|(name, _)| *name == value);
    found.map(|(_, named)| *named)
}

fn name_of<T: Copy + PartialEq>(names: &[(&str, T)], value: T) -> String {
    let found = names.iter().find(|(_, named)| *named == value);
    found.map_or_else(String::new, |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for preference in [
            Preference::UndoSend(0),
            Preference::UndoSend(60),
            Preference::DraftsInMailbox(true),
            Preference::DraftsInMailbox(false),
            Preference::Theme(Theme::System),
            Preference::Theme(Theme::Light),
            Preference::Theme(Theme::Dark),
            Preference::Notifications(Notifications::All),
            Preference::Notifications(Notifications::Needed),
            Preference::Notifications(Notifications::None),
        ] {
            let (key, value) = preference.written();
            assert_eq!(Preference::read(key, &value), Some(preference), "{key}");
        }
    }

    #[test]
    fn what_is_none_of_the_values_is_not_read() {
        for (key, value) in [
            ("undo_send", "61"),
            ("undo_send", "-1"),
            ("theme", "Dark"),
            ("notifications", ""),
            ("colour", "red"),
        ] {
            assert_eq!(Preference::read(key, value), None, "{key} = {value}");
        }
    }
}
