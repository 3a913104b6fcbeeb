//! Display names: tidied when they come in, quoted when they go out.

/// Makes a name one visible line: control characters become spaces, direction overrides go, and so do the
/// quotation marks other programs leave around it.
pub fn tidy(name: &str) -> String {
    let line: String = name
        .chars()
        .filter(|c| !is_direction_override(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut rest = line.trim();
    while let Some(inner) = surrounded(rest) {
        rest = inner.trim();
    }
    rest.to_owned()
}

// Outlook writes 'ada@signet.example' <ada@signet.example>.
fn surrounded(name: &str) -> Option<&str> {
    ['\'', '"']
        .iter()
        .find_map(|mark| name.strip_prefix(*mark)?.strip_suffix(*mark))
}

/// The name as a quoted string (RFC 5322 §3.2.4).
pub fn quoted(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    out.push('"');
    for c in name.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// Embeddings, overrides and isolates: they can make a text read as another one (Unicode TR 36 §2.5).
/// The plain marks U+200E and U+200F stay, right-to-left names need them.
pub fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a shape of their own.
pub fn is_invisible(c: char) -> bool {
    is_direction_override(c)
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}
