//! A token request, read.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use url::form_urlencoded;

use super::super::claims::ClaimsRequest;
use super::super::facts::{GRANT_INVALID, NOT_IN_TENANT, PARAMETER_REPEATED, REQUEST_MALFORMED};
use super::super::issue::Version;
use super::super::refusal::Refusal;
use crate::clouds::Cloud;
use crate::directory::{App, Person, Seat, Tenancy};

/// How many notes of a client are kept, and how long their names may be: the
/// libraries send about ten, and the journal's memory must have an end.
const NOTES_MAX: usize = 20;
const NOTE_NAME_BYTES_MAX: usize = 64;

/// The fields of a form, and the parameters of the query beside it: MSAL Node
/// puts `client-request-id` there.
pub struct Form {
    fields: BTreeMap<String, String>,
    repeated: Option<String>,
}

impl Form {
    /// Reads a body. One that is not a form has no fields, so that the service
    /// misses the first one, as the live service does with JSON.
    pub fn read(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Self {
        let mut fields = BTreeMap::new();
        let mut repeated = None;
        let body = if is_form(headers) { body } else { &[] };
        let mut named = BTreeSet::new();
        for (name, value) in form_urlencoded::parse(body) {
            if !named.insert(name.clone().into_owned()) {
                repeated.get_or_insert_with(|| name.clone().into_owned());
            }
            fields.insert(name.into_owned(), value.into_owned());
        }
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if is_note(&name) {
                fields
                    .entry(name.into_owned())
                    .or_insert_with(|| value.into_owned());
            }
        }
        Self { fields, repeated }
    }

    /// A parameter that comes twice is refused (RFC 6749 §3.2).
    pub fn check(&self) -> Result<(), Refusal> {
        match &self.repeated {
            Some(name) => Err(Refusal::from(&PARAMETER_REPEATED).saying(format!(
                "The request is not properly formatted. The parameter '{name}' is duplicated."
            ))),
            None => Ok(()),
        }
    }

    /// A field, if it came.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// A field that must be there and not be empty.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::missing(name))
    }

    /// The `claims` parameter.
    pub fn claims(&self) -> Result<ClaimsRequest, Refusal> {
        ClaimsRequest::read(self.get("claims")).map_err(|_| {
            Refusal::from(&REQUEST_MALFORMED)
                .saying("The 'claims' parameter of the request is not a valid JSON object.")
        })
    }

    /// How the client names itself in the form, for the journal.
    pub fn client_notes(&self) -> BTreeMap<String, String> {
        self.fields
            .iter()
            .filter(|(name, _)| is_note(name) || name.as_str() == "grant_type")
            .filter(|(name, _)| name.len() <= NOTE_NAME_BYTES_MAX)
            .take(NOTES_MAX)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

fn is_note(name: &str) -> bool {
    name.starts_with("x-client-") || matches!(name, "client-request-id" | "x-ms-lib-capability")
}

/// A token request whose app and authority are known.
pub struct TokenRequest<'a> {
    /// Which endpoint was asked.
    pub version: Version,
    /// Which authority.
    pub tenancy: Tenancy,
    /// In which cloud.
    pub cloud: &'static Cloud,
    /// For which app.
    pub app: &'static App,
    /// Under which id.
    pub client_id: &'a str,
    /// Whether a page of another origin asks.
    pub cross_origin: bool,
    /// What the tokens should say.
    pub claims: ClaimsRequest,
    /// The rest.
    pub form: &'a Form,
}

impl TokenRequest<'_> {
    /// As whom `person` may be served here: v1.0 knows no personal accounts.
    pub fn seat(&self, person: &Person) -> Result<Seat, Refusal> {
        self.tenancy
            .seat(person)
            .filter(|seat| self.app.admits_tenant(seat.tenant.id))
            .filter(|_| self.version == Version::V2 || !person.is_personal())
            .ok_or_else(|| Refusal::from(&NOT_IN_TENANT))
    }

    /// Whether a code or refresh token is of this cloud. The clouds are instances
    /// apart from each other ("National clouds"), so that to any other it is a
    /// malformed grant. AADSTS900439 and 90038 are about something else, an app
    /// and a tenant of another cloud ("Error codes").
    pub fn check_cloud(&self, graph_host: &str) -> Result<(), Refusal> {
        if graph_host == self.cloud.graph_host() {
            return Ok(());
        }
        Err(Refusal::from(&GRANT_INVALID))
    }

    /// Whether `client_info` is asked.
    pub fn wants_client_info(&self) -> bool {
        self.form.get("client_info") == Some("1")
    }
}
