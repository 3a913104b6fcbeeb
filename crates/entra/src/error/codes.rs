//! The AADSTS codes that a desktop application meets, as data.
//!
//! Source: Entra, "Microsoft Entra authentication and authorization error codes". It asks applications to act on `error` and
//! `suberror`, because codes may be added and changed. So a refresh token is deleted, and the person asked to sign in again,
//! for those words alone. A known code refines the kind of an error: it chooses the sentence a person reads, and tells a
//! missing consent (65001) or a passing trouble (90033) from the other refusals that share their words. A code that is
//! unknown, new or gone leaves the kind to the words.

use super::EntraErrorKind::{
    self, AccountDisabled, AdminConsentRequired, Blocked, ConsentRequired, Declined,
    InteractionRequired, Misconfigured, Other, RedirectUriMismatch, RequestLoop, ServerDown,
    TenantNotFound, UnknownClient,
};
/// What a code means to a caller, where it is known.
pub(crate) fn look_up(number: u32) -> Option<EntraErrorKind> {
    TABLE
        .binary_search_by_key(&number, |(number, _)| *number)
        .ok()
        .and_then(|index| TABLE.get(index))
        .map(|(_, kind)| *kind)
}

/// All codes, by number.
pub(crate) const TABLE: &[(u32, EntraErrorKind)] = &[
    (16_000, InteractionRequired), // several sessions, or none, fits
    (28_000, Other),               // scopes of several resources at once
    (50_011, RedirectUriMismatch),
    (50_020, InteractionRequired), // the account is not in this tenant
    (50_033, ServerDown),
    (50_034, InteractionRequired), // no such user
    (50_053, AccountDisabled),     // locked out
    (50_055, InteractionRequired), // password expired: the page deals with it
    (50_057, AccountDisabled),     // disabled
    (50_058, InteractionRequired), // no session
    (50_059, TenantNotFound),      // no tenant could be told
    (50_072, InteractionRequired), // must register a second factor
    (50_074, InteractionRequired), // second factor needed
    (50_076, InteractionRequired), // second factor needed since a policy changed
    (50_078, InteractionRequired), // second factor expired
    (50_079, InteractionRequired), // must register a second factor
    (50_097, Blocked),             // device must be registered
    (50_105, Blocked),             // not assigned to the application
    (50_126, InteractionRequired), // wrong password
    (50_129, Blocked),             // device must be joined
    (50_132, InteractionRequired), // session revoked
    (50_133, InteractionRequired), // session revoked, password changed
    (50_136, InteractionRequired), // single personal session
    (50_140, InteractionRequired), // "keep me signed in" interrupt
    (50_158, InteractionRequired), // an outside security step
    (50_173, InteractionRequired), // grant revoked
    (50_194, Misconfigured),       // single-tenant application used at /common
    (50_196, RequestLoop),         // the same request again and again
    (50_199, InteractionRequired), // the page that asks "are you trying to sign in to…"
    (53_000, Blocked),             // device must be compliant
    (53_001, Blocked),             // device must be joined
    (53_003, InteractionRequired), // Conditional Access
    (54_005, Other),               // code already used: the redirect came twice
    (65_001, ConsentRequired),
    (65_004, Declined),
    (70_000, InteractionRequired), // bad grant
    (70_007, Other),               // response_mode not supported here
    (70_008, InteractionRequired), // refresh token unused for too long
    (70_011, Other),               // bad scope
    (70_016, Other),               // device code pending
    (70_018, Other),               // device code wrong
    (70_019, Other),               // device code expired
    (70_020, Other),               // device code expired
    (70_043, InteractionRequired), // sign-in frequency, daily in some tenants
    (70_044, InteractionRequired), // sign-in frequency
    (90_002, TenantNotFound),
    (90_006, ServerDown),
    (90_012, ServerDown),
    (90_014, Other), // missing parameter
    (90_024, ServerDown),
    (90_033, ServerDown),
    (90_038, UnknownClient), // another national cloud
    (90_055, ServerDown),
    (90_094, AdminConsentRequired),
    (90_095, AdminConsentRequired),
    (500_011, Misconfigured), // the resource does not exist in this tenant
    (500_208, InteractionRequired), // this kind of account does not fit
    (501_481, Other),         // the verifier does not fit the challenge
    (530_032, InteractionRequired), // security policy
    (530_035, InteractionRequired), // security defaults
    (650_057, Misconfigured), // resource not among the declared permissions
    (700_016, UnknownClient),
    (700_022, Other),                 // scopes of several resources at once
    (700_081, InteractionRequired),   // refresh token over
    (700_082, InteractionRequired),   // refresh token unused for too long
    (700_084, InteractionRequired),   // refresh token over
    (900_144, Other),                 // missing parameter
    (900_439, UnknownClient),         // another national cloud
    (900_561, Other),                 // the back button
    (7_000_218, Misconfigured),       // a secret is demanded of a public client
    (9_002_313, Other),               // malformed request
    (9_002_332, InteractionRequired), // work accounts only
];
