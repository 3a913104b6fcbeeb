//! Everything that the session keeps, erased: accounts with their tokens, cards, signatures, settings.

use std::io;

use tokio::sync::oneshot;

use super::{Announcement, Session, State};
use crate::{
    card,
    config::{self, Configuration},
    folders, sandbox, signatures,
};

impl Session {
    /// Signs everybody out and goes back to how it was before anything was set. `done` hears of it when the credential store
    /// is empty; what could not be removed of an account is told as when it signs out.
    pub(super) async fn erase(&mut self, done: oneshot::Sender<io::Result<()>>) {
        if matches!(self.state, State::SigningIn(_)) {
            self.end_attempt(None).await;
        }
        let mut signing_out = Vec::new();
        while let Some(member) = self.members.chosen() {
            let account = member.id().to_owned();
            let (gone, is_gone) = oneshot::channel();
            self.sign_out(&account, false, gone).await;
            signing_out.push(is_gone);
        }
        let erased = self.erase_files();
        self.configuration = Configuration::load(&self.world.folders.config);
        self.connections.clear();
        let view = self.configuration.view(sandbox::is_available());
        self.announce(Announcement::Config(view)).await;
        tokio::spawn(async move {
            for is_gone in signing_out {
                let _ = is_gone.await;
            }
            // Whoever asked may be gone.
            let _ = done.send(erased);
        });
    }

    fn erase_files(&self) -> io::Result<()> {
        let settings = |name: &str| config::is_file(name) || signatures::is_file(name);
        folders::erase(&self.world.folders.config, settings)?;
        folders::erase(&self.world.folders.cache, card::is_file)
    }
}
