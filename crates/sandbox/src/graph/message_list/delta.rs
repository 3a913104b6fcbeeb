//! `GET …/mailFolders/{id}/messages/delta`. Source: Graph v1.0 reference,
//! "message: delta"; "Get incremental changes to messages in a folder".
//!
//! A first round shows what lies in the folder as it began, the newest first;
//! later rounds show changes in their order. What happens during a first round
//! belongs to the next one.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::fault::GraphFault;
use super::super::mail_access::{Desk, READ, Work, enter, folder_not_found};
use super::super::message::{BODIES, SHOWN};
use super::super::query::{MESSAGE, Options, Paging, Rules, Side, page_size, shape};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::sync_state::{Round, SyncState, answer};
use super::render;
use crate::mailboxes::{Change, FolderNumber, Forgotten, Mailbox, Message};
use crate::world::World;

static FIRST: Rules = Rules {
    of: &MESSAGE,
    side: Side::Mail,
    options: &[
        "select",
        "filter",
        "orderby",
        "top",
        "skiptoken",
        "deltatoken",
        "format",
    ],
    expands: &[],
    shown: &SHOWN,
    always: &["id"],
    page: 10,
    top: (1, 1000),
    paging: Paging::Skip,
};

/// The kinds of changes that `changeType` names.
const CHANGE_TYPES: [&str; 3] = ["created", "updated", "deleted"];

/// Answers with what changed in the folder, and where to go on.
pub fn delta(world: &World, call: &Call, folder: &str) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ, Work::Read)?;
    let mut options = Options::read(call, &FIRST)?;
    check(&options)?;
    let generation = world.mailboxes.generation();
    let list = format!(
        "messages of {}",
        desk.mailbox(world, |mailbox| { number(mailbox, folder) })?
    );
    let state = SyncState::of(world, call, &mut options, &FIRST, &list, generation)?;
    check_change_type(&state)?;
    let size = page_size(&FIRST, &options);
    let (changes, next) = desk.mailbox(world, |mailbox| {
        let folder = number(mailbox, folder)?;
        page(mailbox, folder, &state, size).map_err(|_| SyncState::gone(call))
    })?;
    let page: Vec<Value> = changes
        .iter()
        .filter_map(|change| shown(&desk, &options, &state, change))
        .collect();
    let state = state.going_on(&next);
    let body = answer(world, call, &state, &next, "Collection(message)", page);
    Ok(desk.reply(StatusCode::OK, &body))
}

/// Of conditions and orders, those by `receivedDateTime` alone.
fn check(options: &Options) -> Result<(), GraphFault> {
    let features = options.filter.as_ref().map(|filter| filter.features());
    let filters = features.is_none_or(|features| {
        !features.negates && features.roots().all(|root| root == "receivedDateTime")
    });
    let orders = options
        .order
        .iter()
        .all(|key| key.names == ["receivedDateTime"] && key.descending);
    if filters && orders {
        Ok(())
    } else {
        Err(FIRST.unsupported(
            "A delta query of messages can be filtered by receivedDateTime and sorted by it, descending.",
        ))
    }
}

fn check_change_type(state: &SyncState) -> Result<(), GraphFault> {
    match state.change_type.as_deref() {
        Some(other) if !CHANGE_TYPES.contains(&other) => Err(FIRST.unsupported(format!(
            "The value '{other}' of the query parameter 'changeType' is not supported."
        ))),
        _ => Ok(()),
    }
}

fn number(mailbox: &Mailbox, name: &str) -> Result<FolderNumber, GraphFault> {
    mailbox
        .folder_called(name)
        .map(|folder| folder.number)
        .ok_or_else(|| folder_not_found(name))
}

fn page(
    mailbox: &Mailbox,
    folder: FolderNumber,
    state: &SyncState,
    size: usize,
) -> Result<(Vec<Change>, Round), Forgotten> {
    if !state.later {
        return Ok(first_page(mailbox, folder, state, size));
    }
    let mut changes = mailbox.changes(folder, state.after)?;
    changes.retain(|change| change.seq() > state.after);
    let more = changes.len() > size;
    changes.truncate(size);
    let next = match changes.last().filter(|_| more) {
        Some(last) => Round::page(last.seq(), 0, None),
        None => Round::Over { at: mailbox.seq() },
    };
    Ok((changes, next))
}

fn first_page(
    mailbox: &Mailbox,
    folder: FolderNumber,
    state: &SyncState,
    size: usize,
) -> (Vec<Change>, Round) {
    let until = state.first_until.unwrap_or(mailbox.seq());
    let place = |message: &Message| (message.received_ms, message.serial);
    let mut messages: Vec<&Arc<Message>> = mailbox
        .messages_in(folder)
        .filter(|message| message.changed_seq <= until)
        .filter(|message| state.cursor.is_none_or(|cursor| place(message) < cursor))
        .collect();
    messages.sort_by_key(|message| std::cmp::Reverse(place(message)));
    let more = messages.len() > size;
    messages.truncate(size);
    let next = match messages.last().filter(|_| more) {
        Some(last) => Round::Page {
            after: 0,
            place: 0,
            cursor: Some(place(last)),
            first_until: Some(until),
        },
        None => Round::Over { at: until },
    };
    let changes = messages.into_iter().cloned().map(Change::Created).collect();
    (changes, next)
}

/// A change as the client reads it, if it is of a kind it wants. A message that
/// came and changed since is new to the client all the same.
fn shown(desk: &Desk, options: &Options, state: &SyncState, change: &Change) -> Option<Value> {
    let kind = match change {
        Change::Removed(_) => "deleted",
        Change::Created(message) | Change::Updated(message)
            if message.entered_seq > state.since =>
        {
            "created"
        }
        Change::Created(_) | Change::Updated(_) => "updated",
    };
    if state
        .change_type
        .as_deref()
        .is_some_and(|wanted| wanted != kind)
    {
        return None;
    }
    match change {
        Change::Removed(trace) => {
            let id = if desk.view.immutable_ids {
                trace.immutable_id()
            } else {
                trace.id()
            };
            Some(json!({
                "@odata.type": "#microsoft.graph.message",
                "id": id,
                "@removed": {"reason": trace.gone.reason()},
            }))
        }
        Change::Created(message) | Change::Updated(message) => written(desk, options, message),
    }
}

fn written(desk: &Desk, options: &Options, message: &Message) -> Option<Value> {
    let item = render(desk, options, message);
    let filter = options.filter.as_ref();
    if filter.is_some_and(|filter| !filter.matches(&item)) {
        return None;
    }
    let mut item = shape(&FIRST, options, &item);
    if let Some(fields) = item.as_object_mut() {
        fields.insert("@odata.type".to_owned(), json!("#microsoft.graph.message"));
        if !desk.reads_bodies() {
            fields.retain(|name, _| !BODIES.contains(&name.as_str()));
        }
    }
    Some(item)
}
