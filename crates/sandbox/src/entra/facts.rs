//! The AADSTS codes that are given here, as data.
//!
//! Source: Microsoft identity platform, "Error codes" and, for which suberror
//! goes with which code, recordings of the live service.

/// One code with what goes with it.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// AADSTS number.
    pub code: u32,
    /// OAuth `error`.
    pub error: &'static str,
    /// Entra's `suberror`.
    pub suberror: Option<&'static str>,
    /// What is said after the number.
    pub sentence: &'static str,
    /// HTTP status where it is not the one that follows from `error`.
    pub status: Option<u16>,
    /// The claims that the next interactive request must carry.
    pub claims: Option<&'static str>,
}

impl Fact {
    /// The same code with claims to ask for interactively ("Claims challenges").
    pub const fn with_claims(mut self, claims: &'static str) -> Self {
        self.claims = Some(claims);
        self
    }

    /// The same code under another HTTP status than 400.
    pub const fn at(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}

/// A code without a suberror.
pub const fn fact(code: u32, error: &'static str, sentence: &'static str) -> Fact {
    Fact {
        code,
        error,
        suberror: None,
        sentence,
        status: None,
        claims: None,
    }
}

/// A code with a suberror.
pub const fn sub(
    code: u32,
    error: &'static str,
    suberror: &'static str,
    sentence: &'static str,
) -> Fact {
    Fact {
        code,
        error,
        suberror: Some(suberror),
        sentence,
        status: None,
        claims: None,
    }
}

/// Several sessions, none chosen.
pub const SESSION_UNCLEAR: Fact = fact(
    16000,
    "interaction_required",
    "Either multiple user identities are available for the current request or selected account is not supported for the scenario.",
);
/// The redirect URI is not registered.
pub const REDIRECT_URI_UNKNOWN: Fact = fact(
    50011,
    "invalid_request",
    "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
);
/// The account is not in this tenant.
pub const NOT_IN_TENANT: Fact = fact(
    50020,
    "invalid_grant",
    "The user account does not exist in this tenant and cannot access the application. Use a different account.",
);
/// No such person.
pub const USER_UNKNOWN: Fact = sub(
    50034,
    "invalid_grant",
    "bad_token",
    "The user account does not exist in the directory.",
);
/// The host is not one of ours.
pub const INSTANCE_UNKNOWN: Fact = fact(50049, "invalid_instance", "Unknown or invalid instance.");
/// The account is locked for a while.
pub const USER_LOCKED: Fact = fact(
    50053,
    "invalid_grant",
    "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
);
/// The password has expired.
pub const PASSWORD_EXPIRED: Fact = sub(
    50055,
    "invalid_grant",
    "user_password_expired",
    "The password is expired.",
);
/// The account is disabled.
pub const USER_DISABLED: Fact = fact(50057, "invalid_grant", "The user account is disabled.");
/// Silent sign-in without a session.
pub const NO_SESSION: Fact = fact(
    50058,
    "login_required",
    "A silent sign-in request was sent but no user is signed in.",
);
/// Wrong password.
pub const WRONG_PASSWORD: Fact = fact(
    50126,
    "invalid_grant",
    "Error validating credentials due to invalid username or password.",
);
/// Sessions were revoked.
pub const SESSION_REVOKED: Fact = sub(
    50173,
    "invalid_grant",
    "bad_token",
    "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
);
/// A person must confirm the app, and none may be asked.
pub const CONFIRMATION_NEEDED: Fact = fact(
    50199,
    "interaction_required",
    "For security reasons, user confirmation is required for this request. Please repeat the request allowing user interaction.",
);
/// The code was used before.
pub const CODE_REDEEMED: Fact = fact(
    54005,
    "invalid_grant",
    "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
);
/// Consent is missing.
pub const CONSENT_MISSING: Fact = sub(
    65001,
    "invalid_grant",
    "consent_required",
    "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.",
);
/// The person declined.
pub const CONSENT_DECLINED: Fact = fact(
    65004,
    "access_denied",
    "User declined to consent to access the app.",
);
/// The grant is bad.
pub const GRANT_INVALID: Fact = fact(
    70000,
    "invalid_grant",
    "The provided grant is invalid or malformed.",
);
/// Another client's refresh token.
pub const CLIENT_MISMATCH: Fact = sub(
    70000,
    "invalid_grant",
    "client_mismatch",
    "The provided grant was issued to another client.",
);
/// The grant type is not served.
pub const GRANT_TYPE_UNSUPPORTED: Fact = fact(
    70003,
    "unsupported_grant_type",
    "The app requested an unsupported grant type.",
);
/// The response type is not served.
pub const RESPONSE_TYPE_UNSUPPORTED: Fact = fact(
    70005,
    "unsupported_response_type",
    "The app requested an unsupported response type.",
);
/// The response mode is not served.
pub const RESPONSE_MODE_UNSUPPORTED: Fact = fact(
    70007,
    "invalid_request",
    "The 'response_mode' value is not supported for this request.",
);
/// The code is too old.
pub const CODE_EXPIRED: Fact = fact(
    70008,
    "invalid_grant",
    "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
);
/// A scope does not exist.
pub const SCOPE_INVALID: Fact = fact(
    70011,
    "invalid_scope",
    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.",
);
/// The refresh token was unused for too long.
pub const REFRESH_EXPIRED: Fact = sub(
    700_082,
    "invalid_grant",
    "token_expired",
    "The refresh token has expired due to inactivity.",
);
/// The resource does not exist in the tenant.
pub const RESOURCE_UNKNOWN: Fact = fact(
    500_011,
    "invalid_resource",
    "The resource principal was not found in the tenant.",
);
/// The verifier does not fit the challenge.
pub const VERIFIER_MISMATCH: Fact = fact(
    501_481,
    "invalid_grant",
    "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
);
/// The challenge is not one.
pub const CHALLENGE_INVALID: Fact = fact(
    501_491,
    "invalid_request",
    "Invalid size of Code_Challenge parameter.",
);
/// The code is redeemed at another tenant.
pub const TENANT_MISMATCH: Fact = fact(
    700_005,
    "invalid_grant",
    "The provided authorization code is intended to be used with another tenant, thus it cannot be redeemed here.",
);
/// The app is not known.
pub const APP_UNKNOWN: Fact = fact(
    700_016,
    "unauthorized_client",
    "The application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
);
/// A single-tenant app at an authority that several tenants share.
pub const APP_SINGLE_TENANT: Fact = fact(
    50194,
    "invalid_request",
    "The application is not configured as a multi-tenant application.",
);
/// An app of another national cloud.
pub const APP_OF_OTHER_CLOUD: Fact = fact(
    900_439,
    "invalid_request",
    "The client is not supported on the public endpoint.",
);
/// An app for personal accounts at an authority of organisations.
pub const APP_PERSONAL_ONLY: Fact = fact(
    9_002_331,
    "invalid_request",
    "The application is configured for use by personal Microsoft accounts only.",
);
/// An app for organisations at the authority of personal accounts.
pub const APP_WORK_ONLY: Fact = fact(
    9_002_332,
    "invalid_request",
    "The application is configured for use by Microsoft Entra users only.",
);
/// A public client sent a secret.
pub const SECRET_UNWANTED: Fact = fact(
    700_025,
    "invalid_client",
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
);
/// The tenant is not known.
pub const TENANT_UNKNOWN: Fact = fact(
    90002,
    "invalid_tenant",
    "The tenant was not found. Check that you have the correct tenant and are signing into the correct cloud.",
);
/// The query is too long.
pub const REQUEST_TOO_LONG: Fact = fact(90015, "invalid_request", "The query string is too long.");
/// The prompt does not exist.
pub const PROMPT_INVALID: Fact = fact(90023, "invalid_request", "Unsupported 'prompt' value.");
/// An administrator must consent.
pub const ADMIN_NEEDED: Fact = fact(
    90094,
    "access_denied",
    "The grant requires admin permission.",
);
/// A parameter is missing; the sentence names it.
pub const PARAMETER_MISSING: Fact = fact(
    900_144,
    "invalid_request",
    "The request must contain the required parameter.",
);
/// GET where POST belongs.
pub const POST_ONLY: Fact = fact(
    900_561,
    "invalid_request",
    "The endpoint only accepts POST requests. Received a GET request.",
);
/// A parameter came twice.
pub const PARAMETER_REPEATED: Fact = fact(
    9_000_411,
    "invalid_request",
    "The request is not properly formatted. A parameter is duplicated.",
);
/// Malformed in some other way.
pub const REQUEST_MALFORMED: Fact = fact(
    9_002_313,
    "invalid_request",
    "Invalid request. Request is malformed or invalid.",
);
/// A browser redeems a native app's code.
pub const CROSS_ORIGIN: Fact = fact(
    9_002_326,
    "invalid_request",
    "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
);
/// A session and a person at once.
pub const SESSION_AND_HINT: Fact = fact(
    90005,
    "invalid_request",
    "Unable to complete the request. The request isn't valid because session identifier and login hint can't be used together.",
);
/// The registration does not allow ID tokens in the front channel.
pub const ID_TOKEN_DISABLED: Fact = fact(
    700_054,
    "unsupported_response_type",
    "response_type 'id_token' is not enabled for the application.",
);
/// The registration does not allow access tokens in the front channel.
pub const TOKEN_DISABLED: Fact = fact(
    700_051,
    "unsupported_response_type",
    "response_type 'token' is not enabled for the application.",
);
/// A single-page app without PKCE.
pub const PKCE_REQUIRED: Fact = fact(
    9_002_325,
    "invalid_request",
    "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
);
/// The resource is not among those the app declared.
pub const RESOURCE_UNDECLARED: Fact = fact(
    650_057,
    "invalid_resource",
    "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration.",
);
/// The code of the second factor is wrong.
pub const SECOND_FACTOR_WRONG: Fact = fact(
    500_121,
    "invalid_grant",
    "Authentication failed during strong authentication request.",
);
/// The sign-in is older than the request allows.
pub const SIGN_IN_TOO_OLD: Fact = fact(
    70043,
    "login_required",
    "The session is older than the request allows, and a fresh sign-in is needed.",
);
/// An administrator closed the page that asks for an organisation's consent.
pub const ADMIN_CANCELLED: Fact = fact(
    65004,
    "permission_denied",
    "The admin canceled the request.",
);
