//! The ready file: what a program that started the sandbox needs to know.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::directory::{APPS, PASSWORD, PEOPLE, TENANTS};
use crate::serve::Running;

/// Writes one JSON object to `path`.
pub fn write_ready_file(path: &Path, running: &Running) -> io::Result<()> {
    write_whole(path, describe(running).to_string().as_bytes())
}

/// Writes a file whole or not at all: a reader that finds it can read it to its
/// end. What stood there before is gone only once the new one is complete.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".part");
    let temporary = Path::new(&temporary);
    let mut file = File::create(temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}

/// What the program prints for the person who started it.
pub fn announcement(running: &Running) -> String {
    let mut lines = Vec::new();
    for (scheme, address) in [("https", running.https), ("http", running.http)] {
        if let Some(address) = address {
            lines.extend([
                format!("Sandbox tenant at    {scheme}://{address}/"),
                format!("Authority            {scheme}://{address}/common"),
                format!("Graph                {scheme}://{address}/v1.0"),
                format!("Mailboxes            {scheme}://{address}/mailbox"),
            ]);
        }
    }
    if let Some(proxy) = running.proxy {
        lines.push(format!("Proxy                http://{proxy}/"));
    }
    if let Some(control) = running.control {
        lines.push(format!("Control API          http://{control}/"));
    }
    if let Some(path) = &running.ca {
        lines.push(format!("Authority to trust   {}", path.display()));
    }
    for app in APPS {
        lines.push(format!("App {:<16} {}", app.name, app.client_id));
        lines.push(format!(
            "  redirect URIs      {}",
            app.redirect_uris.join(", ")
        ));
    }
    lines.push(format!("People, each with the password {PASSWORD}"));
    for person in PEOPLE.iter() {
        lines.push(format!("  {:<28} {}", person.address, person.about));
    }
    lines.join("\n")
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
        .map(|app| json!({"client_id": app.client_id, "name": app.name, "redirect_uris": app.redirect_uris, "about": app.about}))
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
