//! The last requests, for tests and for the curious. Never a query, a body or a
//! token: only what was asked for, how it went, and how the client named itself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use axum::http::HeaderMap;
use serde::Serialize;

use crate::guard::lock;

/// How many requests are kept.
const REQUESTS_MAX: usize = 1000;
/// How much of one header value is kept.
const VALUE_CHARS_MAX: usize = 200;

/// One request that was answered.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// When, RFC 3339.
    pub at: String,
    /// The route's short name, as faults name it; null where it has none.
    pub route: Option<&'static str>,
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Status of the answer; 0 if the connection was dropped instead.
    pub status: u16,
    /// Whether a fault stood in for the answer.
    pub fault: bool,
    /// Whether it came inside a `$batch`.
    pub batch: bool,
    /// How the client named itself: `x-client-*`, ids and its user agent.
    pub client: BTreeMap<String, String>,
    /// How long the answer took.
    pub ms: u64,
}

/// A ring of requests.
#[derive(Default)]
pub struct Journal {
    entries: Mutex<VecDeque<Entry>>,
}

impl Journal {
    /// Adds a request; the oldest makes room.
    pub fn add(&self, entry: Entry) {
        let mut entries = lock(&self.entries);
        if entries.len() >= REQUESTS_MAX {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// All that is kept, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        lock(&self.entries).iter().cloned().collect()
    }

    /// Forgets them.
    pub fn clear(&self) {
        lock(&self.entries).clear();
    }
}

/// How a client names itself in the body or query of a request: MSAL Node puts
/// there what others put into headers. Travels from the handler to the journal
/// as an extension of the answer.
#[derive(Debug, Clone, Default)]
pub struct ClientNotes(pub BTreeMap<String, String>);

impl ClientNotes {
    /// Adds the notes to what the headers said, shortened as those are.
    pub fn add_to(self, client: &mut BTreeMap<String, String>) {
        for (name, value) in self.0 {
            client
                .entry(name)
                .or_insert_with(|| value.chars().take(VALUE_CHARS_MAX).collect());
        }
    }
}

/// The headers by which a client names itself and its request.
pub fn client_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .filter(|(name, _)| {
            let name = name.as_str();
            name.starts_with("x-client-")
                || matches!(
                    name,
                    "client-request-id" | "user-agent" | "x-ms-lib-capability"
                )
        })
        .filter_map(|(name, value)| {
            let value = value.to_str().ok()?.chars().take(VALUE_CHARS_MAX).collect();
            Some((name.as_str().to_owned(), value))
        })
        .collect()
}
