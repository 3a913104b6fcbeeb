//! What is to be done about an error: one value for each sentence a person may read.

use super::{EntraError, EntraErrorKind, codes};

/// What mends an error, or who can. A window names a sentence by it; nothing is decided by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Add the redirect URI to the registration, under the desktop platform.
    AddRedirectUri,
    /// Check the client id, and whether an administrator added the application to the tenant.
    CheckClientId,
    /// Allow public client flows in the registration.
    AllowPublicClient,
    /// Sign in at the tenant's own authority: the application belongs to one tenant.
    UseOwnTenant,
    /// Check the tenant's name.
    CheckTenant,
    /// Use an account of another kind or tenant.
    UseAnotherAccount,
    /// Sign in again; what is kept here stays.
    SignInAgain,
    /// Only an administrator can help; quote the ids.
    AskAdministrator,
    /// Change the password on the sign-in page.
    ChangePassword,
    /// Go on with the user flow of B2C that resets a password.
    ResetPassword,
    /// Name the tenant, or the address to sign in with.
    NameTenant,
    /// Finish setting up a second factor.
    RegisterVerification,
    /// Show the second factor.
    Verify,
    /// Use a device that is registered or managed: no sign-in here helps.
    UseManagedDevice,
    /// Ask an administrator to be assigned to the application.
    AskForAssignment,
    /// Wait; the same was asked too often.
    Wait,
    /// Confirm the application on the page; it goes on by itself.
    ConfirmApplication,
    /// Sign in once more as a policy demands; if it comes again, an administrator has to look.
    MeetPolicy,
    /// Nothing: the answer came twice, or to nobody.
    Ignore,
    /// Agree to a permission.
    Consent,
    /// Nothing: the person said no, and the rest goes on without.
    GoOnWithout,
    /// Declare the permission in the registration.
    DeclarePermission,
    /// Report a fault of this program.
    ReportFault,
    /// Nothing yet: the code has not been entered.
    KeepPolling,
    /// Take a new device code.
    NewDeviceCode,
    /// Sign in, as the tenant wants it from time to time.
    SignInAsUsual,
    /// Try again later.
    TryLater,
    /// Ask an administrator to consent.
    AskForAdminConsent,
    /// Choose the account on the page.
    ChooseAccount,
    /// Choose the cloud that the application or the account lives in.
    SwitchCloud,
    /// Set the computer's clock.
    SetClock,
    /// Look at the network.
    CheckNetwork,
}

impl EntraError {
    /// What is to be done: by the code where that is known and the service was well, else by the kind.
    pub fn action(&self) -> Action {
        let by_code = self.code.and_then(codes::look_up);
        match (self.kind, by_code) {
            (EntraErrorKind::Cancelled, _) => Action::GoOnWithout,
            (kind, Some((of_code, action))) if kind == of_code => action,
            (kind, _) => by_kind(kind),
        }
    }
}

fn by_kind(kind: EntraErrorKind) -> Action {
    match kind {
        EntraErrorKind::Cancelled | EntraErrorKind::Declined => Action::GoOnWithout,
        EntraErrorKind::AdminConsentRequired => Action::AskForAdminConsent,
        EntraErrorKind::ConsentRequired => Action::Consent,
        EntraErrorKind::DeviceCodeOver => Action::NewDeviceCode,
        EntraErrorKind::PasswordForgotten => Action::ResetPassword,
        EntraErrorKind::InteractionRequired => Action::SignInAgain,
        EntraErrorKind::AccountDisabled | EntraErrorKind::Blocked => Action::AskAdministrator,
        EntraErrorKind::RedirectUriMismatch => Action::AddRedirectUri,
        EntraErrorKind::UnknownClient => Action::CheckClientId,
        EntraErrorKind::TenantNotFound => Action::CheckTenant,
        EntraErrorKind::Misconfigured => Action::AllowPublicClient,
        EntraErrorKind::ClockWrong { .. } => Action::SetClock,
        EntraErrorKind::Unreachable(_) | EntraErrorKind::Unreadable(_) => Action::CheckNetwork,
        EntraErrorKind::ServerDown => Action::TryLater,
        EntraErrorKind::RequestLoop => Action::Wait,
        EntraErrorKind::BadIdToken(_) | EntraErrorKind::Other => Action::ReportFault,
    }
}

#[cfg(test)]
mod tests;
