//! `GET /me/manager`: tried with what is granted, hidden where it may not be read.
//! Source: Graph v1.0 reference, "List manager".

use http::{Response, StatusCode};
use serde_json::Value;

use crate::class::{Class, Operation};
use crate::error::GraphError;
use crate::json;
use crate::profile::Part;

/// The properties of [`Person`]. Those that may not be read come as null, and the others all the same.
pub const PATH: &str = "/me/manager?$select=id,displayName,mail,userPrincipalName,jobTitle,department,officeLocation,\
    companyName,businessPhones,mobilePhone";

/// Somebody else, as much as a card shows. With what a sign-in asks for, hardly more than name and address may be read.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Object id.
    pub id: Option<String>,
    /// The name to show; never empty.
    pub display_name: String,
    /// Mail address.
    pub mail: Option<String>,
    /// Title.
    pub job_title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Office.
    pub office_location: Option<String>,
    /// Company.
    pub company_name: Option<String>,
    /// Business phones.
    pub business_phones: Vec<String>,
    /// Mobile phone.
    pub mobile_phone: Option<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Person")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Reads the answer: 404 is "none", 403 "not for you", and anything unclear leaves what is known as it is.
#[must_use]
pub fn read(answer: &Response<Vec<u8>>) -> Part<Person> {
    match answer.status() {
        StatusCode::OK => person(answer.body()).map_or(Part::Unknown, Part::Present),
        StatusCode::NO_CONTENT => Part::Absent,
        _ if GraphError::read(answer).class(Operation::Part) == Class::Absent => Part::Absent,
        _ => Part::Unknown,
    }
}

fn person(body: &[u8]) -> Option<Person> {
    let user: Value = serde_json::from_slice(body).ok()?;
    let mail = json::text(&user, "mail");
    let principal = json::text(&user, "userPrincipalName");
    Some(Person {
        id: json::text(&user, "id"),
        display_name: json::text(&user, "displayName")
            .or_else(|| mail.clone())
            .or(principal)?,
        mail,
        job_title: json::text(&user, "jobTitle"),
        department: json::text(&user, "department"),
        office_location: json::text(&user, "officeLocation"),
        company_name: json::text(&user, "companyName"),
        business_phones: json::texts(&user, "businessPhones"),
        mobile_phone: json::text(&user, "mobilePhone"),
    })
}
