//! From what went wrong to what a person reads: message id, codes to copy, and the one action that helps.

use entra::{Action, EntraError, EntraErrorKind, Unreachable};
use outbox::{OutboxError, Refused};

use crate::views::{Args, CommandError, Trouble, TroubleAction};

impl Trouble {
    /// A sentence without a server behind it.
    pub fn plain(message: &str, action: TroubleAction) -> Self {
        Self {
            message: message.to_owned(),
            args: Args::new(),
            code: None,
            correlation_id: None,
            trace_id: None,
            action,
        }
    }

    /// The same sentence with one more argument.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<&EntraError> for Trouble {
    fn from(error: &EntraError) -> Self {
        let (message, action) = sentence(error);
        let mut trouble = Self::plain(message, action);
        if let EntraErrorKind::ClockWrong { minutes } = error.kind {
            trouble = trouble.with("minutes", minutes);
        }
        trouble.code = error
            .code
            .map(|code| format!("AADSTS{code}"))
            .or_else(|| (!error.error.is_empty()).then(|| error.error.clone()));
        trouble.correlation_id = error.correlation_id.clone();
        trouble.trace_id = error.trace_id.clone();
        trouble
    }
}

fn sentence(error: &EntraError) -> (&'static str, TroubleAction) {
    use TroubleAction::{AdminConsent, None, OpenSettings, SignInAgain, TryAgain};
    match error.action() {
        Action::AddRedirectUri => ("trouble-redirect-uri", OpenSettings),
        Action::CheckClientId => ("trouble-unknown-client", OpenSettings),
        Action::AllowPublicClient => ("trouble-misconfigured", OpenSettings),
        Action::UseOwnTenant => ("trouble-own-tenant", OpenSettings),
        Action::CheckTenant => ("trouble-tenant-not-found", OpenSettings),
        Action::NameTenant => ("trouble-name-tenant", OpenSettings),
        Action::SwitchCloud => ("trouble-other-cloud", None),
        Action::DeclarePermission => ("trouble-declare-permission", OpenSettings),
        Action::UseAnotherAccount => ("trouble-account-does-not-fit", TryAgain),
        Action::ChooseAccount => ("trouble-choose-account", SignInAgain),
        Action::SignInAgain => ("trouble-interaction-required", SignInAgain),
        Action::SignInAsUsual => ("trouble-sign-in-as-usual", SignInAgain),
        Action::ChangePassword | Action::ResetPassword => ("trouble-change-password", SignInAgain),
        Action::RegisterVerification => ("trouble-register-verification", SignInAgain),
        Action::Verify => ("trouble-verify", SignInAgain),
        Action::ConfirmApplication => ("trouble-confirm-application", SignInAgain),
        Action::MeetPolicy => ("trouble-meet-policy", SignInAgain),
        Action::Consent => ("trouble-consent-required", SignInAgain),
        Action::AskForAdminConsent => ("trouble-admin-consent", AdminConsent),
        Action::AskAdministrator if error.kind == EntraErrorKind::AccountDisabled => {
            ("trouble-account-disabled", None)
        }
        Action::AskAdministrator => ("trouble-blocked", TryAgain),
        Action::UseManagedDevice => ("trouble-managed-device", TryAgain),
        Action::AskForAssignment => ("trouble-not-assigned", TryAgain),
        Action::GoOnWithout if error.kind == EntraErrorKind::Cancelled => {
            ("trouble-cancelled", TryAgain)
        }
        Action::GoOnWithout => ("trouble-declined", TryAgain),
        Action::Ignore => ("trouble-came-twice", TryAgain),
        Action::Wait => ("trouble-request-loop", TryAgain),
        Action::TryLater => ("trouble-server-down", TryAgain),
        Action::KeepPolling | Action::NewDeviceCode => ("trouble-device-code", TryAgain),
        Action::SetClock => ("trouble-clock", TryAgain),
        Action::CheckNetwork => match error.kind {
            EntraErrorKind::Unreachable(Unreachable::Offline) => ("trouble-offline", TryAgain),
            EntraErrorKind::Unreachable(Unreachable::Tls) => ("trouble-tls", TryAgain),
            EntraErrorKind::Unreadable(_) => ("trouble-unreadable-answer", TryAgain),
            _ => ("trouble-no-answer", TryAgain),
        },
        Action::ReportFault => match error.kind {
            EntraErrorKind::BadIdToken(_) => ("trouble-id-token", TryAgain),
            _ => ("trouble-other", TryAgain),
        },
    }
}

impl CommandError {
    /// A sentence.
    pub fn plain(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            args: Args::new(),
            faults: Vec::new(),
        }
    }
}

impl From<OutboxError> for CommandError {
    fn from(error: OutboxError) -> Self {
        tracing::info!(
            error = &error as &dyn std::error::Error,
            "the outbox refused"
        );
        let message = match &error {
            OutboxError::Refused(refused) => match refused {
                Refused::BeingSent | Refused::AlreadyAccepted => "command-too-late",
                Refused::MayHaveBeenSent => "command-may-have-been-sent",
                Refused::Damaged | Refused::NotApplicable => "command-failed",
            },
            OutboxError::NotFound | OutboxError::DraftQueued => "command-gone",
            OutboxError::DraftTooLarge { .. } => "command-draft-too-large",
            OutboxError::NotAFile => "attachment-folder",
            OutboxError::NoPicture => "picture-unknown",
            OutboxError::FileUnreadable(_) => "attachment-unreadable",
            OutboxError::FileTooLarge { .. } => "attachment-too-large",
            OutboxError::AttachmentDamaged => "failed-attachment",
            OutboxError::DiskFull => "command-disk-full",
            OutboxError::NotWritable => "command-not-writable",
            OutboxError::Busy
            | OutboxError::Damaged(_)
            | OutboxError::Disk(_)
            | OutboxError::Database(_) => "command-outbox",
        };
        let mut told = Self::plain(message);
        if let OutboxError::FileTooLarge { bytes_max } = error {
            told.args.insert("max".to_owned(), bytes_max.to_string());
        }
        told
    }
}
