//! Every AADSTS code that a desktop app meets, in one table: with which OAuth
//! error, suberror, status and claims it comes, and what brings it about here.
//!
//! Sources: Microsoft identity platform, "Microsoft Entra authentication and
//! authorization error codes" for the codes; "Handle errors and exceptions in
//! MSAL" for the suberrors (`basic_action` is mended in the interactive flow,
//! `additional_action` outside it, `message_only` not at all); recordings of
//! the live service for the pairs that no page lists.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::facts::{self, Fact, fact, sub};
use super::refusal::Refusal;

/// Claims as Conditional Access demands them ("Developer guidance for
/// Conditional Access"): the policy that must be satisfied.
const POLICY_CLAIMS: &str = r#"{"access_token":{"polids":{"essential":true,"values":["51673e70-ca00-4b1d-8c3f-5a4d0b0c0001"]}}}"#;

/// An app that must prove itself did not.
pub const SECRET_DEMANDED: Fact = fact(
    7_000_218,
    "invalid_client",
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
);
/// A secret came, and it is wrong.
pub const SECRET_WRONG: Fact = fact(
    7_000_215,
    "invalid_client",
    "Invalid client secret provided. The value of the secret is expected, not its id.",
);
/// A second factor must be set up.
pub const MUST_ENROLL: Fact = sub(
    50079,
    "invalid_grant",
    "basic_action",
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multifactor authentication.",
)
.with_claims(POLICY_CLAIMS);
/// A second factor must be set up for this resource.
pub const MUST_ENROLL_HERE: Fact = sub(
    50072,
    "invalid_grant",
    "basic_action",
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multifactor authentication to access the resource.",
)
.with_claims(POLICY_CLAIMS);
/// The sign-in was not strong enough.
pub const STRONG_NEEDED: Fact = sub(
    50074,
    "invalid_grant",
    "basic_action",
    "Strong authentication is required.",
)
.with_claims(POLICY_CLAIMS);
/// The second factor was given too long ago.
pub const MFA_EXPIRED: Fact = sub(
    50078,
    "invalid_grant",
    "basic_action",
    "Presented multifactor authentication has expired due to policies configured by your administrator. You must refresh your multifactor authentication.",
)
.with_claims(POLICY_CLAIMS);
/// Another provider has a say.
pub const OUTSIDE_CHALLENGE: Fact = sub(
    50158,
    "invalid_grant",
    "basic_action",
    "External security challenge was not satisfied. The user will be redirected to another page or authentication provider to satisfy additional authentication challenges.",
)
.with_claims(POLICY_CLAIMS);
/// A second factor is needed.
pub const MFA_NEEDED: Fact = sub(
    50076,
    "invalid_grant",
    "basic_action",
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multifactor authentication.",
)
.with_claims(POLICY_CLAIMS);
/// The device is not registered.
pub const DEVICE_UNKNOWN: Fact = sub(
    50097,
    "invalid_grant",
    "device_authentication_failed",
    "Device authentication is required.",
)
.with_claims(r#"{"access_token":{"deviceid":{"essential":true}}}"#);
/// The device must comply.
pub const DEVICE_NOT_COMPLIANT: Fact = sub(
    53000,
    "invalid_grant",
    "additional_action",
    "The device is not in the required state: Conditional Access asks for a compliant device.",
)
.with_claims(POLICY_CLAIMS);
/// The device must be joined to the workplace.
pub const DEVICE_NOT_JOINED: Fact = sub(
    50129,
    "invalid_grant",
    "additional_action",
    "The device is not workplace joined. Workplace join is required to register the device.",
);
/// The device must be joined to the domain.
pub const DEVICE_NOT_IN_DOMAIN: Fact = sub(
    53001,
    "invalid_grant",
    "additional_action",
    "The device is not in the required state: Conditional Access asks for a domain joined device.",
)
.with_claims(POLICY_CLAIMS);
/// A policy of the tenant blocks.
pub const TENANT_BLOCKS: Fact = sub(
    530_032,
    "invalid_grant",
    "message_only",
    "Access has been blocked by a security policy of the tenant.",
);
/// Security defaults block.
pub const DEFAULTS_BLOCK: Fact = sub(
    530_035,
    "invalid_grant",
    "message_only",
    "Access has been blocked by security defaults. The user or the request is deemed unsafe.",
);
/// The browser knows one personal account, and none is wanted.
pub const PERSONAL_SESSION: Fact = fact(
    50136,
    "interaction_required",
    "A single session of a personal account was detected, and the request is not for personal accounts.",
);
/// A policy blocks.
pub const POLICY_BLOCKS: Fact = sub(
    53003,
    "invalid_grant",
    "message_only",
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
)
.with_claims(POLICY_CLAIMS);
/// The person is not assigned to the app.
pub const NOT_ASSIGNED: Fact = fact(
    50105,
    "invalid_grant",
    "The signed in user is not assigned to a role for the application.",
);
/// The session artifact was revoked by a change of credentials.
pub const SESSION_INVALID: Fact = fact(
    50132,
    "invalid_grant",
    "The session is not valid: the password expired or was changed, and a fresh sign-in is needed.",
);
/// The password was changed.
pub const PASSWORD_CHANGED: Fact = fact(
    50133,
    "invalid_grant",
    "The session is not valid due to password expiration or recent password change.",
);
/// The refresh token reached its greatest age.
pub const REFRESH_TOO_OLD: Fact = fact(
    700_081,
    "invalid_grant",
    "The refresh token has expired due to maximum lifetime.",
);
/// The refresh token of a single-page app lives a day.
pub const SPA_REFRESH_EXPIRED: Fact = fact(
    700_084,
    "invalid_grant",
    "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page.",
);
/// Sign-in frequency.
pub const SIGN_IN_FREQUENCY: Fact = sub(
    70043,
    "invalid_grant",
    "token_expired",
    "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.",
);
/// The same request again and again.
pub const REQUEST_LOOP: Fact = fact(
    50196,
    "invalid_grant",
    "The server terminated an operation because it encountered a client request loop. Please contact your app vendor.",
);
/// Scopes of several resources in one token request.
pub const SEVERAL_RESOURCES: Fact = fact(
    28000,
    "invalid_request",
    "Provided value for the input parameter scope is not valid because it contains more than one resource.",
);
/// Nobody typed the device's code yet.
pub const DEVICE_PENDING: Fact = fact(
    70016,
    "authorization_pending",
    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
);
/// The code is not one that was given out.
pub const DEVICE_CODE_WRONG: Fact = fact(
    70018,
    "bad_verification_code",
    "Invalid verification code: it was mistyped, or the authorization is not approved.",
);
/// The person was too slow.
pub const DEVICE_CODE_EXPIRED: Fact = fact(
    70019,
    "expired_token",
    "Verification code expired. Have the user retry the sign-in.",
);
/// The device polls too often.
pub const DEVICE_TOO_FAST: Fact = fact(
    70016,
    "slow_down",
    "OAuth 2.0 device flow error. The device polls too often: it must wait five seconds longer between requests.",
);
/// The person declined at the device's page.
pub const DEVICE_DECLINED: Fact = fact(
    65004,
    "authorization_declined",
    "User declined to consent to access the app.",
);
/// `resource` at a v2.0 endpoint.
pub const RESOURCE_UNSUPPORTED: Fact = fact(
    901_002,
    "invalid_request",
    "The 'resource' request parameter is not supported.",
);
/// A password grant where nobody knows whose directory is meant.
pub const PASSWORD_GRANT_NEEDS_TENANT: Fact = fact(
    9_001_023,
    "invalid_request",
    "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.",
);
/// A browser's code without a browser.
pub const SPA_ONLY: Fact = fact(
    9_002_327,
    "invalid_request",
    "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
);

/// One line of the table.
struct Row {
    fact: Fact,
    /// What brings it about, beside a fault.
    how: &'static str,
}

const fn row(fact: Fact, how: &'static str) -> Row {
    Row { fact, how }
}

/// Nothing but a fault: what it stands for does not exist in a sandbox.
const FAULT: &str = "a fault";

/// Source: see the module. Codes that no page lists are 70020, 70044 and 700022.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    row(facts::REDIRECT_URI_UNKNOWN, "an unregistered redirect_uri at authorize"),
    row(facts::APP_UNKNOWN, "an unknown client_id"),
    row(SECRET_DEMANDED, "an app that is not public, without its secret"),
    row(SECRET_WRONG, "an app that is not public, with a wrong secret"),
    row(facts::SECRET_UNWANTED, "a public app with a secret"),
    row(facts::APP_SINGLE_TENANT, "a single-tenant app under common"),
    row(facts::TENANT_UNKNOWN, "an unknown tenant in the path"),
    row(facts::NOT_IN_TENANT, "an account of another tenant"),
    row(facts::USER_UNKNOWN, "an address that nobody has"),
    row(facts::WRONG_PASSWORD, "a wrong password"),
    row(facts::USER_LOCKED, "a locked person"),
    row(facts::PASSWORD_EXPIRED, "a person whose password expired"),
    row(facts::USER_DISABLED, "a disabled person"),
    row(facts::NO_SESSION, "prompt=none without a session"),
    row(fact(50059, "invalid_request", "No tenant-identifying information found in either the request or implied by any provided credentials."), FAULT),
    row(MUST_ENROLL_HERE, "a person without a second factor for this resource, with prompt=none or the password grant"),
    row(STRONG_NEEDED, "a person whose organisation wants strong authentication, with prompt=none or the password grant"),
    row(MFA_NEEDED, "a refresh with claims that the sign-in did not satisfy, or a password grant"),
    row(MFA_EXPIRED, "a person whose second factor is good for an hour, with prompt=none or a refresh after that hour"),
    row(MUST_ENROLL, "a person without a second factor, with prompt=none or the password grant"),
    row(DEVICE_UNKNOWN, "a person whose device is not registered, at every sign-in and with the password grant"),
    row(DEVICE_NOT_JOINED, "a person whose device is not joined, at every sign-in and with the password grant"),
    row(DEVICE_NOT_COMPLIANT, "a person whose device is not compliant, at every sign-in and with the password grant"),
    row(DEVICE_NOT_IN_DOMAIN, "a person whose device is outside the domain, at every sign-in and with the password grant"),
    row(POLICY_BLOCKS, "a blocked person, at every sign-in and with the password grant"),
    row(sub(53005, "unauthorized_client", "protection_policy_required", "The application needs to enforce Intune protection policies."), FAULT),
    row(TENANT_BLOCKS, "a person blocked by a policy of the tenant, at every sign-in and with the password grant"),
    row(DEFAULTS_BLOCK, "a person blocked by security defaults, at every sign-in and with the password grant"),
    row(NOT_ASSIGNED, "a person without assignment, at every sign-in and with the password grant"),
    row(SESSION_INVALID, "POST /revoke with reason credentials"),
    row(PASSWORD_CHANGED, "POST /revoke with reason password"),
    row(facts::SESSION_REVOKED, "POST /revoke, or revokeSignInSessions"),
    row(REFRESH_TOO_OLD, "POST /revoke with reason lifetime"),
    row(facts::REFRESH_EXPIRED, "a refresh token unused for ninety days"),
    row(facts::CODE_EXPIRED, "a code older than ten minutes"),
    row(SPA_REFRESH_EXPIRED, "a single-page app's refresh token after a day"),
    row(fact(50140, "interaction_required", "This error occurred due to the 'Keep me signed in' interrupt when the user was signing in."), FAULT),
    row(OUTSIDE_CHALLENGE, "a person whom another provider checks, with prompt=none or the password grant"),
    row(REQUEST_LOOP, "the same refresh fifteen times in five minutes"),
    row(facts::CONFIRMATION_NEEDED, "prompt=none to a custom scheme"),
    row(facts::CODE_REDEEMED, "a code that was used"),
    row(facts::CONSENT_MISSING, "a scope nobody consented to"),
    row(facts::CONSENT_DECLINED, "a person who declines"),
    row(DEVICE_DECLINED, "a person who declines at the device's page"),
    row(facts::RESOURCE_UNDECLARED, "a scope of a resource that no app here declares"),
    row(facts::SCOPE_INVALID, "a scope that does not exist"),
    row(SEVERAL_RESOURCES, "scopes of several resources in a token request"),
    row(fact(700_022, "invalid_request", "Provided value for the input parameter scope is not valid because it contains more than one resource."), FAULT),
    row(DEVICE_PENDING, "a device that polls before the person is done"),
    row(DEVICE_TOO_FAST, "a device that polls faster than its interval"),
    row(DEVICE_CODE_WRONG, "a device code that was not given out"),
    row(DEVICE_CODE_EXPIRED, "a device code older than fifteen minutes"),
    row(fact(70020, "expired_token", "The provided device code has expired. The device must ask for a new one."), FAULT),
    row(SIGN_IN_FREQUENCY, "POST /revoke with reason frequency"),
    row(sub(70044, "invalid_grant", "token_expired", "The session has expired or is invalid due to sign-in frequency checks by conditional access."), FAULT),
    row(facts::GRANT_INVALID, "a grant that is malformed, or another redirect_uri than at authorize"),
    row(facts::CLIENT_MISMATCH, "another client's refresh token"),
    row(facts::VERIFIER_MISMATCH, "a code_verifier that does not fit"),
    row(facts::TENANT_MISMATCH, "a code redeemed at another tenant"),
    row(fact(90006, "temporarily_unavailable", "A transient error of an external server has occurred. Please try again.").at(503), FAULT),
    row(fact(90012, "temporarily_unavailable", "The request has timed out.").at(504), FAULT),
    row(fact(90024, "temporarily_unavailable", "A transient error has occurred: the request's budget was exceeded. Please try again.").at(503), FAULT),
    row(fact(90033, "temporarily_unavailable", "A transient error has occurred: the directory service is not available. Please try again.").at(503), FAULT),
    row(fact(90055, "temporarily_unavailable", "There are too many incoming requests for this tenant.").at(429), FAULT),
    row(fact(50033, "temporarily_unavailable", "A transient error has occurred. Please try again.").at(503), FAULT),
    row(facts::RESOURCE_UNKNOWN, "a scope of an unknown resource"),
    row(facts::RESPONSE_MODE_UNSUPPORTED, "an unknown response_mode at authorize"),
    row(facts::INSTANCE_UNKNOWN, "instance discovery that is asked about an unknown host"),
    row(facts::REQUEST_TOO_LONG, "a query that is too long at authorize"),
    row(facts::PROMPT_INVALID, "an unknown prompt at authorize"),
    row(facts::SESSION_AND_HINT, "sid and login_hint at once at authorize"),
    row(facts::RESPONSE_TYPE_UNSUPPORTED, "an unknown response_type at authorize"),
    row(facts::ID_TOKEN_DISABLED, "an ID token by the front channel that the registration does not allow"),
    row(facts::TOKEN_DISABLED, "an access token by the front channel that the registration does not allow"),
    row(facts::PKCE_REQUIRED, "a single-page app without a code_challenge"),
    row(facts::CHALLENGE_INVALID, "a code_challenge that is none"),
    row(facts::GRANT_TYPE_UNSUPPORTED, "an unknown grant_type"),
    row(facts::SECOND_FACTOR_WRONG, "a wrong code of the second factor, told on the page"),
    row(facts::SIGN_IN_TOO_OLD, "prompt=none with a session older than max_age"),
    row(facts::ADMIN_CANCELLED, "an administrator who cancels the consent for the organisation"),
    row(facts::APP_WORK_ONLY, "an app for work accounts under consumers"),
    row(facts::APP_PERSONAL_ONLY, "an app for personal accounts under common"),
    row(PERSONAL_SESSION, "prompt=none for work accounts where the browser's one session is personal"),
    row(fact(500_208, "invalid_request", "The domain is not a valid login domain for the account type."), FAULT),
    row(facts::POST_ONLY, "GET on the token endpoint"),
    row(facts::ADMIN_NEEDED, "a permission that only an administrator can grant"),
    row(fact(90095, "access_denied", "Administrator consent is required. The user may request it from an administrator."), FAULT),
    row(facts::PARAMETER_MISSING, "a parameter that is missing"),
    row(facts::PARAMETER_REPEATED, "a parameter that comes twice"),
    row(facts::REQUEST_MALFORMED, "a form page of another run"),
    row(fact(90014, "invalid_request", "A required field is missing from the request."), FAULT),
    row(facts::SESSION_UNCLEAR, "prompt=none with several sessions"),
    row(facts::APP_OF_OTHER_CLOUD, "an app of another cloud"),
    row(fact(90038, "invalid_request", "The tenant is in another national cloud. Use that cloud's endpoint."), FAULT),
    row(RESOURCE_UNSUPPORTED, "resource at the v2.0 token endpoint"),
    row(facts::CROSS_ORIGIN, "an Origin header with a native app's grant"),
    row(PASSWORD_GRANT_NEEDS_TENANT, "a password grant under common"),
    row(SPA_ONLY, "a single-page app's grant without an Origin header"),
];

/// A fault that answers with a line of the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AadstsFault {
    /// The number, as in `AADSTS50076`.
    pub code: u32,
    /// OAuth `error`, where the line's own is not wanted.
    #[serde(default)]
    pub error: Option<String>,
    /// `suberror`, where the line's own is not wanted.
    #[serde(default)]
    pub suberror: Option<String>,
    /// `claims`, likewise; a JSON value.
    #[serde(default)]
    pub claims: Option<Value>,
    /// `Retry-After` in seconds.
    #[serde(default)]
    pub retry_after: Option<u32>,
}

impl AadstsFault {
    /// The refusal of that line; `None` if the table has no such number.
    pub fn refusal(&self) -> Option<Refusal> {
        let mut lines = TABLE.iter().filter(|row| row.fact.code == self.code);
        let line = match &self.error {
            Some(error) => lines
                .clone()
                .find(|row| row.fact.error == error)
                .or_else(|| lines.next()),
            None => lines.next(),
        };
        let mut refusal = Refusal::from(&line?.fact);
        if let Some(error) = &self.error {
            refusal.error.clone_from(error);
        }
        refusal.suberror = self.suberror.clone().or(refusal.suberror);
        refusal.retry_after = self.retry_after.or(refusal.retry_after);
        match &self.claims {
            Some(claims) => Some(refusal.demanding(claims)),
            None => Some(refusal),
        }
    }
}

/// The table, for whoever wants to know what can be had.
pub fn describe() -> Value {
    let rows: Vec<Value> = TABLE
        .iter()
        .map(|row| {
            let refusal = Refusal::from(&row.fact);
            json!({
                "code": refusal.code,
                "error": refusal.error,
                "suberror": refusal.suberror,
                "status": refusal.http_status().as_u16(),
                "claims": refusal.claims,
                "how": row.how,
            })
        })
        .collect();
    json!({"aadsts": rows})
}
