//! What is settled, by page and by search.

use message::Query;

use super::Outbox;
use crate::error::OutboxError;
use crate::id::ItemId;
use crate::item::History;
use crate::store::history;

/// How many messages a page of the history has at most: several windows full, read in a few milliseconds.
pub const HISTORY_PAGE_MAX: usize = 100;

impl Outbox {
    /// A page of what needs nobody any more (accepted, sent, cancelled), newest first: the `limit` messages that were
    /// queued before `before`, at most [`HISTORY_PAGE_MAX`] and at least one; the newest where it is `None`. That page
    /// comes with the outline of all. What needs somebody is not among them: [`Outbox::summaries`] always has it in full.
    ///
    /// With a `search` that has words, only those messages that have each of them in their subject or in one of their
    /// recipients, as lists show both: by name, else by address. Case and accents do not matter.
    ///
    /// A page goes by numbers that are never given out again, so nobody is shown twice or passed over while messages come
    /// and go. A search reads all summaries; those of 100,000 messages take about a tenth of a second.
    ///
    /// # Errors
    /// When the database fails; a single damaged row is shown as such instead.
    pub fn history(
        &self,
        search: &str,
        before: Option<ItemId>,
        limit: usize,
    ) -> Result<History, OutboxError> {
        let (query, limit) = (Query::new(search), limit.clamp(1, HISTORY_PAGE_MAX));
        self.read(|connection| match before {
            Some(before) => Ok(History {
                page: history::page(connection, query.as_ref(), before, limit)?,
                outline: None,
            }),
            None => history::first(connection, query.as_ref(), limit),
        })
    }
}
