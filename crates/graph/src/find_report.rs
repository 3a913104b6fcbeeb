//! `GET /me/messages`, filtered: looks for the report that a message could not be delivered.
//!
//! A report answers the message that it speaks of: its In-Reply-To names that Message-ID, and its class tells it from what
//! people answer. Sources: Graph v1.0 reference, "List messages"; RFC 3464 §2; MS-OXCMSG §2.2.1.3 (message classes),
//! MS-OXOMSG §2.2.1.13 (PidTagInReplyToId).

use std::time::Duration;

use http::{Response, StatusCode};
use reqwest::Request;
use serde_json::Value;

use crate::base_url::BaseUrl;
use crate::error::{GraphError, Refusal};
use crate::transport::Limits;
use crate::{extended_property, json};

pub(crate) const SCOPES: &[&str] = &["Mail.ReadWrite"];

/// A few short properties of a few messages.
pub(crate) const LIMITS: Limits = Limits {
    time: Duration::from_secs(60),
    answer_bytes_max: 1024 * 1024,
};

/// A report comes for each server that could not deliver, beside what people answer.
const MESSAGES_MAX: &str = "50";

/// PidTagInReplyToId.
const IN_REPLY_TO: &str = "String 0x1042";

/// PidTagMessageClass.
const CLASS: &str = "String 0x001A";

/// What the class of a report of non-delivery begins with. Source: MS-OXCMAIL §2.2.3.7.1.
const REPORT: &str = "REPORT.IPM.Note.NDR";

/// The longest text that is kept of a report, in characters.
const REPORT_CHARS_MAX: usize = 1000;

/// Where Graph cuts a preview, in characters. Source: Graph v1.0 reference, message resource type, `bodyPreview`.
const PREVIEW_CHARS: usize = 255;

/// Builds the request.
#[must_use]
pub fn request(base: &BaseUrl, message_id: &str) -> Request {
    extended_property::find(
        base.join("/me/messages"),
        (IN_REPLY_TO, message_id),
        &[CLASS],
        "from,subject,bodyPreview",
        MESSAGES_MAX,
    )
}

/// Reads the answer: what the first report among the messages says, in a line of plain text, after the address that it came
/// from: whoever got the message can write one. Never empty.
///
/// # Errors
/// Any other status, and what is no list of messages.
pub fn read(answer: &Response<Vec<u8>>) -> Result<Option<String>, GraphError> {
    if answer.status() != StatusCode::OK {
        return Err(GraphError::read(answer));
    }
    let unclear = || GraphError::Unreadable(Box::new(Refusal::read(answer)));
    let page: Value = serde_json::from_slice(answer.body()).map_err(|_| unclear())?;
    let messages = page
        .get("value")
        .and_then(Value::as_array)
        .ok_or_else(unclear)?;
    let report = messages.iter().find(|message| is_report(message));
    Ok(report.map(|report| {
        let said = json::text(report, "bodyPreview").map(|text| preview(&text));
        let said = said
            .filter(|text| !text.is_empty())
            .or_else(|| json::text(report, "subject").map(|text| line(&text)))
            .unwrap_or_else(|| REPORT.to_owned());
        let from = report.pointer("/from/emailAddress/address");
        match from.and_then(json::text_of) {
            Some(address) => format!("{}: {said}", line(&address)),
            None => said,
        }
    }))
}

fn is_report(message: &Value) -> bool {
    extended_property::of(message)
        .filter_map(|property| json::text(property, "value"))
        .any(|class| {
            let start = class.get(..REPORT.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(REPORT))
        })
}

/// As a line, with a mark where Graph has cut it.
fn preview(text: &str) -> String {
    let cut = text.chars().count() >= PREVIEW_CHARS;
    line(text) + if cut { "…" } else { "" }
}

/// Without line breaks and what else controls, the direction of writing included, and with an end.
fn line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if is_control(c) { ' ' } else { c })
        .take(REPORT_CHARS_MAX)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Also those that turn text around. Source: Unicode Standard Annex #9 §2.
fn is_control(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
        Response::builder()
            .status(status)
            .body(body.as_bytes().to_vec())
            .unwrap()
    }

    #[test]
    fn the_request_names_the_message_and_asks_for_no_body() {
        let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
        let request = request(&base, "<a+b@signet.example>");
        let query = request.url().query().unwrap();
        assert!(query.contains("%3Ca%2Bb%40signet.example%3E"), "{query}");
        let asked: Vec<(String, String)> = request.url().query_pairs().into_owned().collect();
        let expected = [
            (
                "$filter",
                "singleValueExtendedProperties/any(ep: ep/id eq 'String 0x1042' and ep/value eq '<a+b@signet.example>')",
            ),
            ("$select", "from,subject,bodyPreview"),
            (
                "$expand",
                "singleValueExtendedProperties($filter=id eq 'String 0x001A')",
            ),
            ("$top", "50"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_report_is_told_from_what_people_answer() {
        let message = |class: &str, preview: &str| {
            json!({
                "subject": "Undeliverable: Hello",
                "bodyPreview": preview,
                "singleValueExtendedProperties": [{"id": "String 0x1a", "value": class}],
            })
        };
        let ndr = "REPORT.IPM.Note.NDR";
        let long = "x".repeat(2_000);
        let kept = format!("{}…", "x".repeat(1_000));
        for (messages, expected) in [
            (vec![], None),
            (vec![message("IPM.Note", "Thanks!")], None),
            (vec![message("REPORT.IPM.Note.DR", "Delivered")], None),
            (vec![json!({})], None),
            (
                vec![
                    message("IPM.Note", "Thanks!"),
                    message(ndr, "zoe was\r\n not\u{202e} found\u{7}"),
                ],
                Some("zoe was not found"),
            ),
            (
                vec![message("report.ipm.note.ndr.x", "not found")],
                Some("not found"),
            ),
            (vec![message(ndr, "")], Some("Undeliverable: Hello")),
            (vec![message(ndr, &long)], Some(kept.as_str())),
            (vec![message(ndr, &long[..254])], Some(&long[..254])),
        ] {
            let page = json!({"value": messages}).to_string();
            let found = read(&answer(200, &page)).unwrap();
            assert_eq!(found.as_deref(), expected, "{page}");
        }
    }

    #[test]
    fn a_report_says_where_it_comes_from() {
        let report = json!({
            "from": {"emailAddress": {"name": "Microsoft Outlook", "address": "post\u{202e}master@contoso.com"}},
            "bodyPreview": "not found",
            "singleValueExtendedProperties": [{"id": "String 0x1a", "value": "REPORT.IPM.Note.NDR"}],
        });
        let page = json!({"value": [report]}).to_string();
        let found = read(&answer(200, &page)).unwrap();
        assert_eq!(found.as_deref(), Some("post master@contoso.com: not found"));
    }

    #[test]
    fn no_list_is_no_answer() {
        for (status, body) in [
            (200, "[]"),
            (200, r#"{"value":{}}"#),
            (200, "<html>"),
            (403, "{}"),
            (503, ""),
        ] {
            assert!(read(&answer(status, body)).is_err(), "{status} {body}");
        }
    }
}
