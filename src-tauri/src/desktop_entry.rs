//! Desktop entries: which program opens what, as the desktop keeps it. Only Linux has them; two owners write one each, the
//! sign-in scheme and the program for mail links.
//!
//! Source: Desktop Entry Specification; MIME Applications Specification.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{folders, names::IDENTIFIER};

/// Largest desktop entry that is read: they are a few hundred bytes; ours lists forty translations at most.
const ENTRY_BYTES_MAX: u64 = 64 * 1024;

/// A package has brought a desktop entry by which this very program opens `mime_type`: it needs no second one, which would
/// survive its removal. Its file name.
pub fn installed(program: &Path, mime_type: &str) -> Option<String> {
    let folders = env::var("XDG_DATA_DIRS").unwrap_or_default();
    let folders = if folders.is_empty() {
        "/usr/local/share:/usr/share".to_owned()
    } else {
        folders
    };
    let name = program
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    folders.split(':').find_map(|folder| {
        ["Signet", "signet", IDENTIFIER]
            .map(|file| format!("{file}.desktop"))
            .into_iter()
            .find(|file_name| {
                let entry = read(&Path::new(folder).join("applications").join(file_name));
                entry.is_some_and(|entry| {
                    entry.contains(mime_type) && starts(&entry, program, name.as_deref())
                })
            })
    })
}

/// Whether an entry starts this program. `name` is what it is called where a package has put it on the path.
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

/// An entry of the person's own for this program, out of every menu. `more` are whole lines.
pub fn entry(program: &Path, mime_type: &str, more: &str) -> io::Result<String> {
    let exec = quoted(program).ok_or_else(|| {
        io::Error::other("the program's path cannot be written into a desktop entry")
    })?;
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=Signet\nNoDisplay=true\nTerminal=false\n\
         Exec={exec} %u\nMimeType={mime_type};\n{more}"
    ))
}

/// Whether an entry that was written here is for this program, wherever it lay then.
pub fn is_of(entry: &str, program: &Path) -> bool {
    let exec = quoted(program).map(|exec| format!("Exec={exec} %u"));
    exec.is_some_and(|exec| entry.lines().any(|line| line == exec))
}

/// The person's own entry of this name; `None` where there is none that can be read.
pub fn own(file_name: &str) -> Option<String> {
    read(&own_folder().ok()?.join(file_name))
}

/// Puts an entry among the person's own.
pub fn place(file_name: &str, entry: &str) -> io::Result<()> {
    let folder = own_folder()?;
    fs::create_dir_all(&folder)?;
    folders::write_private(&folder.join(file_name), entry.as_bytes())?;
    tell_the_desktop(&folder);
    Ok(())
}

/// Takes an entry from among the person's own. Fine when it is gone already.
pub fn remove(file_name: &str) -> io::Result<()> {
    let folder = own_folder()?;
    match fs::remove_file(folder.join(file_name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    tell_the_desktop(&folder);
    Ok(())
}

/// The file name of the entry that opens `mime_type` for this person.
pub fn default_for(mime_type: &str) -> Option<String> {
    let answer = Command::new("xdg-mime")
        .args(["query", "default", mime_type])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let name = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    Some(name).filter(|name| !name.is_empty())
}

/// Lets an entry open `mime_type` from now on.
pub fn make_default(file_name: &str, mime_type: &str) -> io::Result<()> {
    run("xdg-mime", &["default", file_name, mime_type])
}

fn read(path: &Path) -> Option<String> {
    let small = fs::metadata(path).is_ok_and(|meta| meta.len() <= ENTRY_BYTES_MAX);
    small.then(|| fs::read_to_string(path).ok()).flatten()
}

fn own_folder() -> io::Result<PathBuf> {
    Ok(folders::data_home()?.join("applications"))
}

/// Some desktops read the database, and do without the program that writes it.
fn tell_the_desktop(folder: &Path) {
    let _ = run("update-desktop-database", &[&folder.display().to_string()]);
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

/// An AppImage is started by its own file, not by the program mounted inside it. The variable alone proves nothing: it is
/// inherited by whatever another AppImage starts.
pub fn program() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let mounted = env::var_os("APPDIR").map(PathBuf::from);
    let image = env::var_os("APPIMAGE").map(PathBuf::from);
    match (mounted, image) {
        (Some(mounted), Some(image))
            if image.is_absolute() && mounted.is_absolute() && program.starts_with(&mounted) =>
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
    fn an_entry_is_of_the_program_it_was_written_for() {
        for path in ["/usr/bin/signet", "/home/ana/my apps/signet"].map(Path::new) {
            let written = entry(path, "x-scheme-handler/mailto", "").unwrap();
            assert!(is_of(&written, path));
            assert!(!is_of(&written, Path::new("/elsewhere/signet")));
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
