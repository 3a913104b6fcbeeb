//! What an organisation puts between a right password and a token: assignment,
//! Conditional Access, a second factor.
//!
//! Sources: "Microsoft Entra authentication and authorization error codes";
//! "Developer guidance for Microsoft Entra Conditional Access".

use sha2::{Digest, Sha256};

use super::aadsts::{
    DEFAULTS_BLOCK, DEVICE_NOT_COMPLIANT, DEVICE_NOT_IN_DOMAIN, DEVICE_NOT_JOINED, DEVICE_UNKNOWN,
    MFA_EXPIRED, MFA_NEEDED, MUST_ENROLL, MUST_ENROLL_HERE, NOT_ASSIGNED, OUTSIDE_CHALLENGE,
    POLICY_BLOCKS, STRONG_NEEDED, TENANT_BLOCKS,
};
use super::facts::Fact;
use super::flow::Flow;
use super::refusal::Refusal;
use crate::directory::{Person, Quirk};

/// How long a second factor is good for whom it expires.
const FACTOR_MS: i64 = 3600 * 1000;

/// Something in the way.
#[derive(Debug, Clone, Copy)]
pub enum Hindrance {
    /// A second factor is wanted; it may have to be set up first.
    SecondFactor(&'static Fact),
    /// No page helps.
    Barred(&'static Fact),
}

impl Hindrance {
    /// What is in the way of `person`, if anything.
    pub fn of(flow: &Flow, person: &Person, now_ms: i64) -> Option<Self> {
        let weak = flow.strong_at_ms.is_none();
        match Self::at_first(person) {
            _ if factor_expired(person, flow.strong_at_ms, now_ms) => {
                Some(Self::SecondFactor(&MFA_EXPIRED))
            }
            Some(Self::SecondFactor(fact)) => weak.then_some(Self::SecondFactor(fact)),
            None => (weak && !flow.ask.claims.acrs.is_empty())
                .then_some(Self::SecondFactor(&MFA_NEEDED)),
            barred => barred,
        }
    }

    /// What is in the way of `person` who has given a password and nothing else.
    pub fn at_first(person: &Person) -> Option<Self> {
        Some(match person.quirk {
            Quirk::NotAssigned => Self::Barred(&NOT_ASSIGNED),
            Quirk::Blocked => Self::Barred(&POLICY_BLOCKS),
            Quirk::BlockedByTenant => Self::Barred(&TENANT_BLOCKS),
            Quirk::BlockedByDefaults => Self::Barred(&DEFAULTS_BLOCK),
            Quirk::DeviceNotCompliant => Self::Barred(&DEVICE_NOT_COMPLIANT),
            Quirk::DeviceNotInDomain => Self::Barred(&DEVICE_NOT_IN_DOMAIN),
            Quirk::DeviceNotRegistered => Self::Barred(&DEVICE_UNKNOWN),
            Quirk::DeviceNotJoined => Self::Barred(&DEVICE_NOT_JOINED),
            Quirk::MustSetUpMfa => Self::SecondFactor(&MUST_ENROLL),
            Quirk::MustSetUpMfaHere => Self::SecondFactor(&MUST_ENROLL_HERE),
            Quirk::MustDoMfa | Quirk::MfaExpires => Self::SecondFactor(&MFA_NEEDED),
            Quirk::MustBeStrong => Self::SecondFactor(&STRONG_NEEDED),
            Quirk::ProvenElsewhere => Self::SecondFactor(&OUTSIDE_CHALLENGE),
            Quirk::None
            | Quirk::NeedsAdmin
            | Quirk::Disabled
            | Quirk::Locked
            | Quirk::PasswordExpired
            | Quirk::Declines => return None,
        })
    }

    /// How it is told.
    pub fn fact(self) -> &'static Fact {
        match self {
            Self::SecondFactor(fact) | Self::Barred(fact) => fact,
        }
    }

    /// The same, as an answer.
    pub fn refusal(self) -> Refusal {
        Refusal::from(self.fact())
    }
}

/// Whether the second factor that `person` gave is good no longer.
pub fn factor_expired(person: &Person, strong_at_ms: Option<i64>, now_ms: i64) -> bool {
    person.quirk == Quirk::MfaExpires
        && strong_at_ms.is_some_and(|given_ms| now_ms - given_ms >= FACTOR_MS)
}

/// The code of the second factor, which the page shows in place of a phone: six
/// digits, another in every sign-in.
pub fn second_factor_code(flow: &Flow) -> String {
    let hash = Sha256::digest(flow.seed());
    let number = hash
        .iter()
        .take(4)
        .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    format!("{:06}", number % 1_000_000)
}
