//! What a fault is: for which requests it waits, and what it answers.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::retry_after::RetryAfterText;
use crate::directory::{Person, by_address};
use crate::entra::AadstsFault;
use crate::operations::{ANY_ENTRA, Operation, Service, names};

/// How long a fault may hold an answer back: no test waits longer.
const DELAY_MS_MAX: u64 = 5 * 60 * 1000;

/// Headers that say how a message is framed and what becomes of its connection
/// (RFC 9110 §7.6.1, RFC 9112 §6): the server writes them, and one that does not
/// fit the body would be no message at all.
const FRAMING: [&str; 7] = [
    "connection",
    "content-length",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A fault that waits for its route.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// A name from `operations::names`.
    pub route: String,
    /// Only requests about the person with this address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// How many requests it lets pass first.
    #[serde(default)]
    pub skip: u32,
    /// How likely it strikes, in a thousand, drawn from the seed.
    #[serde(default = "always")]
    pub probability_permille: u16,
    /// How many answers it still replaces.
    #[serde(default = "once")]
    pub count: u32,
    /// What is answered instead.
    pub answer: FaultAnswer,
    /// Whether the real work is done first: the mail is stored, the code is used.
    #[serde(default)]
    pub after_work: bool,
}

/// What a fault answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultAnswer {
    /// An error of the service, in its own shape.
    Status {
        /// HTTP status.
        status: u16,
        /// Graph's `error.code`, or OAuth's `error`.
        #[serde(default)]
        code: Option<String>,
        /// The message.
        #[serde(default)]
        message: Option<String>,
        /// `Retry-After`.
        #[serde(default)]
        retry_after: Option<RetryAfterText>,
        /// More headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A page where JSON belongs, as a gateway answers.
    Html {
        /// HTTP status.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// 200, and JSON that stops in the middle.
    HalfJson,
    /// 200, and no body.
    Empty,
    /// No answer: the connection is dropped.
    Close,
    /// Graph's 401 with a claims challenge ("Claims challenges, claims requests,
    /// and client capabilities").
    ClaimsChallenge {
        /// The claims; by default those of a revoked session.
        #[serde(default)]
        claims: Option<Value>,
    },
    /// Graph's 403 `insufficient_claims`: conditional access wants more, and the
    /// client did not say that it takes claims (`cp1`).
    InsufficientClaims,
    /// The real answer, late.
    Delay {
        /// By how much.
        ms: u64,
    },
    /// An error of Entra ID with a code of choice.
    Entra {
        /// OAuth `error`.
        error: String,
        /// AADSTS number.
        #[serde(default)]
        code: u32,
        /// `suberror`.
        #[serde(default)]
        suberror: Option<String>,
        /// What is said after the number.
        #[serde(default)]
        description: Option<String>,
    },
    /// The answer that belongs to an AADSTS number.
    Aadsts(AadstsFault),
}

fn once() -> u32 {
    1
}

fn bad_gateway() -> u16 {
    502
}

fn always() -> u16 {
    1000
}

impl Fault {
    /// `Err` says why it cannot be played.
    pub fn check(&self) -> Result<(), String> {
        let names = names();
        if !names.contains(&self.route.as_str()) {
            return Err(format!("route must be one of {}", names.join(", ")));
        }
        if let Some(address) = &self.person
            && by_address(address).is_none()
        {
            return Err(format!("nobody here has the address {address}"));
        }
        if self.probability_permille > 1000 {
            return Err("probability_permille must lie between 0 and 1000".to_owned());
        }
        self.answer.check(&self.route)
    }

    /// Whether it is for this operation and this person.
    pub fn concerns(&self, operation: &Operation, person: Option<&Person>) -> bool {
        operation.answers_to(&self.route)
            && match (&self.person, person) {
                (None, _) => true,
                (Some(address), Some(person)) => person.address.eq_ignore_ascii_case(address),
                (Some(_), None) => false,
            }
    }
}

impl FaultAnswer {
    fn check(&self, route: &str) -> Result<(), String> {
        match self {
            Self::Status {
                status,
                retry_after,
                headers,
                ..
            } => {
                check_status(*status)?;
                if let Some(retry_after) = retry_after {
                    retry_after.check()?;
                }
                check_headers(headers)
            }
            Self::Html { status } => check_status(*status),
            Self::Delay { ms } if *ms > DELAY_MS_MAX => {
                Err(format!("ms must not exceed {DELAY_MS_MAX}"))
            }
            Self::Aadsts(answer) if answer.refusal().is_none() => {
                Err(format!("AADSTS{} is not in the table", answer.code))
            }
            Self::ClaimsChallenge { .. } if is_entra(route) => Err(
                "a claims challenge is an answer of Graph; at Entra ID use aadsts with claims"
                    .to_owned(),
            ),
            Self::InsufficientClaims if is_entra(route) => Err(
                "insufficient claims are an answer of Graph; at Entra ID use entra with interaction_required"
                    .to_owned(),
            ),
            Self::HalfJson
            | Self::InsufficientClaims
            | Self::Empty
            | Self::Close
            | Self::ClaimsChallenge { .. }
            | Self::Delay { .. }
            | Self::Entra { .. }
            | Self::Aadsts(_) => Ok(()),
        }
    }
}

fn check_status(status: u16) -> Result<(), String> {
    if (200..=599).contains(&status) {
        Ok(())
    } else {
        Err("status must lie between 200 and 599".to_owned())
    }
}

fn check_headers(headers: &BTreeMap<String, String>) -> Result<(), String> {
    for (name, value) in headers {
        match HeaderName::from_bytes(name.as_bytes()) {
            Ok(known) if FRAMING.contains(&known.as_str()) => {
                return Err(format!("the header '{name}' is the server's own to write"));
            }
            Ok(_) if HeaderValue::from_str(value).is_ok() => {}
            Ok(_) | Err(_) => return Err(format!("the header '{name}' cannot be sent")),
        }
    }
    Ok(())
}

fn is_entra(route: &str) -> bool {
    route == ANY_ENTRA
        || Operation::all()
            .any(|operation| operation.name == route && operation.service == Service::Entra)
}
