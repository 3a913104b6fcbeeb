//! Introduces the neighbours: the keychain to `entra` as its store of records, `entra` to `graph` as its source of tokens.

use std::{pin::Pin, sync::Arc};

use entra::{Ask, RecordStore, SilentError, StoreError, TokenCache};
use graph::{Rejected, TokenError, TokenSource};
use keychain::{Keychain, KeychainError};
use secrecy::SecretString;
use tokio::sync::mpsc;

use crate::{
    session::{Event, Need},
    views::Purpose,
};

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

fn store_error(error: KeychainError) -> StoreError {
    match error {
        KeychainError::Waiting => StoreError::Waiting,
        KeychainError::Locked => StoreError::Locked,
        KeychainError::Torn => StoreError::Damaged,
        error => StoreError::Failed(Arc::new(error)),
    }
}

/// The credential store as `entra` sees it.
pub struct Records(pub Keychain);

impl RecordStore for Records {
    fn read<'a>(&'a self, name: &'a str) -> Answer<'a, Result<Option<SecretString>, StoreError>> {
        Box::pin(async move { self.0.read(name).await.map_err(store_error) })
    }

    fn write<'a>(
        &'a self,
        name: &'a str,
        record: SecretString,
    ) -> Answer<'a, Result<(), StoreError>> {
        Box::pin(async move { self.0.write(name, record).await.map_err(store_error) })
    }

    fn delete<'a>(&'a self, name: &'a str) -> Answer<'a, Result<(), StoreError>> {
        Box::pin(async move { self.0.delete(name).await.map_err(store_error) })
    }
}

/// The tokens of one account, for Graph. What only the person can mend is told to the session.
pub struct AccountTokens {
    /// The account's id.
    pub account: String,
    /// The tokens of the cloud it lives in.
    pub cache: Arc<TokenCache>,
    /// The scopes that the person wants left alone: here they are not granted.
    pub unused: Vec<String>,
    /// The session.
    pub session: mpsc::Sender<Event>,
}

impl TokenSource for AccountTokens {
    fn access_token<'a>(
        &'a self,
        scopes: &'a [&'a str],
        rejected: Option<Rejected<'a>>,
    ) -> Answer<'a, Result<SecretString, TokenError>> {
        Box::pin(async move {
            if self.leaves_alone(scopes) {
                return Err(self.not_to_be_used(scopes).await);
            }
            let ask = rejected.map_or(Ask::Cached, |rejected| Ask::Refresh {
                rejected: rejected.token,
                claims: rejected.claims,
            });
            match self.cache.access_token(&self.account, scopes, ask).await {
                Ok(token) => Ok(token.secret.clone()),
                Err(error) => Err(self.refused(scopes, error).await),
            }
        })
    }

    fn is_granted<'a>(&'a self, scopes: &'a [&'a str]) -> Answer<'a, bool> {
        Box::pin(async move {
            !self.leaves_alone(scopes) && self.cache.has_scopes(&self.account, scopes).await
        })
    }

    fn refused_again<'a>(
        &'a self,
        scopes: &'a [&'a str],
        claims: Option<String>,
    ) -> Answer<'a, ()> {
        Box::pin(async move { self.tell(Need::from_graph(scopes, claims)).await })
    }
}

impl AccountTokens {
    async fn tell(&self, need: Need) {
        let account = self.account.clone();
        // The session ends only with the program; nobody is left to be told then.
        let _ = self.session.send(Event::Needs { account, need }).await;
    }

    fn leaves_alone(&self, scopes: &[&str]) -> bool {
        let is_unused = |scope: &&str| self.unused.iter().any(|unused| unused == scope);
        scopes.iter().any(is_unused)
    }

    async fn not_to_be_used(&self, scopes: &[&str]) -> TokenError {
        self.tell(Need::for_permission(scopes, Purpose::Consent))
            .await;
        TokenError::ConsentRequired {
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        }
    }

    async fn refused(&self, scopes: &[&str], error: SilentError) -> TokenError {
        tracing::info!(
            error = &error as &dyn std::error::Error,
            "no token without the person"
        );
        if let Some(need) = Need::from_silent(scopes, &error) {
            self.tell(need).await;
        }
        match error {
            SilentError::NoAccount => TokenError::SignInRequired { claims: None },
            SilentError::InteractionRequired(error) => TokenError::SignInRequired {
                claims: error.claims.clone(),
            },
            SilentError::ConsentRequired(_) => TokenError::ConsentRequired {
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            },
            SilentError::Transient(error) => TokenError::Unreachable(error.to_string()),
            SilentError::Refused(error) => TokenError::Other(error.to_string()),
            SilentError::Store(error) => TokenError::Other(error.to_string()),
        }
    }
}
