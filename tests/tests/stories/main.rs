//! The stories: the whole app in a real window, one after the other. They need
//! the built programs and a desktop's parts, so plain `cargo test` leaves them
//! out; `script/test walk` tells them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

mod accounts;
mod bad_answers;
mod bad_input;
mod drafts;
mod keyrings;
mod main_job;
mod methods;
mod own_sandbox;
mod sending;
mod sign_in;
mod standing_in;
mod staying;
mod sure;
