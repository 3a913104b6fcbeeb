//! The sign-in scheme and the desktop: makes sure that a redirect finds its way here.
//!
//! Only the sign-in scheme is ever registered by itself; `mailto:` is the person's to give. Done just before the browser
//! opens, when it is needed, so that it costs nothing at start.

/// Registers the scheme where nothing has yet. `false` where this desktop takes none, which is logged.
#[cfg(target_os = "linux")]
pub fn ensure_registered() -> bool {
    let registered = linux::ensure_registered();
    if let Err(error) = &registered {
        tracing::warn!(%error, "the sign-in scheme could not be registered with the desktop");
    }
    registered.is_ok()
}

/// Windows keeps schemes in the registry, macOS in the bundle: the plugin knows both.
#[cfg(not(target_os = "linux"))]
pub fn ensure_registered() -> bool {
    true
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        env, fs, io,
        path::{Path, PathBuf},
        process::{Command, Stdio},
    };

    use crate::{folders, names::IDENTIFIER};

    /// Largest desktop entry that is read: they are a few hundred bytes; ours lists forty translations at most.
    const ENTRY_BYTES_MAX: u64 = 64 * 1024;

    pub fn ensure_registered() -> io::Result<()> {
        let program = program()?;
        if installed_entry(&program) {
            return Ok(());
        }
        let folder = folders::data_home()?.join("applications");
        let file_name = format!("{IDENTIFIER}.desktop");
        let path = folder.join(&file_name);
        let entry = entry(&program)?;
        if fs::read_to_string(&path).is_ok_and(|present| present == entry) && is_default(&file_name)
        {
            return Ok(());
        }
        fs::create_dir_all(&folder)?;
        folders::write_private(&path, entry.as_bytes())?;
        // Some desktops read the database, and do without the program that writes it.
        let _ = run("update-desktop-database", &[&folder.display().to_string()]);
        run("xdg-mime", &["default", &file_name, &mime_type()])
    }

    /// A package has brought a desktop entry for this very program: it needs no second one, which would survive its removal.
    fn installed_entry(program: &Path) -> bool {
        let folders = env::var("XDG_DATA_DIRS").unwrap_or_default();
        let folders = if folders.is_empty() {
            "/usr/local/share:/usr/share".to_owned()
        } else {
            folders
        };
        let name = program
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        folders.split(':').any(|folder| {
            ["Signet", "signet", IDENTIFIER].iter().any(|file| {
                let path = Path::new(folder)
                    .join("applications")
                    .join(format!("{file}.desktop"));
                let small = fs::metadata(&path).is_ok_and(|meta| meta.len() <= ENTRY_BYTES_MAX);
                small
                    && fs::read_to_string(path).is_ok_and(|entry| {
                        entry.contains(&mime_type()) && starts(&entry, program, name.as_deref())
                    })
            })
        })
    }

    fn starts(entry: &str, program: &Path, name: Option<&str>) -> bool {
        let command = entry
            .lines()
            .find_map(|line| line.strip_prefix("Exec="))
            .and_then(|exec| exec.split_whitespace().next())
            .map(|first| first.trim_matches('"'));
        command.is_some_and(|command| {
            Path::new(command) == program
                || (Some(command) == name && program.parent() == Some(Path::new("/usr/bin")))
        })
    }

    /// Source: Desktop Entry Specification, "Recognized desktop entry keys" and "The Exec key".
    fn entry(program: &Path) -> io::Result<String> {
        let exec = quoted(program).ok_or_else(|| {
            io::Error::other("the program's path cannot be written into a desktop entry")
        })?;
        Ok(format!(
            "[Desktop Entry]\nType=Application\nName=Signet\nNoDisplay=true\nTerminal=false\n\
             Exec={exec} %u\nMimeType={};\n",
            mime_type()
        ))
    }

    /// Plain where the path allows it: the generic `xdg-open` of some distributions cannot read a quoted program.
    /// `None` for a path that cannot be written into an entry.
    fn quoted(program: &Path) -> Option<String> {
        let path = program.to_str()?;
        if path.chars().any(char::is_control) {
            return None;
        }
        if path
            .chars()
            .all(|c| c.is_alphanumeric() || "/._-+@".contains(c))
        {
            return Some(path.to_owned());
        }
        let mut quoted = String::from("\"");
        for c in path.chars() {
            match c {
                // Quoted for the Exec key, and the backslash once more for the file's own strings.
                '"' | '`' | '$' => quoted.extend(["\\\\", &c.to_string()]),
                '\\' => quoted.push_str("\\\\\\\\"),
                '%' => quoted.push_str("%%"),
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        Some(quoted)
    }

    fn is_default(file_name: &str) -> bool {
        Command::new("xdg-mime")
            .args(["query", "default", &mime_type()])
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).trim() == file_name)
    }

    fn run(program: &str, args: &[&str]) -> io::Result<()> {
        let status = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("{program} failed")))
        }
    }

    fn mime_type() -> String {
        format!("x-scheme-handler/{IDENTIFIER}")
    }

    /// An AppImage is started by its own file, not by the program mounted inside it. The variable alone proves nothing: it is
    /// inherited by whatever another AppImage starts.
    fn program() -> io::Result<PathBuf> {
        let program = env::current_exe()?;
        let mounted = env::var_os("APPDIR").map(PathBuf::from);
        let image = env::var_os("APPIMAGE").map(PathBuf::from);
        match (mounted, image) {
            (Some(mounted), Some(image))
                if image.is_absolute()
                    && mounted.is_absolute()
                    && program.starts_with(&mounted) =>
            {
                Ok(image)
            }
            _ => Ok(program),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_program_is_quoted_only_where_it_must_be() {
            for (path, expected) in [
                ("/usr/bin/signet", "/usr/bin/signet"),
                ("/home/ana/my apps/signet", "\"/home/ana/my apps/signet\""),
                ("/opt/$x/100%/signet", r#""/opt/\\$x/100%%/signet""#),
                (r"/opt/a\b/signet", r#""/opt/a\\\\b/signet""#),
            ] {
                assert_eq!(quoted(Path::new(path)).as_deref(), Some(expected));
            }
        }

        #[test]
        fn a_path_that_could_add_a_line_is_refused() {
            assert_eq!(quoted(Path::new("/tmp/a\nExec=/tmp/evil\n/signet")), None);
        }

        #[test]
        fn an_installed_entry_counts_only_for_its_own_program() {
            let entry = "[Desktop Entry]\nExec=signet %u\n";
            assert!(starts(entry, Path::new("/usr/bin/signet"), Some("signet")));
            assert!(!starts(
                entry,
                Path::new("/home/ana/signet"),
                Some("signet")
            ));
            assert!(starts(
                "Exec=\"/opt/signet\" %u",
                Path::new("/opt/signet"),
                None
            ));
            assert!(!starts("Name=Signet", Path::new("/opt/signet"), None));
        }
    }
}
