//! The accounts side by side: which are signed in, which of them is chosen, and what each was last known to be.

use std::sync::Arc;

use entra::Account;
use graph::Graph;

use super::{CardState, Connection, Need, Session};
use crate::views::{AccountEntry, AccountView, Cloud, TenantView, Trouble, TroubleAction};

/// Accounts that are offered at once: each keeps a photo in memory. Those used longest ago stay in the index beyond it, and
/// are offered again once others have signed out.
const MEMBERS_MAX: usize = 32;

/// Somebody, signed in.
pub struct Member {
    id: String,
    pub(super) account: Account,
    pub(super) cloud: Cloud,
    /// Kept with the account: signing out needs it whatever the settings say by then.
    pub(super) connection: Connection,
    pub(super) graph: Arc<Graph>,
    pub(super) need: Option<Need>,
    /// The claims challenge that the person's last sign-in has answered.
    pub(super) answered: Option<String>,
    pub(super) card: CardState,
}

impl Member {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn view(&self) -> AccountView {
        let account = &self.account;
        AccountView {
            id: self.id.clone(),
            name: account
                .name
                .clone()
                .unwrap_or_else(|| account.username.clone()),
            username: account.username.clone(),
            cloud: self.cloud,
            tenant: tenant(account),
        }
    }

    fn entry(&self) -> AccountEntry {
        AccountEntry {
            account: self.view(),
            face: self.card.face(),
            needs_person: self.need.is_some(),
        }
    }
}

fn tenant(account: &Account) -> TenantView {
    if account.is_personal() {
        TenantView::Personal
    } else if account.is_guest() {
        TenantView::Guest {
            tenant: account.tenant_id.clone(),
        }
    } else {
        TenantView::Home
    }
}

/// Everybody who is signed in, the chosen one first, then whoever was chosen before.
#[derive(Default)]
pub struct Members(Vec<Member>);

impl Members {
    /// Whose card is shown and who writes.
    pub(super) fn chosen(&self) -> Option<&Member> {
        self.0.first()
    }

    pub(super) fn chosen_mut(&mut self) -> Option<&mut Member> {
        self.0.first_mut()
    }

    pub(super) fn find(&mut self, account: &str) -> Option<&mut Member> {
        self.0.iter_mut().find(|member| member.id() == account)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }

    /// Takes `member` in, in place of what was known of the account.
    pub(super) fn put(&mut self, member: Member) {
        match self.find(member.id()) {
            Some(known) => *known = member,
            None => self.0.push(member),
        }
    }

    pub(super) fn remove(&mut self, account: &str) -> Option<Member> {
        let at = self.0.iter().position(|member| member.id() == account)?;
        Some(self.0.remove(at))
    }

    /// Puts an account first; `None` where it is not here.
    pub(super) fn choose(&mut self, account: &str) -> Option<&Member> {
        let at = self.0.iter().position(|member| member.id() == account)?;
        self.0.get_mut(..=at)?.rotate_right(1);
        self.chosen()
    }

    pub(super) fn entries(&self) -> Vec<AccountEntry> {
        self.0.iter().map(Member::entry).collect()
    }
}

impl Session {
    /// Everybody of the account index whose authority is still the configured one. No network and no keyring is asked.
    pub(super) fn read_members(&mut self) -> Option<Trouble> {
        let mut last = None;
        for account in self.index.accounts().to_vec() {
            if self.members.0.len() >= MEMBERS_MAX {
                tracing::warn!(max = MEMBERS_MAX, "more accounts than are offered at once");
                break;
            }
            let cloud = cloud_of(&account);
            match self.member(account, cloud) {
                Ok(member) => self.members.put(member),
                Err(trouble) => last = Some(trouble),
            }
        }
        last.filter(|_| self.members.0.is_empty())
    }

    pub(super) fn member(&mut self, account: Account, cloud: Cloud) -> Result<Member, Trouble> {
        let connection = self.connection(cloud)?;
        // A refresh token goes back to the authority it came from, and to no other.
        if account.environment != connection.client.config().authority.environment() {
            return Err(Trouble::plain(
                "trouble-other-authority",
                TroubleAction::SignInAgain,
            ));
        }
        let id = account.id().into_owned();
        let known = self.members.find(&id);
        let card = match known {
            Some(known) => std::mem::take(&mut known.card),
            None => CardState::of(&self.world.folders.cache, &account, self.now_ms()),
        };
        Ok(Member {
            graph: connection.graph(&self.world, &id, self.index.unused(&id)),
            id,
            account,
            cloud,
            connection,
            need: None,
            answered: None,
            card,
        })
    }

    /// Shows another account, at once from its last known state. The index remembers the choice.
    pub(super) async fn choose(&mut self, account: &str) {
        let Some(member) = self.members.choose(account) else {
            return;
        };
        let chosen = member.account.clone();
        self.forget_mishap();
        self.remember(chosen).await;
        self.publish_senders();
        self.announce_all().await;
        self.refresh_card().await;
    }
}

/// The sandbox tenant's accounts are told by the host that issued them.
fn cloud_of(account: &Account) -> Cloud {
    if account.environment == crate::names::SANDBOX_ADDRESS {
        Cloud::Sandbox
    } else {
        Cloud::Microsoft
    }
}
