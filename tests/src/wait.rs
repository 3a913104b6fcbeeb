//! Bounded waiting: every wait of a story has an end and says what it waited for.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Long enough for a window to open and a page to load on two busy cores
/// without a GPU; a wait that reaches it is a failure, so its length costs
/// nothing when things work.
pub const SOON: Duration = Duration::from_secs(20);

/// For what starts whole programs: a browser, the app.
pub const STARTING: Duration = Duration::from_secs(40);

/// How often a condition is looked at. A person would not notice it.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Waits until `look` gives something, at most `limit`.
///
/// An error of `look` is taken as "not yet" and told when the time is over:
/// elements come and go while a page draws itself.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begun = Instant::now();
    loop {
        let left = limit.saturating_sub(begun.elapsed());
        let last = match tokio::time::timeout(left.max(LOOK_EVERY), look()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) => "it did not come".to_owned(),
            Ok(Err(error)) => format!("{error:#}"),
            Err(_) => "looking itself took too long".to_owned(),
        };
        if begun.elapsed() >= limit {
            bail!("waited {} s for {what}: {last}", limit.as_secs());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits until `holds` is true, at most `limit`.
pub async fn until_true(
    what: &str,
    limit: Duration,
    mut holds: impl AsyncFnMut() -> Result<bool>,
) -> Result<()> {
    until(what, limit, async || Ok(holds().await?.then_some(()))).await
}

/// Watches for a while that something does *not* happen.
pub async fn never(
    what: &str,
    during: Duration,
    mut happens: impl AsyncFnMut() -> Result<bool>,
) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < during {
        if happens().await? {
            bail!("this must not happen: {what}");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
