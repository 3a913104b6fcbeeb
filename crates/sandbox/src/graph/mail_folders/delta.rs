//! `GET …/mailFolders/delta`. Source: Graph v1.0 reference, "mailFolder: delta".

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::fault::GraphFault;
use super::super::mail_access::{READ, Work, enter};
use super::super::query::{MAIL_FOLDER, Options, Paging, Rules, Side, page_size, shape};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::sync_state::{Round, SyncState, answer};
use super::{SHOWN, includes_hidden, write};
use crate::mailboxes::folder::RECOVERABLE_ITEMS;
use crate::mailboxes::{Folder, FolderChange, Forgotten, Mailbox};
use crate::world::World;

/// A round's first request; the links carry what it asked for.
static FIRST: Rules = Rules {
    of: &MAIL_FOLDER,
    side: Side::Mail,
    options: &["select", "top", "skiptoken", "deltatoken", "format"],
    expands: &[],
    shown: &SHOWN,
    always: &["id"],
    page: 50,
    top: (1, 1000),
    paging: Paging::Skip,
};

/// Answers with the folders that changed, and where to go on.
pub fn delta(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ, Work::Read)?;
    let mut options = Options::read(call, &FIRST)?;
    let generation = world.mailboxes.generation();
    let state = SyncState::of(world, call, &mut options, &FIRST, "folders", generation)?;
    let hidden = includes_hidden(call) || state.hidden;
    let (page, next) = desk.mailbox(world, |mailbox| {
        let size = page_size(&FIRST, &options);
        page_of(mailbox, &state, size, hidden).map_err(|_| SyncState::gone(call))
    })?;
    let page: Vec<Value> = page
        .iter()
        .map(|item| match item.get("@removed") {
            Some(_) => item.clone(),
            None => shape(&FIRST, &options, item),
        })
        .collect();
    let mut state = state.going_on(&next);
    state.hidden = hidden;
    let body = answer(world, call, &state, &next, "Collection(mailFolder)", page);
    Ok(desk.reply(StatusCode::OK, &body))
}

/// A page of the first round, which shows every folder as it lay there in the
/// beginning, or of a later one, which shows changes in their order.
fn page_of(
    mailbox: &Mailbox,
    state: &SyncState,
    size: usize,
    hidden: bool,
) -> Result<(Vec<Value>, Round), Forgotten> {
    let visible =
        |folder: &Folder| folder.number != RECOVERABLE_ITEMS && (hidden || !folder.hidden);
    if !state.later {
        return Ok(first_page(mailbox, state, size, visible));
    }
    let mut changes = mailbox.folder_changes(state.after)?;
    changes.retain(|change| {
        let seen = match change {
            FolderChange::Changed(folder) => visible(folder),
            FolderChange::Removed(_) => true,
        };
        seen && change.seq() > state.after
    });
    let more = changes.len() > size;
    changes.truncate(size);
    let next = match changes.last().filter(|_| more) {
        Some(last) => Round::page(last.seq(), 0, None),
        None => Round::Over { at: mailbox.seq() },
    };
    let page = changes.iter().map(|change| match change {
        FolderChange::Changed(folder) => write(mailbox, folder, None),
        FolderChange::Removed(trace) => {
            json!({"id": trace.id, "@removed": {"reason": "deleted"}})
        }
    });
    Ok((page.collect(), next))
}

fn first_page(
    mailbox: &Mailbox,
    state: &SyncState,
    size: usize,
    visible: impl Fn(&Folder) -> bool,
) -> (Vec<Value>, Round) {
    let until = state.first_until.unwrap_or(mailbox.seq());
    let rest: Vec<&Folder> = mailbox
        .folders()
        .filter(|folder| visible(folder) && folder.created_seq <= until)
        .filter(|folder| folder.number > state.place)
        .collect();
    let page: Vec<&Folder> = rest.iter().take(size).copied().collect();
    let next = match page.last().filter(|_| rest.len() > size) {
        Some(last) => Round::page(0, last.number, Some(until)),
        None => Round::Over { at: until },
    };
    let page = page.into_iter().map(|folder| write(mailbox, folder, None));
    (page.collect(), next)
}
