//! The last requests, for tests and for the curious. Never a query, a body or a
//! token: only what was asked for, how it went, and how the client named itself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use axum::http::HeaderMap;
use serde::{Serialize, Serializer};

use crate::clock::rfc3339;
use crate::guard::lock;

/// How many requests are kept.
const REQUESTS_MAX: usize = 1000;
/// How much of one header value is kept.
const VALUE_CHARS_MAX: usize = 200;
/// How much of a header's name is kept: twice the longest that a library sends.
const NAME_CHARS_MAX: usize = 64;
/// How many names of a client are kept: MSAL sends about a dozen.
const CLIENT_NAMES_MAX: usize = 24;
/// How much of a path is kept: three ids of the longest kind and their words.
const PATH_CHARS_MAX: usize = 1000;
/// How much of a method is kept; the longest registered one has 17 letters.
const METHOD_CHARS_MAX: usize = 32;

/// One request that was answered.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// When, in milliseconds since 1970; shown as RFC 3339.
    #[serde(rename = "at", serialize_with = "as_rfc3339")]
    pub at_ms: i64,
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

fn as_rfc3339<S: Serializer>(at_ms: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*at_ms))
}

/// A ring of requests.
#[derive(Default)]
pub struct Journal {
    entries: Mutex<VecDeque<Entry>>,
}

impl Journal {
    /// Adds a request, its texts shortened to what is kept; the oldest makes room.
    pub fn add(&self, entry: Entry) {
        let entry = entry.shortened();
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

impl Entry {
    /// The same with every text that a client chose cut to its bound.
    fn shortened(mut self) -> Self {
        shorten(&mut self.method, METHOD_CHARS_MAX);
        shorten(&mut self.path, PATH_CHARS_MAX);
        let short = |(name, value): &(&String, &String)| {
            name.len() <= NAME_CHARS_MAX && value.len() <= VALUE_CHARS_MAX
        };
        if self.client.len() > CLIENT_NAMES_MAX || !self.client.iter().all(|entry| short(&entry)) {
            let kept = self.client.iter().take(CLIENT_NAMES_MAX);
            self.client = kept
                .map(|(name, value)| {
                    (
                        start_of(name, NAME_CHARS_MAX),
                        start_of(value, VALUE_CHARS_MAX),
                    )
                })
                .collect();
        }
        self
    }
}

fn shorten(text: &mut String, chars_max: usize) {
    if text.len() > chars_max {
        *text = start_of(text, chars_max);
    }
}

/// A copy, so that the room of the whole is not kept for a part of it.
fn start_of(text: &str, chars_max: usize) -> String {
    if text.len() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max).collect()
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
                .or_insert_with(|| start_of(&value, VALUE_CHARS_MAX));
        }
    }
}

/// The headers by which a client names itself and its request: no more of them,
/// and no more of each, than is kept.
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
            let value = start_of(value.to_str().ok()?, VALUE_CHARS_MAX);
            Some((start_of(name.as_str(), NAME_CHARS_MAX), value))
        })
        .take(CLIENT_NAMES_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn what_a_client_chose_is_kept_up_to_a_bound() {
        let long = "x".repeat(60_000);
        let mut headers = HeaderMap::new();
        for index in 0..100 {
            let name = format!("x-client-{index}-{long}");
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.insert(name, HeaderValue::from_str(&long).unwrap());
        }
        let named = client_headers(&headers);
        assert_eq!(named.len(), CLIENT_NAMES_MAX);
        let mut client: BTreeMap<_, _> = (0..100)
            .map(|index| (format!("{index}{long}"), long.clone()))
            .collect();
        client.extend(named);
        let journal = Journal::default();
        journal.add(Entry {
            at_ms: 0,
            route: None,
            method: long.clone(),
            path: long.clone(),
            status: 200,
            fault: false,
            batch: true,
            client,
            ms: 0,
        });
        let entries = journal.entries();
        let entry = entries.first().unwrap();
        assert_eq!(
            (entry.method.len(), entry.path.len(), entry.client.len()),
            (METHOD_CHARS_MAX, PATH_CHARS_MAX, CLIENT_NAMES_MAX)
        );
        for (name, value) in &entry.client {
            assert_eq!((name.len(), value.len()), (NAME_CHARS_MAX, VALUE_CHARS_MAX));
        }
    }
}
