//! Tenants, and what the first segment of an authority's path means.

use super::Person;

/// The tenant that every personal Microsoft account lives in.
pub const PERSONAL_TENANT_ID: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The sandbox's own organisation.
pub const WORK_TENANT_ID: &str = "51673e70-7e4a-4b1d-8c3f-5a4d0b0c7e4a";

/// A directory that people belong to.
#[derive(Debug)]
pub struct Tenant {
    /// Its GUID.
    pub id: &'static str,
    /// Its verified domain.
    pub domain: &'static str,
    /// What its people read on pages.
    pub name: &'static str,
    /// `tenant_region_scope` of its metadata.
    pub region: &'static str,
}

/// Every tenant.
pub const TENANTS: &[Tenant] = &[
    Tenant {
        id: WORK_TENANT_ID,
        domain: "signet.example",
        name: "Signet Example",
        region: "EU",
    },
    Tenant {
        id: PERSONAL_TENANT_ID,
        domain: "outlook.example",
        name: "Personal accounts",
        region: "WW",
    },
];

/// Which accounts an authority admits.
#[derive(Debug, Clone, Copy)]
pub enum Tenancy {
    /// `common`: work and personal accounts.
    Common,
    /// `organizations`: work accounts of any tenant.
    Organizations,
    /// `consumers`: personal accounts.
    Consumers,
    /// One tenant, named by its GUID or its domain.
    One(&'static Tenant),
}

impl Tenancy {
    /// Reads the first path segment; `None` is Entra's AADSTS90002.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment.to_ascii_lowercase().as_str() {
            "common" => Some(Self::Common),
            "organizations" => Some(Self::Organizations),
            "consumers" => Some(Self::Consumers),
            other => TENANTS
                .iter()
                .find(|tenant| tenant.id == other || tenant.domain == other)
                .map(Self::One),
        }
    }

    /// The tenant part of the metadata's issuer: a template on `common` and
    /// `organizations`, a GUID elsewhere, even when a domain was asked.
    pub fn issuer_tenant(self) -> &'static str {
        match self {
            Self::Common | Self::Organizations => "{tenantid}",
            Self::Consumers => PERSONAL_TENANT_ID,
            Self::One(tenant) => tenant.id,
        }
    }

    /// The path segment that the endpoints in the metadata carry.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Organizations => "organizations",
            Self::Consumers => "consumers",
            Self::One(tenant) => tenant.id,
        }
    }

    /// Whether both name the same accounts: `consumers` and its tenant's GUID do,
    /// `common` and `organizations` do not.
    pub fn same_as(self, other: Self) -> bool {
        let tenant = |tenancy: Self| match tenancy {
            Self::Common | Self::Organizations => tenancy.segment(),
            Self::Consumers | Self::One(_) => tenancy.issuer_tenant(),
        };
        tenant(self) == tenant(other)
    }

    /// `tenant_region_scope`: null where no tenant is named.
    pub fn region(self) -> Option<&'static str> {
        match self {
            Self::Common | Self::Organizations => None,
            Self::Consumers => Some("WW"),
            Self::One(tenant) => Some(tenant.region),
        }
    }

    /// Whether `person` can sign in here.
    pub fn admits(self, person: &Person) -> bool {
        match self {
            Self::Common => true,
            Self::Organizations => !person.is_personal(),
            Self::Consumers => person.is_personal(),
            Self::One(tenant) => tenant.id == person.tenant_id,
        }
    }
}
