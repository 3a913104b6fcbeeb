//! The crate over real sockets, against a tiny authority that says what each test wants it to say.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod authority;
mod device;
mod hostile;
mod instance;
mod loopback;
mod sign_in;
mod sign_out;
mod silent;
mod store;
#[allow(dead_code)] // The unit tests forge more than these do.
#[path = "../../src/test_key.rs"]
mod test_key;
mod user_flows;
