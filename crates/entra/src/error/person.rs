//! Why the person is needed, where the authority tells it by `suberror`.

use super::{EntraError, EntraErrorKind};

/// What kind of thing the authority wants of the person. It chooses how the person is asked, never whether.
///
/// Source: MSAL.NET, `UiRequiredExceptionClassification`, which sorts the same words; its `PromptNeverFailed` cannot
/// happen here, since `prompt=none` is never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonNeeded {
    /// `message_only`: nothing can be done but to read why.
    MessageOnly,
    /// `basic_action`: something that the sign-in page settles, such as a second factor.
    BasicAction,
    /// `additional_action`: something outside the page, such as installing or enrolling, settles it.
    AdditionalAction,
    /// `consent_required`: a permission is missing or was taken back.
    ConsentRequired,
    /// `user_password_expired`: the page asks for a new password.
    PasswordExpired,
    /// `bad_token`, `token_expired`: the sign-in is over.
    SignInOver,
    /// Nothing is kept that could be refreshed.
    NothingKept,
    /// The authority does not say.
    Unstated,
}

impl EntraError {
    /// Why only the person can mend this; `None` where the person cannot, or has just said no.
    pub fn person_needed(&self) -> Option<PersonNeeded> {
        if self.kind == EntraErrorKind::Cancelled || self.is_transient() {
            return None;
        }
        if matches!(self.error.as_str(), "no_refresh_token" | "damaged_record") {
            return Some(PersonNeeded::NothingKept);
        }
        self.must_sign_in_again()
            .then(|| by_suberror(self.suberror.as_deref(), &self.error))
    }
}

fn by_suberror(suberror: Option<&str>, error: &str) -> PersonNeeded {
    match suberror {
        Some("message_only") => PersonNeeded::MessageOnly,
        Some("basic_action") => PersonNeeded::BasicAction,
        Some("additional_action") => PersonNeeded::AdditionalAction,
        Some("consent_required") => PersonNeeded::ConsentRequired,
        Some("user_password_expired") => PersonNeeded::PasswordExpired,
        Some("bad_token" | "token_expired") => PersonNeeded::SignInOver,
        _ if error == "consent_required" => PersonNeeded::ConsentRequired,
        _ => PersonNeeded::Unstated,
    }
}
