//! What an attempt does on the network and with the credential store, off the session's task.

use std::{io, sync::Arc, time::Duration};

use entra::{
    AuthorizationCode, BoxFuture, DeviceCode, EntraError, Loopback, Page, Pages, PendingSignIn,
    Prompt, SignInAsk, SignedIn, StoreError,
};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{Connection, Event, attempt::What};
use crate::{
    messages,
    sandbox::Sandbox,
    scheme,
    views::{SignInMethod, Trouble, TroubleAction},
};

/// How long the desktop is asked for its scheme. Its tools answer in a fraction of a second.
const SCHEME_TIME_MAX: Duration = Duration::from_secs(5);

/// A sign-in that waits for its person.
pub struct Prepared {
    pub(super) awaiting: Awaiting,
    /// Message id of why the answer comes so, where the usual way is closed.
    pub(super) reason: Option<&'static str>,
}

/// Where the answer comes from.
pub enum Awaiting {
    /// The browser opens Signet by its scheme.
    Scheme {
        pending: PendingSignIn,
        address: String,
    },
    /// The browser brings it to a port of this computer.
    Loopback {
        pending: PendingSignIn,
        address: String,
        loopback: Loopback,
    },
    /// The authority, which is asked until the person has typed the code in.
    OtherDevice {
        connection: Connection,
        code: DeviceCode,
    },
}

/// Work that ends when nobody waits for it any more.
pub struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Makes the request, once the authority and the desktop can take part.
pub async fn prepare(
    sandbox: Option<Arc<Sandbox>>,
    connection: Connection,
    what: What,
    method: SignInMethod,
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
    let ask = SignInAsk {
        scopes: what.scopes,
        prompt: what.login_hint.is_none().then_some(Prompt::SelectAccount),
        login_hint: what.login_hint,
        claims: what.claims,
    };
    let (route, reason) = route(method).await?;
    let begun = match route {
        Route::Scheme => by_scheme(&connection, ask).await,
        Route::Loopback(loopback) => by_loopback(&connection, ask, loopback).await,
        Route::OtherDevice => on_other_device(connection, ask).await,
    };
    let awaiting = begun.map_err(|error| Trouble::from(&error))?;
    Ok(Prepared { awaiting, reason })
}

enum Route {
    Scheme,
    Loopback(Loopback),
    OtherDevice,
}

/// The way that was chosen, or the first that is open here, with the reason where that is not the first.
async fn route(method: SignInMethod) -> Result<(Route, Option<&'static str>), Trouble> {
    match method {
        SignInMethod::DeviceCode => Ok((Route::OtherDevice, None)),
        SignInMethod::Loopback => {
            let loopback = Loopback::bind().await.map_err(|error| {
                tracing::warn!(%error, "no port for the answer of the browser");
                // Another way is chosen there.
                Trouble::plain("trouble-no-port", TroubleAction::OpenSettings)
            })?;
            Ok((Route::Loopback(loopback), None))
        }
        SignInMethod::Scheme => {
            // A desktop that takes no scheme is logged there; the person still sees the browser's own message.
            takes_scheme().await;
            Ok((Route::Scheme, None))
        }
        SignInMethod::Automatic if takes_scheme().await => Ok((Route::Scheme, None)),
        SignInMethod::Automatic => Ok(without_scheme(Loopback::bind().await)),
    }
}

fn without_scheme(port: io::Result<Loopback>) -> (Route, Option<&'static str>) {
    match port {
        Ok(loopback) => (Route::Loopback(loopback), Some("sign-in-no-scheme")),
        Err(error) => {
            tracing::warn!(%error, "no port for the answer of the browser");
            (Route::OtherDevice, Some("sign-in-no-port"))
        }
    }
}

async fn takes_scheme() -> bool {
    let registered = tokio::task::spawn_blocking(scheme::ensure_registered);
    // A desktop whose tools hang takes no scheme either.
    match tokio::time::timeout(SCHEME_TIME_MAX, registered).await {
        Ok(registered) => registered.unwrap_or(false),
        Err(_) => {
            tracing::warn!("the desktop does not say whether it takes the sign-in scheme");
            false
        }
    }
}

async fn by_scheme(connection: &Connection, ask: SignInAsk) -> Result<Awaiting, EntraError> {
    let (address, pending) = connection.client.begin(ask).await?;
    Ok(Awaiting::Scheme {
        pending,
        address: address.into(),
    })
}

async fn by_loopback(
    connection: &Connection,
    ask: SignInAsk,
    loopback: Loopback,
) -> Result<Awaiting, EntraError> {
    let begun = connection.client.begin_at_loopback(ask, &loopback).await?;
    let (address, pending) = begun;
    Ok(Awaiting::Loopback {
        pending,
        address: address.into(),
        loopback,
    })
}

async fn on_other_device(connection: Connection, ask: SignInAsk) -> Result<Awaiting, EntraError> {
    let code = connection.client.begin_on_other_device(ask).await?;
    Ok(Awaiting::OtherDevice { connection, code })
}

/// Waits at a port of this computer for the browser's answer.
pub fn listen(
    events: mpsc::Sender<Event>,
    attempt: u64,
    loopback: Loopback,
    pending: PendingSignIn,
) -> Task {
    Task(tokio::spawn(async move {
        let answer = loopback.answer(&pending, pages()).await;
        let _ = events.send(Event::Answered { attempt, answer }).await;
    }))
}

/// What the browser shows when it has brought something.
fn pages() -> Pages {
    let page = |title, text| {
        let said = |message| messages::text(message, &[]).unwrap_or_default();
        Page {
            language: messages::LANGUAGE.to_owned(),
            title: said(title),
            text: said(text),
        }
    };
    Pages {
        finished: page("loopback-finished", "loopback-finished-next"),
        refused: page("loopback-refused", "loopback-refused-next"),
        unexpected: page("loopback-unexpected", "loopback-unexpected-next"),
    }
}

/// Asks the authority until the person has signed in on another device.
pub fn poll(
    events: mpsc::Sender<Event>,
    attempt: u64,
    connection: Connection,
    code: DeviceCode,
) -> Task {
    Task(tokio::spawn(async move {
        let sleep = |wait| -> BoxFuture<'static, ()> { Box::pin(tokio::time::sleep(wait)) };
        let outcome = connection.client.await_other_device(&code, &sleep).await;
        let outcome = outcome.map(Box::new).map_err(|error| Trouble::from(&error));
        let _ = events.send(Event::Redeemed { attempt, outcome }).await;
    }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_the_scheme_leads_nowhere_a_port_is_next_and_a_code_last() {
        let port = without_scheme(Loopback::bind().await);
        assert!(matches!(
            port,
            (Route::Loopback(_), Some("sign-in-no-scheme"))
        ));
        let code = without_scheme(Err(io::ErrorKind::AddrInUse.into()));
        assert!(matches!(
            code,
            (Route::OtherDevice, Some("sign-in-no-port"))
        ));
        for reason in [port.1, code.1] {
            let said = messages::text(reason.unwrap(), &[]);
            assert!(said.is_some(), "{reason:?}");
        }
    }
}
