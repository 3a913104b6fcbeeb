//! How often the same was asked lately, counted among all processes: the count stands in the file of the account's lock,
//! and is read and written only while that is held.
//!
//! Entra takes the fifteenth same request within five minutes for a loop and refuses (AADSTS50196). Fewer are admitted
//! here, so no caller, however eager, and no number of programs can get there.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::lock::Lock;
use super::{SilentError, record};
use crate::error::{EntraError, EntraErrorKind};
use crate::store::StoreError;

/// The most same requests within [`WINDOW`]: well below fifteen, since a retry on the way may double one.
pub(crate) const SAME_REQUESTS_MAX: usize = 10;

/// Over what time Entra counts (Entra, "Error codes", AADSTS50196).
pub(crate) const WINDOW: Duration = Duration::from_secs(5 * 60);

/// The most requests that are remembered: those of fifty different sets of scopes.
const LINES_MAX: usize = 50 * SAME_REQUESTS_MAX;

/// The longest file that is read; a line has under 40 bytes.
const FILE_BYTES_MAX: u64 = 64 * 1_024;

/// One request: when, in seconds since 1970, and a hash of what was asked. A line of the file, which names nobody.
#[derive(Clone, PartialEq, Eq)]
struct Line {
    at: u64,
    asked: String,
}

/// Counts a request in, or says that it must wait. It counts from before it leaves, whatever becomes of this process.
pub(crate) fn admit(lock: &Lock, request: &str, now: SystemTime) -> Result<(), SilentError> {
    let mut lines = read(lock, now)?;
    let line = Line::new(request, now);
    let same: Vec<u64> = lines
        .iter()
        .filter(|known| known.asked == line.asked)
        .map(|known| known.at)
        .collect();
    if let (true, Some(first)) = (same.len() >= SAME_REQUESTS_MAX, same.first()) {
        let wait = WINDOW.saturating_sub(Duration::from_secs(line.at.saturating_sub(*first)));
        let mut error = EntraError::new(EntraErrorKind::RequestLoop, "same_request_too_often");
        error.retry_after = Some(wait);
        return Err(SilentError::Transient(error));
    }
    lines.push(line);
    write(lock, &lines)
}

/// Takes back what cannot have arrived: without a network nobody has counted.
pub(crate) fn withdraw(lock: &Lock, request: &str, now: SystemTime) {
    let line = Line::new(request, now);
    let outcome = read(lock, now).and_then(|mut lines| {
        if let Some(index) = lines.iter().rposition(|known| *known == line) {
            lines.remove(index);
        }
        write(lock, &lines)
    });
    if let Err(error) = outcome {
        tracing::info!(%error, "a request that did not arrive stays counted");
    }
}

/// Begins to count anew.
pub(crate) fn forget(lock: &Lock) {
    if let Err(error) = write(lock, &[]) {
        tracing::info!(%error, "requests stay counted");
    }
}

/// Those within the window. By a clock that was set back, none is.
fn read(lock: &Lock, now: SystemTime) -> Result<Vec<Line>, SilentError> {
    let text = lock.read(FILE_BYTES_MAX).map_err(failed)?;
    let now = record::seconds(now);
    let recent = |line: &Line| {
        now.checked_sub(line.at)
            .is_some_and(|age| age < WINDOW.as_secs())
    };
    Ok(text.lines().filter_map(Line::read).filter(recent).collect())
}

fn write(lock: &Lock, lines: &[Line]) -> Result<(), SilentError> {
    let skipped = lines.len().saturating_sub(LINES_MAX);
    let kept = lines.iter().skip(skipped);
    let text = kept.fold(String::new(), |text, line| {
        format!("{text}{} {}\n", line.at, line.asked)
    });
    lock.write(&text).map_err(failed)
}

fn failed(error: std::io::Error) -> SilentError {
    SilentError::Store(StoreError::Failed(Arc::new(error)))
}

impl Line {
    fn new(request: &str, now: SystemTime) -> Self {
        let digest = Sha256::digest(request);
        let asked = digest
            .iter()
            .take(8)
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let at = record::seconds(now);
        Self { at, asked }
    }

    fn read(line: &str) -> Option<Self> {
        let (at, asked) = line.split_once(' ')?;
        let (at, asked) = (at.parse().ok()?, asked.to_owned());
        (asked.len() == 16).then_some(Self { at, asked })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::lock;

    const START: u64 = 1_700_000_000;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(START + seconds)
    }

    async fn held(folder: &tempfile::TempDir) -> Lock {
        let path = folder.path().join("a.lock");
        lock::take(&path, Duration::from_secs(1)).await.unwrap()
    }

    #[tokio::test]
    async fn ten_same_requests_fit_a_window_whoever_asks() {
        let folder = tempfile::tempdir().unwrap();
        for second in 0..10 {
            // Each is another process: nothing but the file is shared.
            admit(&held(&folder).await, "User.Read", at(second)).unwrap();
        }
        let lock = held(&folder).await;
        let Err(SilentError::Transient(error)) = admit(&lock, "User.Read", at(10)) else {
            panic!("an eleventh was let through")
        };
        assert_eq!(error.kind, EntraErrorKind::RequestLoop);
        assert_eq!(error.retry_after, Some(Duration::from_secs(290)));
        admit(&lock, "Mail.Send", at(10)).unwrap();
        assert!(admit(&lock, "User.Read", at(299)).is_err());
        admit(&lock, "User.Read", at(300)).unwrap();
        assert!(
            admit(&lock, "User.Read", at(300)).is_err(),
            "one has left the window"
        );
    }

    #[tokio::test]
    async fn what_did_not_arrive_and_what_was_before_a_sign_in_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let lock = held(&folder).await;
        for _ in 0..30 {
            admit(&lock, "User.Read", at(0)).unwrap();
            withdraw(&lock, "User.Read", at(0));
        }
        while admit(&lock, "User.Read", at(1)).is_ok() {}
        forget(&lock);
        admit(&lock, "User.Read", at(1)).unwrap();
    }

    /// Anything may stand there: an older program's nothing, half a write, another clock.
    #[tokio::test]
    async fn a_strange_file_counts_nothing_and_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let lock = held(&folder).await;
        let later = "9".repeat(19);
        for text in [
            "",
            "17000",
            "a b\n\n ",
            &format!("{later} 0123456789abcdef\n"),
            &"x".repeat(200_000),
        ] {
            lock.write(text).unwrap();
            admit(&lock, "User.Read", at(0)).unwrap();
        }
        for request in 0..2_000 {
            admit(&lock, &request.to_string(), at(0)).unwrap();
        }
        let length = lock.read(u64::MAX).unwrap().len();
        assert!(
            length < usize::try_from(FILE_BYTES_MAX).unwrap(),
            "{length}"
        );
    }
}
