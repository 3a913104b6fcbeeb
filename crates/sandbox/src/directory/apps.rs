//! App registrations: what a client id stands for.

use super::{PERSONAL_TENANT_ID, Tenancy, WORK_TENANT_ID};
use crate::clouds::{Cloud, US_GOVERNMENT};

/// An app registered with the sandbox.
#[derive(Debug)]
pub struct App {
    /// Its application (client) id.
    pub client_id: &'static str,
    /// The name that consent pages show.
    pub name: &'static str,
    /// Redirect URIs of the platform "Mobile and desktop applications".
    pub redirect_uris: &'static [&'static str],
    /// Redirect URIs of the platform "Web", whose clients keep a secret.
    pub web_redirect_uris: &'static [&'static str],
    /// The secret of a confidential client. It keeps nothing from anybody: it is
    /// published beside the id, as people's passwords are.
    pub secret: Option<&'static str>,
    /// Redirect URIs of the platform "Single-page application".
    pub spa_redirect_uris: &'static [&'static str],
    /// Who may sign in.
    pub audience: Audience,
    /// "Allow public client flows": device code and the like.
    pub public_flows: bool,
    /// Whether ID and access tokens may be issued at the authorize endpoint
    /// ("Implicit grant and hybrid flows" of a registration).
    pub front_channel_tokens: bool,
    /// The permissions that the registration lists, for `.default` and for
    /// administrators; other resources are refused there (AADSTS650057).
    pub permissions: &'static [&'static str],
    /// The instance name of the only cloud it is registered in; the others are
    /// registered in each alike.
    pub cloud: Option<&'static str>,
    /// One line for whoever looks for an app to try.
    pub about: &'static str,
}

/// "Supported account types" of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Any organisation, and personal accounts.
    Everyone,
    /// Any organisation.
    Organizations,
    /// Personal accounts alone.
    Consumers,
    /// One organisation, by its GUID.
    Tenant(&'static str),
}

const TEMPLATE: App = App {
    client_id: "",
    name: "",
    redirect_uris: &[],
    web_redirect_uris: &[],
    secret: None,
    spa_redirect_uris: &[],
    audience: Audience::Everyone,
    public_flows: true,
    front_channel_tokens: false,
    permissions: &["User.Read"],
    cloud: None,
    about: "",
};

/// Every registration.
pub const APPS: &[App] = &[
    App {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001",
        name: "Signet",
        redirect_uris: &["io.github.signetmail://auth", "http://localhost"],
        about: "public client for every kind of account",
        ..TEMPLATE
    },
    App {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0002",
        name: "Signet House",
        redirect_uris: &["http://localhost"],
        audience: Audience::Tenant(WORK_TENANT_ID),
        about: "single-tenant public client; /common is refused (AADSTS50194)",
        ..TEMPLATE
    },
    App {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0003",
        name: "Signet for Work",
        redirect_uris: &["http://localhost"],
        audience: Audience::Organizations,
        about: "work accounts only; /consumers is refused (AADSTS9002332)",
        ..TEMPLATE
    },
    App {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0004",
        name: "Signet Server",
        web_redirect_uris: &["http://localhost/server"],
        secret: Some("published-client-secret"),
        public_flows: false,
        about: "confidential web app with the secret published-client-secret: without it AADSTS7000218, with another AADSTS7000215",
        ..TEMPLATE
    },
    App {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0005",
        name: "Signet in the Browser",
        spa_redirect_uris: &["http://localhost/spa"],
        public_flows: false,
        front_channel_tokens: true,
        about: "single-page app: PKCE required, tokens in the front channel allowed",
        ..TEMPLATE
    },
    App {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0006",
        name: "Signet Federal",
        redirect_uris: &["http://localhost"],
        audience: Audience::Organizations,
        cloud: Some(US_GOVERNMENT),
        about: "registered in the US Government cloud alone (AADSTS900439 elsewhere)",
        ..TEMPLATE
    },
    App {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0007",
        name: "Signet at Home",
        redirect_uris: &["http://localhost"],
        audience: Audience::Consumers,
        about: "personal accounts only; use /consumers (AADSTS9002331)",
        ..TEMPLATE
    },
];

/// An id nobody registered, admitted because the sandbox was told to admit any:
/// it may redirect to loopback and to what native apps commonly register.
const ANY_APP: App = App {
    name: "An unregistered app",
    redirect_uris: &[
        "http://localhost",
        "http://127.0.0.1",
        "https://login.microsoftonline.com/common/oauth2/nativeclient",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
    ..TEMPLATE
};

/// Finds a registration. Ids compare without regard to case, being GUIDs.
pub fn app(client_id: &str, any_app: bool) -> Option<&'static App> {
    APPS.iter()
        .find(|app| app.client_id.eq_ignore_ascii_case(client_id))
        .or(any_app.then_some(&ANY_APP))
}

impl App {
    /// Whether this is the stand-in for ids that nobody registered.
    pub fn is_any(&self) -> bool {
        self.client_id.is_empty()
    }

    /// Whether the app can be used at all under this authority of this cloud.
    ///
    /// `Err` carries the AADSTS number of "Error codes": 50194 for a
    /// single-tenant app at a shared authority, 9002332 for a work-only app at
    /// `consumers`, 9002331 for a personal-only app elsewhere, 700016 for a
    /// single-tenant app at somebody else's tenant, 900439 for another cloud's.
    pub fn fits(&self, tenancy: Tenancy, cloud: &Cloud) -> Result<(), u32> {
        if self.cloud.is_some_and(|only| only != cloud.instance_name) {
            return Err(900_439);
        }
        let personal = tenancy.issuer_tenant() == PERSONAL_TENANT_ID;
        match (self.audience, tenancy) {
            (Audience::Tenant(_), Tenancy::Common | Tenancy::Organizations) => Err(50194),
            (Audience::Organizations | Audience::Tenant(_), _) if personal => Err(9_002_332),
            (Audience::Tenant(id), Tenancy::One(tenant)) if tenant.id != id => Err(700_016),
            (Audience::Consumers, _) if !personal => Err(9_002_331),
            _ => Ok(()),
        }
    }

    /// Whether accounts of a tenant may use the app: a shared authority lets
    /// everybody type an address, and the account decides afterwards.
    pub fn admits_tenant(&self, tenant_id: &str) -> bool {
        match self.audience {
            Audience::Everyone => true,
            Audience::Organizations => tenant_id != PERSONAL_TENANT_ID,
            Audience::Consumers => tenant_id == PERSONAL_TENANT_ID,
            Audience::Tenant(id) => tenant_id == id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clouds::{GLOBAL, by_login_host};

    /// Source: "Microsoft Entra authentication and authorization error codes".
    #[test]
    fn apps_are_refused_where_they_do_not_belong() {
        for (last, authority, expected) in [
            ("1", "common", Ok(())),
            ("1", "consumers", Ok(())),
            ("2", "common", Err(50194)),
            ("2", "organizations", Err(50194)),
            ("2", "signet.example", Ok(())),
            ("2", "northwind.example", Err(700_016)),
            ("2", "consumers", Err(9_002_332)),
            ("3", "common", Ok(())),
            ("3", "consumers", Err(9_002_332)),
            ("3", PERSONAL_TENANT_ID, Err(9_002_332)),
            ("6", "common", Err(900_439)),
            ("7", "common", Err(9_002_331)),
            ("7", "consumers", Ok(())),
        ] {
            let id = format!("51673e70-0b0e-4a5c-9d0e-5a4d0b0c000{last}");
            let app = app(&id, false).unwrap();
            let tenancy = Tenancy::parse(authority).unwrap();
            let found = app.fits(tenancy, &GLOBAL);
            assert_eq!(found, expected, "{} at {authority}", app.name);
        }
    }

    /// Source: "National clouds".
    #[test]
    fn an_app_of_one_cloud_is_admitted_under_that_clouds_names_alone() {
        for (last, host, expected) in [
            ("6", "login.microsoftonline.us", Ok(())),
            ("6", "login.usgovcloudapi.net", Ok(())),
            ("6", "login-us.microsoftonline.com", Ok(())),
            ("6", "login.microsoftonline.com", Err(900_439)),
            ("6", "login.chinacloudapi.cn", Err(900_439)),
            ("1", "login.microsoftonline.us", Ok(())),
        ] {
            let id = format!("51673e70-0b0e-4a5c-9d0e-5a4d0b0c000{last}");
            let found = app(&id, false)
                .unwrap()
                .fits(Tenancy::Common, by_login_host(host).unwrap());
            assert_eq!(found, expected, "{last} at {host}");
        }
    }
}
