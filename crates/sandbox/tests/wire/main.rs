//! The sandbox over a real socket: what a client meets on the wire, as tables of
//! cases. Each names the document that its expected values come from.

#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod admin_consent;
mod front_channel;
mod interrupts;
mod request_rules;
mod resources;
mod sign_out;

mod aadsts;
mod answers;
mod authorize;
mod browser;
mod continuous_access;
mod control;
mod desk;
mod device;
mod draft_sending;
mod drafts;
mod faults;
mod hostile_drafts;
mod limits;
mod mail;
mod metadata;
mod pages;
mod people;
mod photos;
mod profile;
mod program;
mod proxy;
mod query_options;
mod refresh;
mod seed;
mod sending;
mod settings;
mod shared_mailboxes;
mod switches;
mod sync;
mod token;
mod token_claims;
mod token_clients;
mod token_v1;
mod transport;
mod uploads;
