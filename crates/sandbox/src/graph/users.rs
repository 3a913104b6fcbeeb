//! Users of one's own organisation. Source: Graph v1.0 reference, "List users",
//! "Get user", "List manager", "List directReports"; "Advanced query
//! capabilities on Microsoft Entra ID objects".

mod advanced;
mod search;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::access::{self, Caller, Seated};
use super::fault::GraphFault;
use super::me::{PROFILE_SCOPES, RULES};
use super::query::{Options, Paging, Rules, Side, USER, collection, entity};
use super::reply::Reply;
use super::request::Call;
use crate::directory::by_address;
use crate::world::World;

/// What `User.ReadBasic.All` lets one read of others.
const BASIC: [&str; 8] = [
    "displayName",
    "givenName",
    "id",
    "mail",
    "photo",
    "securityIdentifier",
    "surname",
    "userPrincipalName",
];

/// Scopes that read others, the narrowest first.
pub const OTHERS_SCOPES: [&str; 4] = [
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
];

static LIST: Rules = Rules {
    options: &[
        "select",
        "expand",
        "filter",
        "search",
        "orderby",
        "top",
        "count",
        "skiptoken",
        "format",
    ],
    ..list_rules()
};

const fn list_rules() -> Rules {
    Rules {
        of: &USER,
        side: Side::Directory,
        options: &[],
        expands: &["manager"],
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
    }
}

/// `GET /users`
pub fn list(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = reader(world, call)?;
    let options = Options::read(call, &LIST)?;
    advanced::check(call, &options, &LIST)?;
    let users = found(world, &caller, &options)?;
    let render = |user: &Value| user.clone();
    let answer = collection(call, &LIST, &options, "users", &users, render);
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// `GET /users/$count`: a number as text, for advanced queries alone.
pub fn count(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = reader(world, call)?;
    let mut options = Options::read(call, &LIST)?;
    options.count = true;
    advanced::check(call, &options, &LIST)?;
    let users = found(world, &caller, &options)?;
    let matching = users.iter().filter(|user| {
        options
            .filter
            .as_ref()
            .is_none_or(|filter| filter.matches(user))
    });
    Ok(Reply::text(matching.count().to_string()))
}

fn found(world: &World, caller: &Caller, options: &Options) -> Result<Vec<Value>, GraphFault> {
    let search = options
        .search
        .as_deref()
        .map(|text| search::Search::parse(text, &LIST))
        .transpose()?;
    let mut users = Vec::new();
    for seated in caller.tenants_people() {
        let user = with_links(world, caller, &seated, options)?;
        if search.as_ref().is_none_or(|search| search.finds(&user)) {
            users.push(user);
        }
    }
    users.sort_by_key(|user| user.get("displayName").map(Value::to_string));
    Ok(users)
}

/// `GET /users/{id}`
pub fn get(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let (caller, seated) = named(world, call, id)?;
    let options = Options::read(call, &RULES)?;
    let user = with_links(world, &caller, &seated, &options)?;
    let answer = entity(call, &RULES, &options, "users", &user);
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// `GET /users/{id}/manager` and `GET /me/manager`
pub fn manager(world: &World, call: &Call, id: Option<&str>) -> Result<Reply, GraphFault> {
    let (caller, seated) = whose(world, call, id)?;
    let options = Options::read(call, &RULES)?;
    check_manager_scope(world, &caller, &seated)?;
    let manager = manager_of(&caller, &seated).ok_or_else(|| missing("manager"))?;
    let user = with_links(world, &caller, &manager, &options)?;
    let mut answer = entity(call, &RULES, &options, "directoryObjects", &user);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    }
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// `GET /users/{id}/directReports` and `GET /me/directReports`
pub fn direct_reports(world: &World, call: &Call, id: Option<&str>) -> Result<Reply, GraphFault> {
    let (caller, seated) = whose(world, call, id)?;
    if seated.person.is_personal() {
        return Err(missing("directReports"));
    }
    let options = Options::read(call, &LIST)?;
    advanced::check(call, &options, &LIST)?;
    let reports = reports_of(&caller, &seated);
    let users: Vec<Value> = reports
        .iter()
        .map(|report| typed(&caller.user(world, report)))
        .collect();
    let render = |user: &Value| user.clone();
    let answer = collection(call, &LIST, &options, "directoryObjects", &users, render);
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// The user as the caller may see it, with the relationships that were asked for.
pub fn with_links(
    world: &World,
    caller: &Caller,
    seated: &Seated,
    options: &Options,
) -> Result<Value, GraphFault> {
    let mut user = caller.user(world, seated);
    let Some(fields) = user.as_object_mut() else {
        return Ok(user);
    };
    if !caller.is(seated) && !caller.scopes_any(&OTHERS_SCOPES[1..]) {
        fields.retain(|name, _| BASIC.contains(&name.as_str()));
    }
    if options.expands("manager") {
        check_manager_scope(world, caller, seated)?;
        if let Some(manager) = manager_of(caller, seated) {
            fields.insert("manager".to_owned(), typed(&caller.user(world, &manager)));
        }
    }
    if options.expands("directReports") {
        let reports = reports_of(caller, seated);
        let reports: Vec<Value> = reports
            .iter()
            .map(|report| typed(&caller.user(world, report)))
            .collect();
        fields.insert("directReports".to_owned(), Value::Array(reports));
    }
    Ok(user)
}

/// Who a path means: the caller, or the user with this id or principal name.
pub fn whose(world: &World, call: &Call, id: Option<&str>) -> Result<(Caller, Seated), GraphFault> {
    match id {
        Some(id) => named(world, call, id),
        None => {
            let caller =
                access::caller(world, call, &PROFILE_SCOPES, GraphFault::directory_denied)?;
            let seated = caller.seated();
            Ok((caller, seated))
        }
    }
}

/// The user with this id or principal name, if the caller may read it: oneself
/// with `User.Read`, others with a scope for all.
fn named(world: &World, call: &Call, id: &str) -> Result<(Caller, Seated), GraphFault> {
    let scopes: Vec<&str> = PROFILE_SCOPES.into_iter().chain(OTHERS_SCOPES).collect();
    let caller = access::caller(world, call, &scopes, GraphFault::directory_denied)?;
    let seated = caller.find(id);
    let own = seated.as_ref().is_some_and(|seated| caller.is(seated));
    if !own && (caller.person.is_personal() || !caller.scopes_any(&OTHERS_SCOPES)) {
        return Err(GraphFault::directory_denied());
    }
    let seated = seated.ok_or_else(|| missing(id))?;
    Ok((caller, seated))
}

fn reader(world: &World, call: &Call) -> Result<Caller, GraphFault> {
    let caller = access::caller(world, call, &OTHERS_SCOPES, GraphFault::directory_denied)?;
    if caller.person.is_personal() {
        return Err(GraphFault::directory_denied());
    }
    Ok(caller)
}

/// "List manager" wants `User.Read.All`; "Get user" lets `User.Read` discover
/// one's own. A switch decides.
fn check_manager_scope(world: &World, caller: &Caller, seated: &Seated) -> Result<(), GraphFault> {
    let strict = world
        .switches
        .for_person(caller.person.address)
        .manager_needs_admin;
    let own = caller.is(seated) && !strict;
    if own || caller.scopes_any(&OTHERS_SCOPES[1..]) {
        Ok(())
    } else {
        Err(GraphFault::directory_denied())
    }
}

/// A guest has no manager where they are a guest.
fn manager_of(caller: &Caller, seated: &Seated) -> Option<Seated> {
    let address = seated.person.manager.filter(|_| !seated.seat.guest)?;
    caller.in_tenant(by_address(address)?)
}

fn reports_of(caller: &Caller, seated: &Seated) -> Vec<Seated> {
    let at_home = !seated.seat.guest;
    seated
        .person
        .reports()
        .filter(|_| at_home)
        .filter_map(|report| caller.in_tenant(report))
        .collect()
}

fn typed(user: &Value) -> Value {
    let mut shown = super::query::shape(&RULES, &Options::default(), user);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    }
    shown
}

fn missing(what: &str) -> GraphFault {
    GraphFault::new(
        StatusCode::NOT_FOUND,
        "Request_ResourceNotFound",
        format!(
            "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
        ),
    )
}
