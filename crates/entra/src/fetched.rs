//! A value that was fetched and is good for a while.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// The last value and when it came. Two callers that find it stale both fetch, which does no harm.
pub(crate) struct Fetched<T>(Mutex<Option<(SystemTime, Arc<T>)>>);

impl<T> Default for Fetched<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Fetched<T> {
    /// The value, unless it is older; by a clock that was set back, it is.
    pub(crate) fn younger_than(&self, age_max: Duration, now: SystemTime) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = kept.as_ref()?;
        (now.duration_since(*since).ok()? < age_max).then(|| Arc::clone(value))
    }

    pub(crate) fn keep(&self, value: T, now: SystemTime) -> Arc<T> {
        let value = Arc::new(value);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&value)));
        value
    }
}
