//! The client: what one application asks of one authority.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::account::Account;
use crate::authority::Authority;
use crate::authorization::Redirect;
use crate::error::{EntraError, EntraErrorKind, IdTokenFault};
use crate::exchange::{self, Head, Http, Observer};
use crate::fetched::Fetched;
use crate::id_token::{self, CLOCK_LEEWAY, Expected, IdClaims};
use crate::id_token_claims::IdTokenClaims;
use crate::keys::SigningKey;
use crate::metadata::Metadata;
use crate::pending::PendingSignIn;
use crate::random::Random;
use crate::redirect::AuthorizationCode;
use crate::token_answer::TokenAnswer;
use crate::token_request::{self, Post};
use crate::tokens::{SignedIn, Tokens};
use crate::{authorization, claims, clouds, keys, metadata};

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
    http: Http,
    config: ClientConfig,
    clock: Clock,
    random: Random,
    metadata: Fetched<Metadata>,
    keys: Fetched<Vec<SigningKey>>,
    /// Those for other tenants, by authority; no more than accounts have been asked for.
    others: Mutex<HashMap<String, Client>>,
}

impl Client {
    /// A client over an HTTP client. Let that one follow no redirects: an answer that comes from elsewhere is refused.
    pub fn new(http: reqwest::Client, config: ClientConfig, clock: Clock, random: Random) -> Self {
        let observer = None;
        let http = Http {
            client: http,
            observer,
        };
        Self::over(http, config, clock, random)
    }

    /// The same, with somebody who hears of each request when it has ended. Nothing that is kept is shared with this one.
    #[must_use]
    pub fn observed_by(self, observer: Observer) -> Self {
        let Inner {
            http,
            config,
            clock,
            random,
            ..
        } = &*self.inner;
        let http = Http {
            observer: Some(observer),
            ..http.clone()
        };
        Self::over(http, config.clone(), Arc::clone(clock), random.clone())
    }

    fn over(http: Http, config: ClientConfig, clock: Clock, random: Random) -> Self {
        let inner = Inner {
            http,
            config,
            clock,
            random,
            metadata: Fetched::default(),
            keys: Fetched::default(),
            others: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Who asks, and whom.
    pub fn config(&self) -> &ClientConfig {
        &self.inner.config
    }

    /// The client that renews what an account has, silently or with the person: of the tenant that signed it in, whichever
    /// this one is of. Elsewhere the same person is somebody else, or nobody.
    pub fn for_account(&self, account: &Account) -> Self {
        let Some(authority) = self.config().authority.of_account(account) else {
            return self.clone();
        };
        let others = self.inner.others.lock();
        let mut others = others.unwrap_or_else(PoisonError::into_inner);
        let other = others.entry(authority.as_str().to_owned());
        let Inner {
            http,
            config,
            clock,
            random,
            ..
        } = &*self.inner;
        let new = || {
            let config = ClientConfig {
                authority,
                ..config.clone()
            };
            Self::over(http.clone(), config, Arc::clone(clock), random.clone())
        };
        other.or_insert_with(new).clone()
    }

    /// The time by the client's clock.
    pub(crate) fn now(&self) -> SystemTime {
        (self.inner.clock)()
    }

    /// Begins a sign-in: the address to open in the system browser, and what to remember until the redirect comes.
    pub async fn begin(&self, ask: SignInAsk) -> Result<(Url, PendingSignIn), EntraError> {
        let redirect = Redirect {
            uri: &self.config().redirect_uri,
            response_mode: "query",
        };
        self.begin_at(&redirect, ask).await
    }

    /// The same with its answer to another place than the configured one.
    pub(crate) async fn begin_at(
        &self,
        redirect: &Redirect<'_>,
        ask: SignInAsk,
    ) -> Result<(Url, PendingSignIn), EntraError> {
        let metadata = self.metadata().await?;
        let (now, random) = (self.now(), &self.inner.random);
        authorization::request(self.config(), &metadata, redirect, ask, now, random)
    }

    /// Redeems the code for tokens and checks the ID token in full.
    ///
    /// A sign-in of another client or authority is refused before anything is sent.
    pub async fn redeem(
        &self,
        pending: PendingSignIn,
        code: AuthorizationCode,
    ) -> Result<SignedIn, EntraError> {
        self.must_have_begun(&pending.client_id, &pending.authority)?;
        let metadata = self.metadata().await?;
        let (answer, head) = token_request::redeem(&self.post(&metadata), &pending, &code).await?;
        let nonce = Some(pending.nonce.expose_secret());
        self.signed_in(&answer, &head, &pending.scopes, nonce).await
    }

    /// A sign-in of another client or authority is none of this one's.
    pub(crate) fn must_have_begun(
        &self,
        client_id: &str,
        authority: &str,
    ) -> Result<(), EntraError> {
        let config = self.config();
        if client_id == config.client_id && authority == config.authority.as_str() {
            Ok(())
        } else {
            Err(EntraError::new(
                EntraErrorKind::Other,
                "sign_in_of_another_client",
            ))
        }
    }

    /// Who signed in and what they may do, once the ID token is checked in full.
    pub(crate) async fn signed_in(
        &self,
        answer: &TokenAnswer,
        head: &Head,
        scopes: &[String],
        nonce: Option<&str>,
    ) -> Result<SignedIn, EntraError> {
        let metadata = self.metadata().await?;
        let id_token = answer.id_token.as_ref().ok_or_else(|| {
            head.complete(EntraError::new(
                EntraErrorKind::BadIdToken(IdTokenFault::Missing),
                "bad_id_token",
            ))
        })?;
        let claims = self.checked(id_token, nonce, &metadata, head).await?;
        let mut tokens = answer.tokens(scopes, self.now());
        tokens.id_claims = IdTokenClaims::of_checked(id_token);
        let account = Account::new(
            &claims,
            answer
                .client_info
                .as_deref()
                .filter(|_| self.config().authority.is_entra()),
            self.config().authority.environment(),
            &tokens.access_token.scopes,
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
        let claims = claims::request(&self.config().authority, challenge);
        let (answer, _) =
            token_request::refresh(&self.post(&metadata), refresh_token, scopes, claims).await?;
        Ok(answer.tokens(scopes, self.now()))
    }

    /// Where a browser ends the person's session at the authority too (OpenID Connect RP-Initiated Logout §2): an address to
    /// open. `None` where the authority has no such page.
    ///
    /// Without the hint that the page wants it asks whom to sign out. Entra wants no address in its place (Entra, "OpenID Connect
    /// on the Microsoft identity platform", "Send a sign-out request").
    pub async fn sign_out_address(&self, account: &Account) -> Result<Option<Url>, EntraError> {
        let metadata = self.metadata().await?;
        let address = metadata.end_session_endpoint.clone();
        Ok(address.map(|mut address| {
            let mut query = address.query_pairs_mut();
            query.append_pair("client_id", &self.config().client_id);
            let name = Some(&account.username).filter(|name| !name.is_empty());
            let name = name.filter(|_| !self.config().authority.is_entra());
            if let Some(hint) = account.login_hint.as_ref().or(name) {
                query.append_pair("logout_hint", hint);
            }
            drop(query);
            address
        }))
    }

    fn post<'a>(&'a self, metadata: &'a Metadata) -> Post<'a> {
        Post {
            http: &self.inner.http,
            config: self.config(),
            metadata,
            now: self.now(),
        }
    }

    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, EntraError> {
        if let Some(metadata) = self.inner.metadata.younger_than(KEEP, self.now()) {
            return Ok(metadata);
        }
        let authority = &self.config().authority;
        if authority.needs_vouching() {
            clouds::read(&self.send(clouds::request(authority)).await?, authority)?;
        }
        let answer = self.send(metadata::request(authority)).await?;
        let metadata = metadata::read(&answer, authority)?;
        Ok(self.inner.metadata.keep(metadata, self.now()))
    }

    async fn checked(
        &self,
        id_token: &SecretString,
        nonce: Option<&str>,
        metadata: &Metadata,
        head: &Head,
    ) -> Result<IdClaims, EntraError> {
        let config = self.config();
        let now = self.now();
        let expected = Expected {
            client_id: &config.client_id,
            nonce,
            issuer: &metadata.issuer,
            kind: config.authority.kind(),
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
        let answer = self.send(keys::request(&metadata.jwks_uri)).await?;
        Ok(self.inner.keys.keep(keys::read(&answer)?, self.now()))
    }

    pub(crate) async fn send(
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
