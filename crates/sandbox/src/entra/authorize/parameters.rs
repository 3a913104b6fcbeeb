//! The parameters of the authorization request, whose faults are told at the
//! redirect URI.

use std::collections::HashMap;

use url::form_urlencoded;

use super::super::aadsts::RESOURCE_UNSUPPORTED;
use super::super::ask::{Ask, Endpoint, Prompt, ResponseMode, ResponseType};
use super::super::claims::ClaimsRequest;
use super::super::facts::{
    CHALLENGE_INVALID, ID_TOKEN_DISABLED, PKCE_REQUIRED, PROMPT_INVALID, REQUEST_MALFORMED,
    RESPONSE_MODE_UNSUPPORTED, RESPONSE_TYPE_UNSUPPORTED, SCOPE_INVALID, SESSION_AND_HINT,
    TOKEN_DISABLED,
};
use super::super::outcome::leaves_the_browser;
use super::super::refusal::Refusal;
use super::scope_refusal;
use crate::codes::{Challenge, is_pkce};
use crate::directory::{App, Platform};
use crate::scopes::{ScopeSet, asks_in_long_form};

/// The query, decoded. Unknown parameters are kept and never complained about.
pub struct Parameters(HashMap<String, String>);

impl Parameters {
    /// Decodes a query.
    pub fn read(query: &str) -> Self {
        Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// One parameter, as it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// One that must be there.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// One, to keep.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// One, to keep if it says anything.
    pub fn filled(&self, name: &str) -> Option<String> {
        self.owned(name).filter(|value| !value.trim().is_empty())
    }

    /// The rest of the request.
    pub fn complete(&self, mut ask: Ask, app: &App) -> Result<Ask, Refusal> {
        if ask.endpoint.is_admin_consent() {
            ask.scopes = self.admin_scopes(ask.endpoint, app)?;
            ask.prompt = Prompt::AdminConsent;
            return Ok(ask);
        }
        let response_type = self.required("response_type")?;
        ask.response_type = ResponseType::parse(response_type)
            .ok_or_else(|| Refusal::from(&RESPONSE_TYPE_UNSUPPORTED))?;
        ask.response_mode = self.response_mode(&ask.redirect_uri, ask.response_type)?;
        ask.prompt = self.prompt(ask.endpoint)?;
        if ask.sid.is_some() && ask.login_hint.is_some() {
            return Err(Refusal::from(&SESSION_AND_HINT));
        }
        ask.claims = ClaimsRequest::read(self.get("claims")).map_err(|_| {
            Refusal::from(&REQUEST_MALFORMED)
                .saying("The 'claims' parameter of the request is not a valid JSON object.")
        })?;
        ask.max_age = self.max_age()?;
        self.scopes(&mut ask, app)?;
        self.front_channel(&ask, app)?;
        ask.challenge = self.challenge()?;
        if app.platform(&ask.redirect_uri) == Some(Platform::Spa)
            && ask.response_type.code
            && ask.challenge.is_none()
        {
            return Err(Refusal::from(&PKCE_REQUIRED));
        }
        Ok(ask)
    }

    /// Query is the default for a code, the fragment for anything with a token,
    /// for which the query is refused (OAuth 2.0 Multiple Response Type Encoding
    /// Practices §5). A form cannot be posted to an app.
    pub fn response_mode(
        &self,
        redirect_uri: &str,
        asked: ResponseType,
    ) -> Result<ResponseMode, Refusal> {
        let tokens = asked.id_token || asked.token;
        match self.get("response_mode") {
            None if tokens => Ok(ResponseMode::Fragment),
            Some("query") if tokens => Err(Refusal::from(&RESPONSE_MODE_UNSUPPORTED).saying(
                "'response_mode=query' is not supported for a 'response_type' that holds a token.",
            )),
            None | Some("query") => Ok(ResponseMode::Query),
            Some("fragment") => Ok(ResponseMode::Fragment),
            Some("form_post") if !leaves_the_browser(redirect_uri) => Ok(ResponseMode::FormPost),
            Some(_) => Err(Refusal::from(&RESPONSE_MODE_UNSUPPORTED)),
        }
    }

    /// One value only: a list is not understood.
    fn prompt(&self, endpoint: Endpoint) -> Result<Prompt, Refusal> {
        match self.get("prompt") {
            None | Some("") => Ok(Prompt::AsNeeded),
            Some("none") => Ok(Prompt::None),
            Some("login") => Ok(Prompt::Login),
            Some("consent") => Ok(Prompt::Consent),
            Some("select_account") => Ok(Prompt::SelectAccount),
            Some("create") => Ok(Prompt::Create),
            Some("admin_consent") if endpoint == Endpoint::AuthorizeV1 => Ok(Prompt::AdminConsent),
            Some(other) => Err(Refusal::from(&PROMPT_INVALID)
                .saying(format!("Unsupported 'prompt' value '{other}'."))),
        }
    }

    fn max_age(&self) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.filled("max_age") else {
            return Ok(None);
        };
        match text.parse::<u32>() {
            Ok(seconds) => Ok(Some(i64::from(seconds))),
            Err(_) => Err(Refusal::from(&REQUEST_MALFORMED)
                .saying("The value of 'max_age' is not a number of seconds.")),
        }
    }

    /// v2.0 reads `scope` and refuses `resource`; v1.0 the other way round.
    fn scopes(&self, ask: &mut Ask, app: &App) -> Result<(), Refusal> {
        if ask.endpoint == Endpoint::AuthorizeV1 {
            if let Some(resource) = self.filled("resource") {
                let resource = resource.trim_end_matches('/');
                ScopeSet::parse(&format!("{resource}/.default")).map_err(scope_refusal)?;
            }
            ask.resource = self.filled("resource");
            ask.scopes = ScopeSet::parse(&registered(app)).map_err(scope_refusal)?;
            return Ok(());
        }
        if self.filled("resource").is_some() {
            return Err(Refusal::from(&RESOURCE_UNSUPPORTED));
        }
        let scope = self.get("scope").unwrap_or_default();
        ask.scopes = ScopeSet::parse(scope).map_err(scope_refusal)?;
        ask.long_scopes = asks_in_long_form(scope);
        Ok(())
    }

    /// The v1.0 link grants what the registration lists, the v2.0 link what it
    /// names ("Grant tenant-wide admin consent to an application").
    fn admin_scopes(&self, endpoint: Endpoint, app: &App) -> Result<ScopeSet, Refusal> {
        let scope = match endpoint {
            Endpoint::AdminConsentV2 => self.required("scope")?.to_owned(),
            _ => registered(app),
        };
        ScopeSet::parse(&scope).map_err(scope_refusal)
    }

    /// Tokens leave by the front channel only where the registration allows it,
    /// with `openid` and a nonce (OpenID Connect Core 1.0 §3.2.2.1).
    fn front_channel(&self, ask: &Ask, app: &App) -> Result<(), Refusal> {
        let asked = ask.response_type;
        if !asked.id_token {
            return Ok(());
        }
        if !app.front_channel_tokens {
            let fact = if asked.token {
                &TOKEN_DISABLED
            } else {
                &ID_TOKEN_DISABLED
            };
            return Err(Refusal::from(fact));
        }
        if !ask.scopes.contains("openid") {
            return Err(Refusal::from(&SCOPE_INVALID)
                .saying("'openid' scope is required when requesting an ID token."));
        }
        match &ask.nonce {
            Some(nonce) if !nonce.is_empty() => Ok(()),
            _ => Err(Refusal::missing("nonce")),
        }
    }

    /// RFC 7636 §4.2 and §4.3: a challenge has the length and the characters of a
    /// verifier, and without a method it is plain.
    fn challenge(&self) -> Result<Option<Challenge>, Refusal> {
        let Some(value) = self.get("code_challenge") else {
            return Ok(None);
        };
        let s256 = match self.get("code_challenge_method") {
            Some("S256") => true,
            None | Some("plain") => false,
            Some(_) => {
                return Err(Refusal::from(&CHALLENGE_INVALID)
                    .saying("The code_challenge_method is not supported."));
            }
        };
        if !is_pkce(value) {
            return Err(Refusal::from(&CHALLENGE_INVALID));
        }
        Ok(Some(Challenge {
            s256,
            value: value.to_owned(),
        }))
    }
}

/// What the v1.0 endpoints grant: the permissions of the registration, and every
/// answer signs in and can be refreshed.
fn registered(app: &App) -> String {
    format!(
        "openid profile offline_access {}",
        app.permissions.join(" ")
    )
}

/// The first parameter that comes twice.
pub fn repeated(query: &str) -> Option<String> {
    let mut names: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect();
    names.sort_unstable();
    names
        .iter()
        .zip(names.iter().skip(1))
        .find(|(one, next)| one == next)
        .map(|(name, _)| name.clone())
}

/// The parameter `name` as it was sent, if its bytes are not text: decoding puts
/// U+FFFD in the place of such bytes (URL Standard, "UTF-8 decode without BOM").
pub fn undecodable(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(sent_name, value)| *sent_name == name && value.is_ascii())
        .find(|(_, value)| {
            form_urlencoded::parse(format!("v={value}").as_bytes())
                .any(|(_, text)| text.contains(char::REPLACEMENT_CHARACTER))
        })
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_text_is_kept_as_it_was_sent() {
        for (query, expected) in [
            ("state=a+b%20%C3%A9", None),
            ("state=", None),
            ("state", None),
            ("nonce=%ff&state=a", None),
            ("nonce=n&state=%ff%FE+a", Some("%ff%FE+a")),
            ("state=%C3&nonce=n", Some("%C3")),
        ] {
            assert_eq!(undecodable(query, "state").as_deref(), expected, "{query}");
        }
    }
}
