//! The outbox from outside: as values, on a real disk, across processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

#[cfg(unix)]
mod damage;
mod deliveries;
mod histories;
mod history;
mod known;
mod large;
mod lists;
#[cfg(target_os = "linux")]
mod power;
mod processes;
mod rows;
mod sure;
mod twins;
mod world;
