//! What the inspector is told of the chosen account, and which of its permissions its person wants left alone.

use super::{Announcement, Need, Session, members::Member};
use crate::{
    inspector::{Inspected, InspectedAccount},
    views::{Trouble, TroubleAction},
};

impl Session {
    /// What is known. Nobody is asked: no network, and no keyring.
    pub(super) fn inspected(&self) -> Inspected {
        let chosen = self.members.chosen();
        let account = chosen.map(|member| InspectedAccount {
            account: member.account.clone(),
            unused: self.index.unused(member.id()).to_vec(),
            known: member.connection.tokens.known(member.id()),
            me_json: member.card.me_json(),
        });
        Inspected {
            account,
            requests: self.world.journal.requests(chosen.map(Member::id)),
        }
    }

    /// From now on it is as if the scope were not granted to the chosen account, or as it is again. What is on its way
    /// ends as it began.
    pub(super) async fn use_permission(&mut self, scope: &str, used: bool) {
        let Some(member) = self.members.chosen() else {
            return;
        };
        let account = member.id().to_owned();
        let mut unused = self.index.unused(&account).to_vec();
        unused.retain(|one| one != scope);
        if !used {
            unused.push(scope.to_owned());
        }
        self.leave_alone(&account, unused).await;
        if used {
            self.no_longer_needs(&account, scope).await;
            // What has waited for the permission may go.
            self.announce(Announcement::Deliver).await;
        }
    }

    /// What the person has been asked for, and has given, is used again.
    pub(super) async fn use_again(&mut self, account: &str, scopes: &[String]) {
        let mut unused = self.index.unused(account).to_vec();
        unused.retain(|one| !scopes.contains(one));
        self.leave_alone(account, unused).await;
    }

    /// The person need not be asked for what is there.
    async fn no_longer_needs(&mut self, account: &str, scope: &str) {
        let Some(member) = self.members.find(account) else {
            return;
        };
        let is_for_it =
            |need: &Need| need.is_for_consent() && need.scopes.iter().any(|one| one == scope);
        member.need = member.need.take().filter(|need| !is_for_it(need));
        self.announce_session().await;
    }

    async fn leave_alone(&mut self, account: &str, unused: Vec<String>) {
        if self.index.unused(account) == unused {
            return;
        }
        if let Err(error) = self.index.set_unused(account, unused) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "which permissions are left alone was not kept"
            );
            let trouble = Trouble::plain("trouble-permission-not-kept", TroubleAction::None);
            self.announce(Announcement::Notice(trouble)).await;
        }
        if let Some(member) = self.members.find(account) {
            let unused = self.index.unused(account);
            member.graph = member.connection.graph(&self.world, account, unused);
        }
        self.publish_senders();
    }
}
