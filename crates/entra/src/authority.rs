//! The authority: who is asked to sign people in.

use url::{Host, Url};

use crate::id_token::is_guid;

/// An authority's base address, e.g. `https://login.microsoftonline.com/common`.
///
/// HTTPS, or HTTP on loopback, where only a tenant on this machine can listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    url: Url,
    tenant: String,
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
    /// No tenant as the one path segment.
    #[error("the authority needs exactly one path segment, the tenant")]
    NoTenant,
    /// A path segment that no tenant is called by.
    #[error("the tenant is neither common, organizations, consumers, an id nor a domain")]
    NotATenant,
    /// A user name, a query or a fragment has no place here.
    #[error("the authority has parts that do not belong to one")]
    Extra,
}

impl Authority {
    /// Reads an authority: an origin and one path segment, the tenant (`common`, `organizations`, `consumers`, a GUID or a domain).
    pub fn parse(text: &str) -> Result<Self, AuthorityError> {
        let url = Url::parse(text.trim()).map_err(|_| AuthorityError::NotAUrl)?;
        if !is_secure(&url) {
            return Err(AuthorityError::NotSecure);
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(AuthorityError::Extra);
        }
        let tenant = url.path().trim_matches('/').to_owned();
        if tenant.is_empty() || tenant.contains('/') {
            return Err(AuthorityError::NoTenant);
        }
        if !is_tenant(&tenant) {
            return Err(AuthorityError::NotATenant);
        }
        let mut url = url;
        url.set_path(&tenant);
        Ok(Self { url, tenant })
    }

    /// The address without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The tenant as it was asked for.
    pub(crate) fn tenant(&self) -> &str {
        &self.tenant
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
        format!("{}/v2.0/.well-known/openid-configuration", self.as_str())
    }

    /// Where an administrator approves the application for a whole tenant (Entra, "Admin consent on the Microsoft identity
    /// platform"): a link to send. Whoever opens it signs in, sees `scopes` and agrees to them or not; the answer goes to
    /// `redirect_uri`, on the administrator's computer.
    ///
    /// There are no administrators under `common` and `consumers`; `organizations` leaves the tenant to who signs in.
    pub fn admin_consent_url(&self, client_id: &str, scopes: &[&str], redirect_uri: &str) -> Url {
        let tenant = match self.tenant() {
            "common" | "consumers" => "organizations",
            tenant => tenant,
        };
        let mut url = self.url.clone();
        url.set_path(&format!("{tenant}/v2.0/adminconsent"));
        url.query_pairs_mut()
            .append_pair("client_id", client_id)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("redirect_uri", redirect_uri);
        url
    }

    /// Whether an address that the metadata names lies with the authority itself.
    pub(crate) fn owns(&self, other: &Url) -> bool {
        is_secure(other) && other.origin() == self.url.origin()
    }
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
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
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
            let query = "client_id=an-id&scope=openid+Mail.Send&redirect_uri=app%3A%2F";
            assert_eq!(
                url.as_str(),
                format!("{login}/{expected}/v2.0/adminconsent?{query}")
            );
        }
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
