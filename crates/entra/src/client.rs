//! The client: what one application asks of one authority.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::account::Account;
use crate::authority::Authority;
use crate::error::{EntraError, EntraErrorKind, IdTokenFault};
use crate::exchange::{self, Head};
use crate::fetched::Fetched;
use crate::id_token::{self, CLOCK_LEEWAY, Expected, IdClaims};
use crate::keys::SigningKey;
use crate::metadata::Metadata;
use crate::pending::PendingSignIn;
use crate::redirect::AuthorizationCode;
use crate::token_request::{self, Post};
use crate::tokens::{SignedIn, Tokens};
use crate::{authorization, claims, keys, metadata};

/// How long metadata and keys are kept: as long as Entra's own `Cache-Control` says.
const KEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// The least time between two looks for a key that is not there, so that forged tokens cannot make us ask again and again.
const KEYS_AGAIN_AFTER: Duration = Duration::from_secs(5 * 60);

/// The clock, so that tests can move it by hand.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Who asks, and whom.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The application's id.
    pub client_id: String,
    /// Who is asked.
    pub authority: Authority,
    /// Where the browser brings the answer, exactly as registered.
    pub redirect_uri: String,
}

/// Whether a text can be an application's id: a GUID with hyphens, as the registration's page shows it.
pub fn is_client_id(text: &str) -> bool {
    id_token::is_guid(text)
}

/// What a person is asked to agree to. Its `Debug` names no person.
#[derive(Clone, Default)]
pub struct SignInAsk {
    /// Resource scopes in short form (`User.Read`); `openid profile offline_access` are added.
    pub scopes: Vec<String>,
    /// How the authority greets the person.
    pub prompt: Option<Prompt>,
    /// Whom to expect; left out beside [`Prompt::SelectAccount`], whose picker it would defeat.
    pub login_hint: Option<String>,
    /// A claims challenge as JSON, from an error or from an API.
    pub claims: Option<String>,
}

impl fmt::Debug for SignInAsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInAsk")
            .field("scopes", &self.scopes)
            .field("prompt", &self.prompt)
            .finish_non_exhaustive()
    }
}

/// The `prompt` parameter, as far as it is used: without it the authority asks for what it needs, consent included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Show the accounts to choose from.
    SelectAccount,
}

/// A public client of one authority. Cheap to clone; clones share what is kept of metadata and keys.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    config: ClientConfig,
    clock: Clock,
    metadata: Fetched<Metadata>,
    keys: Fetched<Vec<SigningKey>>,
}

impl Client {
    /// A client over an HTTP client. Let that one follow no redirects: an answer that comes from elsewhere is refused.
    pub fn new(http: reqwest::Client, config: ClientConfig, clock: Clock) -> Self {
        let inner = Inner {
            http,
            config,
            clock,
            metadata: Fetched::default(),
            keys: Fetched::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Who asks, and whom.
    pub fn config(&self) -> &ClientConfig {
        &self.inner.config
    }

    /// The time by the client's clock.
    pub(crate) fn now(&self) -> SystemTime {
        (self.inner.clock)()
    }

    /// Begins a sign-in: the address to open in the system browser, and what to remember until the redirect comes.
    pub async fn begin(&self, ask: SignInAsk) -> Result<(Url, PendingSignIn), EntraError> {
        let metadata = self.metadata().await?;
        authorization::request(self.config(), &metadata, ask, self.now())
    }

    /// Redeems the code for tokens and checks the ID token in full.
    ///
    /// A sign-in of another client or authority is refused before anything is sent.
    pub async fn redeem(
        &self,
        pending: PendingSignIn,
        code: AuthorizationCode,
    ) -> Result<SignedIn, EntraError> {
        let config = self.config();
        if pending.client_id != config.client_id || pending.authority != config.authority.as_str() {
            return Err(EntraError::new(
                EntraErrorKind::Other,
                "sign_in_of_another_client",
            ));
        }
        let metadata = self.metadata().await?;
        let (answer, head) = token_request::redeem(&self.post(&metadata), &pending, &code).await?;
        let bad = |fault| {
            head.complete(EntraError::new(
                EntraErrorKind::BadIdToken(fault),
                "bad_id_token",
            ))
        };
        let id_token = answer
            .id_token
            .as_ref()
            .ok_or_else(|| bad(IdTokenFault::Missing))?;
        let claims = self
            .checked(id_token, &pending.nonce, &metadata, &head)
            .await?;
        let tokens = answer.tokens(&pending.scopes, self.now());
        let scopes = &tokens.access_token.scopes;
        let account = Account::new(
            &claims,
            answer.client_info.as_deref(),
            config.authority.environment(),
            scopes,
        );
        Ok(SignedIn { account, tokens })
    }

    /// Redeems a refresh token for an access token with these scopes.
    pub(crate) async fn refresh(
        &self,
        refresh_token: &SecretString,
        scopes: &[String],
        challenge: Option<&str>,
    ) -> Result<Tokens, EntraError> {
        let metadata = self.metadata().await?;
        let claims = claims::with_challenge(challenge);
        let (answer, _) =
            token_request::refresh(&self.post(&metadata), refresh_token, scopes, claims).await?;
        Ok(answer.tokens(scopes, self.now()))
    }

    fn post<'a>(&'a self, metadata: &'a Metadata) -> Post<'a> {
        Post {
            http: &self.inner.http,
            config: self.config(),
            metadata,
            now: self.now(),
        }
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, EntraError> {
        if let Some(metadata) = self.inner.metadata.younger_than(KEEP, self.now()) {
            return Ok(metadata);
        }
        let authority = &self.config().authority;
        let answer = self.get(metadata::request(authority)).await?;
        let metadata = metadata::read(&answer, authority)?;
        Ok(self.inner.metadata.keep(metadata, self.now()))
    }

    async fn checked(
        &self,
        id_token: &SecretString,
        nonce: &SecretString,
        metadata: &Metadata,
        head: &Head,
    ) -> Result<IdClaims, EntraError> {
        let config = self.config();
        let now = self.now();
        let expected = Expected {
            client_id: &config.client_id,
            nonce: nonce.expose_secret(),
            issuer: &metadata.issuer,
            tenant: config.authority.tenant(),
            now,
        };
        let token = id_token.expose_secret();
        let mut outcome = id_token::validate(token, &expected, &self.keys(metadata, KEEP).await?);
        if matches!(outcome, Err(IdTokenFault::UnknownKey)) {
            // Keys change without notice (Entra, "Signing key rollover").
            outcome = id_token::validate(
                token,
                &expected,
                &self.keys(metadata, KEYS_AGAIN_AFTER).await?,
            );
        }
        outcome.map_err(|fault| {
            head.complete(EntraError::new(
                blame(fault, head.date, now),
                "bad_id_token",
            ))
        })
    }

    async fn keys(
        &self,
        metadata: &Metadata,
        age_max: Duration,
    ) -> Result<Arc<Vec<SigningKey>>, EntraError> {
        if let Some(keys) = self.inner.keys.younger_than(age_max, self.now()) {
            return Ok(keys);
        }
        let answer = self.get(keys::request(&metadata.jwks_uri)).await?;
        Ok(self.inner.keys.keep(keys::read(&answer)?, self.now()))
    }

    async fn get(
        &self,
        request: Result<http::Request<Vec<u8>>, http::Error>,
    ) -> Result<exchange::Answer, EntraError> {
        let request = request
            .map_err(|_| EntraError::new(EntraErrorKind::Misconfigured, "authority_not_a_uri"))?;
        exchange::send(&self.inner.http, request, self.now()).await
    }
}

/// A token that is out of time by our clock only is our clock's fault, and said so.
fn blame(fault: IdTokenFault, server: Option<SystemTime>, now: SystemTime) -> EntraErrorKind {
    let out_of_time = matches!(fault, IdTokenFault::Expired | IdTokenFault::NotYetValid);
    match server {
        Some(server) if out_of_time => {
            match (now.duration_since(server), server.duration_since(now)) {
                (Ok(ahead), _) if ahead > CLOCK_LEEWAY => EntraErrorKind::ClockWrong {
                    minutes: minutes(ahead),
                },
                (_, Ok(behind)) if behind > CLOCK_LEEWAY => EntraErrorKind::ClockWrong {
                    minutes: -minutes(behind),
                },
                _ => EntraErrorKind::BadIdToken(fault),
            }
        }
        _ => EntraErrorKind::BadIdToken(fault),
    }
}

fn minutes(span: Duration) -> i64 {
    i64::try_from(span.as_secs() / 60).unwrap_or(i64::MAX)
}
