//! The people who can sign in. Every one has the same, published password.

mod awkward;
mod everyday;
mod shared;
mod user;

use std::sync::LazyLock;

use super::{PERSONAL_TENANT_ID, WORK_TENANT_ID};

/// The password of everybody here.
pub const PASSWORD: &str = "signet";

/// What is awkward about a person, if anything. The codes are those of
/// "Microsoft Entra authentication and authorization error codes".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// Nothing.
    None,
    /// Their organisation lets nobody but an administrator consent (AADSTS90094).
    NeedsAdmin,
    /// Their account is disabled (AADSTS50057).
    Disabled,
    /// Too many wrong passwords: the account is locked for a while (AADSTS50053).
    Locked,
    /// Their password has expired (AADSTS50055).
    PasswordExpired,
    /// A second factor is wanted at every new session (AADSTS50076).
    MustDoMfa,
    /// A second factor must first be set up (AADSTS50079).
    MustSetUpMfa,
    /// A second factor must first be set up for the resource (AADSTS50072).
    MustSetUpMfaHere,
    /// Strong authentication is wanted (AADSTS50074).
    MustBeStrong,
    /// Their second factor is good for an hour (AADSTS50078).
    MfaExpires,
    /// Another provider checks who they are (AADSTS50158).
    ProvenElsewhere,
    /// The device must be registered with the organisation (AADSTS50097).
    DeviceNotRegistered,
    /// The device must be compliant (AADSTS53000).
    DeviceNotCompliant,
    /// The device must be joined to the workplace (AADSTS50129).
    DeviceNotJoined,
    /// The device must be joined to the domain (AADSTS53001).
    DeviceNotInDomain,
    /// A security policy of the tenant lets them in from nowhere (AADSTS530032).
    BlockedByTenant,
    /// Security defaults let them in from nowhere (AADSTS530035).
    BlockedByDefaults,
    /// Conditional Access lets them in from nowhere (AADSTS53003).
    Blocked,
    /// The app wants assignment and they were not assigned (AADSTS50105).
    NotAssigned,
    /// They decline whatever is asked of them (AADSTS65004).
    Declines,
}

/// Whose a mailbox is: `userPurpose` of "mailboxSettings resource type".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// One person's.
    User,
    /// Everybody's who was let in.
    Shared,
    /// A room's.
    Room,
}

impl Purpose {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Shared => "shared",
            Self::Room => "room",
        }
    }
}

/// One account.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Object id within the home tenant.
    pub oid: &'static str,
    /// Home tenant.
    pub tenant_id: &'static str,
    /// User principal name, the address one signs in with.
    pub address: &'static str,
    /// `mail`, which personal accounts often lack.
    pub mail: Option<&'static str>,
    /// Display name.
    pub name: &'static str,
    /// Given name.
    pub given_name: &'static str,
    /// Surname.
    pub surname: &'static str,
    /// Job title.
    pub job_title: Option<&'static str>,
    /// Department.
    pub department: Option<&'static str>,
    /// Office.
    pub office: Option<&'static str>,
    /// Business phones.
    pub phones: &'static [&'static str],
    /// Mobile phone.
    pub mobile: Option<&'static str>,
    /// Preferred language.
    pub language: Option<&'static str>,
    /// Address of the manager.
    pub manager: Option<&'static str>,
    /// Whether there is a photo.
    pub has_photo: bool,
    /// Whether there is an Exchange or Outlook.com mailbox.
    pub has_mailbox: bool,
    /// Whether this is an administrator, who may consent for everybody.
    pub is_admin: bool,
    /// Tenants that invited this account, and its object id there.
    pub guest_in: &'static [Invitation],
    /// Whose the mailbox is.
    pub purpose: Purpose,
    /// What is awkward.
    pub quirk: Quirk,
    /// One line for whoever looks for somebody to sign in as.
    pub about: &'static str,
}

/// A guest account in a tenant that is not one's own.
#[derive(Debug, Clone, Copy)]
pub struct Invitation {
    /// The tenant that invited.
    pub tenant_id: &'static str,
    /// The object id there, another than at home.
    pub oid: &'static str,
}

const NOBODY: Person = Person {
    oid: "",
    tenant_id: WORK_TENANT_ID,
    address: "",
    mail: None,
    name: "",
    given_name: "",
    surname: "",
    job_title: None,
    department: None,
    office: None,
    phones: &[],
    mobile: None,
    language: None,
    manager: None,
    has_photo: false,
    has_mailbox: true,
    is_admin: false,
    guest_in: &[],
    purpose: Purpose::User,
    quirk: Quirk::None,
    about: "",
};

/// Everybody, those without trouble first.
pub static PEOPLE: LazyLock<Vec<Person>> = LazyLock::new(|| {
    let all = everyday::PEOPLE.iter().chain(awkward::PEOPLE);
    all.chain(shared::PEOPLE).copied().collect()
});

/// Finds a person by sign-in address, without regard to case.
pub fn by_address(address: &str) -> Option<&'static Person> {
    PEOPLE
        .iter()
        .find(|person| person.address.eq_ignore_ascii_case(address.trim()))
}

/// Finds a person by the object id of the home tenant.
pub fn by_oid(oid: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.oid == oid)
}

impl Person {
    /// Whether this is a personal Microsoft account.
    pub fn is_personal(&self) -> bool {
        self.tenant_id == PERSONAL_TENANT_ID
    }

    /// Who has this person as manager.
    pub fn reports(&self) -> impl Iterator<Item = &'static Self> {
        let address = self.address;
        PEOPLE
            .iter()
            .filter(move |person| person.manager == Some(address))
    }
}
