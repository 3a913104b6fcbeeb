//! The last requests, for the inspector: in memory only, newest first, and with nothing in them that is secret or personal.
//!
//! `graph` and `entra` tell of each request when it has ended. What is kept of its address is decided here alone.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use graph::{Again, Unreachable};
use serde::{Deserialize, Serialize};
use specta::Type;
use url::Url;

/// The requests that are kept. A busy hour has about a hundred; more than that nobody scrolls through.
const REQUESTS_MAX: usize = 200;

/// The longest address that is kept.
const ADDRESS_CHARS_MAX: usize = 512;

/// The longest part of a path that counts as a word of the service's own; `createUploadSession` has 19 letters.
const WORD_BYTES_MAX: usize = 24;

/// The longest pair of numbers that counts as one: Graph's largest photo is `648x648`.
const NUMBERS_BYTES_MAX: usize = 9;

/// The longest number that a parameter is kept with: Graph lists 1,000 things at once at most.
const COUNT_DIGITS_MAX: usize = 4;

/// How much of an id is kept: the end, since the ids of one mailbox begin alike.
const ID_CHARS_KEPT: usize = 6;

/// What stands for what is left out.
const LEFT_OUT: &str = "…";

/// The parameters whose values are kept: Signet writes the same names and numbers into them for everybody. All others may
/// hold what somebody typed, or whose message it is.
const VALUES_KEPT: [&str; 2] = ["$select", "$top"];

/// Where a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// Microsoft Graph, with an access token.
    Graph,
    /// The place that a large file is written to.
    Upload,
    /// The sign-in server.
    Authority,
}

/// Why something was asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AgainView {
    /// The token was refused the first time; this one bears a fresh one.
    TokenRefused,
    /// The outbox has tried this message before.
    EarlierAttempt {
        /// Which attempt this is, counted from 1.
        attempt: u32,
    },
}

/// A request, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RequestView {
    /// Counts the requests since the start, so that a list of them can be drawn anew.
    pub number: u32,
    /// Whom it went to.
    pub to: Host,
    /// Its method.
    pub method: String,
    /// Its address, with `…` for what is left out.
    pub address: String,
    /// The media type of its body, where it has one.
    pub content_type: Option<String>,
    /// Our name for it.
    pub client_request_id: Option<String>,
    /// The server's name for it.
    pub request_id: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// Without a status: message id of why.
    pub failure: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub at_ms: i64,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// Why it was made again.
    pub again: Option<AgainView>,
}

/// The journal. Clones share it.
#[derive(Clone)]
pub struct Journal {
    clock: entra::Clock,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    count: u32,
    /// Newest first, each with the account whose token it bore.
    requests: VecDeque<(Option<String>, RequestView)>,
}

impl Journal {
    /// An empty one.
    pub fn new(clock: entra::Clock) -> Self {
        let kept = Arc::default();
        Self { clock, kept }
    }

    /// Notes what the Graph of an account does.
    pub fn of_graph(&self, account: &str) -> graph::Observer {
        let (journal, account) = (self.clone(), account.to_owned());
        Arc::new(move |exchange| {
            let (status, failure) = match exchange.status {
                Ok(status) => (Some(status), None),
                Err(why) => (None, Some(failure(why).to_owned())),
            };
            let request = RequestView {
                number: 0,
                to: match exchange.to {
                    graph::To::Graph => Host::Graph,
                    graph::To::Upload => Host::Upload,
                },
                method: exchange.method.to_string(),
                address: address(&exchange.url),
                content_type: exchange.content_type.map(str::to_owned),
                client_request_id: exchange.client_request_id.map(str::to_owned),
                request_id: exchange.request_id.map(str::to_owned),
                status,
                failure,
                at_ms: 0,
                took_ms: 0,
                again: exchange.again.map(again),
            };
            journal.note(Some(account.clone()), request, exchange.took);
        })
    }

    /// Notes what is asked of the sign-in server, for whomever.
    pub fn of_authority(&self) -> entra::Observer {
        let journal = self.clone();
        Arc::new(move |exchange| {
            let url = Url::parse(&exchange.uri.to_string());
            let failure = exchange.status.is_none().then_some("inspector-no-answer");
            let request = RequestView {
                number: 0,
                to: Host::Authority,
                method: exchange.method.to_string(),
                address: url.map_or_else(|_| LEFT_OUT.to_owned(), |url| address(&url)),
                content_type: exchange.content_type.map(str::to_owned),
                client_request_id: Some(exchange.client_request_id.to_owned()),
                request_id: exchange.request_id.map(str::to_owned),
                status: exchange.status,
                failure: failure.map(str::to_owned),
                at_ms: 0,
                took_ms: 0,
                again: None,
            };
            journal.note(None, request, exchange.took);
        })
    }

    /// The requests of an account and those of no account, newest first.
    pub fn requests(&self, account: Option<&str>) -> Vec<RequestView> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = kept
            .requests
            .iter()
            .filter(|(whose, _)| whose.is_none() || whose.as_deref() == account);
        shown.map(|(_, request)| request.clone()).collect()
    }

    /// Forgets the requests of an account.
    pub fn forget(&self, account: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.requests
            .retain(|(whose, _)| whose.as_deref() != Some(account));
    }

    fn note(&self, account: Option<String>, mut request: RequestView, took: Duration) {
        let began = (self.clock)().checked_sub(took).unwrap_or(UNIX_EPOCH);
        let since = began.duration_since(UNIX_EPOCH).unwrap_or_default();
        request.at_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        request.took_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count = kept.count.wrapping_add(1);
        request.number = kept.count;
        kept.requests.truncate(REQUESTS_MAX - 1);
        kept.requests.push_front((account, request));
    }
}

fn again(again: Again) -> AgainView {
    match again {
        Again::TokenRefused => AgainView::TokenRefused,
        Again::EarlierAttempt { attempt } => AgainView::EarlierAttempt { attempt },
    }
}

fn failure(why: Unreachable) -> &'static str {
    match why {
        Unreachable::NotConnected => "inspector-not-connected",
        Unreachable::TimedOut => "inspector-timed-out",
        Unreachable::Lost => "inspector-connection-lost",
        Unreachable::Authority => "inspector-no-answer",
    }
}

/// What is kept of a URL: host, words of the path, the ends of ids, and the names of parameters. Never a name or password, a
/// fragment, or a part of a path that may be an address or a token.
fn address(url: &Url) -> String {
    let parts = url.path_segments().into_iter().flatten();
    let path: Vec<_> = parts.map(part).collect();
    let query: Vec<_> = url
        .query_pairs()
        .map(|(name, value)| parameter(&name, &value))
        .collect();
    let origin = url.origin().ascii_serialization();
    let mut address = format!("{origin}/{}", path.join("/"));
    if !query.is_empty() {
        address.push('?');
        address.push_str(&query.join("&"));
    }
    match address.char_indices().nth(ADDRESS_CHARS_MAX) {
        None => address,
        Some(_) => address.chars().take(ADDRESS_CHARS_MAX).collect::<String>() + LEFT_OUT,
    }
}

fn part(part: &str) -> String {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=%".contains(&byte);
    if is_word(part) {
        part.to_owned()
    } else if part.len() > WORD_BYTES_MAX && part.bytes().all(is_of_id) {
        let skipped = part.chars().count().saturating_sub(ID_CHARS_KEPT);
        let end: String = part.chars().skip(skipped).collect();
        format!("{LEFT_OUT}{end}")
    } else {
        LEFT_OUT.to_owned()
    }
}

fn parameter(name: &str, value: &str) -> String {
    let is_count = |item: &str| item.len() <= COUNT_DIGITS_MAX && is_of_digits(item);
    let is_kept =
        VALUES_KEPT.contains(&name) && value.split(',').all(|item| is_word(item) || is_count(item));
    match (is_word(name), is_kept) {
        (true, true) => format!("{name}={value}"),
        (true, false) => format!("{name}={LEFT_OUT}"),
        (false, _) => LEFT_OUT.to_owned(),
    }
}

/// A word of the service's own: letters, perhaps after a `$` (`$batch`) or before a digit (`oauth2`), a version (`v1.0`) or a
/// size (`96x96`).
fn is_word(part: &str) -> bool {
    let letters = part.strip_prefix('$').unwrap_or(part);
    let letters = letters
        .strip_suffix(|last: char| last.is_ascii_digit())
        .unwrap_or(letters);
    let are_numbers = |between| {
        let (first, second) = part.trim_start_matches('v').split_once(between)?;
        Some(is_of_digits(first) && is_of_digits(second) && part.len() <= NUMBERS_BYTES_MAX)
    };
    let is_of_letters = letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    part.len() <= WORD_BYTES_MAX
        && (is_of_letters || are_numbers('.') == Some(true) || are_numbers('x') == Some(true))
}

fn is_of_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
