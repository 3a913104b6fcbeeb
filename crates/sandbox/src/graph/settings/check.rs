//! Whether changed settings can be kept.

use serde_json::{Map, Value};

use super::super::fault::GraphFault;
use super::moment;

/// Properties of the settings that clients may change.
const CHANGEABLE: [&str; 7] = [
    "automaticRepliesSetting",
    "dateFormat",
    "delegateMeetingMessageDeliveryOptions",
    "language",
    "timeFormat",
    "timeZone",
    "workingHours",
];
const REPLY: [&str; 6] = [
    "externalAudience",
    "externalReplyMessage",
    "internalReplyMessage",
    "scheduledEndDateTime",
    "scheduledStartDateTime",
    "status",
];
const STATUSES: [&str; 3] = ["disabled", "alwaysEnabled", "scheduled"];
const AUDIENCES: [&str; 3] = ["none", "contactsOnly", "all"];
const DELIVERIES: [&str; 3] = [
    "sendToDelegateAndInformationToPrincipal",
    "sendToDelegateAndPrincipal",
    "sendToDelegateOnly",
];

/// 400 for what is not a setting, cannot be changed, or is none of the values
/// that the reference lists.
pub fn changes(fields: &Map<String, Value>) -> Result<(), GraphFault> {
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("automaticRepliesSetting", Value::Object(parts)) => automatic_replies(parts)?,
            ("delegateMeetingMessageDeliveryOptions", value) => one_of(value, &DELIVERIES, name)?,
            ("language" | "workingHours", Value::Object(_)) => {}
            ("timeZone" | "dateFormat" | "timeFormat", Value::String(_)) => {}
            ("userPurpose", _) => return Err(invalid(name)),
            (name, _) if CHANGEABLE.contains(&name) => return Err(invalid(name)),
            (name, _) => return Err(unknown(name, "mailboxSettings")),
        }
    }
    Ok(())
}

fn automatic_replies(parts: &Map<String, Value>) -> Result<(), GraphFault> {
    for (name, value) in parts.iter().filter(|(name, _)| !name.starts_with('@')) {
        match name.as_str() {
            "status" => one_of(value, &STATUSES, name)?,
            "externalAudience" => one_of(value, &AUDIENCES, name)?,
            "internalReplyMessage" | "externalReplyMessage"
                if value.is_string() || value.is_null() => {}
            "scheduledStartDateTime" | "scheduledEndDateTime" => time(value, name)?,
            name if REPLY.contains(&name) => return Err(invalid(name)),
            name => return Err(unknown(name, "automaticRepliesSetting")),
        }
    }
    let bound = |name: &str| moment(parts.get(name));
    let backwards = bound("scheduledStartDateTime")
        .zip(bound("scheduledEndDateTime"))
        .is_some_and(|(start, end)| start >= end);
    if backwards {
        return Err(GraphFault::bad_request(
            "ErrorInvalidTimeInterval",
            "The end of the automatic reply must come after its start.",
        ));
    }
    Ok(())
}

/// A time in UTC, which is what Outlook's clients send for it.
fn time(value: &Value, name: &str) -> Result<(), GraphFault> {
    let utc = value
        .get("timeZone")
        .and_then(Value::as_str)
        .is_none_or(|zone| zone.eq_ignore_ascii_case("UTC"));
    if utc && moment(Some(value)).is_some() {
        Ok(())
    } else {
        Err(invalid(name))
    }
}

fn one_of(value: &Value, known: &[&str], name: &str) -> Result<(), GraphFault> {
    match value.as_str() {
        Some(text) if known.contains(&text) => Ok(()),
        _ => Err(invalid(name)),
    }
}

fn invalid(name: &str) -> GraphFault {
    GraphFault::bad_request(
        "ErrorInvalidArgument",
        format!("The value of '{name}' cannot be set to this."),
    )
}

fn unknown(name: &str, of: &str) -> GraphFault {
    GraphFault::bad_request(
        "RequestBodyRead",
        format!(
            "The property '{name}' does not exist on type 'microsoft.graph.{of}'. Make sure to only use property names that are defined by the type."
        ),
    )
}
