//! Groups with a mail address: what MailTips and the people list know of them.

use super::{Person, Tenant, by_address};

/// A distribution list or a Microsoft 365 group.
#[derive(Debug)]
pub struct Group {
    /// Object id.
    pub oid: &'static str,
    /// Tenant.
    pub tenant_id: &'static str,
    /// Address.
    pub address: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Addresses of the members, outside ones too.
    pub members: &'static [&'static str],
    /// Who may write to it, if not everybody.
    pub senders: Option<&'static [&'static str]>,
    /// Whether a moderator looks at mail first.
    pub moderated: bool,
    /// What Outlook shows to whoever is about to write to it.
    pub tip: Option<&'static str>,
}

/// Every group.
pub const GROUPS: &[Group] = &[
    Group {
        oid: "62092000-0001-4d10-8f3a-51673e700101",
        tenant_id: super::WORK_TENANT_ID,
        address: "engine-research@signet.example",
        name: "Engine Research",
        members: &[
            "ada@signet.example",
            "grace@signet.example",
            "alan@signet.example",
            "hedy@northwind.example",
            "noor@outlook.example",
        ],
        senders: None,
        moderated: false,
        tip: None,
    },
    Group {
        oid: "62092000-0002-4d10-8f3a-51673e700102",
        tenant_id: super::WORK_TENANT_ID,
        address: "announcements@signet.example",
        name: "Announcements",
        members: &[
            "ada@signet.example",
            "grace@signet.example",
            "alan@signet.example",
            "charles@signet.example",
            "admin@signet.example",
        ],
        senders: Some(&["admin@signet.example"]),
        moderated: true,
        tip: Some(
            "<p>Everybody in the company reads this. A moderator looks at your mail first.</p>",
        ),
    },
];

impl Group {
    /// Finds a group by its address, without regard to case.
    pub fn by_address(address: &str) -> Option<&'static Self> {
        GROUPS
            .iter()
            .find(|group| group.address.eq_ignore_ascii_case(address.trim()))
    }

    /// How many members are not of `tenant`.
    pub fn external_members(&self, tenant: &Tenant) -> usize {
        let internal = |address: &&&str| {
            by_address(address).is_some_and(|person| person.tenant_id == tenant.id)
        };
        self.members.len() - self.members.iter().filter(internal).count()
    }

    /// Whether `person` may write to it.
    pub fn takes_mail_from(&self, person: &Person) -> bool {
        self.senders
            .is_none_or(|senders| senders.contains(&person.address))
    }
}
