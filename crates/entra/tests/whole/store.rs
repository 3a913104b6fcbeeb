//! A record store in memory that can be told to fail, and that remembers the order of things.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

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
}

impl TestStore {
    pub fn only_record(&self) -> String {
        let state = self.0.lock().unwrap();
        assert_eq!(state.records.len(), 1);
        state.records.values().next().unwrap().clone()
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
            let mut state = self.0.lock().unwrap();
            if state.fails {
                return Err(StoreError::Locked);
            }
            state.writes += 1;
            state
                .records
                .insert(name.to_owned(), record.expose_secret().to_owned());
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
