//! HTML on its way out: cleaned, and told as text.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Columns of the text alternative: RFC 5322 §2.1.1 asks for lines of at most 78 characters.
const TEXT_COLUMNS: usize = 78;

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

/// Pictures that travel inside the message. A picture on a server would tell it who opened the mail, and when.
const IMAGE_SOURCES: &[&str] = &[
    "cid:",
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
];

const LINK_SCHEMES: &[&str] = &["http:", "https:", "mailto:", "tel:"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

/// Keeps what a mail needs (text, lists, tables, links, inline styles, direction, pictures inside the mail) and drops
/// the rest: scripts, handlers, forms, frames, stylesheets, and whatever would be fetched when the mail is opened.
pub fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// The text of cleaned HTML, for readers that show no HTML. Empty where nothing can be read.
pub fn text_alternative(html: &str) -> String {
    html2text::config::plain()
        .string_from_read(html.as_bytes(), TEXT_COLUMNS)
        .map(|text| text.trim_end().to_owned())
        .unwrap_or_default()
}

fn cleaner() -> Builder<'static> {
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
        .url_schemes(HashSet::from([
            "http", "https", "mailto", "tel", "cid", "data",
        ]))
        .url_relative(UrlRelative::Deny)
        // The default adds rel="noopener noreferrer", which means nothing in a mail.
        .link_rel(None)
        .attribute_filter(|_, attribute, value| match attribute {
            "src" => starts_with_any(value, IMAGE_SOURCES).then_some(value.into()),
            "href" => starts_with_any(value, LINK_SCHEMES).then_some(value.into()),
            "cite" => None,
            _ => Some(value.into()),
        });
    builder
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
