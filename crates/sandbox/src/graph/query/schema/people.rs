//! Users and the people relevant to them.

use super::{Kind, Property, TEXTS, Type, field, link, text};

static SCORED_ADDRESS: Type = Type {
    name: "microsoft.graph.scoredEmailAddress",
    properties: &[
        text("address"),
        field("relevanceScore", Kind::Number),
        text("selectionLikelihood"),
        text("itemId"),
    ],
};

static PERSON_TYPE: Type = Type {
    name: "microsoft.graph.personType",
    properties: &[text("class"), text("subclass")],
};

static PHONE: Type = Type {
    name: "microsoft.graph.phone",
    properties: &[text("number"), text("type")],
};

/// "presence resource type".
pub static PRESENCE: Type = Type {
    name: "microsoft.graph.presence",
    properties: &[
        field("id", Kind::Key),
        text("availability"),
        text("activity"),
        opaque("statusMessage"),
        opaque("workLocation"),
        opaque("outOfOfficeSettings"),
    ],
};

/// "profilePhoto resource type".
pub static PROFILE_PHOTO: Type = Type {
    name: "microsoft.graph.profilePhoto",
    properties: &[
        field("id", Kind::Key),
        field("height", Kind::Number),
        field("width", Kind::Number),
    ],
};

/// "person resource type".
pub static PERSON: Type = Type {
    name: "microsoft.graph.person",
    properties: &[
        field("id", Kind::Key),
        text("displayName"),
        text("givenName"),
        text("surname"),
        text("birthday"),
        text("personNotes"),
        field("isFavorite", Kind::Boolean),
        text("jobTitle"),
        text("companyName"),
        text("yomiCompany"),
        text("department"),
        text("officeLocation"),
        text("profession"),
        text("userPrincipalName"),
        text("imAddress"),
        field(
            "scoredEmailAddresses",
            Kind::List(&Kind::Object(&SCORED_ADDRESS)),
        ),
        field("phones", Kind::List(&Kind::Object(&PHONE))),
        field("postalAddresses", Kind::Opaque),
        field("websites", Kind::Opaque),
        field("personType", Kind::Object(&PERSON_TYPE)),
    ],
};

const fn opaque(name: &'static str) -> Property {
    field(name, Kind::Opaque)
}

/// "user resource type".
pub static USER: Type = Type {
    name: "microsoft.graph.user",
    properties: &[
        field("businessPhones", TEXTS),
        text("displayName"),
        text("givenName"),
        text("jobTitle"),
        text("mail"),
        text("mobilePhone"),
        text("officeLocation"),
        text("preferredLanguage"),
        text("surname"),
        text("userPrincipalName"),
        field("id", Kind::Key),
        text("aboutMe"),
        field("accountEnabled", Kind::Boolean),
        text("ageGroup"),
        opaque("assignedLicenses"),
        opaque("assignedPlans"),
        opaque("authorizationInfo"),
        field("birthday", Kind::DateTime),
        text("city"),
        text("companyName"),
        text("consentProvidedForMinor"),
        text("country"),
        field("createdDateTime", Kind::DateTime),
        text("creationType"),
        opaque("customSecurityAttributes"),
        field("deletedDateTime", Kind::DateTime),
        text("department"),
        opaque("deviceEnrollmentLimit"),
        field("employeeHireDate", Kind::DateTime),
        text("employeeId"),
        field("employeeLeaveDateTime", Kind::DateTime),
        opaque("employeeOrgData"),
        text("employeeType"),
        text("externalUserState"),
        field("externalUserStateChangeDateTime", Kind::DateTime),
        text("faxNumber"),
        field("hireDate", Kind::DateTime),
        opaque("identities"),
        field("imAddresses", TEXTS),
        field("interests", TEXTS),
        field("isManagementRestricted", Kind::Boolean),
        field("isResourceAccount", Kind::Boolean),
        field("lastPasswordChangeDateTime", Kind::DateTime),
        text("legalAgeGroupClassification"),
        opaque("licenseAssignmentStates"),
        opaque("mailboxSettings"),
        text("mailNickname"),
        text("mySite"),
        text("onPremisesDistinguishedName"),
        text("onPremisesDomainName"),
        opaque("onPremisesExtensionAttributes"),
        text("onPremisesImmutableId"),
        field("onPremisesLastSyncDateTime", Kind::DateTime),
        opaque("onPremisesProvisioningErrors"),
        text("onPremisesSamAccountName"),
        text("onPremisesSecurityIdentifier"),
        field("onPremisesSyncEnabled", Kind::Boolean),
        text("onPremisesUserPrincipalName"),
        field("otherMails", TEXTS),
        text("passwordPolicies"),
        opaque("passwordProfile"),
        field("pastProjects", TEXTS),
        text("postalCode"),
        text("preferredDataLocation"),
        text("preferredName"),
        opaque("print"),
        opaque("provisionedPlans"),
        field("proxyAddresses", TEXTS),
        field("responsibilities", TEXTS),
        field("schools", TEXTS),
        text("securityIdentifier"),
        opaque("serviceProvisioningErrors"),
        field("showInAddressList", Kind::Boolean),
        opaque("signInActivity"),
        field("signInSessionsValidFromDateTime", Kind::DateTime),
        field("skills", TEXTS),
        text("state"),
        text("streetAddress"),
        text("usageLocation"),
        text("userType"),
        link("manager", Kind::Object(&USER)),
        link("directReports", Kind::List(&Kind::Object(&USER))),
        link("memberOf", Kind::Opaque),
    ],
};
