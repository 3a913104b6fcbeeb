//! Keeping a draft in the mailbox while it is written.

use message::Draft;

use super::{Graph, refusal, refused_read};
use crate::class::Operation;
use crate::error::GraphError;
use crate::kept_draft::KeptDraft;
use crate::update_message::{self, KeepOutcome};
use crate::{create_message, delete_message, find_by_key, get_message, immutable_id};

impl Graph {
    /// A draft as it stands in the mailbox; `None` where it is not there any more.
    ///
    /// # Errors
    /// When it is not known.
    pub async fn message(&self, id: &str) -> Result<Option<KeptDraft>, GraphError> {
        if !immutable_id::is_sound(id) {
            return Ok(None);
        }
        let request = get_message::request(&self.base, id);
        let (scopes, limits) = (get_message::SCOPES, create_message::LIMITS);
        self.ask(scopes, &request, limits, get_message::read, refused_read)
            .await
            .map_err(GraphError::from)?
    }

    /// Puts a draft's text into the mailbox, stamped with a key.
    pub async fn keep_draft(&self, draft: &Draft, key: &str) -> KeepOutcome {
        self.keep(update_message::create(&self.base, draft, key))
            .await
    }

    /// Writes a draft's text over the version with this ETag, and over no other.
    pub async fn update_draft(&self, id: &str, etag: &str, draft: &Draft) -> KeepOutcome {
        match immutable_id::is_sound(id) {
            true => {
                self.keep(update_message::update(&self.base, id, etag, draft))
                    .await
            }
            // It came from a disk that lies.
            false => KeepOutcome::Gone,
        }
    }

    async fn keep(&self, request: Option<reqwest::Request>) -> KeepOutcome {
        let Some(request) = request else {
            return KeepOutcome::TooLarge;
        };
        let refused = |outcome: &KeepOutcome| match outcome {
            KeepOutcome::Failed(error) => refusal(error, Operation::Read),
            KeepOutcome::Kept(_)
            | KeepOutcome::Changed
            | KeepOutcome::Gone
            | KeepOutcome::TooLarge => None,
        };
        let (scopes, limits) = (update_message::SCOPES, create_message::LIMITS);
        self.ask(scopes, &request, limits, update_message::read, refused)
            .await
            .unwrap_or_else(|failure| KeepOutcome::Failed(failure.into()))
    }

    /// Removes the version of a draft that has this ETag. Whether it is gone; `false` where another is there.
    ///
    /// # Errors
    /// When neither is known.
    pub async fn delete_version(&self, id: &str, etag: &str) -> Result<bool, GraphError> {
        let request = delete_message::remove_version(&self.base, id, etag);
        let Some(request) = request.filter(|_| immutable_id::is_sound(id)) else {
            return Ok(false);
        };
        let (scopes, limits) = (delete_message::SCOPES, find_by_key::LIMITS);
        self.ask(
            scopes,
            &request,
            limits,
            delete_message::read_version,
            refused_read,
        )
        .await
        .map_err(GraphError::from)?
    }
}
