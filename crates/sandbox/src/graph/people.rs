//! `GET /me/people`: whom one works with, the most relevant first.
//!
//! Source: Graph v1.0 reference, "List people", "person resource type"; "Get
//! relevant information about people", fuzzy search.

mod fuzzy;
mod relevance;

use axum::http::StatusCode;
use serde_json::Value;

use super::access;
use super::fault::GraphFault;
use super::query::{Options, PERSON, Paging, Rules, Side, collection};
use super::reply::Reply;
use super::request::Call;
use crate::world::World;

const SCOPES: [&str; 2] = ["People.Read", "People.Read.All"];

static RULES: Rules = Rules {
    of: &PERSON,
    side: Side::Mail,
    options: &[
        "select", "filter", "search", "orderby", "top", "skip", "count", "format",
    ],
    expands: &[],
    shown: &[
        "id",
        "displayName",
        "givenName",
        "surname",
        "birthday",
        "personNotes",
        "isFavorite",
        "jobTitle",
        "companyName",
        "yomiCompany",
        "department",
        "officeLocation",
        "profession",
        "userPrincipalName",
        "imAddress",
        "scoredEmailAddresses",
        "phones",
        "postalAddresses",
        "websites",
        "personType",
    ],
    always: &[],
    page: 10,
    top: (1, 1000),
    paging: Paging::Skip,
};

/// `GET /me/people`
pub fn list(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = access::caller(world, call, &SCOPES, GraphFault::mail_access_denied)?;
    let options = Options::read(call, &RULES)?;
    let mut people = relevance::people(world, &caller);
    if let Some(search) = &options.search {
        if options.skip > 0 {
            return Err(
                RULES.unsupported("The query option '$skip' cannot be used with '$search'.")
            );
        }
        let wanted = fuzzy::Wanted::read(search);
        people.retain(|person| wanted.finds(person));
    }
    let render = |person: &Value| person.clone();
    let fragment = format!("users('{}')/people", caller.seat.oid);
    let mut answer = collection(call, &RULES, &options, &fragment, &people, render);
    // A search has one page: what follows it cannot be asked for.
    if let Some(fields) = answer.as_object_mut().filter(|_| options.search.is_some()) {
        fields.remove("@odata.nextLink");
    }
    Ok(Reply::json(StatusCode::OK, &answer))
}
