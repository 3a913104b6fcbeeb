//! Faults on demand: the next answers of a route are replaced, delayed, cut
//! short, or given after the work was done all the same.

mod answer;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::entra::AadstsFault;
use crate::guard::lock;

/// How many faults may wait at once.
const FAULTS_MAX: usize = 200;
/// How often one fault may be used: a forgotten one must not last for ever.
const COUNT_MAX: u32 = 100_000;

/// The routes a fault can name.
pub const ROUTES: [&str; 22] = [
    "token",
    "devicecode",
    "userinfo",
    "authorize",
    "metadata",
    "keys",
    "me",
    "photo",
    "manager",
    "batch",
    "sendMail",
    "me.update",
    "users.list",
    "users.get",
    "directReports",
    "people",
    "presence",
    "mailboxSettings",
    "mailboxSettings.update",
    "masterCategories",
    "masterCategories.change",
    "getMailTips",
];

/// A fault that waits for its route.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// One of `ROUTES`.
    pub route: String,
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
#[serde(tag = "kind", rename_all = "snake_case")]
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
        /// `Retry-After`, a number or any text.
        #[serde(default)]
        retry_after: Option<Value>,
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

/// The faults that wait, in the order they were asked for.
#[derive(Default)]
pub struct Faults {
    waiting: Mutex<VecDeque<Fault>>,
}

impl Faults {
    /// Adds a fault. `Err` says why it cannot be had.
    pub fn add(&self, mut fault: Fault) -> Result<(), String> {
        if !ROUTES.contains(&fault.route.as_str()) {
            return Err(format!("route must be one of {}", ROUTES.join(", ")));
        }
        if let FaultAnswer::Status { status, .. } | FaultAnswer::Html { status } = fault.answer
            && !(200..=599).contains(&status)
        {
            return Err("status must lie between 200 and 599".to_owned());
        }
        if let FaultAnswer::Aadsts(answer) = &fault.answer
            && answer.refusal().is_none()
        {
            return Err(format!("AADSTS{} is not in the table", answer.code));
        }
        fault.count = fault.count.min(COUNT_MAX);
        let mut waiting = lock(&self.waiting);
        if waiting.len() >= FAULTS_MAX {
            return Err(format!("at most {FAULTS_MAX} faults can wait"));
        }
        waiting.push_back(fault);
        Ok(())
    }

    /// Takes one use of the first fault that waits for `route`.
    pub fn take(&self, route: &str) -> Option<Fault> {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|fault| fault.count > 0);
        let fault = waiting.iter_mut().find(|fault| fault.route == route)?;
        fault.count -= 1;
        Some(fault.clone())
    }

    /// What still waits.
    pub fn waiting(&self) -> Vec<Fault> {
        lock(&self.waiting)
            .iter()
            .filter(|fault| fault.count > 0)
            .cloned()
            .collect()
    }

    /// Forgets them.
    pub fn clear(&self) {
        lock(&self.waiting).clear();
    }
}

/// What the control API says about waiting faults.
pub fn describe(faults: &[Fault]) -> Value {
    json!({"faults": faults})
}
