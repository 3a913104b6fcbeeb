//! Mailboxes of nobody in particular. Their accounts are in the directory like
//! everybody's and cannot sign in; who works in them is said by `delegates`.

use super::{NOBODY, Person, Purpose, Quirk};

pub const PEOPLE: &[Person] = &[
    Person {
        oid: "7ea00000-0000-4d10-8f3a-51673e700040",
        address: "team@signet.example",
        mail: Some("team@signet.example"),
        name: "Signet Team",
        given_name: "",
        surname: "",
        quirk: Quirk::Disabled,
        purpose: Purpose::Shared,
        about: "shared mailbox, no sign-in: Ada has Full Access and Send As, Charles Send As",
        ..NOBODY
    },
    Person {
        oid: "400e0000-1843-4d10-8f3a-51673e700041",
        address: "room-1843@signet.example",
        mail: Some("room-1843@signet.example"),
        name: "Room 1843",
        given_name: "",
        surname: "",
        office: Some("Building 3 / 1843"),
        quirk: Quirk::Disabled,
        purpose: Purpose::Room,
        about: "a room's mailbox, no sign-in: Ada has Full Access",
        ..NOBODY
    },
];
