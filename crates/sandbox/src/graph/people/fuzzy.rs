//! Names as people type them: a few letters wrong, or the beginning alone.

use serde_json::Value;

/// How many words of a search count.
const WORDS_MAX: usize = 10;
/// How many letters of a word count, which bounds the work of comparing.
const LETTERS_MAX: usize = 40;

/// What somebody typed.
pub struct Wanted(Vec<Vec<char>>);

impl Wanted {
    /// Reads `$search`, with or without its double quotes.
    pub fn read(text: &str) -> Self {
        let text = text.trim().trim_matches('"');
        let mut words = words(text);
        words.truncate(WORDS_MAX);
        Self(words)
    }

    /// Whether every word is near a word of the person's name or addresses.
    pub fn finds(&self, person: &Value) -> bool {
        let known: Vec<Vec<char>> = texts(person).into_iter().flat_map(words).collect();
        !self.0.is_empty()
            && self
                .0
                .iter()
                .all(|wanted| known.iter().any(|known| near(wanted, known)))
    }
}

fn texts(person: &Value) -> Vec<&str> {
    let names = ["displayName", "givenName", "surname", "userPrincipalName"]
        .into_iter()
        .filter_map(|name| person.get(name));
    let addresses = person
        .get("scoredEmailAddresses")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|scored| scored.get("address"));
    names.chain(addresses).filter_map(Value::as_str).collect()
}

fn words(text: &str) -> Vec<Vec<char>> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let letters = word.chars().flat_map(char::to_lowercase);
            letters.map(plain).take(LETTERS_MAX).collect()
        })
        .collect()
}

/// Letters without their accents, as far as Western European names have them.
fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// A beginning, or a word with as many slips as its length forgives.
fn near(wanted: &[char], known: &[char]) -> bool {
    let slips = match wanted.len() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    known.starts_with(wanted) || distance(wanted, known) <= slips
}

/// The least number of letters to change, add, leave out or swap with their
/// neighbour (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (done, letter) in left.iter().enumerate() {
        let mut next = vec![done + 1];
        for (at, other) in right.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut least = (cell(&row, at) + usize::from(letter != other))
                .min(cell(&row, at + 1) + 1)
                .min(cell(&next, at) + 1);
            let swapped = at > 0
                && done > 0
                && left.get(done - 1) == Some(other)
                && right.get(at - 1) == Some(letter);
            if swapped {
                least = least.min(cell(&before, at - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Source: "Get relevant information about people", fuzzy search.
    #[test]
    fn slips_and_beginnings_are_forgiven() {
        let person = json!({
            "displayName": "Ada Lovelace-Núñez",
            "scoredEmailAddresses": [{"address": "countess@signet.example"}],
        });
        for (text, expected) in [
            ("\"ada\"", true),
            ("lovel", true),
            ("lovelaec", true),
            ("lovlace ada", true),
            ("lvoel", false),
            ("daa", false),
            ("countses", true),
            ("nunez", true),
            ("countes", true),
            ("adx", false),
            ("grace", false),
            ("ada hopper", false),
            ("\"\"", false),
        ] {
            assert_eq!(Wanted::read(text).finds(&person), expected, "{text}");
        }
    }
}
