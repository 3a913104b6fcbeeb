//! Measures silent acquisition, for `script/bench sign-in`: `silent ACCOUNTS cached|cold`, nanoseconds on standard output.
//!
//! `cached`: one call with a good token in memory, over accounts in turn. `cold`: from nothing to the first token out of
//! the credential store of this session, with so many accounts in it; they are removed again.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use entra::{
    AccessToken, Account, Ask, Authority, BoxFuture, Client, ClientConfig, RecordStore, SignedIn,
    StoreError, TokenCache, Tokens, system_random,
};
use keychain::Keychain;
use secrecy::SecretString;

const SERVICE: &str = "io.github.signetmail.bench";
const SCOPES: [&str; 1] = ["User.Read"];
const TIME: Duration = Duration::from_millis(500);
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

#[derive(Default)]
struct Memory(Mutex<HashMap<String, SecretString>>);

impl RecordStore for Memory {
    fn read<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, StoreError>> {
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let record = records.get(name).cloned();
        Box::pin(std::future::ready(Ok(record)))
    }

    fn write<'a>(
        &'a self,
        name: &'a str,
        record: SecretString,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        records.insert(name.to_owned(), record);
        Box::pin(std::future::ready(Ok(())))
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        records.remove(name);
        Box::pin(std::future::ready(Ok(())))
    }
}

struct Store(Keychain);

impl RecordStore for Store {
    fn read<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, StoreError>> {
        Box::pin(async move { self.0.read(name).await.map_err(failed) })
    }

    fn write<'a>(
        &'a self,
        name: &'a str,
        record: SecretString,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { self.0.write(name, record).await.map_err(failed) })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { self.0.delete(name).await.map_err(failed) })
    }
}

fn failed(error: keychain::KeychainError) -> StoreError {
    StoreError::Failed(Arc::new(error))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let accounts: usize = arguments.next().ok_or("how many accounts?")?.parse()?;
    let folder = tempfile::tempdir()?;
    let nanoseconds = match arguments.next().as_deref() {
        Some("cached") => {
            let store = Arc::new(Memory::default());
            let cache = TokenCache::new(client()?, store, folder.path().to_owned());
            cached(&cache, &fill(&cache, accounts).await).await?
        }
        Some("cold") => {
            let store = || Arc::new(Store(Keychain::open(SERVICE)));
            let before = TokenCache::new(client()?, store(), folder.path().to_owned());
            let filled = fill(&before, accounts).await;
            let begun = Instant::now();
            let cache = TokenCache::new(client()?, store(), folder.path().to_owned());
            let first = filled.first().ok_or("no account")?;
            cache.access_token(first, &SCOPES, Ask::Cached).await?;
            let took = begun.elapsed().as_nanos();
            for account in &filled {
                before.forget(account).await?;
            }
            took
        }
        _ => return Err("cached or cold?".into()),
    };
    println!("{nanoseconds}");
    Ok(())
}

async fn cached(cache: &TokenCache, accounts: &[String]) -> Result<u128, Box<dyn Error>> {
    let (begun, mut calls) = (Instant::now(), 0_u128);
    while begun.elapsed() < TIME {
        for account in accounts {
            cache.access_token(account, &SCOPES, Ask::Cached).await?;
        }
        calls += accounts.len() as u128;
    }
    Ok(begun.elapsed().as_nanos() / calls.max(1))
}

async fn fill(cache: &TokenCache, accounts: usize) -> Vec<String> {
    let mut filled = Vec::with_capacity(accounts);
    for account in 0..accounts {
        let kept = cache.keep(&signed_in(account)).await;
        assert!(kept.unkept.is_none(), "{:?}", kept.unkept);
        filled.push(kept.account.home_account_id);
    }
    filled
}

#[allow(
    clippy::disallowed_methods,
    reason = "a program of its own asks the clock itself"
)]
fn client() -> Result<Client, Box<dyn Error>> {
    let config = ClientConfig {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001".to_owned(),
        authority: Authority::parse("https://login.microsoftonline.com/common")?,
        redirect_uri: "http://localhost".to_owned(),
    };
    let http = reqwest::Client::builder().build()?;
    Ok(Client::new(
        http,
        config,
        Arc::new(SystemTime::now),
        system_random(),
    ))
}

/// Somebody with tokens as long as true ones.
#[allow(
    clippy::disallowed_methods,
    reason = "a program of its own asks the clock itself"
)]
fn signed_in(account: usize) -> SignedIn {
    let now = SystemTime::now();
    let scopes = SCOPES.map(str::to_owned).to_vec();
    SignedIn {
        account: Account {
            home_account_id: format!("{account:08x}-0000-4000-8000-000000000000.{TENANT}"),
            name: None,
            username: format!("person{account}@contoso.com"),
            login_hint: None,
            tenant_id: TENANT.to_owned(),
            environment: "login.microsoftonline.com".to_owned(),
            scopes: scopes.clone(),
        },
        tokens: Tokens {
            access_token: AccessToken {
                secret: "a".repeat(2_000).into(),
                scopes: scopes.clone(),
                obtained_at: now,
                expires_at: now + Duration::from_secs(3_600),
            },
            refresh_at: None,
            refresh_token: Some("r".repeat(1_200).into()),
            asked: scopes,
            id_claims: entra::IdTokenClaims::default(),
        },
    }
}
