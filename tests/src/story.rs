//! Telling one story: alone, with a time limit, with its time printed and what
//! could be seen kept when it fails.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::stage::{Setting, Stage};

/// What a story ends as.
pub type Told = Result<(), Failure>;

/// Why a story failed: what was waited for, and where the evidence lies.
pub struct Failure(anyhow::Error);

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

/// One story, from putting up the stage to its end. The longest waits for
/// several time limits of the product one after the other.
const STORY_MAX: Duration = Duration::from_secs(180);

/// One window has the focus and two cores are few: stories are told one at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Tells the story `name` in its own setting.
pub fn story(
    name: &str,
    setting: Setting,
    tell: impl AsyncFnOnce(&mut Stage) -> Result<()>,
) -> Told {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    let told = runtime.block_on(tell_on_stage(name, setting, tell));
    // A thread that still reads from a process that hangs is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    // Written past the test runner's capture: the time is wanted of stories
    // that pass, too.
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{name}: {:.1} s", begun.elapsed().as_secs_f32());
    let _ = out.flush();
    Ok(told.with_context(|| format!("story `{name}`"))?)
}

async fn tell_on_stage(
    name: &str,
    setting: Setting,
    tell: impl AsyncFnOnce(&mut Stage) -> Result<()>,
) -> Result<()> {
    let mut stage = Stage::put_up(name, setting, None).await?;
    let told = match tokio::time::timeout(STORY_MAX, tell(&mut stage)).await {
        Ok(told) => told,
        Err(_) => Err(anyhow::anyhow!(
            "not at its end after {} s",
            STORY_MAX.as_secs()
        )),
    };
    if told.is_err() {
        stage.keep_evidence().await;
        return told.with_context(|| format!("logs and screen in {}", stage.logs().display()));
    }
    told
}
