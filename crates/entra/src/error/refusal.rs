//! Reading a refusal: the OAuth error fields of a JSON answer or of a redirect (RFC 6749 §4.1.2.1, §5.2; Entra's additions).

use serde::Deserialize;
use serde_json::Value;

use super::{EntraError, EntraErrorKind, codes};
use crate::lenient;

/// The longest word (`error`, `suberror`, an id) that is kept: the longest known has 28 letters, a GUID 36.
const WORD_CHARS_MAX: usize = 64;

/// The longest claims challenge that is kept: true ones have a few hundred bytes, and they travel in a URL.
pub(crate) const CLAIMS_BYTES_MAX: usize = 8 * 1_024;

/// The fields of a refusal as they came. Everything is optional and of any type, so that an odd field never hides the others.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refusal {
    pub(crate) error: Value,
    pub(crate) error_description: Value,
    pub(crate) error_codes: Value,
    pub(crate) error_subcode: Value,
    pub(crate) suberror: Value,
    pub(crate) claims: Value,
    pub(crate) correlation_id: Value,
    pub(crate) trace_id: Value,
}

impl Refusal {
    /// Whether this is a refusal at all.
    pub(crate) fn is_one(&self) -> bool {
        lenient::text(&self.error).is_some_and(|error| !error.is_empty())
    }

    /// Sorts the refusal. `status` is the HTTP status, or `None` for a redirect.
    pub(crate) fn read(&self, status: Option<u16>) -> EntraError {
        let description = lenient::text(&self.error_description).unwrap_or_default();
        let error = lenient::text(&self.error)
            .and_then(|text| word(&text))
            .unwrap_or_else(|| "unreadable".to_owned());
        let suberror = lenient::text(&self.suberror).and_then(|text| word(&text));
        let code = self.code(&description);
        let cancelled =
            lenient::text(&self.error_subcode).is_some_and(|subcode| subcode == "cancel");
        let mut refusal = EntraError::new(EntraErrorKind::Other, &error);
        refusal.kind = b2c_kind(&description)
            .unwrap_or_else(|| kind(&error, suberror.as_deref(), code, cancelled, status));
        refusal.suberror = suberror;
        refusal.code = code;
        refusal.claims =
            lenient::text(&self.claims).filter(|claims| claims.len() <= CLAIMS_BYTES_MAX);
        refusal.correlation_id =
            id(&self.correlation_id).or_else(|| after(&description, "Correlation ID:"));
        refusal.trace_id = id(&self.trace_id).or_else(|| after(&description, "Trace ID:"));
        refusal.status = status;
        refusal
    }

    /// Of several codes the one that is known, since older answers put a general one first; else the one the text begins with.
    fn code(&self, description: &str) -> Option<u32> {
        let listed = match &self.error_codes {
            Value::Array(listed) => listed.iter().filter_map(code_number).collect(),
            other => code_number(other).map_or_else(Vec::new, |number| vec![number]),
        };
        let known = listed
            .iter()
            .rev()
            .find(|number| codes::look_up(**number).is_some());
        known
            .or(listed.first())
            .copied()
            .or_else(|| described_code(description))
    }
}

fn code_number(value: &Value) -> Option<u32> {
    lenient::number(value).and_then(|number| u32::try_from(number).ok())
}

fn described_code(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let digits: String = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .take(9)
        .collect();
    digits.parse().ok()
}

/// What B2C tells only by a code of its own at the beginning of the description (Azure AD B2C, "Error codes").
fn b2c_kind(description: &str) -> Option<EntraErrorKind> {
    let (code, _) = description.strip_prefix("AADB2C")?.split_once(':')?;
    match code {
        "90091" => Some(EntraErrorKind::Cancelled),
        "90118" => Some(EntraErrorKind::PasswordForgotten),
        _ => None,
    }
}

/// The words sort, and a known code refines: see [`codes`].
fn kind(
    error: &str,
    suberror: Option<&str>,
    code: Option<u32>,
    cancelled: bool,
    status: Option<u16>,
) -> EntraErrorKind {
    if cancelled {
        return EntraErrorKind::Cancelled;
    }
    let by_word = match (error, suberror) {
        ("consent_required", _)
        | ("invalid_grant" | "interaction_required", Some("consent_required")) => {
            EntraErrorKind::ConsentRequired
        }
        ("access_denied" | "authorization_declined", _) => EntraErrorKind::Declined,
        ("invalid_grant", Some("client_mismatch" | "protection_policy_required")) => {
            EntraErrorKind::Other
        }
        ("invalid_grant" | "interaction_required" | "login_required", _) => {
            EntraErrorKind::InteractionRequired
        }
        ("temporarily_unavailable" | "server_error", _) => EntraErrorKind::ServerDown,
        ("unauthorized_client" | "invalid_instance", _) => EntraErrorKind::UnknownClient,
        ("invalid_client", _) => EntraErrorKind::Misconfigured,
        ("expired_token" | "code_expired" | "bad_verification_code", _) => {
            EntraErrorKind::DeviceCodeOver
        }
        ("invalid_tenant", _) => EntraErrorKind::TenantNotFound,
        _ if status.is_some_and(is_down) => EntraErrorKind::ServerDown,
        _ => EntraErrorKind::Other,
    };
    match code.and_then(codes::look_up) {
        // A service in trouble may quote any code.
        Some((known, _)) if by_word != EntraErrorKind::ServerDown => known,
        _ => by_word,
    }
}

/// Whether a status says: not now.
pub(crate) fn is_down(status: u16) -> bool {
    status == 429 || (500..=599).contains(&status)
}

fn id(value: &Value) -> Option<String> {
    lenient::text(value).and_then(|text| word(&text))
}

fn after(description: &str, label: &str) -> Option<String> {
    let (_, rest) = description.split_once(label)?;
    rest.split_whitespace().next().and_then(word)
}

/// A word that is safe to log and to show, whoever sent it.
pub(crate) fn word(text: &str) -> Option<String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    (!text.is_empty() && text.chars().count() <= WORD_CHARS_MAX && text.chars().all(plain))
        .then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
