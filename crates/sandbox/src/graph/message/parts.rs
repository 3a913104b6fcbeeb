//! What hangs on a message: files, custom headers, extended properties.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::fault::GraphFault;
use super::{known, list, object, text};
use crate::mailboxes::{Attachment, Header};

/// At most five custom headers ("internetMessageHeader resource type").
const HEADERS_MAX: usize = 5;

/// An attachment without `@odata.type` is of an abstract type: 422.
pub fn attachment(value: &Value) -> Result<Attachment, GraphFault> {
    let fields = object(value, "attachment")?;
    match fields.get("@odata.type").and_then(Value::as_str) {
        Some(kind) if kind.trim_start_matches('#') == "microsoft.graph.fileAttachment" => {}
        Some(_) => {
            return Err(GraphFault::bad_request(
                "ErrorInvalidRequest",
                "Only attachments of the type 'microsoft.graph.fileAttachment' are taken here.",
            ));
        }
        None => {
            return Err(GraphFault::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "UnprocessableType",
                "Cannot process input of abstract type 'microsoft.graph.attachment'.",
            ));
        }
    }
    known(
        fields,
        &[
            "name",
            "contentType",
            "contentBytes",
            "contentId",
            "contentLocation",
            "isInline",
            "size",
            "id",
            "lastModifiedDateTime",
        ],
        "fileAttachment",
    )?;
    let content = fields
        .get("contentBytes")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let content = STANDARD.decode(content).map_err(|_| {
        GraphFault::bad_request(
            "RequestBodyRead",
            "Cannot convert the literal to the expected type 'Edm.Binary'.",
        )
    })?;
    let name = fields.get("name").map(text).unwrap_or_default();
    if name.is_empty() {
        return Err(GraphFault::bad_request(
            "ErrorInvalidArgument",
            "The attachment's name is required.",
        ));
    }
    Ok(Attachment {
        name,
        content_type: fields
            .get("contentType")
            .and_then(Value::as_str)
            .unwrap_or("application/octet-stream")
            .to_owned(),
        content_id: fields
            .get("contentId")
            .and_then(Value::as_str)
            .map(str::to_owned),
        inline: fields
            .get("isInline")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
        content,
    })
}

/// Custom headers: at least one if the property is there, at most five, and only
/// those that begin with `x-`.
pub fn headers(value: &Value) -> Result<Vec<Header>, GraphFault> {
    let headers = list(value, |value| {
        let fields = object(value, "internetMessageHeader")?;
        known(fields, &["name", "value"], "internetMessageHeader")?;
        Ok(Header {
            name: fields.get("name").map(text).unwrap_or_default(),
            value: fields.get("value").map(text).unwrap_or_default(),
        })
    })?;
    if headers.is_empty() || headers.len() > HEADERS_MAX {
        return Err(GraphFault::bad_request(
            "InvalidInternetMessageHeaderCollection",
            "Maximum number of headers in one message should be less than or equal to 5.",
        ));
    }
    if let Some(header) = headers.iter().find(|header| {
        let name = header.name.to_ascii_lowercase();
        !name.starts_with("x-")
            || !name
                .chars()
                .all(|letter| letter.is_ascii_graphic() && letter != ':')
    }) {
        return Err(GraphFault::bad_request(
            "InvalidInternetMessageHeader",
            format!(
                "The internet message header name '{}' should start with 'x-' or 'X-'.",
                header.name
            ),
        ));
    }
    Ok(headers)
}

/// An id is a type and a name, number or tag ("Outlook extended properties
/// overview", id formats); the type is the only part that is checked.
pub fn properties(value: &Value) -> Result<BTreeMap<String, String>, GraphFault> {
    const TYPES: [&str; 8] = [
        "String",
        "Integer",
        "Boolean",
        "SystemTime",
        "Binary",
        "Double",
        "Short",
        "CLSID",
    ];
    let pairs = list(value, |value| {
        let fields = object(value, "singleValueLegacyExtendedProperty")?;
        known(
            fields,
            &["id", "value"],
            "singleValueLegacyExtendedProperty",
        )?;
        let id = fields.get("id").map(text).unwrap_or_default();
        if !id
            .split_once(' ')
            .is_some_and(|(kind, _)| TYPES.contains(&kind))
        {
            return Err(GraphFault::bad_request(
                "ErrorInvalidProperty",
                "The extended property's id is not valid.",
            ));
        }
        Ok((id, fields.get("value").map(text).unwrap_or_default()))
    })?;
    Ok(pairs.into_iter().collect())
}
