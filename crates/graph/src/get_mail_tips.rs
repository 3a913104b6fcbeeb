//! `POST /me/getMailTips`: what Outlook says of recipients before one sends.
//! Sources: Graph v1.0 reference, "user: getMailTips", "mailTips resource type", "automaticRepliesMailTips resource type".

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use message::Address;
use reqwest::Request;
use serde_json::{Value, json};

use crate::base_url::BaseUrl;
use crate::error::{GraphError, Refusal};
use crate::json;
use crate::transport::Limits;

/// Any one of these allows to ask; the narrowest first. Who may write mail may read it.
pub(crate) const SCOPES: [&[&str]; 3] = [
    &["MailTips.ReadBasic.Shared"],
    &["Mail.Read"],
    &["Mail.ReadWrite"],
];

/// Nobody waits for tips, and those that come after the mail has left help nobody. A hundred automatic replies with all
/// the marks of their HTML stay below the size.
pub(crate) const LIMITS: Limits = Limits {
    time: Duration::from_secs(20),
    answer_bytes_max: 4 * 1024 * 1024,
};

/// The most addresses of one request. Graph's page names no limit; so many Exchange's own GetMailTips is known to take.
pub const ADDRESSES_MAX: usize = 100;

/// Exchange keeps 175 characters of a tip that an organization has written, without its marks; of an automatic reply a
/// line or two are read.
pub const TIP_CHARS_MAX: usize = 300;

/// The longest code that is believed; those of Exchange's `ResponseCode` have up to sixty.
const CODE_BYTES_MAX: usize = 128;

/// `mailTipsType`: one string on the wire.
const TIPS: &str = "automaticReplies, mailboxFullStatus, customMailTip, externalMemberCount, totalMemberCount, maxMessageSize, deliveryRestriction, moderationStatus, recipientScope";

/// What is known of one recipient. What is not known is absent, or false.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MailTips {
    /// The address that was asked about, as Graph writes it.
    pub address: String,
    /// The name that it is known under.
    pub name: Option<String>,
    /// Why nothing is known: Graph's code.
    pub error: Option<String>,
    /// Outlook answers in the recipient's stead.
    pub automatic_reply: Option<AutomaticReply>,
    /// The mailbox takes no more mail.
    pub mailbox_full: bool,
    /// What the organization tells whoever writes there, as text of at most [`TIP_CHARS_MAX`] characters.
    pub custom: Option<String>,
    /// How many members a group has.
    pub members: Option<u64>,
    /// How many of them are outside the organization.
    pub external_members: Option<u64>,
    /// The largest message that is taken, in bytes.
    pub message_bytes_max: Option<u64>,
    /// Mail of whoever asks is not taken.
    pub delivery_restricted: bool,
    /// Somebody decides about each mail.
    pub moderated: bool,
    /// Outside the organization; of a group, at least one member.
    pub external: bool,
}

/// What Outlook answers in somebody's stead.
#[derive(Clone, PartialEq, Eq)]
pub struct AutomaticReply {
    /// Its text, of at most [`TIP_CHARS_MAX`] characters.
    pub text: String,
    /// When it ends, where an end is set.
    pub until: Option<Timestamp>,
}

impl std::fmt::Debug for MailTips {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("MailTips")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// Builds the request. Of `addresses` no more than [`ADDRESSES_MAX`] are asked about.
#[must_use]
pub fn request(base: &BaseUrl, addresses: &[String]) -> Request {
    let addresses: Vec<&String> = addresses.iter().take(ADDRESSES_MAX).collect();
    let body = json!({ "EmailAddresses": addresses, "MailTipsOptions": TIPS });
    let mut request = Request::new(Method::POST, base.join("/me/getMailTips"));
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(body.to_string().into());
    request
}

/// Reads the answer: tips of each recipient, in the order they come. One without an address is about nobody.
///
/// # Errors
/// Any other status, and what is no list.
pub fn read(answer: &Response<Vec<u8>>) -> Result<Vec<MailTips>, GraphError> {
    if answer.status() != StatusCode::OK {
        return Err(GraphError::read(answer));
    }
    let root: Value = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
    let Some(recipients) = root.get("value").and_then(Value::as_array) else {
        return Err(GraphError::Unreadable(Box::new(Refusal::read(answer))));
    };
    let recipients = recipients.iter().take(ADDRESSES_MAX);
    Ok(recipients.filter_map(of_recipient).collect())
}

fn of_recipient(tips: &Value) -> Option<MailTips> {
    let of = recipient(tips.get("emailAddress")?)?;
    let is = |name| tips.get(name).and_then(Value::as_bool) == Some(true);
    Some(MailTips {
        address: of.address().to_owned(),
        name: of.name().map(str::to_owned),
        error: tips.get("error").and_then(code),
        automatic_reply: tips.get("automaticReplies").and_then(automatic_reply),
        mailbox_full: is("mailboxFull"),
        custom: json::text(tips, "customMailTip").and_then(|tip| words(&tip)),
        members: json::number(tips, "totalMemberCount"),
        external_members: json::number(tips, "externalMemberCount"),
        // A mailbox that takes nothing at all has no limit set.
        message_bytes_max: json::number(tips, "maxMessageSize").filter(|bytes| *bytes > 0),
        delivery_restricted: is("deliveryRestricted"),
        moderated: is("isModerated"),
        external: json::text(tips, "recipientScope").is_some_and(|scope| is_external(&scope)),
    })
}

/// A name that cannot be shown is none.
fn recipient(of: &Value) -> Option<Address> {
    let address = json::text(of, "address")?;
    let named = Address::new(json::text(of, "name").as_deref(), &address);
    named.or_else(|_| Address::new(None, &address)).ok()
}

fn code(error: &Value) -> Option<String> {
    json::text(error, "code").filter(|code| code.len() <= CODE_BYTES_MAX)
}

/// No automatic reply is an empty message.
fn automatic_reply(replies: &Value) -> Option<AutomaticReply> {
    Some(AutomaticReply {
        text: words(&json::text(replies, "message")?)?,
        until: replies.get("scheduledEndTime").and_then(moment),
    })
}

/// A `dateTimeTimeZone` in UTC, as these come. What is in another zone is not known.
fn moment(end: &Value) -> Option<Timestamp> {
    let is_utc = json::text(end, "timeZone").is_none_or(|zone| zone.eq_ignore_ascii_case("UTC"));
    let at = json::text(end, "dateTime").filter(|_| is_utc)?;
    at.parse::<Timestamp>().ok().or_else(|| {
        let at = at.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?;
        Some(at.timestamp())
    })
}

/// `recipientScopeType`: names with commas. Those that nobody knows yet say nothing.
fn is_external(scope: &str) -> bool {
    let known = ["external", "externalPartner", "externalNonPartner"];
    scope
        .split(',')
        .map(str::trim)
        .any(|name| known.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

fn words(html: &str) -> Option<String> {
    Some(message::words(html, TIP_CHARS_MAX)).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests;
