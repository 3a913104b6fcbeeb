//! Fields of JSON that comes from outside: a number where a text should be, a null, a field nobody knows.

use serde_json::Value;

/// A field as text. Numbers and truth values are written out; null, objects, lists and empty texts are absent.
pub fn text(object: &Value, field: &str) -> Option<String> {
    text_of(object.get(field)?)
}

/// A value as text, likewise.
pub fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A field as a list of texts; a single text is a list of one.
pub fn texts(object: &Value, field: &str) -> Vec<String> {
    match object.get(field) {
        Some(Value::Array(values)) => values.iter().filter_map(text_of).collect(),
        Some(value) => text_of(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A field as a whole number, also when it comes as text.
pub fn number(object: &Value, field: &str) -> Option<u64> {
    match object.get(field)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
