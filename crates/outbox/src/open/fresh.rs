//! A new database, and how one of ours begins. It is made aside and renamed, so that an empty or half-made
//! file under the database's name always means damage.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rusqlite::Connection;

use super::{Paths, database};
use crate::error::OpenError;
use crate::spool::{private_file, sync_folder};
use crate::store::schema;

/// Makes an empty database where there is none.
pub(crate) fn create(paths: &Paths) -> Result<(), OpenError> {
    let connection = make(&paths.fresh())?;
    close(connection)?;
    place(paths)
}

/// Makes an empty database at `path`, over whatever an interrupted making left there.
pub(crate) fn make(path: &Path) -> Result<Connection, OpenError> {
    remove_leftovers(path)?;
    private_file(path)?;
    let mut connection = Connection::open(path).map_err(database)?;
    connection
        .pragma_update(None, "synchronous", "EXTRA")
        .map_err(database)?;
    connection
        .pragma_update(None, "fullfsync", true)
        .map_err(database)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(database)?;
    schema::migrate(&mut connection).map_err(database)?;
    Ok(connection)
}

pub(crate) fn close(connection: Connection) -> Result<(), OpenError> {
    connection.close().map_err(|(_, error)| database(error))
}

/// Gives a database that was made aside its name.
pub(crate) fn place(paths: &Paths) -> Result<(), OpenError> {
    fs::rename(paths.fresh(), paths.database())?;
    sync_folder(&paths.folder)?;
    Ok(())
}

/// Whether a file begins like a database of ours. SQLite itself would take a
/// very short file for an empty database and write into it, and so it would
/// into somebody else's. Only for a file that nobody has open: closing it again
/// lets go of the locks that SQLite holds on it in this process.
///
/// Source: sqlite.org/fileformat2.html §1.3 "The Database Header".
pub(crate) fn is_ours(path: &Path) -> bool {
    let mut header = [0; HEADER_BYTES];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok()
        && header.starts_with(MAGIC)
        && header.get(AT_APPLICATION_ID..AT_APPLICATION_ID + 4)
            == Some(&schema::APPLICATION_ID.to_be_bytes())
}

const HEADER_BYTES: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
const AT_APPLICATION_ID: usize = 68;

fn remove_leftovers(path: &Path) -> io::Result<()> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    for leftover in [path, Path::new(&journal)] {
        match fs::remove_file(leftover) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
