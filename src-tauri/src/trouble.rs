//! From what went wrong to what a person reads: message id, codes to copy, and the one action that helps.

use entra::{EntraError, EntraErrorKind, Unreachable};
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
        let (message, action) = sentence(&error.kind);
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

fn sentence(kind: &EntraErrorKind) -> (&'static str, TroubleAction) {
    use TroubleAction::{AdminConsent, None, OpenSettings, SignInAgain, TryAgain};
    match kind {
        EntraErrorKind::Cancelled => ("trouble-cancelled", TryAgain),
        EntraErrorKind::Declined => ("trouble-declined", TryAgain),
        EntraErrorKind::AdminConsentRequired => ("trouble-admin-consent", AdminConsent),
        EntraErrorKind::ConsentRequired => ("trouble-consent-required", SignInAgain),
        EntraErrorKind::InteractionRequired => ("trouble-interaction-required", SignInAgain),
        EntraErrorKind::RedirectUriMismatch => ("trouble-redirect-uri", OpenSettings),
        EntraErrorKind::UnknownClient => ("trouble-unknown-client", OpenSettings),
        EntraErrorKind::TenantNotFound => ("trouble-tenant-not-found", OpenSettings),
        EntraErrorKind::ClockWrong { .. } => ("trouble-clock", TryAgain),
        EntraErrorKind::Misconfigured => ("trouble-misconfigured", OpenSettings),
        EntraErrorKind::Unreachable(Unreachable::Offline) => ("trouble-offline", TryAgain),
        EntraErrorKind::Unreachable(Unreachable::Tls) => ("trouble-tls", TryAgain),
        EntraErrorKind::Unreachable(
            Unreachable::Refused | Unreachable::Timeout | Unreachable::Broken,
        ) => ("trouble-no-answer", TryAgain),
        EntraErrorKind::ServerDown => ("trouble-server-down", TryAgain),
        EntraErrorKind::RequestLoop => ("trouble-request-loop", TryAgain),
        EntraErrorKind::Unreadable(_) => ("trouble-unreadable-answer", TryAgain),
        EntraErrorKind::BadIdToken(_) => ("trouble-id-token", TryAgain),
        EntraErrorKind::AccountDisabled => ("trouble-account-disabled", None),
        EntraErrorKind::Blocked => ("trouble-blocked", TryAgain),
        EntraErrorKind::Other => ("trouble-other", TryAgain),
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
                _ => "command-failed",
            },
            OutboxError::NotFound | OutboxError::DraftQueued => "command-gone",
            OutboxError::DraftTooLarge { .. } => "command-draft-too-large",
            OutboxError::NotAFile => "attachment-folder",
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
