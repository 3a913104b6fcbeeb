//! The settings file, written: what is changed here is changed in its place, and everything else stays as somebody wrote it.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Value};

use super::{Configuration, SETTINGS_FILE, SIGN_IN_METHODS, fault, read_text, shown, unreadable};
use crate::{
    folders,
    preferences::Preference,
    views::{ConfigFault, ConfigSource, Settings, SignInMethod},
};

/// Writes the registration, and how the answer to a sign-in comes here; an empty client id takes it out.
///
/// Errors: the faults of the values, or the file that cannot be read or written.
pub fn save(config_folder: &Path, settings: &Settings) -> Result<(), Vec<ConfigFault>> {
    // What is usual is left out.
    let method = SIGN_IN_METHODS
        .iter()
        .find(|(_, method)| *method == settings.sign_in && *method != SignInMethod::Automatic);
    let values = [
        ("client_id", settings.client_id.trim()),
        ("tenant", settings.tenant.trim()),
        ("sign_in", method.map_or("", |(name, _)| name)),
    ];
    write(config_folder, &values)
}

/// Writes one preference.
///
/// Errors: as [`save`].
pub fn prefer(config_folder: &Path, preference: Preference) -> Result<(), Vec<ConfigFault>> {
    let (key, value) = preference.written();
    write(config_folder, &[(key, &value)])
}

/// Changes these keys; an empty value takes its key out.
fn write(config_folder: &Path, values: &[(&str, &str)]) -> Result<(), Vec<ConfigFault>> {
    let mut checked = Configuration::default();
    for (key, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
        checked.take(key, value, ConfigSource::Settings);
    }
    if !checked.faults.is_empty() {
        return Err(checked.faults);
    }
    let path = config_folder.join(SETTINGS_FILE);
    // A file that cannot be understood is left as it is: somebody wrote it.
    let mut document = read_document(&path).map_err(|fault| vec![fault])?;
    for (key, value) in values {
        set(&mut document, key, value);
    }
    folders::make_private(config_folder)
        .and_then(|()| folders::write_private(&path, document.to_string().as_bytes()))
        .map_err(|_| {
            let args = [("path", shown(&path))];
            vec![fault("config-not-saved", ConfigSource::Settings, args)]
        })
}

fn read_document(path: &Path) -> Result<DocumentMut, ConfigFault> {
    let text = read_text(path, ConfigSource::Settings)?.unwrap_or_default();
    text.parse::<DocumentMut>()
        .map_err(|error| unreadable(path, ConfigSource::Settings, &text, error.span()))
}

/// A value that is there already keeps the remark behind it.
fn set(document: &mut DocumentMut, key: &str, value: &str) {
    if value.is_empty() {
        document.remove(key);
        return;
    }
    let value = match (key, value.parse::<i64>()) {
        ("undo_send", Ok(seconds)) => Value::from(seconds),
        ("drafts_in_mailbox", _) => Value::from(value == "true"),
        _ => Value::from(value),
    };
    match document.get_mut(key).and_then(Item::as_value_mut) {
        Some(present) => {
            let remark = present.decor().clone();
            *present = value;
            *present.decor_mut() = remark;
        }
        None => {
            document.insert(key, Item::Value(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preferences::{Notifications, Theme};

    const ID: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";

    fn settings(client_id: &str) -> Settings {
        Settings {
            client_id: client_id.to_owned(),
            tenant: "common".to_owned(),
            sign_in: SignInMethod::Automatic,
        }
    }

    #[test]
    fn a_settings_file_that_cannot_be_understood_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        std::fs::write(&path, "tenant = 'common'\ngraph = [").unwrap();
        let saved = save(folder.path(), &settings(ID));
        let preferred = prefer(folder.path(), Preference::Theme(Theme::Dark));
        for faults in [saved, preferred].map(Result::unwrap_err) {
            assert_eq!(faults[0].message, "config-file");
            assert_eq!(faults[0].args["line"], "2");
        }
        let left = std::fs::read_to_string(&path).unwrap();
        assert_eq!(left, "tenant = 'common'\ngraph = [");
    }

    #[test]
    fn saving_checks_and_keeps_the_other_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        std::fs::write(&path, "graph = 'https://graph.microsoft.us/v1.0'").unwrap();
        assert!(save(folder.path(), &settings("nonsense")).is_err());
        let chosen = Settings {
            sign_in: SignInMethod::DeviceCode,
            ..settings(&format!(" {ID} "))
        };
        save(folder.path(), &chosen).unwrap();
        let mut configuration = Configuration::default();
        configuration.take_file(&path, ConfigSource::Settings);
        assert_eq!(configuration.client_id.as_deref(), Some(ID));
        assert_eq!(configuration.graph, "https://graph.microsoft.us/v1.0");
        assert_eq!(configuration.sign_in, SignInMethod::DeviceCode);
        save(folder.path(), &settings("")).unwrap();
        let left = std::fs::read_to_string(&path).unwrap();
        assert!(!left.contains("client_id"), "{left}");
    }

    #[test]
    fn what_somebody_wrote_by_hand_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        let by_hand = "# mine\ncolour = 'red'\n\nundo_send = 5 # seconds\n\n[later]\nx = 1\n";
        std::fs::write(&path, by_hand).unwrap();
        for preference in [
            Preference::UndoSend(20),
            Preference::Theme(Theme::Dark),
            Preference::Notifications(Notifications::Needed),
        ] {
            prefer(folder.path(), preference).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "# mine\ncolour = 'red'\n\nundo_send = 20 # seconds\ntheme = \"dark\"\nnotifications = \"needed\"\n\n[later]\nx = 1\n"
        );
    }

    #[test]
    fn seconds_that_the_outbox_does_not_hold_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let faults = prefer(folder.path(), Preference::UndoSend(61)).unwrap_err();
        assert_eq!(faults[0].message, "config-undo-send");
        assert!(!folder.path().join(SETTINGS_FILE).exists());
    }
}
