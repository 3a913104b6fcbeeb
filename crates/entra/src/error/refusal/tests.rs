use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::EntraErrorKind::{self, *};
use super::Refusal;
use crate::error::{EntraError, codes};

fn check(refusal: &Value, expected: EntraErrorKind, must_sign_in_again: bool) {
    let error = read(refusal, Some(400));
    assert_eq!(
        (error.kind, error.must_sign_in_again()),
        (expected, must_sign_in_again),
        "{refusal}"
    );
}

#[test]
fn words_and_codes_are_sorted() {
    for (error, suberror, code, expected, again) in [
        (
            "invalid_grant",
            "bad_token",
            50_173,
            InteractionRequired,
            true,
        ),
        (
            "invalid_grant",
            "bad_token",
            50_034,
            InteractionRequired,
            true,
        ),
        (
            "invalid_grant",
            "token_expired",
            70_043,
            InteractionRequired,
            true,
        ),
        (
            "invalid_grant",
            "basic_action",
            50_076,
            InteractionRequired,
            true,
        ),
        (
            "interaction_required",
            "basic_action",
            50_076,
            InteractionRequired,
            true,
        ),
        (
            "invalid_grant",
            "consent_required",
            65_001,
            ConsentRequired,
            true,
        ),
        ("invalid_grant", "", 65_001, ConsentRequired, true),
        ("consent_required", "", 0, ConsentRequired, true),
        ("login_required", "", 50_058, InteractionRequired, true),
        ("invalid_grant", "", 0, InteractionRequired, true),
        ("invalid_grant", "", 987_654_321, InteractionRequired, true),
        ("invalid_grant", "", 50_057, AccountDisabled, true),
        (
            "invalid_grant",
            "device_authentication_failed",
            50_097,
            Blocked,
            true,
        ),
        ("invalid_grant", "client_mismatch", 0, Other, false),
        (
            "invalid_grant",
            "protection_policy_required",
            0,
            Other,
            false,
        ),
        ("invalid_grant", "", 54_005, Other, true),
        ("access_denied", "", 65_004, Declined, false),
        ("access_denied", "", 90_094, AdminConsentRequired, false),
        ("invalid_request", "", 50_011, RedirectUriMismatch, false),
        ("unauthorized_client", "", 700_016, UnknownClient, false),
        ("invalid_client", "", 7_000_218, Misconfigured, false),
        ("invalid_tenant", "", 90_002, TenantNotFound, false),
        ("invalid_request", "", 90_002, TenantNotFound, false),
        ("temporarily_unavailable", "", 90_033, ServerDown, false),
        ("server_error", "", 65_001, ServerDown, false),
        ("invalid_request", "", 900_144, Other, false),
    ] {
        let refusal = json!({"error": error, "suberror": suberror, "error_codes": [code]});
        check(&refusal, expected, again);
    }
}

/// The example of Entra, "Authorization code flow", "Error response" to a token request.
#[test]
fn the_documented_answer_is_read_whole() {
    let error = read(
        &json!({
            "error": "invalid_scope",
            "error_description": "AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope https://foo.microsoft.com/mail.read is not valid.\r\nTrace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333\r\nCorrelation ID: aaaa0000-bb11-2222-33cc-444444dddddd\r\nTimestamp: 2016-01-09 02:02:12Z",
            "error_codes": [70011],
            "timestamp": "2016-01-09 02:02:12Z",
            "trace_id": "0000aaaa-11bb-cccc-dd22-eeeeee333333",
            "correlation_id": "aaaa0000-bb11-2222-33cc-444444dddddd",
        }),
        Some(400),
    );
    assert_eq!(
        (error.kind, error.error.as_str(), error.code),
        (Other, "invalid_scope", Some(70_011))
    );
    assert_eq!(
        error.trace_id.as_deref(),
        Some("0000aaaa-11bb-cccc-dd22-eeeeee333333")
    );
    assert_eq!(
        error.correlation_id.as_deref(),
        Some("aaaa0000-bb11-2222-33cc-444444dddddd")
    );
}

#[test]
fn the_code_is_found_wherever_it_stands() {
    for (refusal, expected) in [
        (
            json!({"error": "e", "error_codes": [70_002, 70_008]}),
            Some(70_008),
        ),
        (
            json!({"error": "e", "error_codes": [70_008, 70_002]}),
            Some(70_008),
        ),
        (
            json!({"error": "e", "error_codes": ["50173"]}),
            Some(50_173),
        ),
        (json!({"error": "e", "error_codes": "50173"}), Some(50_173)),
        (
            json!({"error": "e", "error_description": "AADSTS50076: Due to"}),
            Some(50_076),
        ),
        (
            json!({"error": "e", "error_description": "AADSTS: none"}),
            None,
        ),
        (json!({"error": "e", "error_codes": [-1, null, {}]}), None),
        (json!({"error": "e"}), None),
    ] {
        assert_eq!(read(&refusal, None).code, expected, "{refusal}");
    }
}

#[test]
fn claims_are_kept_and_no_text_of_strangers_is_shown() {
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
    let error = read(
        &json!({
            "error": "<b>ada@signet.example</b>", "suberror": "a b", "claims": claims,
            "correlation_id": "ada@signet.example", "error_description": "ada@signet.example",
        }),
        Some(400),
    );
    assert_eq!(error.claims.as_deref(), Some(claims));
    assert!(!format!("{error} {error:?}").contains("signet.example"));
    assert_eq!((&error.suberror, &error.correlation_id), (&None, &None));
}

#[test]
fn the_table_is_in_order_and_found_by_number() {
    assert!(codes::TABLE.is_sorted_by(|one, next| one.0 < next.0));
    for (number, kind, action) in codes::TABLE {
        assert_eq!(codes::look_up(*number), Some((*kind, *action)));
    }
    assert_eq!(codes::look_up(1), None);
}

proptest! {
    #[test]
    fn no_refusal_panics(error in "\\PC{0,30}", description in "\\PC{0,80}|AADSTS[0-9]{0,20}\\PC{0,40}", code in any::<u64>(), status in proptest::option::of(any::<u16>())) {
        let error = read(&json!({"error": error, "error_description": description, "error_codes": [code]}), status);
        prop_assert!(error.error.is_ascii());
    }
}

fn read(refusal: &Value, status: Option<u16>) -> EntraError {
    serde_json::from_str::<Refusal>(&refusal.to_string())
        .unwrap()
        .read(status)
}

/// Azure AD B2C, "Error codes": what it has no word for stands at the beginning of the description.
#[test]
fn what_b2c_tells_by_code_alone_is_understood() {
    for (description, expected) in [
        (
            "AADB2C90091: The user has cancelled entering self-asserted information.",
            EntraErrorKind::Cancelled,
        ),
        (
            "AADB2C90118: The user has forgotten their password.",
            EntraErrorKind::PasswordForgotten,
        ),
        (
            "AADB2C90273: An invalid response was received.",
            EntraErrorKind::Declined,
        ),
        ("See AADB2C90091: nothing", EntraErrorKind::Declined),
    ] {
        let refusal = Refusal {
            error: "access_denied".into(),
            error_description: description.into(),
            ..Refusal::default()
        };
        assert_eq!(refusal.read(None).kind, expected, "{description}");
    }
}
