//! Who and what the sandbox knows: its tenants, people and app registrations.

mod apps;
mod people;
mod tenants;

pub use apps::{APPS, app, redirect_matches};
pub use people::{PASSWORD, PEOPLE, Person, Quirk, by_address, by_oid};
pub use tenants::{PERSONAL_TENANT_ID, TENANTS, Tenancy, WORK_TENANT_ID};
