//! What the claims of an ID token say, one sentence for each that the identity platform documents.
//! Source: Microsoft identity platform, "ID token claims reference" and "Optional claims reference".

use super::ClaimView;

/// The claims that are times: seconds since 1970 (RFC 7519 §2, "NumericDate").
const TIMES: [&str; 4] = ["auth_time", "exp", "iat", "nbf"];

/// A claim and its explanation.
pub fn view(name: &str, value: &str) -> ClaimView {
    let seconds = TIMES.contains(&name).then(|| value.parse::<i64>().ok());
    ClaimView {
        about: about(name).map(str::to_owned),
        at_ms: seconds
            .flatten()
            .and_then(|seconds| seconds.checked_mul(1_000)),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn about(name: &str) -> Option<&'static str> {
    Some(match name {
        "acct" => "claim-acct",
        "aio" | "rh" | "uti" => "claim-internal",
        "at_hash" => "claim-at-hash",
        "aud" => "claim-aud",
        "auth_time" => "claim-auth-time",
        "email" => "claim-email",
        "exp" => "claim-exp",
        "family_name" => "claim-family-name",
        "given_name" => "claim-given-name",
        "groups" | "hasgroups" => "claim-groups",
        "iat" => "claim-iat",
        "idp" => "claim-idp",
        "iss" => "claim-iss",
        "login_hint" => "claim-login-hint",
        "name" => "claim-name",
        "nbf" => "claim-nbf",
        "nonce" => "claim-nonce",
        "oid" => "claim-oid",
        "preferred_username" => "claim-preferred-username",
        "roles" => "claim-roles",
        "sid" => "claim-sid",
        "sub" => "claim-sub",
        "tid" => "claim-tid",
        "upn" => "claim-upn",
        "ver" => "claim-ver",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_times_and_what_is_not_documented_is_not_explained() {
        let exp = view("exp", "1700000000");
        assert_eq!(exp.at_ms, Some(1_700_000_000_000));
        assert_eq!(exp.about.as_deref(), Some("claim-exp"));
        for value in ["soon", "", "99999999999999999999"] {
            assert_eq!(view("exp", value).at_ms, None, "{value}");
        }
        let own = view("extension_shoe_size", "42");
        assert_eq!((own.about, own.at_ms), (None, None));
    }
}
