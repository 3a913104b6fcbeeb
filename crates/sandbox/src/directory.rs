//! Who and what the sandbox knows: its tenants, people and app registrations.

mod apps;
mod availability;
mod delegates;
mod groups;
mod people;
mod redirects;
mod tenants;

pub use apps::{APPS, App, app};
pub use availability::Availability;
pub use delegates::SendRight;
pub use groups::{GROUPS, Group};
pub use people::{PASSWORD, PEOPLE, Person, Quirk, by_address, by_oid};
pub use redirects::Platform;
pub use tenants::{
    PARTNER_TENANT_ID, PERSONAL_TENANT_ID, Seat, TENANTS, Tenancy, Tenant, WORK_TENANT_ID,
};
