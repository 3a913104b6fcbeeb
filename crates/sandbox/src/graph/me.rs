//! `GET` and `PATCH /me`. Source: Graph v1.0 reference, "Get user", "Update
//! user", "user resource type".

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::access::{self, Caller};
use super::fault::GraphFault;
use super::query::{Options, Paging, Rules, Side, USER, entity};
use super::reply::Reply;
use super::request::Call;
use super::users;
use crate::world::World;

/// Scopes of which one is enough to read one's own profile.
pub const PROFILE_SCOPES: [&str; 3] = ["User.Read", "User.ReadWrite", "User.Read.All"];

/// What a user may be asked for, alone.
pub static RULES: Rules = Rules {
    of: &USER,
    side: Side::Directory,
    options: &["select", "expand", "format"],
    expands: &["manager", "directReports"],
    shown: &[
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
    ],
    always: &[],
    page: 100,
    top: (1, 999),
    paging: Paging::Token,
};

/// What lives in SharePoint: those without a licence have none of it.
const IN_SHAREPOINT: [&str; 10] = [
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
];

/// What people may change themselves outside of SharePoint; the rest is their
/// administrator's ("Microsoft Graph permissions reference", User.ReadWrite).
const OWN: [&str; 1] = ["mobilePhone"];

/// `GET /me`
pub fn get(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = access::caller(world, call, &PROFILE_SCOPES, GraphFault::directory_denied)?;
    let options = Options::read(call, &RULES)?;
    let user = users::with_links(world, &caller, &caller.seated(), &options)?;
    check_sharepoint(&caller, &options)?;
    let answer = entity(call, &RULES, &options, "users", &user);
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// `PATCH /me`: 204, for what is one's own.
pub fn patch(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let scopes = ["User.ReadWrite", "User.ReadWrite.All"];
    let caller = access::caller(world, call, &scopes, GraphFault::directory_denied)?;
    let fields = call.json_object()?;
    check_changes(&fields)?;
    check_owner(&caller, &fields)?;
    let too_much =
        |_| GraphFault::bad_request("Request_BadRequest", "The property values are too long.");
    world
        .profiles
        .change_user(caller.person, &fields)
        .map_err(too_much)?;
    Ok(Reply::no_content())
}

/// People without a mailbox have no SharePoint either, and asking for what lives
/// there is answered as SharePoint answers.
fn check_sharepoint(caller: &Caller, options: &Options) -> Result<(), GraphFault> {
    let asks = options
        .select
        .iter()
        .flatten()
        .any(|name| IN_SHAREPOINT.contains(name));
    let licensed = caller.person.has_mailbox && !caller.seat.guest;
    if asks && !licensed && !caller.person.is_personal() {
        Err(GraphFault::new(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            "User not found",
        ))
    } else {
        Ok(())
    }
}

fn check_changes(fields: &Map<String, Value>) -> Result<(), GraphFault> {
    for (name, value) in fields {
        let known = USER.property(name).filter(|property| property.name == name);
        let Some(property) = known else {
            return Err(GraphFault::bad_request(
                "Request_BadRequest",
                format!("Invalid property '{name}'."),
            ));
        };
        if !property.kind.admits(value) {
            return Err(GraphFault::bad_request(
                "Request_BadRequest",
                format!("Invalid value specified for property '{name}' of resource 'User'."),
            ));
        }
    }
    let apart = fields
        .keys()
        .filter(|name| IN_SHAREPOINT.contains(&name.as_str()))
        .count();
    if apart != 0 && apart != fields.len() {
        return Err(GraphFault::bad_request(
            "Request_BadRequest",
            "The request is currently not supported on the targeted entity set: some of these properties must be updated on their own.",
        ));
    }
    Ok(())
}

/// 403 for what belongs to the administrator.
fn check_owner(caller: &Caller, fields: &Map<String, Value>) -> Result<(), GraphFault> {
    let own =
        |name: &String| OWN.contains(&name.as_str()) || IN_SHAREPOINT.contains(&name.as_str());
    if caller.seat.guest || !fields.keys().all(own) {
        Err(GraphFault::directory_denied())
    } else {
        Ok(())
    }
}
