//! Who opens `mailto:` links on this desktop. It is the person's to give: nothing here happens by itself, and it can be undone.
//!
//! Signet writes an entry of its own, which remembers who had the links before. Where a package has brought one, it leaves the
//! choice to the desktop's settings, where Signet stands among the others; so it does where a system keeps no such entries.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Who opens mail links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailProgram {
    /// Signet, because the person said so here.
    Signet,
    /// Another program, or none.
    Other,
    /// A package manages it.
    Packaged {
        /// Signet is the one that is chosen.
        chosen: bool,
    },
    /// The system's own settings manage it.
    System,
}

#[cfg(target_os = "linux")]
pub use linux::{give_back, now, take};

/// Who it is now.
#[cfg(not(target_os = "linux"))]
pub fn now() -> MailProgram {
    MailProgram::System
}

/// Makes Signet the one.
#[cfg(not(target_os = "linux"))]
pub fn take() -> std::io::Result<()> {
    Ok(())
}

/// Gives the links back.
#[cfg(not(target_os = "linux"))]
pub fn give_back() -> std::io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use super::MailProgram;
    use crate::{
        desktop_entry::{self, default_for},
        names::IDENTIFIER,
    };

    const MIME_TYPE: &str = "x-scheme-handler/mailto";

    /// The line of our entry that says who had the links before.
    const BEFORE: &str = "X-Signet-Before=";

    /// Longest name of a file: `NAME_MAX` of Linux.
    const FILE_NAME_BYTES_MAX: usize = 255;

    /// Who it is now.
    pub fn now() -> MailProgram {
        let Ok(program) = desktop_entry::program() else {
            return MailProgram::Other;
        };
        let default = default_for(MIME_TYPE);
        if let Some(entry) = desktop_entry::installed(&program, MIME_TYPE) {
            let chosen = default == Some(entry);
            return MailProgram::Packaged { chosen };
        }
        let file_name = file_name();
        let own = desktop_entry::own(&file_name);
        let is_this = own.is_some_and(|entry| desktop_entry::is_of(&entry, &program));
        match is_this && default == Some(file_name) {
            true => MailProgram::Signet,
            false => MailProgram::Other,
        }
    }

    /// Makes Signet the one, where no package manages that.
    pub fn take() -> io::Result<()> {
        let program = desktop_entry::program()?;
        if desktop_entry::installed(&program, MIME_TYPE).is_some() {
            return Ok(());
        }
        let file_name = file_name();
        let before = match default_for(MIME_TYPE) {
            Some(default) if default == file_name => {
                desktop_entry::own(&file_name).and_then(|entry| before(&entry))
            }
            default => default.filter(|name| is_file_name(name)),
        };
        let more = before.map_or_else(String::new, |before| format!("{BEFORE}{before}\n"));
        let entry = desktop_entry::entry(&program, MIME_TYPE, &more)?;
        desktop_entry::place(&file_name, &entry)?;
        desktop_entry::make_default(&file_name, MIME_TYPE)
    }

    /// Takes our entry away, and lets the program open the links that did before; without one the desktop chooses.
    pub fn give_back() -> io::Result<()> {
        let file_name = file_name();
        let before = desktop_entry::own(&file_name).and_then(|entry| before(&entry));
        let was_ours = default_for(MIME_TYPE).as_ref() == Some(&file_name);
        desktop_entry::remove(&file_name)?;
        match before {
            Some(before) if was_ours => desktop_entry::make_default(&before, MIME_TYPE),
            _ => Ok(()),
        }
    }

    fn file_name() -> String {
        format!("{IDENTIFIER}.mail.desktop")
    }

    fn before(entry: &str) -> Option<String> {
        let before = entry.lines().find_map(|line| line.strip_prefix(BEFORE))?;
        Some(before.to_owned()).filter(|name| is_file_name(name))
    }

    /// What may be handed to the desktop as the name of an entry: it leads to no other folder, and is no option.
    fn is_file_name(name: &str) -> bool {
        name.len() <= FILE_NAME_BYTES_MAX
            && name.ends_with(".desktop")
            && !name.starts_with('-')
            && !name.contains(['/', '\\', ';'])
            && !name.chars().any(char::is_control)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn who_had_the_links_before_is_read_from_our_entry_alone() {
            for (line, expected) in [
                (
                    "X-Signet-Before=org.gnome.Geary.desktop",
                    Some("org.gnome.Geary.desktop"),
                ),
                ("X-Signet-Before=../evil.desktop", None),
                ("X-Signet-Before=--help.desktop", None),
                ("X-Signet-Before=a.desktop;b.desktop", None),
                ("X-Signet-Before=a.txt", None),
                ("Name=Signet", None),
            ] {
                let entry = format!("[Desktop Entry]\n{line}\n");
                assert_eq!(before(&entry).as_deref(), expected, "{line}");
            }
        }
    }
}
