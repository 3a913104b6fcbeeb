//! What an account needs its person for, kept until it is done.

use entra::{EntraError, SilentError};

use crate::views::{Purpose, Trouble, TroubleAction};

/// What only the person can mend, and how to ask.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// What the person reads.
    pub trouble: Trouble,
    /// Scopes to ask for beside those of the sign-in.
    pub scopes: Vec<String>,
    /// Claims the authority wants to see requested.
    pub claims: Option<String>,
    /// What the person is asked for: to sign in again, or for a permission.
    pub purpose: Purpose,
}

impl Need {
    /// The need behind a refused token; `None` where waiting or another try mends it.
    pub fn from_silent(scopes: &[&str], error: &SilentError) -> Option<Self> {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        match error {
            SilentError::InteractionRequired(error) => {
                Some(Self::asked(error, scopes, Purpose::Renew))
            }
            SilentError::ConsentRequired(error) => {
                Some(Self::asked(error, scopes, Purpose::Consent))
            }
            SilentError::NoAccount => Some(Self {
                trouble: Trouble::plain("trouble-interaction-required", TroubleAction::SignInAgain),
                scopes,
                claims: None,
                purpose: Purpose::Renew,
            }),
            SilentError::Store(_) => Some(Self {
                trouble: Trouble::plain("trouble-keyring-locked", TroubleAction::TryAgain),
                scopes,
                claims: None,
                purpose: Purpose::Renew,
            }),
            SilentError::Refused(error) => Some(Self::asked(error, scopes, Purpose::Renew)),
            SilentError::Transient(_) => None,
        }
    }

    /// The need of a permission that is not there.
    pub fn for_permission(scopes: &[&str], purpose: Purpose) -> Self {
        Self {
            trouble: Trouble::plain("trouble-consent-required", TroubleAction::SignInAgain),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            claims: None,
            purpose,
        }
    }

    /// The need behind two tokens that Graph refused one after the other.
    pub fn from_graph(scopes: &[&str], claims: Option<String>) -> Self {
        Self {
            trouble: Trouble::plain("trouble-interaction-required", TroubleAction::SignInAgain),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            claims,
            purpose: Purpose::Renew,
        }
    }

    /// The same challenge after the person has just answered it: asking in the same words would go round in a circle.
    pub fn after_its_answer(self) -> Self {
        Self {
            trouble: Trouble::plain("trouble-meet-policy", TroubleAction::SignInAgain),
            ..self
        }
    }

    /// The person is asked for a permission: a card that came shows nothing of it.
    pub fn is_for_consent(&self) -> bool {
        matches!(
            self.purpose,
            Purpose::Consent | Purpose::Attach | Purpose::Look | Purpose::Keep
        )
    }

    fn asked(error: &EntraError, scopes: Vec<String>, purpose: Purpose) -> Self {
        Self {
            trouble: Trouble::from(error),
            scopes,
            claims: error.claims.clone(),
            purpose,
        }
    }
}
