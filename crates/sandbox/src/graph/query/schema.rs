//! What a query may name: the types of the resources and their properties.
//!
//! Source: Graph v1.0 reference, the properties and relationships tables of each
//! resource type. A name that stands in none of them is refused, not skipped.

mod mail;
mod people;

use jiff::Timestamp;
use serde_json::Value;

pub use mail::{ATTACHMENT, MAIL_FOLDER, MAILBOX_SETTINGS, MESSAGE, OUTLOOK_CATEGORY};
pub use people::{PERSON, PRESENCE, PROFILE_PHOTO, USER};

/// A resource or a part of one.
#[derive(Debug)]
pub struct Type {
    /// Its name as messages of the service write it.
    pub name: &'static str,
    /// What it has.
    pub properties: &'static [Property],
}

/// One property or relationship.
#[derive(Debug)]
pub struct Property {
    /// Its name, spelled right.
    pub name: &'static str,
    /// What is in it.
    pub kind: Kind,
    /// Whether it comes by `$expand` alone.
    pub link: bool,
}

/// What a value is, and so how it compares.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A string or the member of an enumeration: compares without case.
    Text,
    /// An id or a change key: compares with case.
    Key,
    /// The id of an extended property: its name has case, type and GUID have none.
    PropertyId,
    /// True or false.
    Boolean,
    /// Any number.
    Number,
    /// A point in time.
    DateTime,
    /// A structure.
    Object(&'static Type),
    /// A list.
    List(&'static Kind),
    /// Something that can be read and not compared.
    Opaque,
}

impl Kind {
    /// The type's name in a refusal.
    pub fn edm(self) -> &'static str {
        match self {
            Self::Text | Self::Key | Self::PropertyId => "Edm.String",
            Self::Boolean => "Edm.Boolean",
            Self::Number => "Edm.Double",
            Self::DateTime => "Edm.DateTimeOffset",
            Self::Object(of) => of.name,
            Self::List(_) => "Collection",
            Self::Opaque => "Edm.Untyped",
        }
    }

    /// Whether values of it have an order and can be compared.
    pub fn is_primitive(self) -> bool {
        !matches!(self, Self::Object(_) | Self::List(_) | Self::Opaque)
    }

    /// Whether a client may write `value` there.
    pub fn admits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null) | (Self::Opaque, _) => true,
            (Self::Text | Self::Key | Self::PropertyId, Value::String(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Number, Value::Number(_)) => true,
            (Self::DateTime, Value::String(text)) => text.parse::<Timestamp>().is_ok(),
            (Self::List(kind), Value::Array(members)) => {
                members.iter().all(|member| kind.admits(member))
            }
            (Self::Object(of), Value::Object(fields)) => fields.iter().all(|(name, value)| {
                of.property(name)
                    .is_some_and(|property| property.kind.admits(value))
            }),
            _ => false,
        }
    }

    /// Whether it is some form of string.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Key | Self::PropertyId)
    }
}

impl Type {
    /// A property by name, which has no case in queries.
    pub fn property(&self, name: &str) -> Option<&'static Property>
    where
        Self: 'static,
    {
        let properties: &'static [Property] = self.properties;
        properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
    }
}

const fn field(name: &'static str, kind: Kind) -> Property {
    Property {
        name,
        kind,
        link: false,
    }
}

const fn link(name: &'static str, kind: Kind) -> Property {
    Property {
        name,
        kind,
        link: true,
    }
}

const fn text(name: &'static str) -> Property {
    field(name, Kind::Text)
}

const TEXTS: Kind = Kind::List(&Kind::Text);
