//! What happened last: sign-ins and requests.

use super::{section, table};
use crate::clock::{readable, written};
use crate::directory::APPS;
use crate::journal::Entry;
use crate::pages::frame::text;
use crate::world::World;

/// How many of each the page lists, the newest.
const LISTED_MAX: usize = 25;

/// To whom tokens were given.
pub fn sign_ins(world: &World) -> String {
    let rows: String = world
        .sign_ins
        .newest()
        .iter()
        .take(LISTED_MAX)
        .map(|sign_in| {
            let app = APPS
                .iter()
                .find(|app| app.client_id.eq_ignore_ascii_case(&sign_in.client_id))
                .map_or(sign_in.client_id.as_str(), |app| app.name);
            format!(
                "<tr><td class=\"when\">{}</td><td>{}</td><td>{}</td><td class=\"soft\">{}</td></tr>",
                text(&readable(sign_in.at_ms)),
                text(sign_in.address),
                text(app),
                text(&sign_in.scopes),
            )
        })
        .collect();
    let body = if rows.is_empty() {
        "<p class=\"soft\">Nobody has signed in yet.</p>".to_owned()
    } else {
        table("Sign-ins", &["When", "Who", "App", "Scopes"], &rows)
    };
    section("sign-ins", "Last sign-ins", &body)
}

/// What was asked for, by whom, and how it went. Without the pages of the
/// sandbox itself, which somebody who looks at this asks for all the time.
pub fn requests(world: &World) -> String {
    let entries = world.journal.entries();
    let rows: String = entries
        .iter()
        .rev()
        .filter(|entry| entry.route.is_some() || is_of_a_service(&entry.path))
        .take(LISTED_MAX)
        .map(row)
        .collect();
    let body = if rows.is_empty() {
        "<p class=\"soft\">No app has asked for anything yet.</p>".to_owned()
    } else {
        table(
            "Requests",
            &["When", "Request", "Client", "Status", "Time"],
            &rows,
        )
    };
    section("requests", "Last requests", &body)
}

fn is_of_a_service(path: &str) -> bool {
    path != "/"
        && !["/mailbox", "/desk/"]
            .iter()
            .any(|own| path.starts_with(own))
}

fn row(entry: &Entry) -> String {
    let client = ["x-client-sku", "user-agent"]
        .iter()
        .find_map(|name| entry.client.get(*name))
        .map_or("", String::as_str);
    let mut marks = String::new();
    for (holds, mark) in [(entry.fault, "fault"), (entry.batch, "in a batch")] {
        if holds {
            marks.push_str(&format!(" <span class=\"tag\">{mark}</span>"));
        }
    }
    format!(
        "<tr><td class=\"when\">{at}</td><td><code>{method} {path}</code>{marks}</td>\
         <td class=\"soft client\">{client}</td><td><span class=\"status {class}\">{status}</span></td>\
         <td class=\"number\">{ms}&nbsp;ms</td></tr>",
        at = written(entry.at_ms, |at| at.strftime("%H:%M:%S").to_string()),
        method = text(&entry.method),
        path = text(&entry.path),
        client = text(client),
        class = class(entry.status),
        status = if entry.status == 0 {
            "cut".to_owned()
        } else {
            entry.status.to_string()
        },
        ms = entry.ms,
    )
}

fn class(status: u16) -> &'static str {
    match status {
        200..=399 => "fine",
        400..=499 => "refused",
        _ => "failed",
    }
}
