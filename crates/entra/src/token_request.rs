//! Token requests (RFC 6749 §4.1.3, §6; RFC 7636 §4.5; Entra, "Redeem a code for an access token").

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AsyncHttpClient, ClientId, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken,
    TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::client::ClientConfig;
use crate::error::{EntraError, EntraErrorKind};
use crate::exchange::{self, Answer, Head, Http};
use crate::metadata::Metadata;
use crate::pending::PendingSignIn;
use crate::redirect::AuthorizationCode;
use crate::scopes;
use crate::store::BoxFuture;
use crate::token_answer::TokenAnswer;

/// The OAuth client with our own answer types: the basic ones drop `suberror`, `error_codes` and `claims`.
pub(crate) type OAuth<A = EndpointNotSet, T = EndpointNotSet> = oauth2::Client<
    Refused,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    A,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    T,
>;

/// Stands for any error answer. What it says is read from the answer itself, together with its head.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Refused {}

impl oauth2::ErrorResponse for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

/// Redeems a code.
pub(crate) async fn redeem(
    post: &Post<'_>,
    pending: &PendingSignIn,
    code: &AuthorizationCode,
) -> Result<(TokenAnswer, Head), EntraError> {
    let redirect = RedirectUrl::new(pending.redirect_uri.clone()).map_err(|_| {
        EntraError::new(
            EntraErrorKind::RedirectUriMismatch,
            "redirect_uri_not_a_url",
        )
    })?;
    let client = post.client().set_redirect_uri(redirect);
    let mut request = client
        .exchange_code(oauth2::AuthorizationCode::new(
            code.0.expose_secret().to_owned(),
        ))
        .set_pkce_verifier(PkceCodeVerifier::new(
            pending.code_verifier.expose_secret().to_owned(),
        ))
        .add_extra_param("scope", scopes::request(&pending.scopes).join(" "));
    for (name, value) in post.own_parameters(pending.claims.clone()) {
        request = request.add_extra_param(name, value);
    }
    let poster = post.poster();
    let outcome = request.request_async(&poster).await;
    read(outcome, poster.kept)
}

/// Redeems a refresh token. The scope is always written out: without it Entra may answer AADSTS900144.
pub(crate) async fn refresh(
    post: &Post<'_>,
    refresh_token: &SecretString,
    scopes: &[String],
    claims: Option<String>,
) -> Result<(TokenAnswer, Head), EntraError> {
    let client = post.client();
    let refresh_token = RefreshToken::new(refresh_token.expose_secret().to_owned());
    let mut request = client
        .exchange_refresh_token(&refresh_token)
        .add_scopes(scopes::request(scopes).into_iter().map(Scope::new));
    for (name, value) in post.own_parameters(claims) {
        request = request.add_extra_param(name, value);
    }
    let poster = post.poster();
    let outcome = request.request_async(&poster).await;
    read(outcome, poster.kept)
}

/// What every token request needs.
pub(crate) struct Post<'a> {
    pub(crate) http: &'a Http,
    pub(crate) config: &'a ClientConfig,
    pub(crate) metadata: &'a Metadata,
    pub(crate) now: SystemTime,
}

impl Post<'_> {
    fn client(&self) -> OAuth<EndpointNotSet, EndpointSet> {
        OAuth::new(ClientId::new(self.config.client_id.clone()))
            .set_token_uri(TokenUrl::from_url(self.metadata.token_endpoint.clone()))
    }

    /// What goes beside the protocol's own parameters.
    fn own_parameters(&self, claims: Option<String>) -> Vec<(&'static str, String)> {
        let client_info = self.config.authority.is_entra().then(|| "1".to_owned());
        let own = [("claims", claims), ("client_info", client_info)];
        own.into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    fn poster(&self) -> Poster {
        Poster {
            http: self.http.clone(),
            now: self.now,
            kept: Mutex::new(None),
        }
    }
}

/// Sends for `oauth2`, and keeps the whole answer beside what is handed on.
struct Poster {
    http: Http,
    now: SystemTime,
    kept: Mutex<Option<Answer>>,
}

impl<'c> AsyncHttpClient<'c> for Poster {
    type Error = EntraError;
    type Future = BoxFuture<'c, Result<HttpResponse, EntraError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = exchange::send(&self.http, request, self.now).await?;
            let mut response = HttpResponse::new(answer.body.clone());
            *response.status_mut() =
                http::StatusCode::from_u16(answer.head.status).unwrap_or_default();
            *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            Ok(response)
        })
    }
}

fn read(
    outcome: Result<TokenAnswer, RequestTokenError<EntraError, Refused>>,
    kept: Mutex<Option<Answer>>,
) -> Result<(TokenAnswer, Head), EntraError> {
    let kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (outcome, kept) {
        (Ok(tokens), Some(answer)) => Ok((tokens, answer.head)),
        (Err(RequestTokenError::Request(error)), _) => Err(error),
        // `oauth2`'s own words may quote the answer, tokens included, and are dropped.
        (Err(_), Some(answer)) => Err(answer.refusal()),
        (_, None) => Err(EntraError::new(EntraErrorKind::Other, "request_not_made")),
    }
}
