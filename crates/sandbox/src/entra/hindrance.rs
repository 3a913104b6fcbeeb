//! What an organisation puts between a right password and a token: assignment,
//! Conditional Access, a second factor.
//!
//! Sources: "Microsoft Entra authentication and authorization error codes";
//! "Developer guidance for Microsoft Entra Conditional Access".

use sha2::{Digest, Sha256};

use super::aadsts::{
    DEVICE_NOT_COMPLIANT, DEVICE_UNKNOWN, MFA_NEEDED, MUST_ENROLL, NOT_ASSIGNED, POLICY_BLOCKS,
};
use super::facts::Fact;
use super::flow::Flow;
use super::refusal::Refusal;
use crate::directory::{Person, Quirk};

/// Something in the way.
#[derive(Debug, Clone, Copy)]
pub enum Hindrance {
    /// A second factor is wanted; it may have to be set up first.
    SecondFactor {
        /// Whether the person has none yet.
        setup: bool,
    },
    /// No page helps.
    Barred(&'static Fact),
}

impl Hindrance {
    /// What is in the way of `person`, if anything.
    pub fn of(flow: &Flow, person: &Person) -> Option<Self> {
        let weak = !flow.strong;
        match person.quirk {
            Quirk::NotAssigned => Some(Self::Barred(&NOT_ASSIGNED)),
            Quirk::Blocked => Some(Self::Barred(&POLICY_BLOCKS)),
            Quirk::DeviceNotCompliant => Some(Self::Barred(&DEVICE_NOT_COMPLIANT)),
            Quirk::DeviceNotRegistered => Some(Self::Barred(&DEVICE_UNKNOWN)),
            Quirk::MustSetUpMfa => weak.then_some(Self::SecondFactor { setup: true }),
            Quirk::MustDoMfa => weak.then_some(Self::SecondFactor { setup: false }),
            Quirk::None
            | Quirk::NeedsAdmin
            | Quirk::Disabled
            | Quirk::Locked
            | Quirk::PasswordExpired
            | Quirk::Declines => (weak && !flow.ask.claims.acrs.is_empty())
                .then_some(Self::SecondFactor { setup: false }),
        }
    }

    /// How it is told.
    pub fn refusal(self) -> Refusal {
        Refusal::from(match self {
            Self::SecondFactor { setup: true } => &MUST_ENROLL,
            Self::SecondFactor { setup: false } => &MFA_NEEDED,
            Self::Barred(fact) => fact,
        })
    }
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
