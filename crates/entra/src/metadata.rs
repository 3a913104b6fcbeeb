//! The authority's metadata (OpenID Connect Discovery §3, §4).

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::authority::Authority;
use crate::error::{EntraError, Unreadable};
use crate::exchange::{Answer, unreadable};
use crate::lenient;

/// What is used of the metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// The issuer; on `common` and `organizations` a template with `{tenantid}`.
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    /// Absent where the authority knows no device code (RFC 8628 §4).
    pub(crate) device_authorization_endpoint: Option<Url>,
    /// Absent where nobody can be signed out there (OpenID Connect RP-Initiated Logout §2.1).
    pub(crate) end_session_endpoint: Option<Url>,
    /// Every answer names its issuer (RFC 9207 §3).
    pub(crate) answers_name_issuer: bool,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    issuer: Value,
    #[serde(default)]
    authorization_endpoint: Value,
    #[serde(default)]
    token_endpoint: Value,
    #[serde(default)]
    jwks_uri: Value,
    #[serde(default)]
    device_authorization_endpoint: Value,
    #[serde(default)]
    end_session_endpoint: Value,
    #[serde(default)]
    authorization_response_iss_parameter_supported: Value,
}

/// The request for it.
pub(crate) fn request(authority: &Authority) -> Result<http::Request<Vec<u8>>, http::Error> {
    http::Request::get(authority.metadata_url())
        .header("accept", "application/json")
        .body(Vec::new())
}

/// Reads the answer. Every endpoint must lie with the authority itself: a document that sends the person or a token elsewhere is not its own.
pub(crate) fn read(answer: &Answer, authority: &Authority) -> Result<Metadata, EntraError> {
    if answer.head.status != 200 {
        return Err(answer.refusal());
    }
    let fields: Fields = serde_json::from_slice(&answer.body).map_err(|_| answer.refusal())?;
    let incomplete = || unreadable(&answer.head, Unreadable::Incomplete);
    let own = |value: &Value| {
        let url = lenient::text(value).and_then(|text| Url::parse(&text).ok());
        url.filter(|url| authority.may_name_endpoint(url))
            .ok_or_else(incomplete)
    };
    let own_if_stated = |value: &Value| match value {
        Value::Null => Ok(None),
        stated => own(stated).map(Some),
    };
    Ok(Metadata {
        issuer: lenient::text(&fields.issuer)
            .filter(|issuer| authority.may_name_issuer(issuer))
            .ok_or_else(incomplete)?,
        authorization_endpoint: own(&fields.authorization_endpoint)?,
        token_endpoint: own(&fields.token_endpoint)?,
        jwks_uri: own(&fields.jwks_uri)?,
        device_authorization_endpoint: own_if_stated(&fields.device_authorization_endpoint)?,
        end_session_endpoint: own_if_stated(&fields.end_session_endpoint)?,
        answers_name_issuer: fields.authorization_response_iss_parameter_supported == true,
    })
}
