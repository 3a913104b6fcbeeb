//! Mailbox settings. Source: Graph v1.0 reference, "Get user mailbox settings",
//! "Update user mailbox settings", "mailboxSettings resource type".

mod check;

use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::access::{self, Caller, Seated};
use super::fault::GraphFault;
use super::query::{MAILBOX_SETTINGS, Options, Paging, Rules, Side, shape};
use super::reply::Reply;
use super::request::Call;
use crate::directory::{Availability, Person};
use crate::world::World;

/// Scopes that read settings and categories.
pub const READ_SCOPES: [&str; 2] = ["MailboxSettings.Read", "MailboxSettings.ReadWrite"];
/// The scope that changes them.
pub const WRITE_SCOPES: [&str; 1] = ["MailboxSettings.ReadWrite"];

static RULES: Rules = Rules {
    of: &MAILBOX_SETTINGS,
    side: Side::Mail,
    options: &["select", "format"],
    expands: &[],
    shown: &[
        "timeZone",
        "delegateMeetingMessageDeliveryOptions",
        "dateFormat",
        "timeFormat",
        "userPurpose",
        "language",
        "workingHours",
        "automaticRepliesSetting",
    ],
    always: &[],
    page: 1,
    top: (1, 1),
    paging: Paging::Skip,
};

/// `GET /me/mailboxSettings` and `GET /users/{id}/mailboxSettings`
pub fn get(world: &World, call: &Call, id: Option<&str>) -> Result<Reply, GraphFault> {
    let seated = whose(world, call, id)?;
    let options = Options::read(call, &RULES)?;
    let whole = Value::Object(settings(world, seated.person));
    let shown = shape(&RULES, &options, &whole);
    let shown = shown.as_object().cloned().unwrap_or_default();
    Ok(answer(call, &seated, shown))
}

/// `GET …/mailboxSettings/{name}`: a structure as it is, a value as `value`.
pub fn get_one(
    world: &World,
    call: &Call,
    id: Option<&str>,
    name: &str,
) -> Result<Reply, GraphFault> {
    let seated = whose(world, call, id)?;
    let settings = settings(world, seated.person);
    let mut fields = match settings.get(name) {
        Some(Value::Object(fields)) => fields.clone(),
        Some(value) => Map::from_iter([("value".to_owned(), value.clone())]),
        None => return Err(GraphFault::no_segment(name)),
    };
    let context = format!("{}/{name}", context(call, &seated));
    fields.insert("@odata.context".to_owned(), json!(context));
    Ok(Reply::json(StatusCode::OK, &Value::Object(fields)))
}

/// `PATCH /me/mailboxSettings`: 200 with the settings.
pub fn patch(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = owner(world, call, &WRITE_SCOPES)?;
    let fields: Map<String, Value> = call
        .json_object()?
        .into_iter()
        .filter(|(name, _)| !name.starts_with('@'))
        .collect();
    check::changes(&fields)?;
    let too_much =
        |_| GraphFault::bad_request("ErrorInvalidArgument", "The settings are too long.");
    world
        .profiles
        .change_settings(caller.person, &fields)
        .map_err(too_much)?;
    let seated = caller.seated();
    Ok(answer(call, &seated, settings(world, caller.person)))
}

/// The caller, who must have a mailbox in the token's tenant.
pub fn owner(world: &World, call: &Call, scopes: &[&str]) -> Result<Caller, GraphFault> {
    let caller = access::caller(world, call, scopes, GraphFault::mail_access_denied)?;
    if caller.person.has_mailbox && !caller.seat.guest {
        Ok(caller)
    } else {
        Err(GraphFault::no_mailbox())
    }
}

/// Whose settings are read: one's own, or those of a mailbox that one has Full
/// Access to.
fn whose(world: &World, call: &Call, id: Option<&str>) -> Result<Seated, GraphFault> {
    let caller = access::caller(world, call, &READ_SCOPES, GraphFault::mail_access_denied)?;
    let seated = match id {
        None => caller.seated(),
        Some(id) => caller.find(id).ok_or_else(GraphFault::mail_access_denied)?,
    };
    if !caller.person.opens_mailbox_of(seated.person) {
        return Err(GraphFault::mail_access_denied());
    }
    if seated.person.has_mailbox && !caller.seat.guest {
        Ok(seated)
    } else {
        Err(GraphFault::no_mailbox())
    }
}

fn answer(call: &Call, seated: &Seated, mut settings: Map<String, Value>) -> Reply {
    settings.insert("@odata.context".to_owned(), json!(context(call, seated)));
    Reply::json(StatusCode::OK, &Value::Object(settings))
}

fn context(call: &Call, seated: &Seated) -> String {
    let oid = seated.seat.oid;
    format!(
        "{}/v1.0/$metadata#users('{oid}')/mailboxSettings",
        call.origin()
    )
}

/// The person's settings: how a new mailbox is set up, and what was changed.
fn settings(world: &World, person: &Person) -> Map<String, Value> {
    let mut whole = fresh(person);
    if let Some(fields) = whole.as_object_mut() {
        for (name, value) in world.profiles.settings(person) {
            match (fields.get_mut(&name), value) {
                (Some(Value::Object(known)), Value::Object(parts)) => known.extend(parts),
                (_, value) => {
                    fields.insert(name, value);
                }
            }
        }
    }
    match whole {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn fresh(person: &Person) -> Value {
    let reply = Availability::of(person).reply;
    let message = reply.unwrap_or_default();
    let status = if reply.is_some() {
        "alwaysEnabled"
    } else {
        "disabled"
    };
    let zone = if person.is_personal() {
        "UTC"
    } else {
        "GMT Standard Time"
    };
    json!({
        "timeZone": zone,
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "dd/MM/yyyy",
        "timeFormat": "HH:mm",
        "userPurpose": person.purpose.name(),
        "language": {"locale": person.language, "displayName": person.language},
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": zone},
        },
        "automaticRepliesSetting": {
            "status": status,
            "externalAudience": "all",
            "internalReplyMessage": message,
            "externalReplyMessage": message,
            "scheduledStartDateTime": {"dateTime": "2026-01-01T00:00:00.0000000", "timeZone": "UTC"},
            "scheduledEndDateTime": {"dateTime": "2026-01-02T00:00:00.0000000", "timeZone": "UTC"},
        },
    })
}

/// What Outlook answers in somebody's stead at this moment.
pub struct AutomaticReply {
    /// To colleagues.
    pub internal: String,
    /// To others, if they get one.
    pub external: Option<String>,
    /// From when, if it is scheduled.
    pub start: Value,
    /// Until when.
    pub end: Value,
}

/// The automatic reply in force.
pub fn automatic_reply(world: &World, person: &Person) -> Option<AutomaticReply> {
    let settings = settings(world, person);
    let setting = settings.get("automaticRepliesSetting")?;
    let text = |name: &str| {
        let value = setting.get(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let (start, end) = (
        setting.get("scheduledStartDateTime"),
        setting.get("scheduledEndDateTime"),
    );
    let scheduled = text("status") == "scheduled";
    let now = world.clock.now_ms();
    let within =
        moment(start).is_some_and(|start| start <= now) && moment(end).is_some_and(|end| now < end);
    if text("status") != "alwaysEnabled" && !(scheduled && within) {
        return None;
    }
    let times = |value: Option<&Value>| value.filter(|_| scheduled).cloned().unwrap_or(Value::Null);
    Some(AutomaticReply {
        internal: text("internalReplyMessage"),
        external: (text("externalAudience") == "all").then(|| text("externalReplyMessage")),
        start: times(start),
        end: times(end),
    })
}

/// A `dateTimeTimeZone`, in milliseconds since 1970. Only UTC is told apart from
/// the zones of Windows, which `check` refuses for this setting.
fn moment(value: Option<&Value>) -> Option<i64> {
    let text = value?.get("dateTime")?.as_str()?;
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let zoned = text
        .parse::<DateTime>()
        .ok()?
        .to_zoned(TimeZone::UTC)
        .ok()?;
    Some(zoned.timestamp().as_millisecond())
}
