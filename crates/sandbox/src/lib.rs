//! The sandbox tenant: a server on loopback that plays Microsoft Entra ID and
//! Microsoft Graph, so that sign-in and mail can be tried, shown and tested
//! without an account.
//!
//! What lives here: the two services as a client meets them on the wire, the
//! pages a person meets in the browser, the mailboxes with what was delivered,
//! and a control API for tests. What does not: anything of the product. Neither
//! links the other; to the product this is one more authority and Graph host.
//!
//! State is kept in memory and forgotten. Refresh and access tokens are sealed
//! under the seed instead of remembered, so an account outlives a restart.

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

mod announcement;
mod back_channel;
mod caller;
mod certificates;
mod clock;
mod clouds;
mod codes;
mod consents;
mod control;
mod desk;
mod dice;
mod directory;
mod entra;
mod faults;
mod front;
mod graph;
mod guard;
mod html;
mod journal;
mod limits;
mod listen;
mod mailboxes;
mod opened_tokens;
mod operations;
mod origin;
mod pages;
mod portrait;
mod profiles;
mod proxy;
mod ready;
mod revocations;
mod router;
mod scopes;
mod seal;
mod serve;
mod sign_ins;
mod signing;
mod switches;
mod tokens;
mod uploads;
mod world;

pub use announcement::announcement;
pub use clouds::stand_in_hosts;
pub use ready::{remove_stale, write_ready_file};
pub use serve::{Running, Settings, StartError, start};
