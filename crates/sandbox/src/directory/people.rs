//! The people who can sign in. Every one has the same, published password.

use serde_json::{Value, json};

use super::{PERSONAL_TENANT_ID, WORK_TENANT_ID};

/// The password of everybody here.
pub const PASSWORD: &str = "signet";

/// What is awkward about a person, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// Nothing.
    None,
    /// Their organisation lets nobody but an administrator consent (AADSTS90094).
    NeedsAdmin,
    /// Their account is disabled (AADSTS50057).
    Disabled,
}

/// One account.
#[derive(Debug)]
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
    /// What is awkward.
    pub quirk: Quirk,
    /// One line for whoever looks for somebody to sign in as.
    pub about: &'static str,
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
    quirk: Quirk::None,
    about: "",
};

/// Everybody. Phone numbers are from the range that Ofcom keeps free for drama.
pub const PEOPLE: &[Person] = &[
    Person {
        oid: "a1da0000-1815-4d10-8f3a-51673e700001",
        address: "ada@signet.example",
        mail: Some("ada@signet.example"),
        name: "Ada Lovelace-Núñez",
        given_name: "Ada",
        surname: "Lovelace-Núñez",
        job_title: Some("Principal Analyst"),
        department: Some("Engine Research"),
        office: Some("Building 3 / 1815"),
        phones: &["+44 20 7946 0815"],
        mobile: Some("+44 7700 900815"),
        language: Some("en-GB"),
        manager: Some("grace@signet.example"),
        has_photo: true,
        about: "work account with photo, manager, department and phones",
        ..NOBODY
    },
    Person {
        oid: "62ace000-1906-4d10-8f3a-51673e700002",
        address: "grace@signet.example",
        mail: Some("grace@signet.example"),
        name: "Grace Hopper",
        given_name: "Grace",
        surname: "Hopper",
        job_title: Some("Director"),
        department: Some("Engine Research"),
        office: Some("Building 3 / 1906"),
        phones: &["+44 20 7946 0906"],
        language: Some("en-US"),
        about: "work account without photo; Ada's manager",
        ..NOBODY
    },
    Person {
        oid: "00000000-0000-0000-5167-3e7000000003",
        tenant_id: PERSONAL_TENANT_ID,
        address: "noor@outlook.example",
        name: "Noor Haddad",
        given_name: "Noor",
        surname: "Haddad",
        language: Some("ar-JO"),
        about: "personal account: no organisation, opaque tokens, mail is null",
        ..NOBODY
    },
    Person {
        oid: "ad010000-0000-4d10-8f3a-51673e700004",
        address: "admin-needed@signet.example",
        mail: Some("admin-needed@signet.example"),
        name: "Alma Needham",
        given_name: "Alma",
        surname: "Needham",
        job_title: Some("Auditor"),
        language: Some("en-GB"),
        quirk: Quirk::NeedsAdmin,
        about: "only an administrator may consent (AADSTS90094)",
        ..NOBODY
    },
    Person {
        oid: "d15ab1ed-0000-4d10-8f3a-51673e700005",
        address: "disabled@signet.example",
        mail: Some("disabled@signet.example"),
        name: "Dora Abel",
        given_name: "Dora",
        surname: "Abel",
        language: Some("en-GB"),
        quirk: Quirk::Disabled,
        about: "the account is disabled (AADSTS50057)",
        ..NOBODY
    },
];

/// Finds a person by sign-in address, without regard to case.
pub fn by_address(address: &str) -> Option<&'static Person> {
    PEOPLE
        .iter()
        .find(|person| person.address.eq_ignore_ascii_case(address.trim()))
}

/// Finds a person by object id.
pub fn by_oid(oid: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.oid == oid)
}

impl Person {
    /// Whether this is a personal Microsoft account.
    pub fn is_personal(&self) -> bool {
        self.tenant_id == PERSONAL_TENANT_ID
    }

    /// Graph's `user` with every property the sandbox knows.
    ///
    /// A personal account's id is its CID, the last sixteen hex digits.
    pub fn user(&self) -> Value {
        let work = !self.is_personal();
        let cid: String = self.oid.split('-').skip(3).collect();
        json!({
            "id": if work { self.oid } else { cid.as_str() },
            "displayName": self.name,
            "givenName": self.given_name,
            "surname": self.surname,
            "mail": self.mail,
            "userPrincipalName": self.address,
            "jobTitle": self.job_title,
            "department": self.department,
            "companyName": work.then_some("Signet Example"),
            "officeLocation": self.office,
            "businessPhones": self.phones,
            "mobilePhone": self.mobile,
            "preferredLanguage": self.language,
            "accountEnabled": self.quirk != Quirk::Disabled,
            "userType": work.then_some("Member"),
            "proxyAddresses": self.mail.map(|mail| vec![format!("SMTP:{mail}")]).unwrap_or_default(),
        })
    }
}
