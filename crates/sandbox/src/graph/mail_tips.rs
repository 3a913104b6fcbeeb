//! `POST /me/getMailTips`: what Outlook says of a recipient before one sends.
//!
//! Source: Graph v1.0 reference, "user: getMailTips", "mailTips resource type".

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::fault::GraphFault;
use super::reply::Reply;
use super::request::Call;
use super::settings::{self, owner};
use crate::directory::{Group, PEOPLE, PERSONAL_TENANT_ID, Person, TENANTS};
use crate::switches::MailboxState;
use crate::world::World;

const SCOPES: [&str; 4] = [
    "MailTips.ReadBasic.Shared",
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Read.Shared",
];
/// How many recipients one request may name, as in Exchange's own GetMailTips.
const RECIPIENTS_MAX: usize = 100;
/// `mailTipsType`, which is one string of names with commas.
const TIPS: [&str; 9] = [
    "automaticReplies",
    "mailboxFullStatus",
    "customMailTip",
    "externalMemberCount",
    "totalMemberCount",
    "maxMessageSize",
    "deliveryRestriction",
    "moderationStatus",
    "recipientScope",
];

/// `POST /me/getMailTips`
pub fn post(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = owner(world, call, &SCOPES)?;
    let fields = call.json_object()?;
    check_names(&fields)?;
    let addresses = addresses(&fields)?;
    let tips = tips(&fields)?;
    let value: Vec<Value> = addresses
        .iter()
        .map(|address| of_recipient(world, &caller, address, &tips))
        .collect();
    let body = json!({
        "@odata.context": format!("{}/v1.0/$metadata#Collection(microsoft.graph.mailTips)", call.origin()),
        "value": value,
    });
    Ok(Reply::json(StatusCode::OK, &body))
}

/// Parameters of actions have no case: the documents write `EmailAddresses`,
/// others `emailAddresses`.
fn parameter<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    fields
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn check_names(fields: &Map<String, Value>) -> Result<(), GraphFault> {
    let known = |name: &str| {
        ["EmailAddresses", "MailTipsOptions"]
            .into_iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    match fields.keys().find(|name| !known(name)) {
        None => Ok(()),
        Some(other) => Err(GraphFault::bad_request(
            "BadRequest",
            format!(
                "The parameter '{other}' in the request payload is not a valid parameter for the operation 'getMailTips'."
            ),
        )),
    }
}

fn addresses(fields: &Map<String, Value>) -> Result<Vec<String>, GraphFault> {
    let refused = || {
        GraphFault::bad_request(
            "ErrorInvalidArgument",
            "EmailAddresses must be a list of 1 to 100 addresses.",
        )
    };
    let list = parameter(fields, "EmailAddresses")
        .and_then(Value::as_array)
        .filter(|list| (1..=RECIPIENTS_MAX).contains(&list.len()))
        .ok_or_else(refused)?;
    list.iter()
        .map(|one| one.as_str().map(str::to_owned).ok_or_else(refused))
        .collect()
}

fn tips(fields: &Map<String, Value>) -> Result<Vec<&'static str>, GraphFault> {
    let refused = |text: &str| {
        GraphFault::bad_request(
            "RequestBodyRead",
            format!("Requested value '{text}' was not found."),
        )
    };
    let text = parameter(fields, "MailTipsOptions")
        .and_then(Value::as_str)
        .ok_or_else(|| refused(""))?;
    text.split(',')
        .map(str::trim)
        .map(|name| {
            let known = TIPS
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name));
            known.ok_or_else(|| refused(name))
        })
        .collect()
}

/// What the tips are about.
#[derive(Clone, Copy)]
enum Recipient {
    Person(&'static Person),
    Group(&'static Group),
    /// Somewhere else.
    Outside,
    /// Nobody, in a domain that is known here.
    Nobody,
}

fn recipient(address: &str) -> Recipient {
    let here = address.rsplit_once('@').is_none_or(|(_, domain)| {
        TENANTS
            .iter()
            .any(|tenant| tenant.domain.eq_ignore_ascii_case(domain))
    });
    let person = PEOPLE.iter().find(|person| {
        let known = [Some(person.address), person.mail];
        person.has_mailbox
            && known
                .into_iter()
                .flatten()
                .any(|known| known.eq_ignore_ascii_case(address))
    });
    match (person, Group::by_address(address)) {
        (Some(person), _) => Recipient::Person(person),
        (_, Some(group)) => Recipient::Group(group),
        _ if here => Recipient::Nobody,
        _ => Recipient::Outside,
    }
}

fn of_recipient(world: &World, caller: &Caller, address: &str, tips: &[&str]) -> Value {
    let to = recipient(address);
    let name = match to {
        Recipient::Person(person) => person.name,
        Recipient::Group(group) => group.name,
        Recipient::Outside | Recipient::Nobody => "",
    };
    let mut found = Map::new();
    found.insert(
        "emailAddress".to_owned(),
        json!({"name": name, "address": address}),
    );
    if matches!(to, Recipient::Nobody) {
        let error = json!({
            "code": "ErrorInvalidRecipients",
            "message": "The recipient could not be resolved.",
        });
        found.insert("error".to_owned(), error);
        return Value::Object(found);
    }
    for tip in tips {
        if let Some((name, value)) = tip_of(world, caller, to, address, tip) {
            found.insert(name.to_owned(), value);
        }
    }
    Value::Object(found)
}

/// One tip, if the recipient has it: counts are for groups, replies for people.
fn tip_of(
    world: &World,
    caller: &Caller,
    to: Recipient,
    address: &str,
    tip: &str,
) -> Option<(&'static str, Value)> {
    let tenant = caller.seat.tenant;
    match (tip, to) {
        ("automaticReplies", Recipient::Person(person)) => {
            Some(("automaticReplies", automatic_replies(world, caller, person)))
        }
        ("automaticReplies", _) => Some(("automaticReplies", json!({"message": ""}))),
        ("mailboxFullStatus", Recipient::Person(person)) => {
            let state = world.switches.for_person(person.address).mailbox;
            Some(("mailboxFull", json!(state == MailboxState::Full)))
        }
        ("mailboxFullStatus", _) => Some(("mailboxFull", json!(false))),
        ("customMailTip", Recipient::Group(group)) => {
            group.tip.map(|tip| ("customMailTip", json!(tip)))
        }
        ("externalMemberCount", Recipient::Group(group)) => {
            Some(("externalMemberCount", json!(group.external_members(tenant))))
        }
        ("totalMemberCount", Recipient::Group(group)) => {
            Some(("totalMemberCount", json!(group.members.len())))
        }
        ("maxMessageSize", Recipient::Person(person)) => {
            let limit = world
                .switches
                .for_person(person.address)
                .message_size_limit_bytes;
            Some(("maxMessageSize", json!(limit)))
        }
        ("deliveryRestriction", Recipient::Group(group)) => Some((
            "deliveryRestricted",
            json!(!group.takes_mail_from(caller.person)),
        )),
        ("deliveryRestriction", _) => Some(("deliveryRestricted", json!(false))),
        ("moderationStatus", Recipient::Group(group)) => {
            Some(("isModerated", json!(group.moderated)))
        }
        ("moderationStatus", _) => Some(("isModerated", json!(false))),
        ("recipientScope", _) => Some(("recipientScope", json!(scope(caller, to, address)))),
        _ => None,
    }
}

/// No automatic reply is an empty message.
fn automatic_replies(world: &World, caller: &Caller, person: &'static Person) -> Value {
    let Some(reply) = settings::automatic_reply(world, person) else {
        return json!({"message": ""});
    };
    let colleague = person.tenant_id == caller.seat.tenant.id;
    let message = if colleague {
        Some(reply.internal)
    } else {
        reply.external
    };
    let language = json!({"locale": person.language, "displayName": person.language});
    json!({
        "message": message.unwrap_or_default(),
        "messageLanguage": language,
        "scheduledStartTime": reply.start,
        "scheduledEndTime": reply.end,
    })
}

/// `recipientScopeType`: names with commas, for a group those of its members.
fn scope(caller: &Caller, to: Recipient, address: &str) -> String {
    let one = |address: &str| {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let tenant = TENANTS
            .iter()
            .find(|tenant| tenant.domain.eq_ignore_ascii_case(domain));
        match tenant {
            Some(tenant) if tenant.id == caller.seat.tenant.id => "internal",
            // An organisation that shares guests with one's own is a partner.
            Some(tenant) if tenant.id != PERSONAL_TENANT_ID && !caller.person.is_personal() => {
                "external, externalPartner"
            }
            _ => "external, externalNonPartner",
        }
    };
    let Recipient::Group(group) = to else {
        return one(address).to_owned();
    };
    let scopes: Vec<&str> = group.members.iter().map(|member| one(member)).collect();
    let all = [
        "internal",
        "external",
        "externalPartner",
        "externalNonPartner",
    ];
    let found = all.into_iter().filter(|name| {
        scopes
            .iter()
            .any(|scope| scope.split(", ").any(|one| one == *name))
    });
    found.collect::<Vec<_>>().join(", ")
}
