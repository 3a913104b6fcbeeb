//! Device codes: fifteen minutes, one use, and a person who types a short code
//! in between.
//!
//! Source: Microsoft identity platform, "OAuth 2.0 device authorization grant";
//! RFC 8628 §3.5 for `slow_down`.

use std::collections::HashMap;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::codes::Grant;
use crate::dice::Dice;
use crate::guard::lock;

/// How long a person may take.
pub const DEVICE_CODE_SECONDS: i64 = 15 * 60;
/// How long a device waits between two questions at first.
pub const INTERVAL_SECONDS: i64 = 5;
/// By how much `slow_down` lengthens that.
const SLOWER_SECONDS: i64 = 5;
/// A device that wakes up a little early is not told off: timers are not exact.
const EARLY_MS: i64 = 1000;
/// How many devices may wait at once; the oldest go first.
const DEVICES_MAX: usize = 1024;
/// Letters and digits that are not taken for one another.
const ALPHABET: &[u8; 28] = b"BCDFGHJKLMNPQRSTVWXZ23456789";
/// The length of a code that a person types.
const USER_CODE_CHARS: usize = 9;

/// What a device asked for.
#[derive(Debug, Clone)]
pub struct Device {
    /// The client.
    pub client_id: String,
    /// The issuer's part before the tenant, of the cloud that was asked.
    pub issuer: String,
    /// The authority's path segment.
    pub tenant: String,
    /// The `scope` it sent.
    pub scope: String,
    /// The `claims` it sent.
    pub claims: Option<String>,
    /// The v1.0 `resource`, if it asked there.
    pub resource: Option<String>,
}

/// What a device is told when it asks.
#[derive(Debug)]
pub enum Poll {
    /// Nobody gave this code out, or it was redeemed.
    Unknown,
    /// The person is not done.
    Pending,
    /// It asks too often.
    TooFast,
    /// The person said no.
    Declined,
    /// It took too long.
    Expired,
    /// The person said yes.
    Approved(Box<Grant>),
}

#[derive(Debug)]
enum State {
    Pending,
    /// Signed in, and asked whether it is the right app.
    Confirming(Box<Grant>),
    Approved(Box<Grant>),
    Declined,
}

struct Waiting {
    device: Device,
    user_code: String,
    state: State,
    began_ms: i64,
    polled_ms: Option<i64>,
    interval_seconds: i64,
}

impl Waiting {
    fn too_old(&self, now_ms: i64) -> bool {
        now_ms - self.began_ms >= DEVICE_CODE_SECONDS * 1000
    }
}

/// The devices that wait, by their device codes.
#[derive(Default)]
pub struct Devices {
    waiting: Mutex<HashMap<String, Waiting>>,
}

impl Devices {
    /// Gives out a device code and a code for the person.
    pub fn issue(&self, dice: &Dice, device: Device, now_ms: i64) -> (String, String) {
        let (device_code, user_code) = (new_device_code(dice), new_user_code(dice));
        let mut waiting = lock(&self.waiting);
        // Expired ones are kept for a while, so that they are told as such.
        waiting.retain(|_, old| now_ms - old.began_ms < 2 * DEVICE_CODE_SECONDS * 1000);
        if waiting.len() >= DEVICES_MAX
            && let Some(oldest) = waiting
                .iter()
                .min_by_key(|(_, old)| old.began_ms)
                .map(|(code, _)| code.clone())
        {
            waiting.remove(&oldest);
        }
        waiting.insert(
            device_code.clone(),
            Waiting {
                device,
                user_code: user_code.clone(),
                state: State::Pending,
                began_ms: now_ms,
                polled_ms: None,
                interval_seconds: INTERVAL_SECONDS,
            },
        );
        (device_code, user_code)
    }

    /// Answers a device's question. `tenant_fits` and the client are checked
    /// first, so that another client's question changes nothing.
    pub fn poll(&self, device_code: &str, now_ms: i64, fits: impl FnOnce(&Device) -> bool) -> Poll {
        let mut devices = lock(&self.waiting);
        let Some(waiting) = devices.get_mut(device_code) else {
            return Poll::Unknown;
        };
        if !fits(&waiting.device) {
            return Poll::Unknown;
        }
        if waiting.too_old(now_ms) {
            return Poll::Expired;
        }
        let last_ms = waiting.polled_ms.replace(now_ms);
        match &waiting.state {
            State::Pending | State::Confirming(_) => {
                let least_ms = waiting.interval_seconds * 1000 - EARLY_MS;
                if last_ms.is_some_and(|last| (0..least_ms).contains(&(now_ms - last))) {
                    waiting.interval_seconds += SLOWER_SECONDS;
                    return Poll::TooFast;
                }
                Poll::Pending
            }
            State::Declined => Poll::Declined,
            State::Approved(_) => match devices.remove(device_code).map(|gone| gone.state) {
                Some(State::Approved(grant)) => Poll::Approved(grant),
                _ => Poll::Unknown,
            },
        }
    }

    /// What the device whose code a person typed asked for. Case, spaces and
    /// hyphens do not matter. `Err` says that the code is too old.
    pub fn typed(&self, user_code: &str, now_ms: i64) -> Option<Result<(String, Device), ()>> {
        let typed: String = user_code
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let devices = lock(&self.waiting);
        let (code, waiting) = devices
            .iter()
            .find(|(_, waiting)| waiting.user_code == typed)?;
        if waiting.too_old(now_ms) {
            return Some(Err(()));
        }
        matches!(waiting.state, State::Pending | State::Confirming(_))
            .then(|| Ok((code.clone(), waiting.device.clone())))
    }

    /// The device of a device code that still waits.
    pub fn device(&self, device_code: &str, now_ms: i64) -> Option<Device> {
        lock(&self.waiting)
            .get(device_code)
            .filter(|waiting| !waiting.too_old(now_ms))
            .map(|waiting| waiting.device.clone())
    }

    /// Somebody signed in; the app waits for their word.
    pub fn signed_in(&self, device_code: &str, grant: Grant) -> bool {
        self.change(device_code, |state| match state {
            State::Pending | State::Confirming(_) => Some(State::Confirming(Box::new(grant))),
            State::Approved(_) | State::Declined => None,
        })
    }

    /// They said yes, if `theirs` knows the sign-in as that of who says it.
    pub fn approve(&self, device_code: &str, theirs: impl FnOnce(&Grant) -> bool) -> bool {
        self.change(device_code, |state| match state {
            State::Confirming(grant) if theirs(grant) => Some(State::Approved(grant.clone())),
            State::Confirming(_) | State::Pending | State::Approved(_) | State::Declined => None,
        })
    }

    /// They said no.
    pub fn decline(&self, device_code: &str) -> bool {
        self.change(device_code, |state| match state {
            State::Pending | State::Confirming(_) => Some(State::Declined),
            State::Approved(_) | State::Declined => None,
        })
    }

    /// Forgets them all.
    pub fn clear(&self) {
        lock(&self.waiting).clear();
    }

    fn change(&self, device_code: &str, next: impl FnOnce(&State) -> Option<State>) -> bool {
        lock(&self.waiting)
            .get_mut(device_code)
            .is_some_and(|waiting| match next(&waiting.state) {
                Some(state) => {
                    waiting.state = state;
                    true
                }
                None => false,
            })
    }
}

/// About the length that Entra's have.
fn new_device_code(dice: &Dice) -> String {
    let bytes: Vec<u8> = (0..10).flat_map(|_| *dice.uuid().as_bytes()).collect();
    format!("GAQABIQE{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn new_user_code(dice: &Dice) -> String {
    dice.uuid()
        .as_bytes()
        .iter()
        .chain(dice.uuid().as_bytes())
        .filter_map(|byte| ALPHABET.get(usize::from(*byte) % 32))
        .take(USER_CODE_CHARS)
        .map(|letter| char::from(*letter))
        .collect()
}
