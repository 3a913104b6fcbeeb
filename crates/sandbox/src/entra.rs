//! Microsoft Entra ID, as a public client and a browser meet it.
//!
//! Sources are named beside each part; where the live service differs from its
//! documentation, what recordings of the service show wins.

mod aadsts;
mod ask;
mod authorize;
mod claims;
mod device;
mod facts;
mod flow;
mod front_channel;
mod hindrance;
mod identifiers;
mod issue;
mod metadata;
mod outcome;
mod refusal;
mod session;
mod sign_in;
mod sign_out;
mod token;
mod token_claims;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub use aadsts::{AadstsFault, describe as describe_aadsts};
pub use ask::{Endpoint, Prompt};
pub use authorize::refuse;
pub use claims::ClaimsRequest;
pub use device::CONFIRM_PATH as DEVICE_CONFIRM_PATH;
pub use facts::Fact;
pub use flow::Flow;
pub use hindrance::second_factor_code;
pub use outcome::{form_target, leaves_the_browser};
pub use refusal::{Ids, Refusal, form_too_long, json_answer};
pub use session::Session;

use crate::origin;
use crate::world::World;

/// Every endpoint of the sign-in side.
pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route(
            "/{tenant}/v2.0/.well-known/openid-configuration",
            get(metadata::openid_configuration),
        )
        // MSAL Python asks so unless it is given an authority, and is answered.
        .route(
            "/{tenant}//v2.0/.well-known/openid-configuration",
            get(metadata::openid_configuration),
        )
        .route(
            "/{tenant}/.well-known/openid-configuration",
            get(metadata::openid_configuration_v1),
        )
        .route("/{tenant}/discovery/keys", get(metadata::keys))
        .route(
            "/{tenant}/openid/userinfo",
            get(userinfo::userinfo).post(userinfo::userinfo),
        )
        .route(
            "/{tenant}/discovery/instance",
            get(metadata::instance_discovery),
        )
        .route("/{tenant}/discovery/v2.0/keys", get(metadata::keys))
        .route(
            "/{tenant}/oauth2/v2.0/authorize",
            get(authorize::authorize).post(authorize::authorize),
        )
        .route(
            "/{tenant}/oauth2/v2.0/token",
            post(token::token)
                .options(token::preflight)
                .fallback(token::wrong_method),
        )
        .route(
            "/{tenant}/oauth2/token",
            post(token::token_v1)
                .options(token::preflight)
                .fallback(token::wrong_method),
        )
        .merge(device::routes())
        .route(
            "/oidc/userinfo",
            get(userinfo::userinfo).post(userinfo::userinfo),
        )
        .route(
            "/{tenant}/oauth2/authorize",
            get(authorize::authorize_v1).post(authorize::authorize_v1),
        )
        .route("/{tenant}/adminconsent", get(authorize::admin_consent_v1))
        .route("/{tenant}/v2.0/adminconsent", get(authorize::admin_consent))
        .route("/{tenant}/oauth2/v2.0/logout", get(sign_out::sign_out))
        .route("/{tenant}/oauth2/logout", get(sign_out::sign_out))
        .route("/{tenant}/login", post(sign_in::login))
        .route("/{tenant}/second-factor", post(sign_in::second_factor))
        .route("/{tenant}/stay", post(sign_in::stay))
        .route("/{tenant}/consent", post(sign_in::consent))
        .route("/{tenant}/cancel", get(sign_in::cancel))
        .route("/{tenant}/decline", get(sign_in::decline))
        .route("/{tenant}/other-account", get(sign_in::other_account))
}
