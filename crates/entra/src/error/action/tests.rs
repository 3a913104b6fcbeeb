use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Action::{self, *};
use crate::error::refusal::Refusal;
use crate::error::{EntraError, EntraErrorKind, PersonNeeded, codes};

/// What Entra's page on error codes advises, code by code.
/// Source: "Microsoft Entra authentication and authorization error codes".
#[rustfmt::skip]
const ADVISED: &[(&[u32], Action)] = &[
    (&[50_011], AddRedirectUri),
    (&[700_016], CheckClientId),
    (&[7_000_218], AllowPublicClient),
    (&[50_194], UseOwnTenant),
    (&[90_002, 500_011], CheckTenant),
    (&[50_020, 50_034, 50_136, 500_208, 9_002_332], UseAnotherAccount),
    (&[50_126, 50_058, 50_140], SignInAgain),
    (&[50_132, 50_133, 50_173, 70_000, 70_008, 700_081, 700_082, 700_084], SignInAgain),
    (&[50_053, 50_057], AskAdministrator),
    (&[50_055], ChangePassword),
    (&[50_059], NameTenant),
    (&[50_072, 50_079], RegisterVerification),
    (&[50_074, 50_076, 50_078, 50_158], Verify),
    (&[50_097, 50_129, 53_000, 53_001], UseManagedDevice),
    (&[50_105], AskForAssignment),
    (&[50_196], Wait),
    (&[50_199], ConfirmApplication),
    (&[53_003, 530_032, 530_035], MeetPolicy),
    (&[54_005, 900_561], Ignore),
    (&[65_001], Consent),
    (&[65_004], GoOnWithout),
    (&[650_057], DeclarePermission),
    (&[28_000, 70_007, 70_011, 90_014, 501_481, 700_022, 900_144, 9_002_313], ReportFault),
    (&[70_016], KeepPolling),
    (&[70_018, 70_019, 70_020], NewDeviceCode),
    (&[70_043, 70_044], SignInAsUsual),
    (&[50_033, 90_006, 90_012, 90_024, 90_033, 90_055], TryLater),
    (&[90_094, 90_095], AskForAdminConsent),
    (&[16_000], ChooseAccount),
    (&[50_049, 90_038, 900_439], SwitchCloud),
];

#[test]
fn every_code_has_the_action_that_is_advised() {
    let mut tried = BTreeSet::new();
    for (numbers, expected) in ADVISED {
        for number in *numbers {
            let error = read(&json!({"error": "invalid_request", "error_codes": [number]}));
            assert_eq!(error.action(), *expected, "AADSTS{number}");
            assert!(tried.insert(*number), "AADSTS{number} stands twice");
        }
    }
    let table: BTreeSet<u32> = codes::TABLE.iter().map(|(number, ..)| *number).collect();
    assert_eq!(tried, table);
}

/// A service in trouble may quote any code, and then its trouble is the matter.
#[test]
fn without_a_code_the_kind_decides() {
    for (refusal, expected) in [
        (
            json!({"error": "server_error", "error_codes": [65_001]}),
            TryLater,
        ),
        (json!({"error": "invalid_grant"}), SignInAgain),
        (
            json!({"error": "invalid_grant", "error_codes": [987_654]}),
            SignInAgain,
        ),
        (json!({"error": "consent_required"}), Consent),
        (json!({"error": "expired_token"}), NewDeviceCode),
        (
            json!({"error": "access_denied", "error_subcode": "cancel"}),
            GoOnWithout,
        ),
        (json!({"error": "something_new"}), ReportFault),
    ] {
        assert_eq!(read(&refusal).action(), expected, "{refusal}");
    }
    let clock = EntraError::new(EntraErrorKind::ClockWrong { minutes: 9 }, "bad_id_token");
    assert_eq!(clock.action(), SetClock);
}

#[test]
fn every_suberror_says_why_the_person_is_needed() {
    use PersonNeeded::*;
    for (error, suberror, code, expected) in [
        ("invalid_grant", "message_only", 0, Some(MessageOnly)),
        ("invalid_grant", "basic_action", 50_076, Some(BasicAction)),
        (
            "interaction_required",
            "basic_action",
            50_079,
            Some(BasicAction),
        ),
        (
            "invalid_grant",
            "additional_action",
            53_000,
            Some(AdditionalAction),
        ),
        (
            "invalid_grant",
            "consent_required",
            65_001,
            Some(ConsentRequired),
        ),
        ("consent_required", "", 0, Some(ConsentRequired)),
        (
            "invalid_grant",
            "user_password_expired",
            50_055,
            Some(PasswordExpired),
        ),
        ("invalid_grant", "bad_token", 50_173, Some(SignInOver)),
        ("invalid_grant", "token_expired", 70_043, Some(SignInOver)),
        (
            "invalid_grant",
            "device_authentication_failed",
            50_097,
            Some(Unstated),
        ),
        ("login_required", "", 50_058, Some(Unstated)),
        ("invalid_grant", "", 0, Some(Unstated)),
        ("no_refresh_token", "", 0, Some(NothingKept)),
        ("invalid_grant", "client_mismatch", 0, None),
        ("invalid_grant", "protection_policy_required", 0, None),
        ("invalid_grant", "", 90_033, None),
        ("invalid_grant", "", 50_196, None),
        ("temporarily_unavailable", "", 0, None),
        ("unauthorized_client", "", 700_016, None),
    ] {
        let error = read(&json!({"error": error, "suberror": suberror, "error_codes": [code]}));
        assert_eq!(error.person_needed(), expected, "{error} {suberror} {code}");
    }
}

/// Cancel is no answer to the question; "no" is one (Entra, "Authorization code flow", error response; AADSTS65004).
#[test]
fn cancel_is_told_from_no_and_from_an_error() {
    for (refusal, expected) in [
        (
            json!({"error": "access_denied", "error_subcode": "cancel"}),
            EntraErrorKind::Cancelled,
        ),
        (
            json!({"error": "access_denied", "error_codes": [65_004]}),
            EntraErrorKind::Declined,
        ),
        (json!({"error": "access_denied"}), EntraErrorKind::Declined),
        (json!({"error": "server_error"}), EntraErrorKind::ServerDown),
    ] {
        let error = read(&refusal);
        assert_eq!(error.kind, expected, "{refusal}");
        assert_eq!(error.person_needed(), None, "{refusal}");
    }
}

fn read(refusal: &Value) -> EntraError {
    serde_json::from_str::<Refusal>(&refusal.to_string())
        .unwrap()
        .read(Some(400))
}
