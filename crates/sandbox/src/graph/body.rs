//! Bodies in JSON, and the parameters of actions in them.
//!
//! Microsoft's description of the service spells parameters `Message`, its pages
//! `message`; clients made from either exist, so their names have no case.

use serde_json::{Map, Value};

use super::fault::GraphFault;
use super::message::json::{boolean, text};
use super::request::Call;

/// How many commas, colons and brackets a body in JSON has. A parsed value takes
/// many times the bytes it is written in; a message to 500 people has 5,000.
const NODES_MAX: usize = 100_000;

/// Whether a body in JSON has so few parts that it can be parsed.
pub fn has_few_nodes(body: &[u8]) -> bool {
    if body.len() <= NODES_MAX {
        return true;
    }
    let (mut nodes, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in body {
        match (byte, quoted) {
            _ if escaped => escaped = false,
            (b'\\', true) => escaped = true,
            (b'"', _) => quoted = !quoted,
            (b',' | b':' | b'{' | b'[', false) => nodes += 1,
            _ => {}
        }
    }
    nodes <= NODES_MAX
}

/// 400 for what is no JSON, or too many parts of it.
pub fn unreadable() -> GraphFault {
    GraphFault::bad_request(
        "BadRequest",
        "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    )
}

/// The body as JSON.
pub fn json(call: &Call) -> Result<Value, GraphFault> {
    match &*call.content_type() {
        "application/json" => parse(&call.body),
        _ => Err(unsupported_type()),
    }
}

/// 400 for a media type that nothing here reads.
pub fn unsupported_type() -> GraphFault {
    GraphFault::bad_request(
        "RequestBodyRead",
        "A supported MIME type could not be found that matches the content type of the request.",
    )
}

fn parse(body: &[u8]) -> Result<Value, GraphFault> {
    if body.is_empty() {
        return Err(GraphFault::bad_request(
            "BadRequest",
            "Empty Payload. JSON content expected.",
        ));
    }
    if !has_few_nodes(body) {
        return Err(unreadable());
    }
    serde_json::from_slice(body).map_err(|_| unreadable())
}

/// The parameters of an action; each is taken out, and what is left is unknown.
pub struct Parameters(Map<String, Value>);

impl Parameters {
    /// Reads the body; none at all has no parameters.
    pub fn read(call: &Call) -> Result<Self, GraphFault> {
        if call.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Map::new()));
        }
        match json(call)? {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(GraphFault::bad_request(
                "BadRequest",
                "Empty Payload. JSON content expected.",
            )),
        }
    }

    /// Takes a parameter; null is none.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let value = self.0.remove(name).or_else(|| {
            let mut spelled = self.0.keys();
            let spelled = spelled.find(|known| known.eq_ignore_ascii_case(name))?;
            let spelled = spelled.clone();
            self.0.remove(&spelled)
        });
        value.filter(|value| !value.is_null())
    }

    /// Takes a parameter that is text.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, GraphFault> {
        self.take(name).map_or(Ok(None), |value| text(value, name))
    }

    /// Takes a parameter that is true or false, also where it comes as text.
    pub fn boolean(&mut self, name: &str) -> Result<Option<bool>, GraphFault> {
        self.take(name)
            .map_or(Ok(None), |value| boolean(&value, name))
    }

    /// Refuses what `action` does not know.
    pub fn end(self, action: &str) -> Result<(), GraphFault> {
        match self.0.keys().find(|name| !name.contains('@')) {
            None => Ok(()),
            Some(name) => Err(GraphFault::bad_request(
                "BadRequest",
                format!(
                    "The parameter '{name}' in the request payload is not a valid parameter for the operation '{action}'."
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_parts_are_not_parsed_and_long_texts_are() {
        for (body, expected) in [
            (format!("[{}0]", "{\"\":0},".repeat(600_000)), false),
            (format!("[{}0]", "0,".repeat(NODES_MAX)), false),
            (format!("[{}0]", "0,".repeat(NODES_MAX - 1)), true),
            (format!("\"{}\"", ",:\\\"{[".repeat(100_000)), true),
        ] {
            assert_eq!(has_few_nodes(body.as_bytes()), expected);
            assert_eq!(parse(body.as_bytes()).is_ok(), expected);
        }
    }
}
