//! Taking JSON apart with the service's own complaints.

use serde_json::{Map, Value};

use super::super::fault::GraphFault;

/// A list, each element read; null is an empty one.
pub fn list<T>(
    value: Value,
    read: impl FnMut(Value) -> Result<T, GraphFault>,
) -> Result<Vec<T>, GraphFault> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => items.into_iter().map(read).collect(),
        _ => Err(body_read("A 'StartArray' node was expected.")),
    }
}

/// An object of a type.
pub fn object(value: Value, kind: &str) -> Result<Map<String, Value>, GraphFault> {
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(body_read(&format!(
            "A 'StartObject' node was expected for 'microsoft.graph.{kind}'."
        ))),
    }
}

/// Text; null is none, anything else is refused.
pub fn text(value: Value, name: &str) -> Result<Option<String>, GraphFault> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(literal(name, "Edm.String")),
    }
}

/// Text of one line and at most `chars_max` characters: it becomes a header of
/// the message as mail.
pub fn line(value: Value, name: &str, chars_max: usize) -> Result<Option<String>, GraphFault> {
    let text = text(value, name)?;
    let fits = text.as_ref().is_none_or(|text| {
        !text.chars().any(char::is_control) && text.chars().nth(chars_max).is_none()
    });
    if fits { Ok(text) } else { Err(invalid(name)) }
}

/// 400 for a value that the store cannot take.
pub fn invalid(name: &str) -> GraphFault {
    GraphFault::bad_request(
        "ErrorInvalidPropertySet",
        format!("The value of property '{name}' is invalid or too long."),
    )
}

/// Yes or no; null is neither. Clients write it as text, too.
pub fn boolean(value: &Value, name: &str) -> Result<Option<bool>, GraphFault> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        _ => Err(literal(name, "Edm.Boolean")),
    }
}

/// A member of an enumeration, in any case; null is none.
pub fn member<T: Copy>(
    value: Value,
    name: &str,
    members: &[(&str, T)],
) -> Result<Option<T>, GraphFault> {
    let Some(text) = text(value, name)? else {
        return Ok(None);
    };
    members
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&text))
        .map(|(_, member)| Some(*member))
        .ok_or_else(|| body_read(&format!("Requested value '{text}' was not found.")))
}

/// A property that the type does not have.
pub fn unknown(name: &str, kind: &str) -> GraphFault {
    body_read(&format!(
        "The property '{name}' does not exist on type 'microsoft.graph.{kind}'. Make sure to only use property names that are defined by the type."
    ))
}

/// A value of another type than the property's.
pub fn literal(name: &str, kind: &str) -> GraphFault {
    body_read(&format!(
        "Cannot convert the value of '{name}' to the expected type '{kind}'."
    ))
}

fn body_read(message: &str) -> GraphFault {
    GraphFault::bad_request("RequestBodyRead", message)
}

/// Annotations (`@odata.type`, `name@odata.bind`) are no properties.
pub fn is_annotation(name: &str) -> bool {
    name.contains('@')
}
