//! Custom headers and extended properties.
//!
//! Source: Graph v1.0 reference, "internetMessageHeader resource type",
//! "Outlook extended properties overview".

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::fault::GraphFault;
use super::json::{is_annotation, list, object, text, unknown};
use crate::mailboxes::Header;

/// At most five custom headers.
const HEADERS_MAX: usize = 5;

/// Types that a property's id may name, in the service's spelling.
const TYPES: [&str; 12] = [
    "ApplicationTime",
    "Binary",
    "Boolean",
    "CLSID",
    "Currency",
    "Double",
    "Error",
    "Float",
    "Integer",
    "Long",
    "Short",
    "String",
];

/// The id of an extended property, in its parts: `{type} {guid} Name {name}`,
/// `{type} {guid} Id {number}` or `{type} {tag}`.
///
/// Type, GUID, number and tag have no case; a name has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyId {
    kind: String,
    key: String,
}

impl PropertyId {
    /// Reads an id; what has no such form is refused.
    pub fn parse(id: &str) -> Result<Self, GraphFault> {
        Self::read(id.trim()).ok_or_else(|| {
            GraphFault::bad_request(
                "ErrorInvalidProperty",
                format!("The property id '{id}' is invalid."),
            )
        })
    }

    /// Whether it is of a type that compares as text.
    pub fn is_text(&self) -> bool {
        self.kind == "string"
    }

    fn read(id: &str) -> Option<Self> {
        let (kind, rest) = id.split_once(' ')?;
        let base = kind.strip_suffix("Array").unwrap_or(kind);
        let known = TYPES.iter().any(|known| known.eq_ignore_ascii_case(base))
            || base.eq_ignore_ascii_case("SystemTime");
        if !known {
            return None;
        }
        Some(Self {
            kind: kind.to_ascii_lowercase(),
            key: key(rest.trim())?,
        })
    }
}

fn key(rest: &str) -> Option<String> {
    if let Some(tag) = number(rest) {
        return Some(format!("tag {tag:x}"));
    }
    let (set, rest) = rest.split_once(' ')?;
    let set = uuid::Uuid::parse_str(set).ok()?;
    let (word, rest) = rest.trim_start().split_once(' ')?;
    if word.eq_ignore_ascii_case("name") && !rest.is_empty() {
        return Some(format!("{set} name {rest}"));
    }
    let number = number(rest.trim())?;
    word.eq_ignore_ascii_case("id")
        .then(|| format!("{set} id {number:x}"))
}

/// A tag or a number, in hexadecimal.
fn number(text: &str) -> Option<u32> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    u32::from_str_radix(digits, 16).ok()
}

/// Custom headers: at least one if the property is there, at most five, and only
/// those that begin with `x-`.
pub fn headers(value: Value) -> Result<Vec<Header>, GraphFault> {
    let headers = list(value, header)?;
    if headers.is_empty() || headers.len() > HEADERS_MAX {
        return Err(GraphFault::bad_request(
            "InvalidInternetMessageHeaderCollection",
            "Maximum number of headers in one message should be less than or equal to 5.",
        ));
    }
    match headers.iter().find(|header| !is_custom(&header.name)) {
        None => Ok(headers),
        Some(header) => Err(GraphFault::bad_request(
            "InvalidInternetMessageHeader",
            format!(
                "The internet message header name '{}' should start with 'x-' or 'X-'.",
                header.name
            ),
        )),
    }
}

fn is_custom(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-")
        && name
            .chars()
            .all(|letter| letter.is_ascii_graphic() && letter != ':')
}

fn header(value: Value) -> Result<Header, GraphFault> {
    let (mut header_name, mut header_value) = (String::new(), String::new());
    for (name, value) in object(value, "internetMessageHeader")? {
        match name.as_str() {
            "name" => header_name = text(value, &name)?.unwrap_or_default(),
            "value" => header_value = text(value, &name)?.unwrap_or_default(),
            other if is_annotation(other) => {}
            other => return Err(unknown(other, "internetMessageHeader")),
        }
    }
    Ok(Header {
        name: header_name,
        value: header_value,
    })
}

/// Single-value extended properties by their ids.
pub fn properties(value: Value) -> Result<BTreeMap<String, String>, GraphFault> {
    const KIND: &str = "singleValueLegacyExtendedProperty";
    let pairs = list(value, |value| {
        let (mut id, mut content) = (String::new(), String::new());
        for (name, value) in object(value, KIND)? {
            match name.as_str() {
                "id" => id = text(value, &name)?.unwrap_or_default(),
                "value" => content = text(value, &name)?.unwrap_or_default(),
                other if is_annotation(other) => {}
                other => return Err(unknown(other, KIND)),
            }
        }
        PropertyId::parse(&id)?;
        Ok((id, content))
    })?;
    Ok(pairs.into_iter().collect())
}

/// Multi-value extended properties by their ids.
pub fn list_properties(value: Value) -> Result<BTreeMap<String, Vec<String>>, GraphFault> {
    const KIND: &str = "multiValueLegacyExtendedProperty";
    let pairs = list(value, |value| {
        let (mut id, mut values) = (String::new(), Vec::new());
        for (name, value) in object(value, KIND)? {
            match name.as_str() {
                "id" => id = text(value, &name)?.unwrap_or_default(),
                "value" => {
                    values = list(value, |value| Ok(text(value, "value")?.unwrap_or_default()))?;
                }
                other if is_annotation(other) => {}
                other => return Err(unknown(other, KIND)),
            }
        }
        PropertyId::parse(&id)?;
        Ok((id, values))
    })?;
    Ok(pairs.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str = "{c1f1a6a0-5b9e-4f0e-9c57-51673e700001}";

    /// Source: "Outlook extended properties overview", id formats and case.
    #[test]
    fn ids_are_compared_by_their_parts() {
        let name = format!("String {SET} Name Key");
        for (one, other, expected) in [
            (name.clone(), name.clone(), Some(true)),
            (name.clone(), name.replace("c1f1", "C1F1"), Some(true)),
            (name.clone(), name.replace("Key", "key"), Some(false)),
            (name.clone(), name.replace("String", "string"), Some(true)),
            (
                "SystemTime 0x3FEF".into(),
                "SystemTime 0x3fef".into(),
                Some(true),
            ),
            (
                format!("Integer {SET} Id 0x8001"),
                format!("Integer {SET} Id 0x8002"),
                Some(false),
            ),
            ("Name X".into(), name.clone(), None),
            ("String".into(), name.clone(), None),
            ("String nonsense".into(), name.clone(), None),
        ] {
            let same = PropertyId::read(&one)
                .zip(PropertyId::read(&other))
                .map(|(one, other)| one == other);
            assert_eq!(same, expected, "{one}");
        }
    }
}
