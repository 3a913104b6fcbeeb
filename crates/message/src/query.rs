//! Finding a message by words of it.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::message::SUBJECT_CHARS_MAX;

/// How much of what was typed is looked for, in characters: a whole subject that somebody has pasted.
pub const QUERY_CHARS_MAX: usize = SUBJECT_CHARS_MAX;

/// Words, each of which a message must have in one of its texts, in any order.
///
/// A word is found in the midst of another one too: Chinese, Japanese and Thai put no spaces between words. No character
/// has a meaning of its own.
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// Looks for `typed`. Case, accents and vowel points do not matter, and what is beyond [`QUERY_CHARS_MAX`] is left out.
    /// `None` where there is nothing to look for.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let typed: String = typed.chars().take(QUERY_CHARS_MAX).collect();
        let words: Vec<String> = plain(&typed)
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// Whether each of its words is in one of these texts.
    #[must_use]
    pub fn is_in<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let texts: Vec<String> = texts.into_iter().map(plain).collect();
        let is_in_one = |word: &String| texts.iter().any(|text| text.contains(word));
        self.words.iter().all(is_in_one)
    }
}

/// Small letters without their accents, and without the marks that only turn the direction.
///
/// Letter by letter, since marks, which the letters around them would order, are left out: a search folds a hundred thousand
/// subjects while somebody types.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            plain.push(c.to_ascii_lowercase());
            continue;
        }
        for small in c.to_lowercase() {
            decompose_canonical(small, |part| {
                if !is_combining_mark(part) && !turns_direction(part) {
                    // The one letter that is another one at the end of a word.
                    plain.push(if part == 'ς' { 'σ' } else { part });
                }
            });
        }
    }
    plain
}

/// Unicode Standard Annex #9, §2: embeddings, overrides, isolates and marks. They are not seen, and come along with what is
/// copied from a page.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_order_whatever_their_case_and_accents() {
        let subject = "Réunion à ZÜRICH – 100% sicher, a_b";
        for (typed, expected) in [
            ("reunion", true),
            ("RÉUNION", true),
            ("re\u{301}union", true),
            ("zurich réunion", true),
            ("  sicher\tzür ", true),
            // In the midst of a word.
            ("union", true),
            ("100%", true),
            ("0%", true),
            ("a_b", true),
            ("grace zurich", true),
            // No character stands for others.
            ("r%n", false),
            ("axb", false),
            ("%", true),
            ("_", true),
            ("*", false),
            ("\"", false),
            ("zurich bern", false),
            ("gracezurich", false),
        ] {
            check(typed, &[subject, "Grace Hopper"], Some(expected));
        }
        for typed in ["", " \t\u{a0}", "\u{200f}", "\u{301}"] {
            check(typed, &[subject], None);
        }
    }

    #[test]
    fn every_script_is_found() {
        for (subject, typed, expected) in [
            ("明日の会議について", "会議", true),
            ("明日の会議について", "会議 明日", true),
            ("明日の会議について", "会談", false),
            ("주간 보고", "보고", true),
            ("周报：三月", "三月", true),
            ("פגישה מחר בבוקר", "מחר", true),
            // With vowel points, and between marks that turn the direction.
            ("שָׁלוֹם", "שלום", true),
            ("اجتماع الغد", "الغد", true),
            ("اجتماع", "\u{2067}اجتماع\u{2069}", true),
            ("ΑΘΗΝΑΣ", "αθήνας", true),
            ("Αθήνας", "αθηνασ", true),
            ("İstanbul", "istanbul", true),
            ("🎉 Party", "🎉", true),
        ] {
            check(typed, &[subject], Some(expected));
        }
    }

    #[test]
    fn what_is_longer_than_a_subject_is_cut() {
        let long = "a".repeat(QUERY_CHARS_MAX);
        check(&format!("{long}b"), &[&long], Some(true));
    }

    fn check(typed: &str, texts: &[&str], expected: Option<bool>) {
        let found = Query::new(typed).map(|query| query.is_in(texts.iter().copied()));
        assert_eq!(found, expected, "{typed:?} in {texts:?}");
    }
}
