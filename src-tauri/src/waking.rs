//! Tells when the network is back or the computer has woken, so that waiting mail need not wait for its time.
//!
//! On Linux NetworkManager and logind say so on the system bus. A computer without them, or without a bus, loses only the
//! moment: the outbox tries again by itself.

use futures_util::StreamExt as _;
use zbus::{Connection, MatchRule, Message, MessageStream, message::Type};

/// Connected to something more than this computer's own network.
/// Source: NetworkManager's D-Bus API, `NMState`: 60 is `NM_STATE_CONNECTED_SITE`, 70 `NM_STATE_CONNECTED_GLOBAL`.
const CONNECTED_MIN: u32 = 60;

/// How many signals may wait to be read; all of them mean the same.
const SIGNALS_MAX: usize = 8;

/// Calls `woken` whenever there is reason to try again, until the bus is gone.
pub async fn watch(bus: zbus::Result<Connection>, woken: impl Fn()) {
    if let Err(error) = listen(bus, woken).await {
        tracing::info!(%error, "nobody tells when the network is back");
    }
}

async fn listen(bus: zbus::Result<Connection>, woken: impl Fn()) -> zbus::Result<()> {
    let bus = bus?;
    let network = signals(
        &bus,
        "org.freedesktop.NetworkManager",
        "org.freedesktop.NetworkManager",
        "StateChanged",
    );
    let sleep = signals(
        &bus,
        "org.freedesktop.login1",
        "org.freedesktop.login1.Manager",
        "PrepareForSleep",
    );
    let (mut network, mut sleep) = (network.await?, sleep.await?);
    loop {
        let is_back = tokio::select! {
            Some(signal) = network.next() => is_connected(&signal?),
            Some(signal) = sleep.next() => is_awake(&signal?),
            else => return Ok(()),
        };
        if is_back {
            woken();
        }
    }
}

/// What one service says; a signal of the same name from somebody else is none of it.
async fn signals(
    bus: &Connection,
    service: &'static str,
    interface: &'static str,
    member: &'static str,
) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(service)?
        .interface(interface)?
        .member(member)?
        .build();
    MessageStream::for_match_rule(rule, bus, Some(SIGNALS_MAX)).await
}

/// `StateChanged (u state)`.
fn is_connected(signal: &Message) -> bool {
    let state = signal.body().deserialize::<u32>();
    state.is_ok_and(|state| state >= CONNECTED_MIN)
}

/// `PrepareForSleep (b start)`: false when the sleep is over.
/// Source: systemd, org.freedesktop.login1, "Signals".
fn is_awake(signal: &Message) -> bool {
    let begins = signal.body().deserialize::<bool>();
    begins.is_ok_and(|begins| !begins)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Child, Command, Stdio},
        time::Duration,
    };

    use tokio::sync::mpsc;
    use zbus::connection::Builder;

    use super::*;

    /// A bus of this test's own.
    struct Bus {
        daemon: Child,
        address: String,
    }

    impl Bus {
        fn start() -> Self {
            let mut daemon = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address"])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut address = String::new();
            BufReader::new(daemon.stdout.take().unwrap())
                .read_line(&mut address)
                .unwrap();
            let address = address.trim().to_owned();
            Self { daemon, address }
        }

        async fn connect(&self) -> Connection {
            Builder::address(self.address.as_str())
                .unwrap()
                .build()
                .await
                .unwrap()
        }

        /// Somebody who goes by the name of a service.
        async fn service(&self, name: &str) -> Connection {
            let connection = self.connect().await;
            connection.request_name(name).await.unwrap();
            connection
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.daemon.kill();
            let _ = self.daemon.wait();
        }
    }

    async fn says_network(service: &Connection, state: u32) {
        let (path, interface) = (
            "/org/freedesktop/NetworkManager",
            "org.freedesktop.NetworkManager",
        );
        let said = service.emit_signal(None::<&str>, path, interface, "StateChanged", &state);
        said.await.unwrap();
    }

    async fn says_sleep(service: &Connection, begins: bool) {
        let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
        let said = service.emit_signal(None::<&str>, path, interface, "PrepareForSleep", &begins);
        said.await.unwrap();
    }

    #[tokio::test]
    async fn the_queue_is_woken_by_the_network_and_by_the_end_of_a_sleep() {
        let bus = Bus::start();
        let network = bus.service("org.freedesktop.NetworkManager").await;
        let login = bus.service("org.freedesktop.login1").await;
        let stranger = bus.connect().await;
        let (woken, mut heard) = mpsc::unbounded_channel();
        let own = bus.connect().await;
        let watching = tokio::spawn(watch(Ok(own), move || woken.send(()).unwrap()));
        // It is being listened when the first signal is heard.
        while tokio::time::timeout(Duration::from_millis(50), heard.recv())
            .await
            .is_err()
        {
            says_network(&network, 70).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        while heard.try_recv().is_ok() {}
        // Not when the network goes, a sleep begins, or somebody else says it.
        for state in [20, 40, 50] {
            says_network(&network, state).await;
        }
        says_sleep(&login, true).await;
        says_network(&stranger, 70).await;
        says_sleep(&stranger, false).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(heard.try_recv().is_err());
        says_sleep(&login, false).await;
        says_network(&network, 60).await;
        for _ in 0..2 {
            let woken = tokio::time::timeout(Duration::from_secs(10), heard.recv());
            assert_eq!(woken.await.unwrap(), Some(()));
        }
        watching.abort();
    }

    #[tokio::test]
    async fn without_a_bus_nothing_happens() {
        let nowhere = Builder::address("unix:path=/nonexistent/bus").unwrap();
        watch(nowhere.build().await, || panic!("woken by nobody")).await;
    }
}
