//! Tenants, and what the first segment of an authority's path means.

use super::Person;

/// The tenant that every personal Microsoft account lives in.
pub const PERSONAL_TENANT_ID: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// A second organisation, which has guests.
pub const PARTNER_TENANT_ID: &str = "2e0a71d0-94e5-4e20-9f4b-5a4d0b0c9e57";
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
    /// `tenant_region_sub_scope`, which only government tenants have.
    pub sub_region: Option<&'static str>,
}

/// Every tenant.
pub const TENANTS: &[Tenant] = &[
    Tenant {
        id: WORK_TENANT_ID,
        domain: "signet.example",
        name: "Signet Example",
        region: "EU",
        sub_region: None,
    },
    Tenant {
        id: PARTNER_TENANT_ID,
        domain: "northwind.example",
        name: "Northwind Example",
        region: "NA",
        sub_region: Some("GCC"),
    },
    Tenant {
        id: PERSONAL_TENANT_ID,
        domain: "outlook.example",
        name: "Personal accounts",
        region: "WW",
        sub_region: None,
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

    /// `tenant_region_sub_scope`: absent but on government tenants.
    pub fn sub_region(self) -> Option<&'static str> {
        match self {
            Self::Common | Self::Organizations | Self::Consumers => None,
            Self::One(tenant) => tenant.sub_region,
        }
    }

    /// Whether `person` can sign in here, as a member or as a guest.
    pub fn admits(self, person: &Person) -> bool {
        self.seat(person).is_some()
    }

    /// As whom `person` signs in here: the shared authorities lead everybody
    /// home, a tenant's own authority leads its guests to that tenant.
    pub fn seat(self, person: &Person) -> Option<Seat> {
        let home = || {
            Tenant::by_id(person.tenant_id).map(|tenant| Seat {
                tenant,
                oid: person.oid,
                guest: false,
            })
        };
        match self {
            Self::Common => home(),
            Self::Organizations => home().filter(|_| !person.is_personal()),
            Self::Consumers => home().filter(|_| person.is_personal()),
            Self::One(tenant) if tenant.id == person.tenant_id => home(),
            Self::One(tenant) => person
                .guest_in
                .iter()
                .find(|invitation| invitation.tenant_id == tenant.id)
                .map(|invitation| Seat {
                    tenant,
                    oid: invitation.oid,
                    guest: true,
                }),
        }
    }
}

impl Tenant {
    /// Finds a tenant by its GUID.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        TENANTS.iter().find(|tenant| tenant.id == id)
    }
}

/// A person as one tenant knows them. The home account, which `client_info`
/// names, stays the same wherever they sign in.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    /// The tenant: `tid` of its tokens.
    pub tenant: &'static Tenant,
    /// The object id there: `oid` of its tokens.
    pub oid: &'static str,
    /// Whether they are a guest there.
    pub guest: bool,
}

impl Seat {
    /// The user principal name there: a guest's is made from the address at home
    /// ("Properties of a B2B collaboration user").
    pub fn upn(&self, person: &Person) -> String {
        if self.guest {
            let local = person.address.replace('@', "_");
            format!("{local}#EXT#@{}", self.tenant.domain)
        } else {
            person.address.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::by_address;
    use super::*;

    /// Source: "Microsoft identity platform and OAuth 2.0", which accounts each
    /// authority signs in; "ID token claims reference", `oid` and `tid` of guests.
    #[test]
    fn everybody_has_a_seat_where_they_may_sign_in() {
        for (authority, address, expected) in [
            (
                "common",
                "ada@signet.example",
                Some((WORK_TENANT_ID, false)),
            ),
            (
                "common",
                "noor@outlook.example",
                Some((PERSONAL_TENANT_ID, false)),
            ),
            ("organizations", "noor@outlook.example", None),
            ("consumers", "ada@signet.example", None),
            (
                "consumers",
                "noor@outlook.example",
                Some((PERSONAL_TENANT_ID, false)),
            ),
            ("northwind.example", "ada@signet.example", None),
            (
                "northwind.example",
                "hedy@northwind.example",
                Some((PARTNER_TENANT_ID, false)),
            ),
            (
                "northwind.example",
                "alan@signet.example",
                Some((PARTNER_TENANT_ID, true)),
            ),
            (
                "organizations",
                "alan@signet.example",
                Some((WORK_TENANT_ID, false)),
            ),
        ] {
            let person = by_address(address).unwrap();
            let seat = Tenancy::parse(authority).unwrap().seat(person);
            let found = seat.map(|seat| (seat.tenant.id, seat.guest));
            assert_eq!(found, expected, "{address} at {authority}");
            if let Some(seat) = seat {
                assert_eq!(seat.guest, seat.oid != person.oid);
                assert_eq!(seat.guest, seat.upn(person).contains("#EXT#@"));
            }
        }
    }
}
