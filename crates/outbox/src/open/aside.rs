//! Setting a damaged database aside and starting afresh with what can be read.
//!
//! The files move into a folder of their own whose name ends in `.part` until
//! all is done, so that an interrupted setting aside is finished by the next
//! opening. The damaged files themselves are never written to.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{OpenReport, Paths, database, fresh, salvage};
use crate::error::OpenError;
use crate::spool::{Spool, private_folder, sync_folder};
use crate::store::{drafts, items, uses};

const NAME: &str = "outbox-damaged-";
const PART: &str = ".part";

/// Moves the database away, makes a fresh one with what can be read, and reports.
pub(crate) fn set_aside(
    paths: &Paths,
    spool: &Spool,
    now_ms: i64,
) -> Result<OpenReport, OpenError> {
    let part = free_name(paths, now_ms);
    private_folder(&part)?;
    sync_folder(&paths.folder)?;
    finish(paths, spool, &part, now_ms)
}

/// Finishes what an earlier opening began and did not end.
pub(crate) fn finish_interrupted(
    paths: &Paths,
    spool: &Spool,
    now_ms: i64,
) -> Result<Option<OpenReport>, OpenError> {
    let Some(part) = interrupted(&paths.folder)? else {
        return Ok(None);
    };
    let moved_before = part.join("outbox.db");
    if moved_before.symlink_metadata().is_err() && paths.database().symlink_metadata().is_ok() {
        // Nothing was moved yet: the database is judged again where it stands.
        fs::remove_dir(&part)?;
        return Ok(None);
    }
    if paths.database().symlink_metadata().is_ok() {
        // The fresh database has its name already; only the last moves are missing.
        let connection = crate::store::connect(&paths.database()).map_err(database)?;
        return conclude(paths, spool, &part, &connection).map(Some);
    }
    finish(paths, spool, &part, now_ms).map(Some)
}

fn finish(paths: &Paths, spool: &Spool, part: &Path, now_ms: i64) -> Result<OpenReport, OpenError> {
    for from in paths.parts() {
        move_into(&from, part)?;
    }
    sync_folder(part)?;
    sync_folder(&paths.folder)?;
    let mut connection = fresh::make(&paths.fresh())?;
    salvage::salvage(paths, part, &mut connection, now_ms)?;
    fresh::close(connection)?;
    fresh::place(paths)?;
    let connection = crate::store::connect(&paths.database()).map_err(database)?;
    conclude(paths, spool, part, &connection)
}

/// Puts the copies that no saved row names beside the damaged database, where
/// no sweep takes them, and gives its folder its lasting name.
fn conclude(
    paths: &Paths,
    spool: &Spool,
    part: &Path,
    connection: &Connection,
) -> Result<OpenReport, OpenError> {
    let items_saved = items::count(connection).map_err(database)?;
    let drafts_saved = drafts::count(connection).map_err(database)?;
    let used = uses::all(connection).map_err(database)?;
    let used: HashSet<String> = used.iter().map(ToString::to_string).collect();
    spool.move_others(&used, &part.join("spool"))?;
    let to = PathBuf::from(part.to_string_lossy().trim_end_matches(PART));
    fs::rename(part, &to)?;
    sync_folder(&paths.folder)?;
    tracing::error!(items_saved, drafts_saved, "a damaged outbox was set aside");
    Ok(OpenReport::SetAside {
        to,
        items_saved,
        drafts_saved,
    })
}

fn move_into(from: &Path, folder: &Path) -> io::Result<()> {
    let Some(name) = from.file_name() else {
        return Ok(());
    };
    match fs::rename(from, folder.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn interrupted(folder: &Path) -> io::Result<Option<PathBuf>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = name
            .to_str()
            .is_some_and(|name| name.starts_with(NAME) && name.ends_with(PART));
        if is_ours {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

/// Removes all that was ever set aside, because the person wants nothing kept.
pub(crate) fn remove_set_aside(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(NAME));
        if is_ours && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// A name that no earlier setting aside has taken.
fn free_name(paths: &Paths, now_ms: i64) -> PathBuf {
    let mut number = now_ms;
    loop {
        let name = paths.folder.join(format!("{NAME}{number}"));
        let part = paths.folder.join(format!("{NAME}{number}{PART}"));
        if !name.exists() && !part.exists() {
            return part;
        }
        number = number.saturating_add(1);
    }
}
