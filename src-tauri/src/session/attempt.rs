//! What one sign-in asks for, and how far it has come.

use entra::{Account, PendingSignIn};
use serde::{Deserialize, Serialize};

use super::workers::Task;
use crate::views::{Cloud, Purpose, SessionView, SignInMethod, Stage};

/// A sign-in under way.
pub struct Attempt {
    pub(super) id: u64,
    pub(super) what: What,
    pub(super) progress: Progress,
    /// Message id of why the answer comes as it does, where that is not as usual.
    pub(super) reason: Option<&'static str>,
}

/// What is asked, and of whom.
#[derive(Clone, Serialize, Deserialize)]
pub struct What {
    pub(super) cloud: Cloud,
    pub(super) purpose: Purpose,
    pub(super) scopes: Vec<String>,
    pub(super) login_hint: Option<String>,
    /// A claims challenge that the sign-in answers.
    #[serde(default)]
    pub(super) claims: Option<String>,
    /// Whom it is for, where it is not a first sign-in.
    pub(super) account: Option<Account>,
}

/// How far an attempt has come.
pub enum Progress {
    /// The authority is asked for its endpoints, or for a code.
    Preparing,
    /// The person is in the browser.
    AwaitingRedirect {
        pending: PendingSignIn,
        address: String,
        expires_at_ms: i64,
        browser_failed: bool,
        /// What listens on a port of this computer; `None` where the answer comes by the scheme.
        listening: Option<Task>,
    },
    /// The person is at another device.
    AwaitingOtherDevice {
        user_code: String,
        address: String,
        expires_at_ms: i64,
        browser_failed: bool,
        _polling: Task,
    },
    /// The code is being redeemed.
    Redeeming,
    /// What it has brought for an account is on its way to the credential store.
    Keeping { account: String },
}

impl Progress {
    /// Whether the person has not answered yet.
    pub(super) fn waits(&self) -> bool {
        !matches!(self, Self::Redeeming | Self::Keeping { .. })
    }

    pub(super) fn keeps(&self, id: &str) -> bool {
        matches!(self, Self::Keeping { account } if account == id)
    }
}

impl Attempt {
    /// What the interface shows.
    pub fn view(&self) -> SessionView {
        let What { purpose, cloud, .. } = self.what;
        let still = |stage| SessionView::SigningIn {
            stage,
            purpose,
            method: SignInMethod::Automatic,
            reason: None,
            address: None,
            user_code: None,
            expires_at_ms: None,
            browser_failed: false,
            cloud,
        };
        let reason = self.reason.map(str::to_owned);
        match &self.progress {
            Progress::Preparing => still(Stage::Preparing),
            Progress::Redeeming | Progress::Keeping { .. } => still(Stage::Redeeming),
            Progress::AwaitingRedirect {
                address,
                expires_at_ms,
                browser_failed,
                listening,
                ..
            } => SessionView::SigningIn {
                stage: Stage::Browser,
                purpose,
                method: match listening {
                    Some(_) => SignInMethod::Loopback,
                    None => SignInMethod::Scheme,
                },
                reason,
                address: Some(address.clone()),
                user_code: None,
                expires_at_ms: Some(*expires_at_ms),
                browser_failed: *browser_failed,
                cloud,
            },
            Progress::AwaitingOtherDevice {
                user_code,
                address,
                expires_at_ms,
                browser_failed,
                ..
            } => SessionView::SigningIn {
                stage: Stage::OtherDevice,
                purpose,
                method: SignInMethod::DeviceCode,
                reason,
                address: Some(address.clone()),
                user_code: Some(user_code.clone()),
                expires_at_ms: Some(*expires_at_ms),
                browser_failed: *browser_failed,
                cloud,
            },
        }
    }
}
