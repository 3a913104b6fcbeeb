//! The AADSTS codes that a desktop application meets, as data.
//!
//! Source: Entra, "Microsoft Entra authentication and authorization error codes". It asks applications to act on `error` and
//! `suberror`, because codes may be added and changed. So a refresh token is deleted, and the person asked to sign in again,
//! for those words alone. A known code refines the kind of an error: it chooses the sentence a person reads, and tells a
//! missing consent (65001) or a passing trouble (90033) from the other refusals that share their words. A code that is
//! unknown, new or gone leaves the kind to the words.

use super::EntraErrorKind::{
    self, AccountDisabled, AdminConsentRequired, Blocked, ConsentRequired, Declined,
    DeviceCodeOver, InteractionRequired, Misconfigured, Other, RedirectUriMismatch, RequestLoop,
    ServerDown, TenantNotFound, UnknownClient,
};
use super::action::Action;

/// What a code means to a caller, where it is known.
pub(crate) fn look_up(number: u32) -> Option<(EntraErrorKind, Action)> {
    TABLE
        .binary_search_by_key(&number, |(number, ..)| *number)
        .ok()
        .and_then(|index| TABLE.get(index))
        .map(|(_, kind, action)| (*kind, *action))
}

/// All codes, by number.
pub(crate) const TABLE: &[(u32, EntraErrorKind, Action)] = &[
    (16_000, InteractionRequired, Action::ChooseAccount), // several sessions, or none, fits
    (28_000, Other, Action::ReportFault),                 // scopes of several resources at once
    (50_011, RedirectUriMismatch, Action::AddRedirectUri),
    (50_020, InteractionRequired, Action::UseAnotherAccount), // the account is not in this tenant
    (50_033, ServerDown, Action::TryLater),
    (50_034, InteractionRequired, Action::UseAnotherAccount), // no such user
    (50_049, UnknownClient, Action::SwitchCloud),             // a host of no cloud
    (50_053, AccountDisabled, Action::AskAdministrator),      // locked out
    (50_055, InteractionRequired, Action::ChangePassword), // password expired: the page deals with it
    (50_057, AccountDisabled, Action::AskAdministrator),   // disabled
    (50_058, InteractionRequired, Action::SignInAgain),    // no session
    (50_059, TenantNotFound, Action::NameTenant),          // no tenant could be told
    (50_072, InteractionRequired, Action::RegisterVerification), // must register a second factor
    (50_074, InteractionRequired, Action::Verify),         // second factor needed
    (50_076, InteractionRequired, Action::Verify), // second factor needed since a policy changed
    (50_078, InteractionRequired, Action::Verify), // second factor expired
    (50_079, InteractionRequired, Action::RegisterVerification), // must register a second factor
    (50_097, Blocked, Action::UseManagedDevice),   // device must be registered
    (50_105, Blocked, Action::AskForAssignment),   // not assigned to the application
    (50_126, InteractionRequired, Action::SignInAgain), // wrong password
    (50_129, Blocked, Action::UseManagedDevice),   // device must be joined
    (50_132, InteractionRequired, Action::SignInAgain), // session revoked
    (50_133, InteractionRequired, Action::SignInAgain), // session revoked, password changed
    (50_136, InteractionRequired, Action::UseAnotherAccount), // single personal session
    (50_140, InteractionRequired, Action::SignInAgain), // "keep me signed in" interrupt
    (50_158, InteractionRequired, Action::Verify), // an outside security step
    (50_173, InteractionRequired, Action::SignInAgain), // grant revoked
    (50_194, Misconfigured, Action::UseOwnTenant), // single-tenant application used at /common
    (50_196, RequestLoop, Action::Wait),           // the same request again and again
    (50_199, InteractionRequired, Action::ConfirmApplication), // the page that asks "are you trying to sign in to…"
    (53_000, Blocked, Action::UseManagedDevice),               // device must be compliant
    (53_001, Blocked, Action::UseManagedDevice),               // device must be joined
    (53_003, InteractionRequired, Action::MeetPolicy),         // Conditional Access
    (54_005, Other, Action::Ignore), // code already used: the redirect came twice
    (65_001, ConsentRequired, Action::Consent),
    (65_004, Declined, Action::GoOnWithout),
    (70_000, InteractionRequired, Action::SignInAgain), // bad grant
    (70_007, Other, Action::ReportFault),               // response_mode not supported here
    (70_008, InteractionRequired, Action::SignInAgain), // refresh token unused for too long
    (70_011, Other, Action::ReportFault),               // bad scope
    (70_016, Other, Action::KeepPolling),               // device code pending
    (70_018, DeviceCodeOver, Action::NewDeviceCode),    // device code wrong
    (70_019, DeviceCodeOver, Action::NewDeviceCode),    // device code expired
    (70_020, DeviceCodeOver, Action::NewDeviceCode),    // device code expired
    (70_043, InteractionRequired, Action::SignInAsUsual), // sign-in frequency, daily in some tenants
    (70_044, InteractionRequired, Action::SignInAsUsual), // sign-in frequency
    (90_002, TenantNotFound, Action::CheckTenant),
    (90_006, ServerDown, Action::TryLater),
    (90_012, ServerDown, Action::TryLater),
    (90_014, Other, Action::ReportFault), // missing parameter
    (90_024, ServerDown, Action::TryLater),
    (90_033, ServerDown, Action::TryLater),
    (90_038, UnknownClient, Action::SwitchCloud), // another national cloud
    (90_055, ServerDown, Action::TryLater),
    (90_094, AdminConsentRequired, Action::AskForAdminConsent),
    (90_095, AdminConsentRequired, Action::AskForAdminConsent),
    (500_011, Misconfigured, Action::CheckTenant), // the resource does not exist in this tenant
    (500_208, InteractionRequired, Action::UseAnotherAccount), // this kind of account does not fit
    (501_481, Other, Action::ReportFault),         // the verifier does not fit the challenge
    (530_032, InteractionRequired, Action::MeetPolicy), // security policy
    (530_035, InteractionRequired, Action::MeetPolicy), // security defaults
    (650_057, Misconfigured, Action::DeclarePermission), // resource not among the declared permissions
    (700_016, UnknownClient, Action::CheckClientId),
    (700_022, Other, Action::ReportFault), // scopes of several resources at once
    (700_081, InteractionRequired, Action::SignInAgain), // refresh token over
    (700_082, InteractionRequired, Action::SignInAgain), // refresh token unused for too long
    (700_084, InteractionRequired, Action::SignInAgain), // refresh token over
    (900_144, Other, Action::ReportFault), // missing parameter
    (900_439, UnknownClient, Action::SwitchCloud), // another national cloud
    (900_561, Other, Action::Ignore),      // the back button
    (7_000_218, Misconfigured, Action::AllowPublicClient), // a secret is demanded of a public client
    (9_002_313, Other, Action::ReportFault),               // malformed request
    (9_002_332, InteractionRequired, Action::UseAnotherAccount), // work accounts only
];
