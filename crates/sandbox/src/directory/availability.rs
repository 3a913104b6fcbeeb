//! Where people are: presence, and the automatic reply they begin with.

use super::Person;

/// Presence and automatic reply of one person.
#[derive(Debug, Clone, Copy)]
pub struct Availability {
    address: &'static str,
    /// `availability` of "presence resource type".
    pub availability: &'static str,
    /// `activity`.
    pub activity: &'static str,
    /// What they wrote beside it.
    pub status: Option<&'static str>,
    /// `workLocationType`.
    pub location: &'static str,
    /// What Outlook answers in their stead, as HTML.
    pub reply: Option<&'static str>,
}

const UNKNOWN: Availability = Availability {
    address: "",
    availability: "PresenceUnknown",
    activity: "PresenceUnknown",
    status: None,
    location: "unspecified",
    reply: None,
};

const KNOWN: [Availability; 5] = [
    Availability {
        address: "ada@signet.example",
        availability: "Available",
        activity: "Available",
        location: "office",
        ..UNKNOWN
    },
    Availability {
        address: "grace@signet.example",
        availability: "Busy",
        activity: "InAMeeting",
        status: Some("Call me when it matters."),
        location: "remote",
        ..UNKNOWN
    },
    Availability {
        address: "alan@signet.example",
        availability: "Away",
        activity: "Away",
        ..UNKNOWN
    },
    Availability {
        address: "charles@signet.example",
        availability: "Offline",
        activity: "OutOfOffice",
        location: "timeOff",
        reply: Some("<html><body><p>I am at the works and read mail on Fridays.</p></body></html>"),
        ..UNKNOWN
    },
    Availability {
        address: "hedy@northwind.example",
        availability: "DoNotDisturb",
        activity: "Presenting",
        ..UNKNOWN
    },
];

impl Availability {
    /// Of `person`; unknown for those nobody has seen.
    pub fn of(person: &Person) -> Self {
        KNOWN
            .into_iter()
            .find(|known| known.address == person.address)
            .unwrap_or(UNKNOWN)
    }
}
