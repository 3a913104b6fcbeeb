//! What is done with an open outbox until the program ends.

use std::{sync::Arc, time::Duration};

use outbox::{Looked, Mailboxes, Outbox};
use tokio::sync::{Notify, watch};

use super::Notices;
use crate::views::{Trouble, TroubleAction};

/// The disk belongs to the window first: the outbox is looked through when that stands.
const LOOKED_THROUGH_AFTER: Duration = Duration::from_secs(3);

/// Delivers, keeps the drafts' twins, and looks the outbox through beside it, until the program ends. From a damaged outbox
/// nothing is sent, and on its word nothing is removed from a mailbox.
pub async fn keep<T: Future<Output = ()>>(
    outbox: Outbox,
    mailboxes: Arc<dyn Mailboxes>,
    twins: impl FnOnce(Outbox, watch::Receiver<bool>) -> T,
    wake: Arc<Notify>,
    mut stopped: watch::Receiver<bool>,
    tell: impl Fn(Notices),
) {
    let (halt, halted) = watch::channel(false);
    let clock = outbox::system_clock();
    let twins = twins(outbox.clone(), halted.clone());
    let delivering = outbox::deliver(outbox.clone(), mailboxes, clock, wake, halted);
    let looking = async {
        let end = stopped.clone();
        let _ = tokio::time::timeout(LOOKED_THROUGH_AFTER, stopped.wait_for(|stop| *stop)).await;
        let looked = outbox::look_through(outbox.clone(), end).await;
        if looked == Looked::Damaged {
            tell(vec![Trouble::plain(
                "trouble-outbox-damaged",
                TroubleAction::None,
            )]);
        } else {
            // An error means that nobody is left who could say stop.
            let _ = stopped.wait_for(|stop| *stop).await;
        }
        halt.send_replace(true);
        looked
    };
    let ((), (), looked) = tokio::join!(delivering, twins, looking);
    if looked != Looked::Damaged {
        // What fails here is said by the next opening.
        let _ = tokio::task::spawn_blocking(move || outbox.end()).await;
    } else {
        // Before `stopped`, whose end says that all is closed.
        drop(outbox);
    }
}
