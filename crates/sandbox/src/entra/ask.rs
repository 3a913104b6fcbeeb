//! An authorization request as it is understood: who asks whom for what, and how
//! the answer is to travel.
//!
//! Source: "Microsoft identity platform and OAuth 2.0 authorization code flow",
//! request an authorization code; OpenID Connect Core 1.0 §3.1.2.1.

use serde::{Deserialize, Serialize};

use super::claims::ClaimsRequest;
use crate::back_channel::Device;
use crate::codes::Challenge;
use crate::scopes::{ScopeSet, asks_in_long_form};

/// How the answer is to travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseMode {
    /// In the query of a redirect.
    Query,
    /// In its fragment.
    Fragment,
    /// As a form that the browser posts.
    FormPost,
}

/// What the answer is to carry. The words may come in any order (OAuth 2.0
/// Multiple Response Type Encoding Practices §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseType {
    /// An authorization code.
    pub code: bool,
    /// An ID token, by the front channel.
    pub id_token: bool,
    /// An access token, by the front channel.
    pub token: bool,
}

impl ResponseType {
    /// The plain code flow.
    pub const CODE: Self = Self {
        code: true,
        id_token: false,
        token: false,
    };

    /// Reads the parameter; `None` for what the metadata does not announce.
    pub fn parse(text: &str) -> Option<Self> {
        let mut read = Self {
            code: false,
            id_token: false,
            token: false,
        };
        for word in text.split(' ') {
            let part = match word {
                "code" => &mut read.code,
                "id_token" => &mut read.id_token,
                "token" => &mut read.token,
                _ => return None,
            };
            if std::mem::replace(part, true) {
                return None;
            }
        }
        let announced = [
            (true, false, false),
            (false, true, false),
            (true, true, false),
            (false, true, true),
        ];
        announced
            .contains(&(read.code, read.id_token, read.token))
            .then_some(read)
    }
}

/// What the person may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// Whatever is needed.
    AsNeeded,
    /// Nothing.
    None,
    /// The password, always.
    Login,
    /// Consent, always.
    Consent,
    /// Which account, always.
    SelectAccount,
    /// A new account.
    Create,
    /// Consent for the whole organisation, always; v1.0 only.
    AdminConsent,
}

/// Which endpoint was asked, and so what the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Endpoint {
    /// `/oauth2/v2.0/authorize`
    AuthorizeV2,
    /// `/oauth2/authorize`
    AuthorizeV1,
    /// `/v2.0/adminconsent`: answers with the scopes that were granted.
    AdminConsentV2,
    /// `/adminconsent`
    AdminConsentV1,
}

impl Endpoint {
    /// Whether consent for the whole organisation is all that is wanted.
    pub fn is_admin_consent(self) -> bool {
        matches!(self, Self::AdminConsentV1 | Self::AdminConsentV2)
    }
}

/// A request that may be answered at its redirect URI.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ask {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The origin that issues, for `iss` and for front-channel tokens.
    pub issuer: String,
    /// The authority's path segment, as it was asked.
    pub tenant: String,
    /// The client.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// How it travels.
    pub response_mode: ResponseMode,
    /// What it carries.
    pub response_type: ResponseType,
    /// Opaque to us.
    pub state: Option<String>,
    /// The same as it was sent, where it is not text and would not come back
    /// whole otherwise.
    pub state_as_sent: Option<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// What is asked for.
    pub scopes: ScopeSet,
    /// Whether in the long form.
    pub long_scopes: bool,
    /// PKCE.
    pub challenge: Option<Challenge>,
    /// What the person may be asked.
    pub prompt: Prompt,
    /// Whom the client thinks it will be.
    pub login_hint: Option<String>,
    /// Whose accounts are offered: `organizations`, `consumers` or a domain.
    pub domain_hint: Option<String>,
    /// The browser session that is meant.
    pub sid: Option<String>,
    /// How old the sign-in may be, in seconds.
    pub max_age: Option<i64>,
    /// Whether the answer carries `client_info`.
    pub client_info: bool,
    /// Whether the answer carries `clientdata`.
    pub client_data: bool,
    /// Whether the answer names the cloud it comes from.
    pub instance_aware: bool,
    /// The resource that v1.0 asks for in place of scopes.
    pub resource: Option<String>,
    /// What the tokens should say, and what the client can do.
    pub claims: ClaimsRequest,
    /// The client's id for this sign-in.
    pub correlation_id: String,
}

impl Ask {
    /// What the device page asks on behalf of a device. The scope and claims
    /// were checked when the device asked; `None` only if they no longer pass.
    pub fn for_device(
        device: &Device,
        redirect_uri: String,
        state: String,
        correlation_id: String,
    ) -> Option<Self> {
        Some(Self {
            endpoint: Endpoint::AuthorizeV2,
            issuer: device.issuer.clone(),
            tenant: device.tenant.clone(),
            client_id: device.client_id.clone(),
            redirect_uri,
            response_mode: ResponseMode::Query,
            response_type: ResponseType::CODE,
            state: Some(state),
            state_as_sent: None,
            nonce: None,
            scopes: ScopeSet::parse(&device.scope).ok()?,
            long_scopes: asks_in_long_form(&device.scope),
            challenge: None,
            // Whoever types a code picks who signs in there: the session of this browser alone says nothing of it.
            prompt: Prompt::SelectAccount,
            login_hint: None,
            domain_hint: None,
            sid: None,
            max_age: None,
            client_info: false,
            client_data: false,
            instance_aware: false,
            resource: None,
            claims: ClaimsRequest::read(device.claims.as_deref()).ok()?,
            correlation_id,
        })
    }
}

#[cfg(test)]
impl Ask {
    pub(super) fn for_test(redirect_uri: &str, response_mode: ResponseMode) -> Self {
        Self {
            endpoint: Endpoint::AuthorizeV2,
            issuer: "http://127.0.0.1:1".to_owned(),
            tenant: "common".to_owned(),
            client_id: String::new(),
            redirect_uri: redirect_uri.to_owned(),
            response_mode,
            response_type: ResponseType::CODE,
            state: None,
            state_as_sent: None,
            nonce: None,
            scopes: ScopeSet::default(),
            long_scopes: false,
            challenge: None,
            prompt: Prompt::AsNeeded,
            login_hint: None,
            domain_hint: None,
            sid: None,
            max_age: None,
            client_info: false,
            client_data: false,
            instance_aware: false,
            resource: None,
            claims: ClaimsRequest::default(),
            correlation_id: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: the metadata's `response_types_supported`.
    #[test]
    fn response_types_are_those_the_metadata_announces() {
        let read =
            |text| ResponseType::parse(text).map(|read| (read.code, read.id_token, read.token));
        for (text, expected) in [
            ("code", Some((true, false, false))),
            ("id_token", Some((false, true, false))),
            ("code id_token", Some((true, true, false))),
            ("id_token code", Some((true, true, false))),
            ("id_token token", Some((false, true, true))),
            ("token", None),
            ("code token", None),
            ("code id_token token", None),
            ("code code", None),
            ("CODE", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
