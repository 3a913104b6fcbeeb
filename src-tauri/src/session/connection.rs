//! A cloud that can be signed in to: the client, its tokens, and the Graph that goes with them.

use std::sync::Arc;

use entra::{Account, Authority, Client, ClientConfig, TokenCache};
use graph::{BaseUrl, Graph};

use super::World;
use crate::{
    clouds,
    config::Configuration,
    names::REDIRECT_URI,
    tokens::{AccountTokens, Records},
};

/// One cloud.
#[derive(Clone)]
pub struct Connection {
    /// Signs in.
    pub client: Client,
    /// Keeps and renews tokens.
    pub tokens: Arc<TokenCache>,
    http: reqwest::Client,
    base: BaseUrl,
}

impl Connection {
    /// Connects nothing yet; what the configuration lacks is named by its message id.
    pub fn new(world: &World, configuration: &Configuration) -> Result<Self, &'static str> {
        let client_id = configuration
            .client_id
            .clone()
            .ok_or("trouble-no-client-id")?;
        let authority =
            Authority::parse(&configuration.authority()).map_err(|_| "config-authority")?;
        let base = BaseUrl::parse(&configuration.graph).map_err(|_| "config-graph")?;
        let config = ClientConfig {
            client_id,
            authority,
            redirect_uri: REDIRECT_URI.to_owned(),
        };
        let http = match clouds::is_on_this_computer(&configuration.authority) {
            true => &world.direct,
            false => &world.http,
        };
        let client = Client::new(
            http.clone(),
            config,
            Arc::clone(&world.clock),
            entra::system_random(),
        )
        .observed_by(world.journal.of_authority());
        let tokens = Arc::new(TokenCache::new(
            client.clone(),
            Arc::new(Records(world.keychain.clone())),
            world.folders.data.clone(),
        ));
        Ok(Self {
            http: http.clone(),
            client,
            tokens,
            base,
        })
    }

    /// The same, to sign an account in again where it has signed in before.
    pub fn for_account(self, account: &Account) -> Self {
        let client = self.client.for_account(account);
        Self { client, ..self }
    }

    /// The Graph of one account, which leaves these scopes alone.
    pub fn graph(&self, world: &World, account: &str, unused: &[String]) -> Arc<Graph> {
        let tokens = AccountTokens {
            account: account.to_owned(),
            cache: Arc::clone(&self.tokens),
            unused: unused.to_vec(),
            session: world.events.clone(),
        };
        let graph = Graph::new(self.http.clone(), self.base.clone(), Arc::new(tokens));
        Arc::new(graph.observed_by(world.journal.of_graph(account)))
    }
}
