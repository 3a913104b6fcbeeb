//! Ids of extended properties.
//!
//! Source: "Outlook extended properties overview", id formats: `{type} {guid}
//! Name {name}`, `{type} {guid} Id {number}` and `{type} {tag}`.

/// Whether two ids name one property: types and GUIDs have no case and numbers
/// are numbers, but the name is told apart by case.
pub fn same_property(left: &str, right: &str) -> bool {
    normal(left) == normal(right)
}

/// An id in the one spelling that `same_property` compares.
fn normal(id: &str) -> String {
    let mut parts = id.splitn(4, ' ');
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let Some(second) = parts.next() else {
        return kind;
    };
    match (parts.next(), parts.next()) {
        (Some(word), Some(name)) if word.eq_ignore_ascii_case("Name") => {
            format!("{kind} {} name {name}", set(second))
        }
        (Some(word), Some(number)) if word.eq_ignore_ascii_case("Id") => {
            format!("{kind} {} id {}", set(second), tag(number))
        }
        _ => format!("{kind} {}", tag(second)),
    }
}

/// The GUID of the set, with or without braces.
fn set(guid: &str) -> String {
    guid.trim_matches(['{', '}']).to_ascii_lowercase()
}

fn tag(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let number = lower.strip_prefix("0x").map_or_else(
        || lower.parse().ok(),
        |hex| u32::from_str_radix(hex, 16).ok(),
    );
    number.map_or(lower, |number: u32| format!("{number:#x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: "Get singleValueLegacyExtendedProperty", on the case of names.
    #[test]
    fn ids_name_one_property_in_several_spellings() {
        const SET: &str = "66f5a359-4659-4830-9070-00047ec6ac6e";
        let named = format!("String {{{SET}}} Name Color");
        for (other, expected) in [
            (named.clone(), true),
            (
                format!("string {{{}}} name Color", SET.to_uppercase()),
                true,
            ),
            (format!("String {SET} Name Color"), true),
            (format!("String {{{SET}}} Name color"), false),
            (format!("Integer {{{SET}}} Name Color"), false),
        ] {
            assert_eq!(same_property(&named, &other), expected, "{other}");
        }
        assert!(same_property("SystemTime 0x3FEF", "SystemTime 0x3fef"));
        assert!(same_property("String 0x1045", "String 0x01045"));
        assert!(!same_property("String 0x1045", "String 0x1046"));
    }
}
