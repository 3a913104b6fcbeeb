//! Lists of messages: of a mailbox, of a folder, and what changed in one.
//!
//! Source: Graph v1.0 reference, "List messages", "message: delta"; "Use the
//! $search query parameter", message collections.

mod delta;
mod kql;

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;

use super::fault::GraphFault;
use super::mail_access::{Desk, READ, Work, enter, folder_not_found};
use super::message::{BODIES, EXPANDS, SHOWN, write};
use super::query::{MESSAGE, Options, Paging, Rules, Side, collection};
use super::reply::Reply;
use super::request::Call;
use crate::mailboxes::Message;
use crate::mailboxes::folder::RECOVERABLE_ITEMS;
use crate::world::World;

pub use delta::delta;

/// A search finds so many messages and no more ("Use the $search query
/// parameter").
const FOUND_MAX: usize = 1000;

static LIST: Rules = Rules {
    options: &[
        "select", "expand", "filter", "search", "orderby", "top", "skip", "count", "format",
    ],
    ..COMMON
};

/// A search comes in an order of its own, and goes on by a token.
static SEARCH: Rules = Rules {
    options: &["select", "expand", "search", "top", "skiptoken", "format"],
    paging: Paging::Token,
    ..COMMON
};

const COMMON: Rules = Rules {
    of: &MESSAGE,
    side: Side::Mail,
    options: &[],
    expands: &EXPANDS,
    shown: &SHOWN,
    always: &["id"],
    page: 10,
    top: (0, 1000),
    paging: Paging::Skip,
};

/// `GET …/messages`, the newest first.
pub fn list(world: &World, call: &Call, folder: Option<&str>) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ, Work::Read)?;
    let (rules, options) = read(call)?;
    check_scope(&desk, &options)?;
    let found = found(world, &desk, folder, &options)?;
    let render = |message: &Arc<Message>| render(&desk, &options, message);
    let fragment = format!("users('{}')/messages", desk.person.oid);
    let mut answer = collection(call, rules, &options, &fragment, &found, render);
    if !desk.reads_bodies() {
        hide_bodies(&mut answer);
    }
    Ok(desk.reply(StatusCode::OK, &answer))
}

/// `GET …/messages/$count`
pub fn count(world: &World, call: &Call, folder: Option<&str>) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ, Work::Read)?;
    let (_, options) = read(call)?;
    check_scope(&desk, &options)?;
    let found = found(world, &desk, folder, &options)?;
    let matching = found.iter().filter(|message| {
        options
            .filter
            .as_ref()
            .is_none_or(|filter| filter.matches(&render(&desk, &options, message)))
    });
    Ok(Reply::text(matching.count().to_string()))
}

/// The options, under the rules of a search if there is one. What cannot go
/// together is refused in the service's own codes.
fn read(call: &Call) -> Result<(&'static Rules, Options), GraphFault> {
    let has = |name: &str| {
        url::form_urlencoded::parse(call.raw_query.as_bytes())
            .any(|(known, _)| known.trim_start_matches('$').eq_ignore_ascii_case(name))
    };
    if !has("search") {
        let options = Options::read(call, &LIST)?;
        check_order(&options)?;
        return Ok((&LIST, options));
    }
    for (name, code) in [
        ("filter", "SearchWithFilter"),
        ("orderby", "SearchWithOrderBy"),
    ] {
        if has(name) {
            return Err(GraphFault::bad_request(
                code,
                format!("The query parameter '${name}' is not supported with '$search'."),
            ));
        }
    }
    Ok((&SEARCH, Options::read(call, &SEARCH)?))
}

/// What is sorted by must stand in the filter too, first and in the same order
/// ("List messages", using filter and orderby in the same query).
fn check_order(options: &Options) -> Result<(), GraphFault> {
    let Some(filter) = &options.filter else {
        return Ok(());
    };
    let mut named: Vec<Vec<&str>> = Vec::new();
    for path in filter.features().paths {
        if !named.contains(&path) {
            named.push(path);
        }
    }
    let fits = options.order.len() <= named.len()
        && options
            .order
            .iter()
            .zip(&named)
            .all(|(key, path)| key.names == *path);
    if fits {
        Ok(())
    } else {
        Err(GraphFault::bad_request(
            "InefficientFilter",
            "The restriction or sort order is too complex for this operation.",
        ))
    }
}

/// `Mail.ReadBasic` sees no bodies, so it cannot search or filter by them.
fn check_scope(desk: &Desk, options: &Options) -> Result<(), GraphFault> {
    if desk.reads_bodies() {
        return Ok(());
    }
    let by_body = options
        .filter
        .as_ref()
        .is_some_and(|filter| filter.features().roots().any(|root| BODIES.contains(&root)));
    if options.search.is_some() || by_body {
        Err(GraphFault::mail_access_denied())
    } else {
        Ok(())
    }
}

fn found(
    world: &World,
    desk: &Desk,
    folder: Option<&str>,
    options: &Options,
) -> Result<Vec<Arc<Message>>, GraphFault> {
    let mut messages = lying_in(world, desk, folder)?;
    messages.sort_by_key(|message| std::cmp::Reverse((message.received_ms, message.serial)));
    if let Some(text) = &options.search {
        let search = kql::Search::parse(text)?;
        messages.retain(|message| search.finds(message));
        messages.truncate(FOUND_MAX);
    }
    Ok(messages)
}

fn lying_in(
    world: &World,
    desk: &Desk,
    folder: Option<&str>,
) -> Result<Vec<Arc<Message>>, GraphFault> {
    desk.mailbox(world, |mailbox| match folder {
        None => Ok(mailbox
            .messages()
            .filter(|message| message.folder != RECOVERABLE_ITEMS)
            .cloned()
            .collect()),
        Some(name) => {
            let folder = mailbox
                .folder_called(name)
                .ok_or_else(|| folder_not_found(name))?;
            Ok(mailbox.messages_in(folder.number).cloned().collect())
        }
    })
}

/// A message with what the options name, and no more: attachments are large.
fn render(desk: &Desk, options: &Options, message: &Message) -> Value {
    let filtered: Vec<&str> = options
        .filter
        .as_ref()
        .map(|filter| filter.features().roots().collect())
        .unwrap_or_default();
    let wanted = |name: &str| {
        let selected = options.select.as_deref().unwrap_or(LIST.shown);
        name == "id"
            || selected.contains(&name)
            || options.expands(name)
            || filtered.contains(&name)
            || options
                .order
                .iter()
                .any(|key| key.names.first() == Some(&name))
    };
    Value::Object(write(message, &desk.view, wanted))
}

fn hide_bodies(answer: &mut Value) {
    let items = answer.get_mut("value").and_then(Value::as_array_mut);
    for fields in items.into_iter().flatten().filter_map(Value::as_object_mut) {
        fields.retain(|name, _| !BODIES.contains(&name.as_str()));
    }
}
