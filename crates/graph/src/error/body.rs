//! The error object in a body.
//!
//! `{"error":{"code","message","innerError":{…}}}`, with `innererror` in some services, nested to any depth, codes
//! empty or numbers, or no JSON at all.
//! Source: Graph, "Microsoft Graph error responses and resource types".

use serde_json::Value;

use crate::class::is_known;
use crate::json;

/// How deep inner errors are followed; three were the most seen.
const DEPTH_MAX: usize = 16;

/// The longest code or id kept, in bytes. Codes are identifiers, ids are GUIDs.
const TOKEN_BYTES_MAX: usize = 96;

/// What a body said.
#[derive(Default)]
pub struct Said {
    pub code: Option<String>,
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
}

/// Reads a body; one that is no Graph error says nothing.
pub fn read(body: &[u8]) -> Said {
    let Ok(Value::Object(root)) = serde_json::from_slice(body) else {
        return Said::default();
    };
    let Some(error) = root.get("error") else {
        return Said::default();
    };
    // Sign-in servers and some gateways write {"error": "invalid_request"}.
    if let Some(code) = json::text_of(error) {
        return Said {
            code: token(&code),
            ..Said::default()
        };
    }
    let chain = chain(error);
    let last = |field| {
        chain
            .iter()
            .rev()
            .find_map(|inner| json::text(inner, field))
            .as_deref()
            .and_then(token)
    };
    Said {
        code: code(&chain),
        request_id: last("request-id"),
        client_request_id: last("client-request-id"),
    }
}

/// The error and its inner errors, outermost first.
fn chain<'a>(error: &'a Value) -> Vec<&'a Value> {
    let inner = |error: &&'a Value| {
        error
            .get("innerError")
            .or_else(|| error.get("innererror"))
            .filter(|inner| inner.is_object())
    };
    std::iter::successors(Some(error), inner)
        .take(DEPTH_MAX)
        .collect()
}

/// The innermost code that is known, else the outermost that is any.
fn code(chain: &[&Value]) -> Option<String> {
    let codes: Vec<String> = chain
        .iter()
        .filter_map(|error| json::text(error, "code"))
        .filter_map(|code| token(&code))
        .collect();
    codes
        .iter()
        .rev()
        .find(|code| is_known(code))
        .or_else(|| codes.first())
        .cloned()
}

/// A code or an id, if it looks like one: what a server writes here is shown and logged.
pub fn token(text: &str) -> Option<String> {
    let text = text.trim();
    let sound = !text.is_empty()
        && text.len() <= TOKEN_BYTES_MAX
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    sound.then(|| text.to_owned())
}
