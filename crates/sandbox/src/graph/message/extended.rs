//! Custom headers and extended properties.
//!
//! Source: Graph v1.0 reference, "internetMessageHeader resource type",
//! "Outlook extended properties overview".

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::fault::GraphFault;
use super::json::{invalid, is_annotation, list, object, text, unknown};
use crate::mailboxes::Header;

/// At most five custom headers.
const HEADERS_MAX: usize = 5;

/// How many extended properties of one kind a message has.
const PROPERTIES_MAX: usize = 100;
/// How long a property's name is: that of a named one has at most 127
/// characters (MS-OXCPRPT §2.2.12.1), beside its set and type.
const ID_BYTES_MAX: usize = 512;
/// How long a value is, or all values of a list: larger ones the store keeps as
/// streams, which Graph does not write.
const VALUE_BYTES_MAX: usize = 32 * 1024;
/// How many values a list has.
const VALUES_MAX: usize = 250;

/// Types that a property's id may name, in the service's spelling.
const TYPES: [&str; 13] = [
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
    "SystemTime",
];

/// Refuses what is no id of an extended property: `{type} {guid} Name {name}`,
/// `{type} {guid} Id {number}` or `{type} {tag}`.
fn check_id(id: &str) -> Result<(), GraphFault> {
    if id.len() > ID_BYTES_MAX {
        Err(invalid("id"))
    } else if is_property_id(id.trim()) {
        Ok(())
    } else {
        Err(GraphFault::bad_request(
            "ErrorInvalidProperty",
            format!("The property id '{id}' is invalid."),
        ))
    }
}

/// Refuses more properties than a message has.
pub fn check_count(count: usize, name: &str) -> Result<(), GraphFault> {
    if count > PROPERTIES_MAX {
        Err(invalid(name))
    } else {
        Ok(())
    }
}

fn check_values(values: &[String]) -> Result<(), GraphFault> {
    let bytes: usize = values.iter().map(String::len).sum();
    if bytes > VALUE_BYTES_MAX || values.len() > VALUES_MAX {
        Err(invalid("value"))
    } else {
        Ok(())
    }
}

fn is_property_id(id: &str) -> bool {
    id.split_once(' ').is_some_and(|(kind, rest)| {
        let base = kind.strip_suffix("Array").unwrap_or(kind);
        TYPES.iter().any(|known| known.eq_ignore_ascii_case(base)) && is_key(rest.trim())
    })
}

fn is_key(rest: &str) -> bool {
    if number(rest).is_some() {
        return true;
    }
    let Some((set, rest)) = rest.split_once(' ') else {
        return false;
    };
    let Some((word, rest)) = rest.trim_start().split_once(' ') else {
        return false;
    };
    let named = word.eq_ignore_ascii_case("name") && !rest.is_empty();
    let numbered = word.eq_ignore_ascii_case("id") && number(rest.trim()).is_some();
    uuid::Uuid::parse_str(set).is_ok() && (named || numbered)
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
    if headers.iter().any(|header| has_control(&header.value)) {
        return Err(GraphFault::bad_request(
            "InvalidInternetMessageHeader",
            "The value of an internet message header should be one line.",
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

fn has_control(value: &str) -> bool {
    value
        .chars()
        .any(|letter| letter.is_control() && letter != '\t')
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
        check_id(&id)?;
        check_values(std::slice::from_ref(&content))?;
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
        check_id(&id)?;
        check_values(&values)?;
        Ok((id, values))
    })?;
    Ok(pairs.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str = "{c1f1a6a0-5b9e-4f0e-9c57-51673e700001}";

    /// Source: "Outlook extended properties overview", id formats.
    #[test]
    fn ids_have_one_of_three_forms() {
        for (id, expected) in [
            (format!("String {SET} Name Key"), true),
            (format!("string {SET} name Key with spaces"), true),
            (format!("Integer {SET} Id 0x8001"), true),
            (format!("StringArray {SET} Name Keys"), true),
            ("SystemTime 0x3FEF".to_owned(), true),
            (format!("Integer {SET} Id eight"), false),
            (format!("String {SET} Called Key"), false),
            ("String {no guid} Name Key".to_owned(), false),
            ("Name X".to_owned(), false),
            ("String".to_owned(), false),
            ("String nonsense".to_owned(), false),
        ] {
            assert_eq!(is_property_id(&id), expected, "{id}");
        }
    }
}
