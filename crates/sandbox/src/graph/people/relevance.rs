//! Who is relevant to whom, and how much: the line of management, the
//! department, and the mail that went between them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::access::{Caller, Seated};
use crate::directory::{GROUPS, Group};
use crate::mailboxes::folder::SENT_ITEMS;
use crate::world::World;

/// The people relevant to the caller, the most relevant first. Work accounts
/// know their organisation and its groups; everybody knows whom they write with.
pub fn people(world: &World, caller: &Caller) -> Vec<Value> {
    let written = written_with(world, caller);
    let mut scored: Vec<(u64, Value)> = Vec::new();
    if !caller.person.is_personal() {
        for seated in caller.tenants_people().filter(|other| !caller.is(other)) {
            let mail = seated.person.mail.unwrap_or(seated.person.address);
            let mails = written.get(&mail.to_lowercase()).copied().unwrap_or(0);
            let score = nearness(caller, &seated) + mails;
            scored.push((score, colleague(world, caller, &seated, score)));
        }
        for group in groups(caller) {
            let score = 5 + written.get(group.address).copied().unwrap_or(0);
            scored.push((score, of_group(group, score)));
        }
    }
    let known: Vec<String> = scored
        .iter()
        .filter_map(|(_, one)| address_of(one))
        .collect();
    for (address, mails) in written {
        if !known.contains(&address) {
            scored.push((mails, correspondent(&address, mails)));
        }
    }
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, person)| person).collect()
}

/// How many mails went to each address, in lower case.
fn written_with(world: &World, caller: &Caller) -> BTreeMap<String, u64> {
    let mut written = BTreeMap::new();
    for mail in world
        .mailboxes
        .lying_in(caller.person, SENT_ITEMS, world.clock.now_ms())
    {
        for recipient in [&mail.to, &mail.cc, &mail.bcc].into_iter().flatten() {
            *written.entry(recipient.address.to_lowercase()).or_insert(0) += 1;
        }
    }
    written
}

/// The nearer in the organisation, the more.
fn nearness(caller: &Caller, other: &Seated) -> u64 {
    let (own, other) = (caller.person, other.person);
    let managed = own.manager == Some(other.address) || other.manager == Some(own.address);
    let department = own.department.is_some() && own.department == other.department;
    1 + 20 * u64::from(managed) + 10 * u64::from(department)
}

fn groups(caller: &Caller) -> impl Iterator<Item = &'static Group> {
    let tenant = caller.seat.tenant.id;
    GROUPS.iter().filter(move |group| group.tenant_id == tenant)
}

fn colleague(world: &World, caller: &Caller, seated: &Seated, score: u64) -> Value {
    let user = caller.user(world, seated);
    let field = |name: &str| user.get(name).cloned().unwrap_or(Value::Null);
    let address = field("mail");
    let address = if address.is_null() {
        field("userPrincipalName")
    } else {
        address
    };
    let phones: Vec<Value> = field("businessPhones")
        .as_array()
        .into_iter()
        .flatten()
        .map(|number| json!({"type": "business", "number": number}))
        .collect();
    json!({
        "id": field("id"),
        "displayName": field("displayName"),
        "givenName": field("givenName"),
        "surname": field("surname"),
        "birthday": "",
        "personNotes": "",
        "isFavorite": false,
        "jobTitle": field("jobTitle"),
        "companyName": field("companyName"),
        "yomiCompany": "",
        "department": field("department"),
        "officeLocation": field("officeLocation"),
        "profession": "",
        "userPrincipalName": field("userPrincipalName"),
        "imAddress": format!("sip:{}", seated.person.address),
        "scoredEmailAddresses": scored(&address, score),
        "phones": phones,
        "postalAddresses": [],
        "websites": [],
        "personType": {"class": "Person", "subclass": "OrganizationUser"},
    })
}

fn of_group(group: &Group, score: u64) -> Value {
    other(
        group.oid,
        group.name,
        &json!(group.address),
        score,
        ("Group", "PublicDistributionList"),
    )
}

fn correspondent(address: &str, score: u64) -> Value {
    let id = format!("implicit:{address}");
    other(
        &id,
        address,
        &json!(address),
        score,
        ("Person", "ImplicitContact"),
    )
}

fn other(id: &str, name: &str, address: &Value, score: u64, kind: (&str, &str)) -> Value {
    json!({
        "id": id,
        "displayName": name,
        "birthday": "",
        "personNotes": "",
        "isFavorite": false,
        "scoredEmailAddresses": scored(address, score),
        "phones": [],
        "postalAddresses": [],
        "websites": [],
        "personType": {"class": kind.0, "subclass": kind.1},
    })
}

fn scored(address: &Value, score: u64) -> Value {
    json!([{
        "address": address,
        "relevanceScore": score,
        "selectionLikelihood": "notSpecified",
    }])
}

fn address_of(person: &Value) -> Option<String> {
    let address = person.pointer("/scoredEmailAddresses/0/address")?;
    address.as_str().map(str::to_lowercase)
}
