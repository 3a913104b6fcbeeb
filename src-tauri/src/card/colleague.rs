//! Somebody else of the organization, as far as they may be read: a card of few lines.

use serde::{Deserialize, Serialize};

use super::{color, initials, phones};
use crate::views::{PersonView, PhoneView};

/// Somebody else, on disk within the card. Cards that were kept before know a name and an address alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Colleague {
    name: String,
    mail: Option<String>,
    title: Option<String>,
    department: Option<String>,
    company: Option<String>,
    office: Option<String>,
    #[serde(default)]
    phones: Vec<PhoneView>,
}

impl From<graph::Person> for Colleague {
    fn from(person: graph::Person) -> Self {
        Self {
            name: person.display_name,
            mail: person.mail,
            title: person.job_title,
            department: person.department,
            company: person.company_name,
            office: person.office_location,
            phones: phones(person.business_phones, person.mobile_phone),
        }
    }
}

impl Colleague {
    /// What the interface draws. An address, where there is one, is more a person's own than a name is: it chooses the colour.
    pub fn view(&self) -> PersonView {
        PersonView {
            name: self.name.clone(),
            initials: initials(&self.name),
            color: color(self.mail.as_ref().unwrap_or(&self.name)),
            title: self.title.clone(),
            department: self.department.clone(),
            company: self.company.clone(),
            mail: self.mail.clone(),
            phones: self.phones.clone(),
            office: self.office.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::PhoneKind;

    #[test]
    fn somebody_of_whom_little_was_kept_is_still_drawn() {
        let kept = r#"{"name":"Grace Hopper","mail":"grace@signet.example"}"#;
        let view = serde_json::from_str::<Colleague>(kept).unwrap().view();
        assert_eq!(
            (view.name.as_str(), view.initials.as_str()),
            ("Grace Hopper", "GH")
        );
        assert_eq!((view.title, view.phones), (None, Vec::new()));
    }

    #[test]
    fn what_may_be_read_is_drawn() {
        let person = graph::Person {
            display_name: "Grace Hopper".to_owned(),
            job_title: Some("Rear Admiral".to_owned()),
            business_phones: vec!["+1 425 555 0110".to_owned()],
            mobile_phone: Some("+1 425 555 0111".to_owned()),
            ..graph::Person::default()
        };
        let view = Colleague::from(person).view();
        assert_eq!(view.title.as_deref(), Some("Rear Admiral"));
        let kinds: Vec<_> = view.phones.iter().map(|phone| phone.kind).collect();
        assert_eq!(kinds, [PhoneKind::Business, PhoneKind::Mobile]);
    }
}
