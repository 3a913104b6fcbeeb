//! Whether drafts are kept in the mailboxes too.

use super::{Announcement, Session};
use crate::{
    config::{self, Configuration},
    preferences::Preference,
    sandbox,
    views::{ConfigFault, ConfigView},
};

impl Session {
    /// The person turns it on or off. Where it is on and the chosen account has not granted it, the person is asked now, and
    /// never by itself later.
    pub(super) async fn keep_drafts(&mut self, on: bool) -> Result<ConfigView, Vec<ConfigFault>> {
        let folder = &self.world.folders.config;
        config::prefer(folder, Preference::DraftsInMailbox(on))?;
        // What else may stand in the files by now holds from the next start, as it did before.
        let on = Configuration::load(folder).preferences.drafts_in_mailbox;
        self.configuration.preferences.drafts_in_mailbox = on;
        self.publish_senders();
        let view = self.configuration.view(sandbox::is_available());
        self.announce(Announcement::Config(view.clone())).await;
        self.announce(Announcement::Deliver).await;
        let chosen = self.members.chosen().map(|member| member.id().to_owned());
        if let Some(account) = chosen.filter(|_| on) {
            self.allow_keeping(&account).await;
        }
        Ok(view)
    }
}
