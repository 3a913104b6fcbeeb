//! HTML on its way out: cleaned, and told as text.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ammonia::{Builder, UrlRelative};
use html2text::render::TrivialDecorator;

use crate::address::is_direction_override;

/// Columns of the text alternative: RFC 5322 §2.1.1 asks for lines of at most 78 characters.
const TEXT_COLUMNS: usize = 78;

/// So many characters are read for [`words`]: Exchange keeps no longer automatic reply, marks included.
const WORDS_READ_MAX: usize = 128 * 1024;

/// The deepest nesting that is kept. Long threads of quoted replies reach a hundred; a parser's time grows with the
/// square of the depth, and every stray end tag walks all of it.
const DEPTH_MAX: usize = 256;

/// Elements without content, and those a following one closes (HTML Standard §13.1.2, "Void elements" and "Optional
/// tags").
const CLOSES_ITSELF: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
    "colgroup",
];

/// Properties that only say how text looks. None of them loads anything or moves content over other content.
const STYLE_PROPERTIES: &[&str] = &[
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-width",
    "color",
    "direction",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "min-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-decoration-line",
    "text-indent",
    "text-transform",
    "unicode-bidi",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
    "overflow-wrap",
];

/// Where a picture is that travels inside the message (RFC 2392 §2). One on a server would tell it who opened the mail,
/// and when; one in the HTML itself is shown by few readers.
const PICTURE_SCHEME: &str = "cid:";

const LINK_SCHEMES: &[&str] = &["http:", "https:", "mailto:", "tel:"];

/// HTML that may be sent.
#[derive(Debug)]
pub struct Clean {
    /// The HTML.
    pub html: String,
    /// The content ids of the pictures it shows.
    pub shown: HashSet<String>,
    /// How many content ids it named that belong to no picture.
    pub lost: usize,
}

/// Keeps what a mail needs (text, lists, tables, links, inline styles, direction, and the pictures whose content ids are
/// given) and drops the rest: scripts, handlers, forms, frames, stylesheets, and whatever would be fetched when the mail
/// is opened. A picture that is dropped leaves its alternative text.
pub fn clean(html: &str, pictures: HashSet<String>) -> Clean {
    let named = Arc::new(Mutex::new(HashSet::new()));
    let named_here = Arc::clone(&named);
    let ours = Arc::new(pictures);
    let known = Arc::clone(&ours);
    let html = cleaner(move |source| {
        let id = picture_id(source)?;
        let mut named = named_here.lock().unwrap_or_else(PoisonError::into_inner);
        named.insert(id.clone());
        known.contains(&id).then(|| format!("{PICTURE_SCHEME}{id}"))
    })
    .clean(&flattened(html))
    .to_string();
    let named = std::mem::take(&mut *named.lock().unwrap_or_else(PoisonError::into_inner));
    let (shown, lost): (HashSet<_>, HashSet<_>) =
        named.into_iter().partition(|id| ours.contains(id));
    Clean {
        html,
        shown,
        lost: lost.len(),
    }
}

/// The content id of a picture's address. Ours need no escapes, save that some programs write the `@` as one.
fn picture_id(source: &str) -> Option<String> {
    let source = source.trim();
    let head = source.get(..PICTURE_SCHEME.len())?;
    let is_inside = head.eq_ignore_ascii_case(PICTURE_SCHEME);
    let id = source.get(PICTURE_SCHEME.len()..)?;
    is_inside.then(|| id.replace("%40", "@"))
}

/// The text of HTML, for readers that show no HTML. Empty where nothing can be read.
pub fn text_alternative(html: &str) -> String {
    html2text::config::plain_no_decorate()
        .link_footnotes(true)
        .no_table_borders()
        // Deep quotes would leave no room for a word, and the text would be refused.
        .allow_width_overflow()
        .string_from_read(flattened(html).as_bytes(), TEXT_COLUMNS)
        .map(|text| text.trim_end().to_owned())
        .unwrap_or_default()
}

/// The words of HTML that somebody else wrote, in one line of at most `chars_max` characters: no links, no marks, nothing that
/// turns the direction of what stands around it. One that is cut ends in an ellipsis; empty where nothing can be read.
#[must_use]
pub fn words(html: &str, chars_max: usize) -> String {
    let read: String = html.chars().take(WORDS_READ_MAX).collect();
    let text = html2text::config::with_decorator(TrivialDecorator::new())
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(flattened(&read).as_bytes(), TEXT_COLUMNS)
        .unwrap_or_default();
    let seen: String = text
        .chars()
        .filter(|c| !is_direction_override(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(chars_max) {
        None => line,
        Some(_) => {
            let kept = line.chars().take(chars_max.saturating_sub(1));
            kept.chain(['…']).collect()
        }
    }
}

/// Leaves out the tags that would nest elements deeper than [`DEPTH_MAX`]; their text stays. Done on the text, since
/// parsing is what takes long.
///
/// Tags are paired by name only, which never counts too little. Those that close themselves do not count.
fn flattened(html: &str) -> Cow<'_, str> {
    if html.matches('<').count() <= DEPTH_MAX {
        return Cow::Borrowed(html);
    }
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0_usize;
    let (before, rest) = html.split_once('<').unwrap_or((html, ""));
    let mut kept = before.to_owned();
    for after in rest.split('<') {
        let count = nesting_name(after).map(|name| open.entry(name).or_default());
        match count {
            Some(count) if after.starts_with('/') => {
                depth -= usize::from(*count > 0);
                *count = count.saturating_sub(1);
            }
            Some(_) if depth == DEPTH_MAX => {
                kept.push_str(after.split_once('>').map_or("", |(_, text)| text));
                continue;
            }
            Some(count) => {
                *count += 1;
                depth += 1;
            }
            None => {}
        }
        kept.push('<');
        kept.push_str(after);
    }
    Cow::Owned(kept)
}

/// The name of the element that a tag opens or closes, where elements of that name nest. `after` follows a `<`.
fn nesting_name(after: &str) -> Option<String> {
    let tag = after.strip_prefix('/').unwrap_or(after);
    // What ends a name in a tag (HTML Standard §13.2.5.8), so that `<div:x>` is not taken for a `div`.
    let name = tag
        .split(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
        .next()?
        .to_ascii_lowercase();
    let nests = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !CLOSES_ITSELF.contains(&name.as_str());
    nests.then_some(name)
}

/// `picture` tells the address under which a picture stays, if it does.
fn cleaner(picture: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags(["font", "u", "s"])
        .add_generic_attributes(["style", "dir", "align"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_tag_attributes(
            "table",
            ["border", "cellpadding", "cellspacing", "width", "bgcolor"],
        )
        .add_tag_attributes("td", ["valign", "width", "height", "bgcolor"])
        .add_tag_attributes("th", ["valign", "width", "height", "bgcolor"])
        .add_tag_attributes("tr", ["valign", "bgcolor"])
        .add_tag_attributes("ol", ["type"])
        .add_tag_attributes("ul", ["type"])
        .filter_style_properties(STYLE_PROPERTIES.iter().copied().collect())
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(UrlRelative::Deny)
        // The default adds rel="noopener noreferrer", which means nothing in a mail.
        .link_rel(None)
        .attribute_filter(move |_, attribute, value| match attribute {
            "src" => picture(value).map(Cow::Owned),
            "href" => starts_with_any(value, LINK_SCHEMES).then_some(value.into()),
            "style" => Some(without_addresses(value)),
            "cite" => None,
            _ => Some(value.into()),
        });
    builder
}

/// Drops the declarations that name an address, or hide one behind an escape. What is allowed to stay is filtered by
/// property after this.
fn without_addresses(style: &str) -> Cow<'_, str> {
    let names_address = |declaration: &str| {
        declaration.contains('\\') || declaration.to_ascii_lowercase().contains("url(")
    };
    if !names_address(style) {
        return Cow::Borrowed(style);
    }
    let kept: Vec<&str> = style
        .split(';')
        .filter(|declaration| !names_address(declaration))
        .collect();
    Cow::Owned(kept.join(";"))
}

fn starts_with_any(value: &str, starts: &[&str]) -> bool {
    let value = value.trim_start();
    starts.iter().any(|start| {
        value
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    })
}

#[cfg(test)]
mod tests;
