//! One attempt, from the request to the written-down answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::Submit;
use super::holder::Holder;
use super::queue::Turn;
use crate::error::OutboxError;
use crate::machine::{Submission, WHY_ATTEMPT_LOST, WHY_TIMED_OUT};

/// The longest that one attempt may take: a backstop for a [`Submit`] that has
/// lost its own bounds. Those come first: an exchange with Graph ends after
/// three minutes, a fresh token in less than two, and both happen twice when a
/// token is refused. Ending an attempt earlier would make unclear what is about
/// to be answered.
const ATTEMPT_MAX: Duration = Duration::from_secs(12 * 60);

/// Hands a message over and writes the answer down. Keeps trying to while the
/// disk refuses: an answer that is known must not turn into one that is not.
pub(crate) async fn attempt(holder: Holder, submit: Arc<dyn Submit>, turn: Turn) {
    let (id, attempts) = (turn.item.id, turn.item.attempts);
    let submission = submission(submit, turn).await;
    tracing::info!(item = %id, attempts, outcome = outcome(&submission), "attempt ended");
    let written =
        holder.until_done(
            "cannot write an answer down",
            move |outbox, now_ms| match outbox.record(id, &submission, now_ms) {
                Err(error @ (OutboxError::NotFound | OutboxError::Refused(_))) => {
                    tracing::error!(item = %id, error = %error, "an answer that nobody waits for");
                    Ok(())
                }
                result => result,
            },
        );
    written.await;
}

/// Runs the attempt apart, so that a panic in it, too, is an answer.
async fn submission(submit: Arc<dyn Submit>, turn: Turn) -> Submission {
    let Turn { item, contents } = turn;
    let task = tokio::spawn(async move {
        let answer = submit.submit(item.account, item.key, item.message, contents);
        tokio::time::timeout(ATTEMPT_MAX, answer).await
    });
    let _abort = AbortOnDrop(task.abort_handle());
    let why = match task.await {
        Ok(Ok(submission)) => return submission,
        Ok(Err(_)) => WHY_TIMED_OUT,
        Err(_) => WHY_ATTEMPT_LOST,
    };
    Submission::Unconfirmed {
        why: why.to_owned(),
        request_id: None,
        hold: None,
    }
}

fn outcome(submission: &Submission) -> &'static str {
    match submission {
        Submission::Accepted { .. } => "accepted",
        Submission::Waiting(..) => "waiting",
        Submission::Unconfirmed { .. } => "unconfirmed",
        Submission::Failed { .. } => "failed",
    }
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
