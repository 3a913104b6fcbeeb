//! The client: what one application asks of one authority.

use std::sync::Arc;
use std::time::SystemTime;

use url::Url;

use crate::authority::Authority;
use crate::error::{EntraError, EntraErrorKind};
use crate::pending::PendingSignIn;
use crate::redirect::AuthorizationCode;
use crate::tokens::SignedIn;

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

/// What a person is asked to agree to.
#[derive(Debug, Clone, Default)]
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

/// The `prompt` parameter; the authority takes one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Show the accounts to choose from.
    SelectAccount,
    /// Ask for the password again.
    Login,
    /// Show the consent page.
    Consent,
}

/// A public client of one authority. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) config: ClientConfig,
    pub(crate) clock: Clock,
}

impl Client {
    /// A client over an HTTP client that does not follow redirects.
    pub fn new(http: reqwest::Client, config: ClientConfig, clock: Clock) -> Self {
        Self {
            inner: Arc::new(Inner {
                http,
                config,
                clock,
            }),
        }
    }

    /// Who asks, and whom.
    pub fn config(&self) -> &ClientConfig {
        &self.inner.config
    }

    /// Begins a sign-in: the address to open in the system browser, and what to remember until the redirect comes.
    pub async fn begin(&self, ask: SignInAsk) -> Result<(Url, PendingSignIn), EntraError> {
        let _ = ask;
        Err(EntraError::new(EntraErrorKind::Other, "not_written"))
    }

    /// Redeems the code for tokens and checks the ID token in full.
    pub async fn redeem(
        &self,
        pending: PendingSignIn,
        code: AuthorizationCode,
    ) -> Result<SignedIn, EntraError> {
        let _ = (pending, code);
        Err(EntraError::new(EntraErrorKind::Other, "not_written"))
    }
}
