//! `GET /me`: who is signed in.
//! Source: Graph v1.0 reference, "Get a user" and the user resource type.

use http::{Response, StatusCode};
use serde_json::Value;

use crate::error::{GraphError, Refusal};
use crate::json;

/// Every property of [`Me`]; those beyond Graph's default set must be named.
pub const PATH: &str = "/me?$select=id,displayName,givenName,surname,mail,userPrincipalName,jobTitle,department,\
    officeLocation,companyName,businessPhones,mobilePhone,preferredLanguage";

/// The longest answer that is handed on as it came; a true one has a kilobyte.
const JSON_BYTES_MAX: usize = 64 * 1024;

/// What stands in the name of a guest's account in another tenant; such a name is no mail address.
const GUEST_MARK: &str = "#EXT#";

/// The person signed in. Everything but the id and a name to show may be missing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Me {
    /// Object id; for a personal account a shorter one.
    pub id: String,
    /// The name to show; never empty.
    pub display_name: String,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// Main mail address; often missing for personal accounts.
    pub mail: Option<String>,
    /// Sign-in name.
    pub user_principal_name: Option<String>,
    /// Title.
    pub job_title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Office.
    pub office_location: Option<String>,
    /// Company.
    pub company_name: Option<String>,
    /// Business phones.
    pub business_phones: Vec<String>,
    /// Mobile phone.
    pub mobile_phone: Option<String>,
    /// The language the person likes to be written to in, such as `en-US`: as the directory writes it, unchecked.
    pub preferred_language: Option<String>,
    /// All of it as it came, in JSON; `None` where that is beyond measure.
    pub json: Option<String>,
}

impl Me {
    /// The address to write from: `mail`, else the sign-in name where that is an address.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        let is_address =
            |name: &&str| name.contains('@') && !name.to_ascii_uppercase().contains(GUEST_MARK);
        self.mail
            .as_deref()
            .or_else(|| self.user_principal_name.as_deref().filter(is_address))
    }
}

impl std::fmt::Debug for Me {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Me")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Reads the answer.
///
/// # Errors
/// Any other status, and a success that names nobody: an empty card must never replace a full one.
pub fn read(answer: &Response<Vec<u8>>) -> Result<Me, GraphError> {
    if answer.status() != StatusCode::OK {
        return Err(GraphError::read(answer));
    }
    let unreadable = || GraphError::Unreadable(Box::new(Refusal::read(answer)));
    let user: Value = serde_json::from_slice(answer.body()).map_err(|_| unreadable())?;
    let id = json::text(&user, "id").ok_or_else(unreadable)?;
    let display_name = name(&user).ok_or_else(unreadable)?;
    Ok(Me {
        id,
        display_name,
        given_name: json::text(&user, "givenName"),
        surname: json::text(&user, "surname"),
        mail: json::text(&user, "mail"),
        user_principal_name: json::text(&user, "userPrincipalName"),
        job_title: json::text(&user, "jobTitle"),
        department: json::text(&user, "department"),
        office_location: json::text(&user, "officeLocation"),
        company_name: json::text(&user, "companyName"),
        business_phones: json::texts(&user, "businessPhones"),
        mobile_phone: json::text(&user, "mobilePhone"),
        preferred_language: json::text(&user, "preferredLanguage"),
        json: as_it_came(answer.body()),
    })
}

fn as_it_came(body: &[u8]) -> Option<String> {
    let is_bounded = body.len() <= JSON_BYTES_MAX;
    is_bounded.then(|| String::from_utf8(body.to_vec()).ok())?
}

fn name(user: &Value) -> Option<String> {
    let parts = ["givenName", "surname"]
        .map(|field| json::text(user, field).unwrap_or_default())
        .join(" ");
    json::text(user, "displayName")
        .or_else(|| Some(parts.trim().to_owned()).filter(|name| !name.is_empty()))
        .or_else(|| json::text(user, "mail"))
        .or_else(|| json::text(user, "userPrincipalName"))
}
