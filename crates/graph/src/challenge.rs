//! Claims challenges: how Graph says that a token must say more.
//!
//! `WWW-Authenticate` may come several times and hold several challenges each; values may be quoted and hold commas.
//! Source: RFC 9110 §11.6.1; Microsoft identity platform, "Claims challenges, claims requests, and client
//! capabilities".

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// The longest header that is read, in bytes. Real ones stay below 4 KiB.
const CHALLENGE_BYTES_MAX: usize = 32 * 1024;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// The claims an answer asks for: a JSON object as text, ready for the `claims` parameter of a token request.
///
/// Absent when there is none, or none that can be read: a 401 without claims is ordinary (an expired token).
#[must_use]
pub fn claims(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter(|value| value.len() <= CHALLENGE_BYTES_MAX)
        .filter_map(|value| value.to_str().ok())
        .flat_map(parameters)
        .filter(|(name, _)| name.eq_ignore_ascii_case("claims"))
        .find_map(|(_, value)| decode(&value))
}

/// All `name=value` pairs of a header, whichever challenge they belong to: only Bearer knows `claims`.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut rest = header;
    while let Some((before, after)) = rest.split_once('=') {
        // What stands between the last separator and `=` is the name; a scheme may stand before it.
        let name = before
            .rsplit([' ', ',', '\t'])
            .find(|word| !word.is_empty())
            .unwrap_or_default();
        let (value, left) = value(after.trim_start());
        if !name.is_empty() {
            parameters.push((name.to_owned(), value));
        }
        rest = left;
    }
    parameters
}

/// One value and what stands after it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (
            text.get(..end).unwrap_or_default().to_owned(),
            text.get(end..).unwrap_or_default(),
        );
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            _ => value.push(c),
        }
    }
    (value, "")
}

/// Base64 in either alphabet, padded or not; in some clouds the JSON came bare.
fn decode(value: &str) -> Option<String> {
    let value = value.trim();
    if is_object(value) {
        return Some(value.to_owned());
    }
    let value = value.replace("%3D", "=").replace("%3d", "=");
    let bytes = STANDARD
        .decode(&value)
        .or_else(|_| URL_SAFE.decode(&value))
        .ok()?;
    String::from_utf8(bytes).ok().filter(|text| is_object(text))
}

fn is_object(text: &str) -> bool {
    matches!(serde_json::from_str(text), Ok(serde_json::Value::Object(_)))
}

#[cfg(test)]
mod tests;
