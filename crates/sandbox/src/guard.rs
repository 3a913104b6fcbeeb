//! Taking a lock that a panicking thread may have left behind.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, and goes on with what is there if another thread panicked while it
/// held the lock: every critical section here leaves its data whole.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
