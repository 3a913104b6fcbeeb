//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1;
//! Entra, "Microsoft identity platform and OAuth 2.0 authorization code flow").

use std::time::SystemTime;

use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use secrecy::SecretString;
use url::Url;

use crate::authority::Kind;
use crate::claims;
use crate::client::{ClientConfig, Prompt, SignInAsk};
use crate::error::{EntraError, EntraErrorKind};
use crate::metadata::Metadata;
use crate::pending::PendingSignIn;
use crate::random::{self, Random};
use crate::scopes;
use crate::token_request::OAuth;

/// Where the browser brings the answer, and how.
pub(crate) struct Redirect<'a> {
    /// The redirect URI, as registered but for the port of loopback.
    pub(crate) uri: &'a str,
    /// `query`, or `form_post`, which leaves no code in the browser's history.
    pub(crate) response_mode: &'static str,
}

/// Makes the address to open and what must be remembered.
pub(crate) fn request(
    config: &ClientConfig,
    metadata: &Metadata,
    redirect: &Redirect<'_>,
    ask: SignInAsk,
    now: SystemTime,
    random: &Random,
) -> Result<(Url, PendingSignIn), EntraError> {
    let uri = RedirectUrl::new(redirect.uri.to_owned()).map_err(|_| {
        EntraError::new(
            EntraErrorKind::RedirectUriMismatch,
            "redirect_uri_not_a_url",
        )
    })?;
    let client = OAuth::new(ClientId::new(config.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
        .set_redirect_uri(uri);
    let verifier = PkceCodeVerifier::new(random::secret(random)?);
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    let nonce = random::secret(random)?;
    let state = CsrfToken::new(random::secret(random)?);
    let claims = claims::request(&config.authority, ask.claims.as_deref());
    let mut request = client
        .authorize_url(|| state)
        .add_scopes(scopes::request(&ask.scopes).into_iter().map(Scope::new))
        .set_pkce_challenge(challenge)
        .add_extra_param("response_mode", redirect.response_mode)
        .add_extra_param("nonce", nonce.clone());
    if let Some(claims) = &claims {
        request = request.add_extra_param("claims", claims.clone());
    }
    if config.authority.is_entra() {
        request = request.add_extra_param("client_info", "1");
    }
    let prompt = ask.prompt.map(Prompt::as_str);
    // OpenID Connect Core §11: without it `offline_access` has to be ignored. Entra asks for consent where it is needed, and
    // with this it would ask at every sign-in.
    let consent = matches!(config.authority.kind(), Kind::OpenId).then_some("consent");
    let prompts: Vec<&str> = prompt.into_iter().chain(consent).collect();
    if !prompts.is_empty() {
        request = request.add_extra_param("prompt", prompts.join(" "));
    }
    if let Some(hint) = login_hint(&ask) {
        request = request.add_extra_param("login_hint", hint.to_owned());
    }
    let (url, state) = request.url();
    let pending = PendingSignIn {
        state: state.into_secret().into(),
        nonce: SecretString::from(nonce),
        code_verifier: verifier.into_secret().into(),
        client_id: config.client_id.clone(),
        authority: config.authority.as_str().to_owned(),
        issuer: metadata.issuer.clone(),
        must_name_issuer: metadata.answers_name_issuer,
        redirect_uri: redirect.uri.to_owned(),
        scopes: ask.scopes,
        claims,
        begun_at: now,
    };
    Ok((url, pending))
}

/// A hint beside `select_account` would defeat the picker.
fn login_hint(ask: &SignInAsk) -> Option<&str> {
    match ask.prompt {
        Some(Prompt::SelectAccount) => None,
        None => ask.login_hint.as_deref().filter(|hint| !hint.is_empty()),
    }
}

impl Prompt {
    fn as_str(self) -> &'static str {
        match self {
            Self::SelectAccount => "select_account",
        }
    }
}

#[cfg(test)]
mod tests;
