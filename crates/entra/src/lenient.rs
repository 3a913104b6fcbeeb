//! Values as servers really send them: numbers as strings, unknown types where a text is due.

use serde_json::Value;

/// A text; numbers and all else count as absent.
pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A whole number that is not negative, also as a string (Entra's version 1 answers) or with a fraction, which is dropped.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => {
            let text = text.trim();
            text.parse()
                .ok()
                .or_else(|| text.parse::<f64>().ok().and_then(whole))
        }
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // In range, as checked.
fn whole(number: f64) -> Option<u64> {
    // Up to 2^53, beyond which a float no longer counts by ones.
    (0.0..9_007_199_254_740_992.0)
        .contains(&number)
        .then_some(number as u64)
}
