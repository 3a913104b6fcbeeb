//! Who works on a mailbox that is not their own, and who sends for somebody else.
//! An administrator of Exchange gives these rights; no scope gives them.
//!
//! Source: "Send Outlook messages from another user"; "Manage permissions for
//! recipients in Exchange Online" (Full Access, Send As, Send on Behalf).

use super::Person;

/// What one person lets another do with their address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendRight {
    /// The mail looks as if it came from the owner.
    SendAs,
    /// It says who sent it for whom.
    SendOnBehalf,
}

/// The rights of one person on one mailbox.
struct Delegate {
    who: &'static str,
    whose: &'static str,
    full_access: bool,
    sends: Option<SendRight>,
}

/// An assistant for Ada, a director as the organisation's administrator, and the
/// shared mailboxes: Ada works in both and writes as the team, Charles writes as
/// the team without seeing its mail.
const DELEGATES: [Delegate; 5] = [
    Delegate {
        who: "alan@signet.example",
        whose: "ada@signet.example",
        full_access: false,
        sends: Some(SendRight::SendOnBehalf),
    },
    Delegate {
        who: "grace@signet.example",
        whose: "admin@signet.example",
        full_access: false,
        sends: Some(SendRight::SendAs),
    },
    Delegate {
        who: "ada@signet.example",
        whose: "team@signet.example",
        full_access: true,
        sends: Some(SendRight::SendAs),
    },
    Delegate {
        who: "charles@signet.example",
        whose: "team@signet.example",
        full_access: false,
        sends: Some(SendRight::SendAs),
    },
    Delegate {
        who: "ada@signet.example",
        whose: "room-1843@signet.example",
        full_access: true,
        sends: None,
    },
];

impl Person {
    /// Whether this person may open the mailbox of `owner`: their own, or one
    /// they have Full Access to.
    pub fn opens_mailbox_of(&self, owner: &Self) -> bool {
        self.oid == owner.oid || self.rights_on(owner).is_some_and(|right| right.full_access)
    }

    /// How this person may send for `owner`.
    pub fn sends_for(&self, owner: &Self) -> Option<SendRight> {
        self.rights_on(owner)?.sends
    }

    fn rights_on(&self, owner: &Self) -> Option<&'static Delegate> {
        DELEGATES
            .iter()
            .find(|right| right.who == self.address && right.whose == owner.address)
    }
}
