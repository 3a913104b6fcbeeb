//! The password grant: never served, and refused for the reason that fits the
//! person. Source: "OAuth 2.0 Resource Owner Password Credentials": accounts
//! that must give a second factor cannot use it, and today's tenants ask
//! everybody for one; personal accounts never could.

use super::super::aadsts::{MFA_NEEDED, PASSWORD_GRANT_NEEDS_TENANT};
use super::super::hindrance::Hindrance;
use super::super::refusal::Refusal;
use super::super::sign_in::check_credentials;
use super::request::TokenRequest;
use crate::directory::Tenancy;

/// Why this person gets no tokens for a password.
pub fn refuse(request: &TokenRequest<'_>) -> Refusal {
    let credentials = request
        .form
        .required("username")
        .and_then(|username| Ok((username, request.form.required("password")?)));
    let (username, password) = match credentials {
        Ok(credentials) => credentials,
        Err(refusal) => return refusal,
    };
    if matches!(request.tenancy, Tenancy::Common | Tenancy::Consumers) {
        return Refusal::from(&PASSWORD_GRANT_NEEDS_TENANT);
    }
    match check_credentials(request.app, request.tenancy, username, password) {
        Err(refusal) => refusal,
        Ok(person) => {
            Hindrance::at_first(person).map_or(Refusal::from(&MFA_NEEDED), Hindrance::refusal)
        }
    }
}
