//! A new database. It is made aside and renamed, so that an empty or half-made
//! file under the database's name always means damage.

use std::fs;
use std::io;
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
