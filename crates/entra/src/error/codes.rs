//! The AADSTS codes that a desktop application meets, as data.
//!
//! Source: Entra, "Microsoft Entra authentication and authorization error codes". What the program does next is decided by
//! `error` and `suberror`; a code chooses the sentence a person reads and the one action that helps.

use super::EntraErrorKind::{
    self, AccountDisabled, AdminConsentRequired, Blocked, ConsentRequired, Declined,
    InteractionRequired, Misconfigured, Other, RedirectUriMismatch, ServerDown, TenantNotFound,
    UnknownClient,
};
use Remedy::{
    AskAdministrator, CheckAuthority, FixRegistration, GoOn, OtherAccount, Report, SignInAgain,
    StepUp, TryAgain, TryLater,
};

/// The one action that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// The owner of the registration changes it.
    FixRegistration,
    /// Another tenant or cloud has to be asked.
    CheckAuthority,
    /// Another account, or an invitation for this one.
    OtherAccount,
    /// An interactive sign-in, with the claims that came.
    SignInAgain,
    /// Consent to just the scope that is missing.
    StepUp,
    /// An administrator, who wants the correlation id.
    AskAdministrator,
    /// The same once more, by the person.
    TryAgain,
    /// The same later, by itself, with the cached token until then.
    TryLater,
    /// Nothing: what was asked has happened or goes on by itself.
    GoOn,
    /// A fault of ours.
    Report,
}

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The number behind `AADSTS`.
    pub number: u32,
    /// What it means to a caller.
    pub kind: EntraErrorKind,
    /// What helps.
    pub remedy: Remedy,
}

/// What is known of a code.
pub fn look_up(number: u32) -> Option<&'static Code> {
    TABLE
        .binary_search_by_key(&number, |code| code.number)
        .ok()
        .and_then(|index| TABLE.get(index))
}

const fn code(number: u32, kind: EntraErrorKind, remedy: Remedy) -> Code {
    Code {
        number,
        kind,
        remedy,
    }
}

/// All codes, by number.
pub const TABLE: &[Code] = &[
    code(16_000, InteractionRequired, OtherAccount), // several sessions, or none, fits
    code(28_000, Other, Report),                     // scopes of several resources at once
    code(50_011, RedirectUriMismatch, FixRegistration),
    code(50_020, InteractionRequired, OtherAccount), // the account is not in this tenant
    code(50_033, ServerDown, TryLater),
    code(50_034, InteractionRequired, OtherAccount), // no such user
    code(50_053, AccountDisabled, AskAdministrator), // locked out
    code(50_055, InteractionRequired, SignInAgain),  // password expired: the page deals with it
    code(50_057, AccountDisabled, AskAdministrator), // disabled
    code(50_058, InteractionRequired, SignInAgain),  // no session
    code(50_059, TenantNotFound, CheckAuthority),    // no tenant could be told
    code(50_072, InteractionRequired, SignInAgain),  // must register a second factor
    code(50_074, InteractionRequired, SignInAgain),  // second factor needed
    code(50_076, InteractionRequired, SignInAgain),  // second factor needed since a policy changed
    code(50_078, InteractionRequired, SignInAgain),  // second factor expired
    code(50_079, InteractionRequired, SignInAgain),  // must register a second factor
    code(50_097, Blocked, AskAdministrator),         // device must be registered
    code(50_105, Blocked, AskAdministrator),         // not assigned to the application
    code(50_126, InteractionRequired, SignInAgain),  // wrong password
    code(50_129, Blocked, AskAdministrator),         // device must be joined
    code(50_132, InteractionRequired, SignInAgain),  // session revoked
    code(50_133, InteractionRequired, SignInAgain),  // session revoked, password changed
    code(50_136, InteractionRequired, OtherAccount), // single personal session
    code(50_140, InteractionRequired, SignInAgain),  // "keep me signed in" interrupt
    code(50_158, InteractionRequired, SignInAgain),  // an outside security step
    code(50_173, InteractionRequired, SignInAgain),  // grant revoked
    code(50_194, Misconfigured, CheckAuthority),     // single-tenant application used at /common
    code(50_196, Other, Report),                     // the same request again and again
    code(50_199, InteractionRequired, GoOn), // the page that asks "are you trying to sign in to…"
    code(53_000, Blocked, AskAdministrator), // device must be compliant
    code(53_001, Blocked, AskAdministrator), // device must be joined
    code(53_003, InteractionRequired, AskAdministrator), // Conditional Access
    code(54_005, Other, GoOn),               // code already used: the redirect came twice
    code(65_001, ConsentRequired, StepUp),
    code(65_004, Declined, TryAgain),
    code(70_000, InteractionRequired, SignInAgain), // bad grant
    code(70_007, Other, Report),                    // response_mode not supported here
    code(70_008, InteractionRequired, SignInAgain), // refresh token unused for too long
    code(70_011, Other, Report),                    // bad scope
    code(70_016, Other, TryAgain),                  // device code pending
    code(70_018, Other, TryAgain),                  // device code wrong
    code(70_019, Other, TryAgain),                  // device code expired
    code(70_020, Other, TryAgain),                  // device code expired
    code(70_043, InteractionRequired, SignInAgain), // sign-in frequency, daily in some tenants
    code(70_044, InteractionRequired, SignInAgain), // sign-in frequency
    code(90_002, TenantNotFound, CheckAuthority),
    code(90_006, ServerDown, TryLater),
    code(90_012, ServerDown, TryLater),
    code(90_014, Other, Report), // missing parameter
    code(90_024, ServerDown, TryLater),
    code(90_033, ServerDown, TryLater),
    code(90_038, UnknownClient, CheckAuthority), // another national cloud
    code(90_055, ServerDown, TryLater),
    code(90_094, AdminConsentRequired, AskAdministrator),
    code(90_095, AdminConsentRequired, AskAdministrator),
    code(500_011, Misconfigured, CheckAuthority), // the resource does not exist in this tenant
    code(500_208, InteractionRequired, OtherAccount), // this kind of account does not fit
    code(501_481, Other, Report),                 // the verifier does not fit the challenge
    code(530_032, InteractionRequired, AskAdministrator), // security policy
    code(530_035, InteractionRequired, AskAdministrator), // security defaults
    code(650_057, Misconfigured, FixRegistration), // resource not among the declared permissions
    code(700_016, UnknownClient, FixRegistration),
    code(700_022, Other, Report), // scopes of several resources at once
    code(700_081, InteractionRequired, SignInAgain), // refresh token over
    code(700_082, InteractionRequired, SignInAgain), // refresh token unused for too long
    code(700_084, InteractionRequired, SignInAgain), // refresh token over
    code(900_144, Other, Report), // missing parameter
    code(900_439, UnknownClient, CheckAuthority), // another national cloud
    code(900_561, Other, GoOn),   // the back button
    code(7_000_218, Misconfigured, FixRegistration), // a secret is demanded of a public client
    code(9_002_313, Other, Report), // malformed request
    code(9_002_332, InteractionRequired, OtherAccount), // work accounts only
];
