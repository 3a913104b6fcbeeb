//! What a client holds between two looks at a mailbox: the tokens in
//! `@odata.nextLink` and `@odata.deltaLink`.
//!
//! Source: "Get incremental changes to messages in a folder"; "Use delta query
//! to track changes in Microsoft Graph data": the first request's options are
//! part of the token and need not be repeated; a state that is not known any
//! more is 410.

use axum::http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fault::GraphFault;
use super::query::{Options, Rules, link};
use super::request::Call;
use crate::mailboxes::FolderNumber;
use crate::world::World;

/// How far a client is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SyncState {
    /// Which list it goes through.
    pub list: String,
    generation: u64,
    /// Where the round began: what came later is not known to the client.
    pub since: u64,
    /// Whether a round is over: a mailbox where nothing happened yet has no
    /// change to count from.
    pub later: bool,
    /// Behind which change the next page begins.
    pub after: u64,
    /// In a first round, the last folder that was shown.
    pub place: FolderNumber,
    /// In a first round, the last message that was shown: when it was received,
    /// and its number.
    pub cursor: Option<(i64, u64)>,
    /// In a first round, the mailbox's sequence at its beginning.
    pub first_until: Option<u64>,
    /// Whether hidden folders are part of it.
    pub hidden: bool,
    /// The kinds of changes that are wanted, or all.
    pub change_type: Option<String>,
    select: Option<String>,
    filter: Option<String>,
    page_size: Option<usize>,
}

/// What follows a page.
#[derive(Debug)]
pub enum Round {
    /// Another page.
    Page {
        /// Behind which change.
        after: u64,
        /// The last folder that was shown.
        place: FolderNumber,
        /// The last message that was shown.
        cursor: Option<(i64, u64)>,
        /// In a first round, the mailbox's sequence at its beginning.
        first_until: Option<u64>,
    },
    /// Nothing: the next round begins behind the change `at`.
    Over {
        /// The change.
        at: u64,
    },
}

impl Round {
    /// Another page behind a change, or behind a folder.
    pub fn page(after: u64, place: FolderNumber, first_until: Option<u64>) -> Self {
        Self::Page {
            after,
            place,
            cursor: None,
            first_until,
        }
    }
}

impl SyncState {
    /// The state that the request carries, or that of a first request. Options
    /// are those of the first request, which the token brings along.
    pub fn of(
        world: &World,
        call: &Call,
        options: &mut Options,
        rules: &'static Rules,
        list: &str,
        generation: u64,
    ) -> Result<Self, GraphFault> {
        let Some(token) = options.token.take() else {
            return Ok(Self::first(call, options, list, generation));
        };
        let state: Self = world
            .seal
            .open("sync", &token)
            .filter(|state: &Self| state.list == list)
            .ok_or_else(|| {
                GraphFault::bad_request(
                    "ErrorInvalidSyncStateData",
                    "The sync state in the token is not valid for this list.",
                )
            })?;
        if state.generation != generation {
            return Err(Self::gone(call));
        }
        let page_size = options.page_size;
        *options = Options::of_texts(state.select.as_deref(), state.filter.as_deref(), rules)?;
        options.page_size = page_size.or(state.page_size);
        Ok(state)
    }

    fn first(call: &Call, options: &Options, list: &str, generation: u64) -> Self {
        let text = |name: &str| {
            url::form_urlencoded::parse(call.raw_query.as_bytes())
                .find(|(known, _)| known.trim_start_matches('$').eq_ignore_ascii_case(name))
                .map(|(_, value)| value.into_owned())
        };
        Self {
            list: list.to_owned(),
            generation,
            change_type: text("changeType"),
            select: text("select"),
            filter: text("filter"),
            page_size: options.top.or(options.page_size),
            ..Self::default()
        }
    }

    /// 410: the client has to begin anew, at the place it is told.
    pub fn gone(call: &Call) -> GraphFault {
        GraphFault::new(
            StatusCode::GONE,
            "SyncStateNotFound",
            "The sync state generation is not found; a new synchronization has to begin.",
        )
        .header(header::LOCATION, &begin(call))
    }

    /// The state after a page.
    pub fn going_on(&self, next: &Round) -> Self {
        let mut state = self.clone();
        match *next {
            Round::Page {
                after,
                place,
                cursor,
                first_until,
            } => {
                state.first_until = first_until;
                state.after = after;
                state.place = place;
                state.cursor = cursor;
            }
            Round::Over { at } => {
                state.later = true;
                state.since = at;
                state.after = at;
                state.place = 0;
                state.cursor = None;
                state.first_until = None;
            }
        }
        state
    }
}

/// The list's address without any option or token.
fn begin(call: &Call) -> String {
    format!("{}/v1.0{}", call.origin(), call.path)
}

/// A page of changes with the link that goes on.
pub fn answer(
    world: &World,
    call: &Call,
    state: &SyncState,
    next: &Round,
    fragment: &str,
    page: Vec<Value>,
) -> Value {
    let token = world.seal.seal("sync", state).unwrap_or_default();
    let (name, parameter) = match next {
        Round::Page { .. } => ("@odata.nextLink", "$skiptoken"),
        Round::Over { .. } => ("@odata.deltaLink", "$deltatoken"),
    };
    json!({
        "@odata.context": format!("{}/v1.0/$metadata#{fragment}", call.origin()),
        name: link(call, &[(parameter, &token)]),
        "value": page,
    })
}
