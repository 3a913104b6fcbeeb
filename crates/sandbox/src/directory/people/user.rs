//! Graph's view of a person.

use serde_json::{Value, json};

use super::super::Seat;
use super::{Person, Quirk};

impl Person {
    /// Graph's `user` as the tenant of `seat` shows it: a guest has another id
    /// and principal name there than at home.
    ///
    /// A personal account's id is its CID, the last sixteen hex digits.
    /// Source: Graph v1.0 reference, "user resource type"; "Properties of a B2B
    /// collaboration user" for the guest's principal name.
    pub fn user_in(&self, seat: Option<&Seat>) -> Value {
        let work = !self.is_personal();
        let guest = seat.is_some_and(|seat| seat.guest);
        let oid = seat.map_or(self.oid, |seat| seat.oid);
        let cid: String = self.oid.split('-').skip(3).collect();
        let kind = if guest { "Guest" } else { "Member" };
        let mail = self.mail.or(guest.then_some(self.address));
        let company = seat.map(|seat| seat.tenant.name);
        json!({
            "id": if work || guest { oid } else { cid.as_str() },
            "displayName": self.name,
            "givenName": given(self.given_name),
            "surname": given(self.surname),
            "mail": mail,
            "userPrincipalName": seat.map_or_else(|| self.address.to_owned(), |seat| seat.upn(self)),
            "jobTitle": self.job_title,
            "department": self.department,
            "companyName": company.filter(|_| work && !guest),
            "officeLocation": self.office,
            "businessPhones": self.phones,
            "mobilePhone": self.mobile,
            "preferredLanguage": self.language,
            "accountEnabled": self.quirk != Quirk::Disabled,
            "userType": (work || guest).then_some(kind),
            "proxyAddresses": mail.map(|mail| vec![format!("SMTP:{mail}")]).unwrap_or_default(),
        })
    }
}

/// What is nobody's name is null.
fn given(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}
