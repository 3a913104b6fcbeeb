//! `GET /me`. Source: Graph v1.0 reference, "Get user".

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::access;
use super::fault::GraphFault;
use super::reply::Reply;
use super::request::Call;
use crate::directory::Person;
use crate::world::World;

/// What comes without `$select`; anything else must be asked for by name.
const DEFAULT_PROPERTIES: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// Scopes of which one is enough to read one's own profile.
pub const PROFILE_SCOPES: [&str; 3] = ["User.Read", "User.ReadWrite", "User.Read.All"];

/// Answers with the signed-in person.
pub fn get(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let person = access::person(world, call, &PROFILE_SCOPES, GraphFault::directory_denied)?;
    let select = call.query.get("$select").map(String::as_str);
    Ok(Reply::json(StatusCode::OK, &user(call, person, select)?))
}

/// A user with the properties of `$select`, or the default ones.
pub fn user(call: &Call, person: &Person, select: Option<&str>) -> Result<Value, GraphFault> {
    let all = person.user();
    let selected: Vec<&str> = match select {
        Some(names) => names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect(),
        None => DEFAULT_PROPERTIES.to_vec(),
    };
    let context = match select {
        Some(_) => format!(
            "{}/v1.0/$metadata#users({})/$entity",
            call.origin(),
            selected.join(",")
        ),
        None => format!("{}/v1.0/$metadata#users/$entity", call.origin()),
    };
    let mut fields = Map::new();
    fields.insert("@odata.context".to_owned(), Value::String(context));
    for name in selected {
        let (name, value) = property(&all, name)?;
        fields.insert(name, value);
    }
    Ok(Value::Object(fields))
}

/// Property names have no case in `$select`; the answer spells them right.
fn property(user: &Value, name: &str) -> Result<(String, Value), GraphFault> {
    user.as_object()
        .into_iter()
        .flatten()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(known, value)| (known.clone(), value.clone()))
        .ok_or_else(|| {
            GraphFault::bad_request(
                "BadRequest",
                format!("Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.user'."),
            )
        })
}
