//! What an attempt does on the network and with the credential store, off the session's task.

use std::sync::Arc;

use entra::{AuthorizationCode, PendingSignIn, Prompt, SignInAsk, SignedIn, StoreError};

use super::{Connection, attempt::What};
use crate::{
    sandbox::Sandbox,
    scheme,
    views::{Trouble, TroubleAction},
};

/// A sign-in whose page may be opened.
pub struct Prepared {
    pub(super) pending: PendingSignIn,
    pub(super) address: String,
}

/// Makes the authorization request, once the authority and the desktop can take part.
pub async fn prepare(
    sandbox: Option<Arc<Sandbox>>,
    connection: Connection,
    what: What,
    claims: Option<String>,
) -> Result<Prepared, Trouble> {
    if let Some(sandbox) = sandbox {
        sandbox.ensure_started().await.map_err(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "no sandbox tenant"
            );
            Trouble::plain("trouble-sandbox-start", TroubleAction::TryAgain)
        })?;
    }
    // A desktop that takes no scheme is logged there; the person still sees the browser's own message.
    let _ = tokio::task::spawn_blocking(scheme::ensure_registered).await;
    let ask = SignInAsk {
        scopes: what.scopes,
        prompt: what.login_hint.is_none().then_some(Prompt::SelectAccount),
        login_hint: what.login_hint,
        claims,
    };
    let begun = connection.client.begin(ask).await;
    let (address, pending) = begun.map_err(|error| Trouble::from(&error))?;
    Ok(Prepared {
        pending,
        address: address.into(),
    })
}

/// Redeems the code. Nothing is kept yet.
pub async fn redeem(
    connection: Connection,
    pending: PendingSignIn,
    code: AuthorizationCode,
) -> Result<SignedIn, Trouble> {
    let redeemed = connection.client.redeem(pending, code).await;
    redeemed.map_err(|error| Trouble::from(&error))
}

/// Why tokens last for the session only.
pub fn unkept(error: &StoreError) -> Trouble {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "tokens are not kept"
    );
    Trouble::plain("trouble-keyring-locked", TroubleAction::None)
}
