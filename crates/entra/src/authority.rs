//! The authority: who is asked to sign people in.

use url::{Host, Url};

use crate::account::Account;
use crate::clouds;
use crate::id_token::is_guid;

/// How a host of Azure AD B2C ends; the second in China.
const B2C_HOSTS: [&str; 2] = [".b2clogin.com", ".b2clogin.cn"];

/// How a host of Microsoft Entra External ID ends.
const EXTERNAL_ID_HOST: &str = ".ciamlogin.com";

/// An authority: Microsoft Entra ID or External ID, Azure AD B2C, or any other OpenID provider.
///
/// HTTPS, or HTTP on loopback, where only a program on this machine can listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    url: Url,
    /// Without a slash at its end, but for an issuer that is written with one.
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Entra ID, in the workforce or in an external tenant.
    Entra { tenant: String },
    /// A user flow of B2C.
    B2c { tenant: String, policy: String },
    /// Whoever the issuer is.
    OpenId,
}

/// Why a text is no authority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// Not an address at all.
    #[error("the authority is not a URL")]
    NotAUrl,
    /// Neither HTTPS nor HTTP on loopback.
    #[error("the authority must use https")]
    NotSecure,
    /// No tenant, or more in the path than an authority has.
    #[error("the path of the authority is not a tenant, or a tenant and a user flow")]
    NoTenant,
    /// A path segment that no tenant is called by.
    #[error("the tenant is neither common, organizations, consumers, an id nor a domain")]
    NotATenant,
    /// A path segment that no user flow of B2C is called by, or no authority that has user flows.
    #[error("the user flow is not one")]
    NotAUserFlow,
    /// A user name, a query or a fragment has no place here.
    #[error("the authority has parts that do not belong to one")]
    Extra,
}

impl Authority {
    /// Reads an authority of Microsoft's:
    ///
    /// - Entra ID, `https://login.microsoftonline.com/{tenant}`: `common`, `organizations`, `consumers`, a GUID or a domain;
    /// - External ID, the same at `https://{name}.ciamlogin.com`, where the tenant may be left out;
    /// - B2C, `https://{name}.b2clogin.com/{tenant}/{user flow}`, also with `tfp` before the tenant. At a domain of one's own only
    ///   with `tfp`, or where the user flow's name begins with `B2C_1`.
    pub fn parse(text: &str) -> Result<Self, AuthorityError> {
        let url = plain_url(text.trim())?;
        let path = url.path().trim_matches('/').to_owned();
        let segments: Vec<&str> = path.split('/').collect();
        match *segments.as_slice() {
            [""] => match external_id_tenant(&url) {
                Some(tenant) => Self::entra(url, &tenant),
                None => Err(AuthorityError::NoTenant),
            },
            ["tfp", tenant, policy] => Self::b2c(url, tenant, policy),
            [tenant, policy] if is_b2c(&url, policy) => Self::b2c(url, tenant, policy),
            [tenant] => Self::entra(url, tenant),
            _ => Err(AuthorityError::NoTenant),
        }
    }

    /// Reads the issuer of any OpenID provider (OpenID Connect Discovery §3). Its metadata must name the very same.
    pub fn openid(issuer: &str) -> Result<Self, AuthorityError> {
        Ok(Self {
            url: plain_url(issuer)?,
            text: issuer.to_owned(),
            kind: Kind::OpenId,
        })
    }

    fn entra(mut url: Url, tenant: &str) -> Result<Self, AuthorityError> {
        if !is_tenant(tenant) {
            return Err(AuthorityError::NotATenant);
        }
        url.set_path(tenant);
        // All names of a cloud are one service, and its tokens are issued under the first.
        if let Some(network) = url.host_str().and_then(clouds::network)
            && url.set_host(Some(network)).is_err()
        {
            return Err(AuthorityError::NotAUrl);
        }
        let kind = Kind::Entra {
            tenant: tenant.to_owned(),
        };
        let text = url.as_str().to_owned();
        Ok(Self { url, text, kind })
    }

    fn b2c(mut url: Url, tenant: &str, policy: &str) -> Result<Self, AuthorityError> {
        if !is_guid(tenant) && !is_domain(tenant) {
            return Err(AuthorityError::NotATenant);
        }
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if policy.is_empty() || policy.len() > 128 || !policy.chars().all(is_name) {
            return Err(AuthorityError::NotAUserFlow);
        }
        let tfp = if url.path().starts_with("/tfp/") {
            "tfp/"
        } else {
            ""
        };
        url.set_path(&format!("{tfp}{tenant}/{policy}"));
        let kind = Kind::B2c {
            tenant: tenant.to_owned(),
            policy: policy.to_owned(),
        };
        let text = url.as_str().to_owned();
        Ok(Self { url, text, kind })
    }

    /// The same B2C tenant with another user flow: to edit a profile, or to reset a password (Azure AD B2C, "User flows and
    /// custom policies overview").
    pub fn with_user_flow(&self, policy: &str) -> Result<Self, AuthorityError> {
        match &self.kind {
            Kind::B2c { tenant, .. } => Self::b2c(self.url.clone(), tenant, policy),
            _ => Err(AuthorityError::NotAUserFlow),
        }
    }

    /// The authority of the tenant that signed an account in, where that may not be this one: `common` and the like lead
    /// whoever is a guest back home. An external tenant stands at a host of its own.
    pub(crate) fn of_account(&self, account: &Account) -> Option<Self> {
        let Kind::Entra { tenant } = &self.kind else {
            return None;
        };
        let its_own = account.tenant_id.as_str();
        let leads_there = match tenant.as_str() {
            "common" => !account.is_guest(),
            "organizations" => !account.is_guest() && !account.is_personal(),
            "consumers" => account.is_personal(),
            tenant => tenant.eq_ignore_ascii_case(its_own),
        };
        if leads_there || !is_guid(its_own) || self.is_external_id() {
            return None;
        }
        Self::entra(self.url.clone(), its_own).ok()
    }

    /// The address without a slash at its end, or the issuer to the letter.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Whether nothing tells yet that its host is one of Entra's. An external tenant at a domain of its own is reached by its
    /// issuer instead ([`Self::openid`]).
    pub(crate) fn needs_vouching(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        self.is_entra()
            && clouds::network(host).is_none()
            && !self.is_external_id()
            && !is_loopback(&self.url)
    }

    fn is_external_id(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        host.ends_with(EXTERNAL_ID_HOST)
    }

    /// Whether it takes the parameters that are Entra's own (`claims` for capabilities, `client_info`).
    pub(crate) fn is_entra(&self) -> bool {
        matches!(self.kind, Kind::Entra { .. })
    }

    /// Host and, where it is not the scheme's own, port: what accounts of one cloud have in common.
    pub fn environment(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Where the OpenID Connect metadata lies (OpenID Connect Discovery §4).
    pub(crate) fn metadata_url(&self) -> String {
        let version = match self.kind {
            Kind::OpenId => "",
            _ => "/v2.0",
        };
        let base = self.text.trim_end_matches('/');
        format!("{base}{version}/.well-known/openid-configuration")
    }

    /// Where an administrator approves the application for a whole tenant (Entra, "Admin consent on the Microsoft identity
    /// platform"): a link to send. Whoever opens it signs in, sees `scopes` and agrees to them or not; the answer goes to
    /// `redirect_uri`, on the administrator's computer.
    ///
    /// There are no administrators under `common` and `consumers`; `organizations` leaves the tenant to who signs in. `None`
    /// for what is not Entra ID.
    pub fn admin_consent_url(
        &self,
        client_id: &str,
        scopes: &[&str],
        redirect_uri: &str,
    ) -> Option<Url> {
        let tenant = match &self.kind {
            Kind::Entra { tenant } if matches!(&**tenant, "common" | "consumers") => {
                "organizations"
            }
            Kind::Entra { tenant } => tenant,
            _ => return None,
        };
        let mut url = self.url.clone();
        url.set_path(&format!("{tenant}/v2.0/adminconsent"));
        url.query_pairs_mut()
            .append_pair("client_id", client_id)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("redirect_uri", redirect_uri);
        Some(url)
    }

    /// Whether the metadata may name this issuer. Entra's is a template or of another host; any other provider's is itself
    /// (OpenID Connect Discovery §4.3).
    pub(crate) fn may_name_issuer(&self, issuer: &str) -> bool {
        match self.kind {
            Kind::OpenId => issuer == self.text,
            _ => !issuer.is_empty(),
        }
    }

    /// Whether the metadata may name this address: Microsoft's only at the authority's own origin; another provider's anywhere
    /// over HTTPS, since it may have several hosts, but nowhere on this machine unless it is here itself.
    pub(crate) fn may_name_endpoint(&self, other: &Url) -> bool {
        let is_own = other.origin() == self.url.origin();
        match self.kind {
            Kind::OpenId => is_own || other.scheme() == "https",
            _ => is_secure(other) && is_own,
        }
    }
}

/// An address with nothing beside scheme, host, port and path.
fn plain_url(text: &str) -> Result<Url, AuthorityError> {
    let url = Url::parse(text).map_err(|_| AuthorityError::NotAUrl)?;
    if !is_secure(&url) {
        return Err(AuthorityError::NotSecure);
    }
    let extra = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    if extra {
        return Err(AuthorityError::Extra);
    }
    Ok(url)
}

/// What an external tenant is called by where its host alone is given.
fn external_id_tenant(url: &Url) -> Option<String> {
    let name = url.host_str()?.strip_suffix(EXTERNAL_ID_HOST)?;
    Some(format!("{name}.onmicrosoft.com"))
}

fn is_b2c(url: &Url, policy: &str) -> bool {
    let host = url.host_str().unwrap_or_default();
    let named = policy.to_ascii_lowercase().starts_with("b2c_1");
    named || B2C_HOSTS.iter().any(|end| host.ends_with(end))
}

/// A tenant as it stands in an authority (Entra, "OpenID Connect on the Microsoft identity platform", the `{tenant}` value).
fn is_tenant(text: &str) -> bool {
    matches!(text, "common" | "organizations" | "consumers") || is_guid(text) || is_domain(text)
}

/// A domain of at least two labels (RFC 1035 §2.3.1, §2.3.4).
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    text.contains('.') && text.len() <= 253 && text.split('.').all(is_label)
}

/// HTTPS anywhere, HTTP only where the bytes never leave the machine.
pub(crate) fn is_secure(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::account::{Account, PERSONAL_TENANT};

    use super::{Authority, AuthorityError};

    #[test]
    fn administrators_approve_in_a_tenant_and_never_under_common() {
        let login = "https://login.microsoftonline.com";
        for (tenant, expected) in [
            ("common", "organizations"),
            ("consumers", "organizations"),
            ("organizations", "organizations"),
            ("contoso.com", "contoso.com"),
        ] {
            let authority = Authority::parse(&format!("{login}/{tenant}")).unwrap();
            let url = authority.admin_consent_url("an-id", &["openid", "Mail.Send"], "app:/");
            let url = url.unwrap();
            let query = "client_id=an-id&scope=openid+Mail.Send&redirect_uri=app%3A%2F";
            assert_eq!(
                url.as_str(),
                format!("{login}/{expected}/v2.0/adminconsent?{query}")
            );
        }
    }

    #[test]
    fn external_tenants_and_user_flows_have_authorities_of_their_own() {
        for (text, expected) in [
            (
                "https://contoso.ciamlogin.com",
                Ok("https://contoso.ciamlogin.com/contoso.onmicrosoft.com/v2.0"),
            ),
            (
                "https://contoso.ciamlogin.com/contoso.onmicrosoft.com/",
                Ok("https://contoso.ciamlogin.com/contoso.onmicrosoft.com/v2.0"),
            ),
            (
                "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_sign_in",
                Ok("https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_sign_in/v2.0"),
            ),
            (
                "https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/sign_in/",
                Ok("https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/sign_in/v2.0"),
            ),
            (
                "https://login.contoso.example/contoso.onmicrosoft.com/b2c_1a_sign_in",
                Ok("https://login.contoso.example/contoso.onmicrosoft.com/b2c_1a_sign_in/v2.0"),
            ),
            (
                "https://contoso.b2clogin.com/contoso/B2C_1_sign_in",
                Err(AuthorityError::NotATenant),
            ),
            (
                "https://contoso.b2clogin.com/contoso.onmicrosoft.com/a.b",
                Err(AuthorityError::NotAUserFlow),
            ),
            (
                "https://contoso.b2clogin.com/contoso.onmicrosoft.com/a/b",
                Err(AuthorityError::NoTenant),
            ),
            (
                "https://contoso.b2clogin.com",
                Err(AuthorityError::NoTenant),
            ),
        ] {
            let read = Authority::parse(text).map(|authority| authority.metadata_url());
            let end = "/.well-known/openid-configuration";
            assert_eq!(read, expected.map(|base| format!("{base}{end}")), "{text}");
        }
        let sign_in =
            Authority::parse("https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/sign_in")
                .unwrap();
        assert_eq!(
            sign_in.with_user_flow("edit_profile").unwrap().as_str(),
            "https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/edit_profile"
        );
        assert!(sign_in.with_user_flow("../other").is_err());
        assert!(sign_in.admin_consent_url("an-id", &[], "app:/").is_none());
        let entra = Authority::parse("https://login.microsoftonline.com/common").unwrap();
        assert!(entra.with_user_flow("edit_profile").is_err());
    }

    #[test]
    fn an_account_is_renewed_by_the_tenant_that_signed_it_in() {
        const HOME: &str = "aaaaaaaa-0000-4000-8000-000000000001";
        const OTHER: &str = "bbbbbbbb-0000-4000-8000-000000000002";
        for (authority, home, tenant, expected) in [
            ("common", HOME, HOME, None),
            ("common", HOME, OTHER, Some(OTHER)),
            ("common", PERSONAL_TENANT, PERSONAL_TENANT, None),
            ("organizations", HOME, HOME, None),
            (
                "organizations",
                PERSONAL_TENANT,
                PERSONAL_TENANT,
                Some(PERSONAL_TENANT),
            ),
            ("consumers", PERSONAL_TENANT, PERSONAL_TENANT, None),
            ("consumers", HOME, HOME, Some(HOME)),
            (OTHER, HOME, OTHER, None),
            (OTHER, HOME, HOME, Some(HOME)),
            (HOME, HOME, "", None),
            (HOME, HOME, "not/a/guid", None),
        ] {
            let account = Account {
                home_account_id: format!("user.{home}"),
                name: None,
                username: String::new(),
                login_hint: None,
                tenant_id: tenant.to_owned(),
                environment: String::new(),
                scopes: Vec::new(),
            };
            let of = |url: &str| {
                let authority = Authority::parse(url).unwrap().of_account(&account);
                authority.map(|authority| authority.as_str().to_owned())
            };
            assert_eq!(
                of(&format!("https://login.microsoftonline.us/{authority}")),
                expected.map(|tenant| format!("https://login.microsoftonline.us/{tenant}")),
                "{home} at {tenant}, asked of {authority}"
            );
            assert_eq!(of("https://contoso.ciamlogin.com"), None);
            assert_eq!(
                of("https://contoso.b2clogin.com/contoso.example/b2c_1_in"),
                None
            );
        }
    }

    #[test]
    fn any_other_provider_is_its_issuer_to_the_letter() {
        for (issuer, expected) in [
            ("https://id.example", Ok("https://id.example")),
            ("https://id.example/", Ok("https://id.example")),
            ("https://id.example/a/b", Ok("https://id.example/a/b")),
            ("http://127.0.0.1:3000", Ok("http://127.0.0.1:3000")),
            ("http://id.example", Err(AuthorityError::NotSecure)),
            ("https://id.example?x=1", Err(AuthorityError::Extra)),
        ] {
            let read = Authority::openid(issuer).map(|authority| authority.metadata_url());
            let end = "/.well-known/openid-configuration";
            assert_eq!(
                read,
                expected.map(|base| format!("{base}{end}")),
                "{issuer}"
            );
        }
        let provider = Authority::openid("https://id.example").unwrap();
        assert!(
            provider.may_name_issuer("https://id.example")
                && !provider.may_name_issuer("https://id.example/")
        );
        let owns = |url: &str| provider.may_name_endpoint(&url.parse().unwrap());
        assert!(owns("https://token.example/t") && !owns("http://127.0.0.1/t"));
        assert!(!owns("http://id.example/t") && !owns("javascript:alert(1)"));
    }

    #[test]
    fn an_authority_is_https_or_loopback_and_one_tenant() {
        for (text, expected) in [
            (
                "https://login.microsoftonline.com/common",
                Ok("login.microsoftonline.com"),
            ),
            (
                "https://login.microsoftonline.com/common/",
                Ok("login.microsoftonline.com"),
            ),
            (
                "https://login.microsoftonline.us/contoso.example",
                Ok("login.microsoftonline.us"),
            ),
            ("http://127.0.0.1:27541/common", Ok("127.0.0.1:27541")),
            ("http://localhost:27541/common", Ok("localhost:27541")),
            ("http://[::1]:27541/common", Ok("[::1]:27541")),
            (
                "http://login.microsoftonline.com/common",
                Err(AuthorityError::NotSecure),
            ),
            (
                "http://127.0.0.1.evil.example/common",
                Err(AuthorityError::NotSecure),
            ),
            (
                "http://localhost.evil.example/common",
                Err(AuthorityError::NotSecure),
            ),
            (
                "ftp://login.microsoftonline.com/common",
                Err(AuthorityError::NotSecure),
            ),
            (
                "https://login.microsoftonline.com",
                Err(AuthorityError::NoTenant),
            ),
            (
                "https://login.microsoftonline.com/common/oauth2",
                Err(AuthorityError::NoTenant),
            ),
            (
                "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad",
                Ok("login.microsoftonline.com"),
            ),
            (
                "https://login.microsoftonline.com/contoso",
                Err(AuthorityError::NotATenant),
            ),
            (
                "https://login.microsoftonline.com/9188040d6c674c5bb11236a304b66dad",
                Err(AuthorityError::NotATenant),
            ),
            (
                "https://login.microsoftonline.com/contoso..example",
                Err(AuthorityError::NotATenant),
            ),
            (
                "https://login.microsoftonline.com/my tenant",
                Err(AuthorityError::NotATenant),
            ),
            (
                "https://login.microsoftonline.com/%63ommon",
                Err(AuthorityError::NotATenant),
            ),
            (
                "https://user@login.microsoftonline.com/common",
                Err(AuthorityError::Extra),
            ),
            (
                "https://login.microsoftonline.com/common?x",
                Err(AuthorityError::Extra),
            ),
            (
                "login.microsoftonline.com/common",
                Err(AuthorityError::NotAUrl),
            ),
        ] {
            let read = Authority::parse(text).map(|authority| authority.environment());
            assert_eq!(read, expected.map(str::to_owned), "{text}");
        }
    }
}
