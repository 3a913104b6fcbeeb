//! Whether the client is who it says, as far as a client can be here.
//!
//! Sources: "Public and confidential client apps"; "Error codes", 7000218 and
//! 700025; "Redirect URI (reply URL) best practices and limitations", single-page
//! apps, for cross-origin redemption.

use super::super::aadsts::{SECRET_DEMANDED, SECRET_WRONG, SPA_ONLY};
use super::super::facts::{CROSS_ORIGIN, SECRET_UNWANTED};
use super::super::refusal::Refusal;
use super::request::TokenRequest;

/// Checks secrets: a public client has none to send, a confidential one must send
/// its own. Nobody has a certificate here, so any assertion is wrong.
pub fn authenticate(request: &TokenRequest<'_>, grant_type: &str) -> Result<(), Refusal> {
    let app = request.app;
    let confidential = !app.web_redirect_uris.is_empty();
    let secret = request.form.get("client_secret");
    let assertion = request.form.get("client_assertion");
    if !confidential && (secret.is_some() || assertion.is_some()) {
        return Err(Refusal::from(&SECRET_UNWANTED));
    }
    if assertion.is_some() || secret.is_some_and(|sent| app.secret != Some(sent)) {
        return Err(Refusal::from(&SECRET_WRONG));
    }
    if secret.is_some() {
        return Ok(());
    }
    let needs_one = match grant_type {
        "client_credentials" | "urn:ietf:params:oauth:grant-type:jwt-bearer" => true,
        "password" | "device_code" | "urn:ietf:params:oauth:grant-type:device_code" => {
            !app.public_flows
        }
        _ => confidential && app.redirect_uris.is_empty() && app.spa_redirect_uris.is_empty(),
    };
    if needs_one {
        return Err(Refusal::from(&SECRET_DEMANDED));
    }
    Ok(())
}

/// What a single-page app was given is redeemed from a page, and nothing else is.
pub fn check_origin(request: &TokenRequest<'_>, spa: bool) -> Result<(), Refusal> {
    match (request.cross_origin, spa) {
        (true, false) => Err(Refusal::from(&CROSS_ORIGIN)),
        (false, true) => Err(Refusal::from(&SPA_ONLY)),
        (true, true) | (false, false) => Ok(()),
    }
}
