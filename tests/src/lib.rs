//! The whole app, walked through as a person would: a real window, a real
//! browser, a real keyring and the desktop's own scheme handler, against the
//! sandbox tenant.
//!
//! A [`story`] is told on a [`Stage`]: a private display with a window manager,
//! a private session (home, runtime folder, bus, keyring), the sandbox, a
//! Chromium that is that session's browser, and the app under WebDriver. No
//! part of the machine's own session is touched, and nothing outlives the
//! story: every process is owned by a guard, and what those left behind in the
//! session is found by its runtime folder and ended too.
//!
//! What lives here is machinery. The stories stand in `tests/`, and the main
//! job, which the program `walk` also tells, in [`main_job`].
//!
//! The programs under test are built beforehand; see [`places`] for where they
//! are looked for.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )
)]

pub mod app;
pub mod browser;
pub mod display;
pub mod keyring;
pub mod letter;
pub mod main_job;
pub mod pictures;
pub mod places;
pub mod process;
pub mod sandbox;
pub mod session;
pub mod stage;
pub mod steps;
pub mod story;
pub mod theme;
pub mod wait;
pub mod webdriver;

pub use stage::{Setting, Stage};
pub use story::{Told, story};
