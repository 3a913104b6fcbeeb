//! Starting and stopping the sandbox.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::listen::{Bounded, Cut};
use crate::world::World;
use crate::{control, router};

/// How long open connections may take to end when the sandbox stops.
const STOP_DEADLINE: Duration = Duration::from_secs(2);

/// How to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where both services and the pages listen.
    pub http: SocketAddr,
    /// Where the control API listens, if it is wanted.
    pub control: Option<SocketAddr>,
    /// Seals tokens; the same seed opens those of an earlier run.
    pub seed: u64,
    /// Whether unknown client ids are public clients.
    pub any_app: bool,
}

/// Why the sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Only loopback is served: whoever could reach the sandbox could sign in.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The baked-in key or the seal's key was refused.
    #[error("a key cannot be used")]
    Key,
}

/// A sandbox that runs. Dropping it stops it without waiting.
pub struct Running {
    /// Where both services and the pages listen.
    pub http: SocketAddr,
    /// Where the control API listens.
    pub control: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Stops: no new connections, and open ones get a moment to end.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(STOP_DEADLINE, &mut task)
                .await
                .is_err()
            {
                task.abort();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Starts the sandbox and returns once it listens.
pub async fn start(settings: &Settings) -> Result<Running, StartError> {
    let world = Arc::new(World::new(settings.seed, settings.any_app)?);
    let (stop, stopped) = watch::channel(false);
    let http = bind(settings.http).await?;
    let mut running = Running {
        http: address(&http, settings.http),
        control: None,
        stop,
        tasks: Vec::new(),
    };
    if let Some(wanted) = settings.control {
        let listener = bind(wanted).await?;
        running.control = Some(address(&listener, wanted));
        let routes = control::routes(Arc::clone(&world)).layer(from_fn(router::refuse_other_hosts));
        running.tasks.push(serve(listener, routes, stopped.clone()));
    }
    let portraits = Arc::clone(&world);
    tokio::task::spawn_blocking(move || portraits.portraits.draw_ahead());
    running
        .tasks
        .push(serve(http, router::routes(world), stopped));
    Ok(running)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(address));
    }
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen { address, source })
}

fn address(listener: &TcpListener, wanted: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(wanted)
}

fn serve(
    listener: TcpListener,
    routes: Router,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let service = routes.into_make_service_with_connect_info::<Cut>();
        let stop = async move {
            // An error means that the sender is gone, which stops as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = axum::serve(Bounded::new(listener), service)
            .with_graceful_shutdown(stop)
            .await
        {
            tracing::error!(%error, "the listener ended");
        }
    })
}
