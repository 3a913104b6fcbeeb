//! Sign-in to Microsoft Entra ID, External ID, Azure AD B2C and other OpenID providers for a native public client.
//!
//! The authorization code flow with PKCE in the system browser (RFC 8252, RFC 7636), its answer by a scheme or a port of this
//! computer; the device code (RFC 8628); full validation of the ID token; and silent acquisition of access tokens
//! afterwards. The clock, the HTTP client, the source of randomness and the store of secrets come in as arguments; the
//! browser, the window and the way a redirect to a scheme reaches the process belong to the caller.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )
)]

mod account;
mod account_index;
mod authority;
mod authorization;
mod cache;
mod claims;
mod client;
mod clouds;
mod device;
mod error;
mod exchange;
mod fetched;
#[cfg(fuzzing)]
pub mod fuzzing;
mod id_token;
mod id_token_claims;
mod keys;
mod lenient;
mod loopback;
mod metadata;
mod pending;
mod random;
pub mod redirect;
mod scopes;
mod store;
#[cfg(test)]
mod test_key;
mod token_answer;
mod token_request;
mod tokens;

pub use account::Account;
pub use account_index::AccountIndex;
pub use authority::{Authority, AuthorityError};
pub use cache::{Ask, Kept, Known, SilentError, TokenCache};
pub use client::{Client, ClientConfig, Clock, Prompt, SignInAsk, is_client_id};
pub use clouds::graph_hosts;
pub use device::{DeviceCode, Sleep};
pub use error::{
    Action, Details, EntraError, EntraErrorKind, IdTokenFault, PersonNeeded, Unreachable,
    Unreadable,
};
pub use exchange::{Exchange, Observer};
pub use id_token_claims::IdTokenClaims;
pub use loopback::{Loopback, Page, Pages};
pub use pending::{PendingSignIn, UnsealError};
pub use random::{NoRandom, Random, system_random};
pub use redirect::{AuthorizationCode, RedirectError};
pub use store::{BoxFuture, RecordStore, StoreError};
pub use tokens::{AccessToken, SignedIn, Tokens};
