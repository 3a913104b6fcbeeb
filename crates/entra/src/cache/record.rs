//! One account's record: its refresh token and its access tokens.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::id_token_claims::IdTokenClaims;
use crate::scopes::{self, ScopeSet};
use crate::store::StoreError;
use crate::tokens::{AccessToken, Tokens};

/// The most access tokens of one account: one for each resource and each set of scopes, of which an application has a few.
const ACCESS_TOKENS_MAX: usize = 16;

/// The form of the record on disk.
const VERSION: u32 = 1;

/// What is kept of an account. Its `Debug` shows no secret.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Counts the writes, so that of two copies the newer can be told.
    pub(crate) revision: u64,
    pub(crate) client_id: String,
    pub(crate) account: Account,
    pub(crate) refresh_token: Option<SecretString>,
    /// What the ID token of the last sign-in said.
    pub(crate) id_claims: IdTokenClaims,
    access_tokens: Vec<Cached>,
}

/// An access token in the cache.
#[derive(Debug, Clone)]
pub(crate) struct Cached {
    pub(crate) token: Arc<AccessToken>,
    pub(crate) refresh_at: Option<SystemTime>,
    /// The scopes it serves: those granted, and those asked for. What Entra left out of a grant it leaves out again, and a
    /// cache that insisted on it would refresh for ever.
    serves: ScopeSet,
    resource: String,
}

/// The record as JSON.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    revision: u64,
    client_id: String,
    account: Account,
    refresh_token: Option<String>,
    #[serde(default)]
    id_claims: IdTokenClaims,
    access_tokens: Vec<StoredToken>,
}

#[derive(Serialize, Deserialize)]
struct StoredToken {
    secret: String,
    scopes: Vec<String>,
    serves: ScopeSet,
    resource: String,
    obtained_at: u64,
    expires_at: u64,
    #[serde(default)]
    refresh_at: Option<u64>,
}

impl Record {
    pub(crate) fn new(client_id: &str, account: Account) -> Self {
        Self {
            revision: 0,
            client_id: client_id.to_owned(),
            account,
            refresh_token: None,
            id_claims: IdTokenClaims::default(),
            access_tokens: Vec::new(),
        }
    }

    /// The token that serves these scopes for at least so long.
    pub(crate) fn find(
        &self,
        wanted: &ScopeSet,
        now: SystemTime,
        left_min: Duration,
    ) -> Option<&Cached> {
        let resource = scopes::resource(wanted);
        self.access_tokens.iter().find(|cached| {
            cached.resource == resource
                && wanted.is_subset(&cached.serves)
                && cached.is_good(now, left_min)
        })
    }

    /// The access token that came last.
    pub(crate) fn newest(&self) -> Option<&AccessToken> {
        let newest = self.access_tokens.first();
        newest.map(|cached| &*cached.token)
    }

    /// Takes the tokens of an answer in, in place of what they make superfluous.
    pub(crate) fn put(&mut self, tokens: &Tokens, now: SystemTime) {
        if let Some(refresh_token) = &tokens.refresh_token {
            self.refresh_token = Some(refresh_token.clone());
        }
        if !tokens.id_claims.is_empty() {
            self.id_claims = tokens.id_claims.clone();
        }
        let asked = scopes::set(&tokens.asked);
        let mut serves = scopes::set(&tokens.access_token.scopes);
        let resource = scopes::resource(if asked.is_empty() { &serves } else { &asked });
        serves.extend(asked);
        self.access_tokens.retain(|cached| {
            let superfluous = cached.resource == resource && cached.serves.is_subset(&serves);
            !superfluous && cached.is_good(now, Duration::ZERO)
        });
        let token = Arc::new(tokens.access_token.clone());
        self.access_tokens.insert(
            0,
            Cached {
                token,
                refresh_at: tokens.refresh_at,
                serves,
                resource,
            },
        );
        self.access_tokens.truncate(ACCESS_TOKENS_MAX);
    }

    /// Drops a token that an API refused. False where it is not here.
    pub(crate) fn drop_token(&mut self, rejected: &SecretString) -> bool {
        let before = self.access_tokens.len();
        self.access_tokens
            .retain(|cached| cached.token.secret.expose_secret() != rejected.expose_secret());
        self.access_tokens.len() != before
    }

    /// Reads a record. What cannot be read is damaged; a newer form is left to the program that wrote it.
    pub(crate) fn read(json: &SecretString) -> Result<Self, StoreError> {
        let stored: Stored =
            serde_json::from_str(json.expose_secret()).map_err(|_| StoreError::Damaged)?;
        if stored.version != VERSION {
            return Err(StoreError::Damaged);
        }
        Ok(Self {
            revision: stored.revision,
            client_id: stored.client_id,
            account: stored.account,
            refresh_token: stored.refresh_token.map(SecretString::from),
            id_claims: stored.id_claims,
            access_tokens: stored
                .access_tokens
                .into_iter()
                .take(ACCESS_TOKENS_MAX)
                .map(Cached::from)
                .collect(),
        })
    }

    pub(crate) fn write(&self) -> Result<SecretString, StoreError> {
        let stored = Stored {
            version: VERSION,
            revision: self.revision,
            client_id: self.client_id.clone(),
            account: self.account.clone(),
            refresh_token: self
                .refresh_token
                .as_ref()
                .map(|token| token.expose_secret().to_owned()),
            id_claims: self.id_claims.clone(),
            access_tokens: self.access_tokens.iter().map(StoredToken::from).collect(),
        };
        serde_json::to_string(&stored)
            .map(SecretString::from)
            .map_err(|_| StoreError::Damaged)
    }
}

impl Cached {
    /// Good for at least so long. One from the future means that the clock was set back: its end cannot be trusted.
    fn is_good(&self, now: SystemTime, left_min: Duration) -> bool {
        let left = self
            .token
            .expires_at
            .duration_since(now)
            .unwrap_or_default();
        self.token.obtained_at <= now && left > Duration::ZERO && left >= left_min
    }

    /// Whether a refresh behind the caller's back is due.
    pub(crate) fn is_refresh_due(&self, now: SystemTime) -> bool {
        self.refresh_at.is_some_and(|due| due <= now)
    }
}

impl From<StoredToken> for Cached {
    fn from(stored: StoredToken) -> Self {
        Self {
            token: Arc::new(AccessToken {
                secret: SecretString::from(stored.secret),
                scopes: stored.scopes,
                obtained_at: time(stored.obtained_at),
                expires_at: time(stored.expires_at),
            }),
            refresh_at: stored.refresh_at.map(time),
            serves: stored.serves,
            resource: stored.resource,
        }
    }
}

impl From<&Cached> for StoredToken {
    fn from(cached: &Cached) -> Self {
        Self {
            secret: cached.token.secret.expose_secret().to_owned(),
            scopes: cached.token.scopes.clone(),
            serves: cached.serves.clone(),
            resource: cached.resource.clone(),
            obtained_at: seconds(cached.token.obtained_at),
            expires_at: seconds(cached.token.expires_at),
            refresh_at: cached.refresh_at.map(seconds),
        }
    }
}

pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// A time that no clock can hold becomes the beginning of time, at which every token is over.
fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .unwrap_or(UNIX_EPOCH)
}
