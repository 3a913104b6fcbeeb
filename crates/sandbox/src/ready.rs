//! The ready file: what a program that started the sandbox needs to know.
//!
//! It belongs to whoever asked for it and stays when the sandbox ends; one of an
//! earlier run is removed at start, so what is found is of this run.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::directory::{APPS, PASSWORD, PEOPLE, TENANTS};
use crate::serve::Running;

/// Removes the ready file of an earlier run, which would name dead addresses.
pub fn remove_stale(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes one JSON object to `path`.
pub fn write_ready_file(path: &Path, running: &Running) -> io::Result<()> {
    write_whole(path, describe(running).to_string().as_bytes())
}

/// Writes a file whole or not at all: a reader that finds it can read it to its
/// end. What stood there before is gone only once the new one is complete.
///
/// Until then it is written beside, under a name that nobody can have taken
/// before: in a folder of many writers a known name may be a link to elsewhere.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = format!(".signet-sandbox-{}.part", Uuid::new_v4().simple());
    let temporary = path.with_file_name(name);
    let file = File::create_new(&temporary)?;
    let written = fill(file, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The reason for the first error is worth more than one for this.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

fn describe(running: &Running) -> Value {
    let mut fields = Map::new();
    for (name, scheme, address) in [
        ("http", "http", running.http),
        ("https", "https", running.https),
        ("proxy", "http", running.proxy),
        ("control", "http", running.control),
    ] {
        if let Some(address) = address {
            fields.insert(name.to_owned(), json!(format!("{scheme}://{address}")));
        }
    }
    if let Some(path) = &running.ca {
        fields.insert("ca".to_owned(), json!(path));
    }
    let tenants: Vec<Value> = TENANTS
        .iter()
        .map(|tenant| json!({"id": tenant.id, "domain": tenant.domain, "name": tenant.name}))
        .collect();
    let apps: Vec<Value> = APPS
        .iter()
        .map(|app| {
            json!({
                "client_id": app.client_id,
                "name": app.name,
                "redirect_uris": app.redirect_uris,
                "web_redirect_uris": app.web_redirect_uris,
                "spa_redirect_uris": app.spa_redirect_uris,
                "client_secret": app.secret,
                "about": app.about,
            })
        })
        .collect();
    let people: Vec<Value> = PEOPLE
        .iter()
        .map(|person| {
            json!({
                "address": person.address,
                "password": PASSWORD,
                "name": person.name,
                "tenant": person.tenant_id,
                "about": person.about,
            })
        })
        .collect();
    fields.insert("tenants".to_owned(), json!(tenants));
    fields.insert("apps".to_owned(), json!(apps));
    fields.insert("people".to_owned(), json!(people));
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_put_in_place_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        assert!(write_whole(&taken, b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_beside_the_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("ready"), folder.path().join("other"));
        fs::write(&other, "kept").unwrap();
        std::os::unix::fs::symlink(&other, folder.path().join("ready.part")).unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read(&other).unwrap(), b"kept");
    }
}
