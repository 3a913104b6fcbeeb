//! People whom something keeps from signing in, or from what comes after. Each
//! has one trouble, so that a test meets one at a time.

use super::{NOBODY, Person, Quirk};

pub const PEOPLE: &[Person] = &[
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
    Person {
        oid: "10c4ed00-0000-4d10-8f3a-51673e700020",
        address: "locked@signet.example",
        mail: Some("locked@signet.example"),
        name: "Lotte Kedde",
        given_name: "Lotte",
        surname: "Kedde",
        quirk: Quirk::Locked,
        about: "locked after too many wrong passwords (AADSTS50053)",
        ..NOBODY
    },
    Person {
        oid: "e4912ed0-0000-4d10-8f3a-51673e700021",
        address: "expired@signet.example",
        mail: Some("expired@signet.example"),
        name: "Ezra Pired",
        given_name: "Ezra",
        surname: "Pired",
        quirk: Quirk::PasswordExpired,
        about: "the password has expired (AADSTS50055)",
        ..NOBODY
    },
    Person {
        oid: "3fa00000-0000-4d10-8f3a-51673e700022",
        address: "mfa@signet.example",
        mail: Some("mfa@signet.example"),
        name: "Mona Factor",
        given_name: "Mona",
        surname: "Factor",
        quirk: Quirk::MustDoMfa,
        about: "must give a second factor (AADSTS50076); the page shows the code",
        ..NOBODY
    },
    Person {
        oid: "3fa50000-0000-4d10-8f3a-51673e700023",
        address: "mfa-setup@signet.example",
        mail: Some("mfa-setup@signet.example"),
        name: "Setareh Upton",
        given_name: "Setareh",
        surname: "Upton",
        quirk: Quirk::MustSetUpMfa,
        about: "must set a second factor up first (AADSTS50079)",
        ..NOBODY
    },
    Person {
        oid: "de01ce00-0000-4d10-8f3a-51673e700024",
        address: "register-device@signet.example",
        mail: Some("register-device@signet.example"),
        name: "Reggie Devito",
        given_name: "Reggie",
        surname: "Devito",
        quirk: Quirk::DeviceNotRegistered,
        about: "the device must be registered (AADSTS50097)",
        ..NOBODY
    },
    Person {
        oid: "de01ce01-0000-4d10-8f3a-51673e700025",
        address: "device@signet.example",
        mail: Some("device@signet.example"),
        name: "Dev Icenogle",
        given_name: "Dev",
        surname: "Icenogle",
        quirk: Quirk::DeviceNotCompliant,
        about: "the device must be compliant (AADSTS53000)",
        ..NOBODY
    },
    Person {
        oid: "b10c4ed0-0000-4d10-8f3a-51673e700026",
        address: "blocked@signet.example",
        mail: Some("blocked@signet.example"),
        name: "Bo Lockhart",
        given_name: "Bo",
        surname: "Lockhart",
        quirk: Quirk::Blocked,
        about: "blocked by Conditional Access (AADSTS53003)",
        ..NOBODY
    },
    Person {
        oid: "3fa50001-0000-4d10-8f3a-51673e70003a",
        address: "mfa-here@signet.example",
        mail: Some("mfa-here@signet.example"),
        name: "Hera Setford",
        given_name: "Hera",
        surname: "Setford",
        quirk: Quirk::MustSetUpMfaHere,
        about: "must set a second factor up for this resource (AADSTS50072)",
        ..NOBODY
    },
    Person {
        oid: "3fa50002-0000-4d10-8f3a-51673e70003b",
        address: "strong@signet.example",
        mail: Some("strong@signet.example"),
        name: "Stig Ronge",
        given_name: "Stig",
        surname: "Ronge",
        quirk: Quirk::MustBeStrong,
        about: "must sign in more strongly (AADSTS50074); the page shows the code",
        ..NOBODY
    },
    Person {
        oid: "3fa50003-0000-4d10-8f3a-51673e70003c",
        address: "mfa-expires@signet.example",
        mail: Some("mfa-expires@signet.example"),
        name: "Ora Lapse",
        given_name: "Ora",
        surname: "Lapse",
        quirk: Quirk::MfaExpires,
        about: "whose second factor is good for an hour (AADSTS50078)",
        ..NOBODY
    },
    Person {
        oid: "3fa50004-0000-4d10-8f3a-51673e70003d",
        address: "outside@signet.example",
        mail: Some("outside@signet.example"),
        name: "Otto Sider",
        given_name: "Otto",
        surname: "Sider",
        quirk: Quirk::ProvenElsewhere,
        about: "whom another provider checks (AADSTS50158); the page shows the code",
        ..NOBODY
    },
    Person {
        oid: "de01ce02-0000-4d10-8f3a-51673e70003e",
        address: "join-device@signet.example",
        mail: Some("join-device@signet.example"),
        name: "Joy Nerdevik",
        given_name: "Joy",
        surname: "Nerdevik",
        quirk: Quirk::DeviceNotJoined,
        about: "the device must be joined to the workplace (AADSTS50129)",
        ..NOBODY
    },
    Person {
        oid: "de01ce03-0000-4d10-8f3a-51673e70003f",
        address: "domain-device@signet.example",
        mail: Some("domain-device@signet.example"),
        name: "Doma Inskip",
        given_name: "Doma",
        surname: "Inskip",
        quirk: Quirk::DeviceNotInDomain,
        about: "the device must be joined to the domain (AADSTS53001)",
        ..NOBODY
    },
    Person {
        oid: "b10c4ed1-0000-4d10-8f3a-51673e700040",
        address: "tenant-policy@signet.example",
        mail: Some("tenant-policy@signet.example"),
        name: "Poli Sieben",
        given_name: "Poli",
        surname: "Sieben",
        quirk: Quirk::BlockedByTenant,
        about: "blocked by a security policy of the tenant (AADSTS530032)",
        ..NOBODY
    },
    Person {
        oid: "b10c4ed2-0000-4d10-8f3a-51673e700041",
        address: "defaults@signet.example",
        mail: Some("defaults@signet.example"),
        name: "Dee Fault",
        given_name: "Dee",
        surname: "Fault",
        quirk: Quirk::BlockedByDefaults,
        about: "blocked by security defaults (AADSTS530035)",
        ..NOBODY
    },
    Person {
        oid: "0a551600-0000-4d10-8f3a-51673e700027",
        address: "unassigned@signet.example",
        mail: Some("unassigned@signet.example"),
        name: "Una Signorelli",
        given_name: "Una",
        surname: "Signorelli",
        quirk: Quirk::NotAssigned,
        about: "not assigned to any app (AADSTS50105)",
        ..NOBODY
    },
    Person {
        oid: "dec11e50-0000-4d10-8f3a-51673e700028",
        address: "declines@signet.example",
        mail: Some("declines@signet.example"),
        name: "Declan Ines",
        given_name: "Declan",
        surname: "Ines",
        quirk: Quirk::Declines,
        about: "declines every permission, whichever button is pressed (AADSTS65004)",
        ..NOBODY
    },
    Person {
        oid: "0b0c5000-0000-4d10-8f3a-51673e700029",
        address: "no-mailbox@signet.example",
        name: "Norma Boxley",
        given_name: "Norma",
        surname: "Boxley",
        job_title: Some("Contractor"),
        language: Some("en-GB"),
        manager: Some("charles@signet.example"),
        has_mailbox: false,
        about: "work account without a licence: no mailbox, no photo, mail is null",
        ..NOBODY
    },
];
