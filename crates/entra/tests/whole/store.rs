//! A record store in memory that can be told to fail, and that remembers the order of things.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entra::{BoxFuture, RecordStore, StoreError};
use secrecy::{ExposeSecret, SecretString};

#[derive(Clone, Default)]
pub struct TestStore(pub Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    pub records: HashMap<String, String>,
    pub writes: usize,
    pub reads: usize,
    pub fails: bool,
    /// Fails to be read, too.
    pub locked: bool,
    /// Has written and takes its time to say so.
    pub slow: bool,
}

impl TestStore {
    pub fn only_record(&self) -> String {
        let state = self.0.lock().unwrap();
        assert_eq!(state.records.len(), 1);
        state.records.values().next().unwrap().clone()
    }

    pub fn lock(&self, locked: bool) {
        let mut state = self.0.lock().unwrap();
        (state.locked, state.fails) = (locked, locked);
    }

    pub fn slow(&self, slow: bool) {
        self.0.lock().unwrap().slow = slow;
    }

    pub fn fail(&self, fails: bool) {
        self.0.lock().unwrap().fails = fails;
    }
}

impl RecordStore for TestStore {
    fn read<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, StoreError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let mut state = self.0.lock().unwrap();
            state.reads += 1;
            if state.locked {
                return Err(StoreError::Locked);
            }
            Ok(state
                .records
                .get(name)
                .map(|record| SecretString::from(record.as_str())))
        })
    }

    fn write<'a>(
        &'a self,
        name: &'a str,
        record: SecretString,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let slow = {
                let mut state = self.0.lock().unwrap();
                if state.fails {
                    return Err(StoreError::Locked);
                }
                state.writes += 1;
                let record = record.expose_secret().to_owned();
                state.records.insert(name.to_owned(), record);
                state.slow
            };
            if slow {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(())
        })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.0.lock().unwrap().records.remove(name);
            Ok(())
        })
    }
}
