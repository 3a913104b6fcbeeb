//! Spelling is checked as one types. WebKitGTK checks nothing unless its web context is told to, and in which languages;
//! the other platforms' web views follow the system by themselves.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use tauri::{Manager as _, WebviewWindow};
use webkit2gtk::{WebContextExt as _, WebViewExt as _};

/// How many dictionaries are used at once: each costs memory, and with each one more mistake of one language is a word of
/// another.
const LANGUAGES_MAX: usize = 4;

/// Dictionaries are megabytes: the person can write before they are read.
const NOT_BEFORE: Duration = Duration::from_secs(1);

/// How many files of a folder are looked at.
const FILES_MAX: usize = 2_000;

/// Where Enchant looks for the dictionaries of Hunspell, below each data folder. Source: enchant(5), "Files and
/// directories".
const FOLDERS: [&str; 3] = ["hunspell", "myspell", "myspell/dicts"];

/// The variables that say what a person reads and writes, the first that is set alone. Source: gettext, "Locale
/// Environment Variables".
const LOCALES: [&str; 4] = ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"];

/// Has what is written in a window checked, where there are dictionaries.
pub fn check(window: WebviewWindow) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(NOT_BEFORE).await;
        let own = window.path().config_dir().ok();
        let found = tokio::task::spawn_blocking(|| languages(own)).await;
        tell(&window, found.unwrap_or_default());
    });
}

fn tell(window: &WebviewWindow, languages: Vec<String>) {
    if languages.is_empty() {
        tracing::info!("there is no dictionary to check the spelling with");
        return;
    }
    let told = window.with_webview(move |webview| {
        if let Some(context) = webview.inner().context() {
            let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
            context.set_spell_checking_languages(&languages);
            context.set_spell_checking_enabled(true);
        }
    });
    if told.is_err() {
        tracing::warn!("the spelling is not checked in a window that is gone");
    }
}

fn languages(config: Option<PathBuf>) -> Vec<String> {
    let locale = LOCALES.into_iter().find_map(|name| {
        let value = std::env::var(name).ok()?;
        (!value.is_empty()).then_some(value)
    });
    let folders = data_folders(config)
        .into_iter()
        .flat_map(|data| FOLDERS.map(|folder| data.join(folder)));
    let installed = folders.flat_map(|folder| dictionaries(&folder)).collect();
    choose(&locale.unwrap_or_default(), &installed)
}

/// The person's own, then the system's.
fn data_folders(config: Option<PathBuf>) -> Vec<PathBuf> {
    let own = config.map(|config| config.join("enchant"));
    let system = std::env::var("XDG_DATA_DIRS").ok();
    let system = system.filter(|folders| !folders.is_empty());
    let system = system.unwrap_or_else(|| "/usr/local/share:/usr/share".to_owned());
    own.into_iter()
        .chain(system.split(':').map(PathBuf::from))
        .collect()
}

/// The names of the dictionaries in a folder, such as `en_GB`. A dictionary is a list of words beside its rules.
fn dictionaries(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let files = entries.flatten().take(FILES_MAX).map(|entry| entry.path());
    files
        .filter(|file| file.extension().is_some_and(|extension| extension == "dic"))
        .filter(|file| file.with_extension("aff").exists())
        .filter_map(|file| file.file_stem()?.to_str().map(str::to_owned))
        .filter(|name| !name.starts_with("hyph_"))
        .collect()
}

/// Of the installed dictionaries one for each language, those of the person's languages first. Whoever installed more than
/// that writes in more than that.
fn choose(locale: &str, installed: &BTreeSet<String>) -> Vec<String> {
    let asked = locale.split(':').map(|locale| {
        let end = locale.find(['.', '@']).unwrap_or(locale.len());
        locale.get(..end).unwrap_or_default()
    });
    let mut chosen: Vec<String> = Vec::new();
    for name in asked.chain(installed.iter().map(String::as_str)) {
        let language = language(name);
        if language.is_empty() || chosen.iter().any(|other| self::language(other) == language) {
            continue;
        }
        let same = |other: &&String| self::language(other) == language;
        let exact = installed.get(name);
        chosen.extend(exact.or_else(|| installed.iter().find(same)).cloned());
        if chosen.len() == LANGUAGES_MAX {
            break;
        }
    }
    chosen
}

/// `de` of `de_AT`.
fn language(name: &str) -> &str {
    name.split(['_', '-']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_languages_come_first_and_each_language_once() {
        let few = ["de_AT", "de_DE", "en_GB", "en_US", "fr"];
        for (locale, installed, expected) in [
            ("de_DE.UTF-8", &few[..], &["de_DE", "en_GB", "fr"][..]),
            ("de_CH.UTF-8", &few, &["de_AT", "en_GB", "fr"]),
            ("en_US:fr:en", &few, &["en_US", "fr", "de_AT"]),
            ("ca@valencia", &few, &["de_AT", "en_GB", "fr"]),
            ("C", &["en_US"], &["en_US"]),
            ("", &["en_US"], &["en_US"]),
            ("de_DE", &[], &[]),
            ("", &["a", "b", "c", "d", "e"], &["a", "b", "c", "d"]),
        ] {
            let installed = installed.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(choose(locale, &installed), expected, "{locale}");
        }
    }

    #[test]
    fn a_dictionary_has_words_and_rules() {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "en_US.dic",
            "en_US.aff",
            "de.dic",
            "hyph_en.dic",
            "hyph_en.aff",
            "fr.aff",
        ] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        assert_eq!(dictionaries(folder.path()), ["en_US"]);
        assert_eq!(dictionaries(&folder.path().join("none")), [""; 0]);
    }
}
