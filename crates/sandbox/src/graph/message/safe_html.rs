//! HTML as Exchange hands it out: without what could act.
//!
//! Source: Graph v1.0 reference, "message resource type", on `body`: unsafe HTML
//! is removed on reading, unless `Prefer: outlook.allow-unsafe-html` is sent.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::html::shallow;

/// Attributes that Exchange leaves on every element.
const ATTRIBUTES: [&str; 20] = [
    "align",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "class",
    "color",
    "dir",
    "face",
    "height",
    "id",
    "lang",
    "name",
    "role",
    "size",
    "style",
    "title",
    "type",
    "valign",
    "width",
];
/// What a mail may point to beside web pages: its own parts, and addresses.
const SCHEMES: [&str; 6] = ["http", "https", "mailto", "tel", "cid", "data"];
/// What stands between an answer and what it answers, as Outlook writes it.
pub const QUOTE_MARK: &str = "<div id=\"divRplyFwdMsg\"";
/// The same in text.
pub const TEXT_QUOTE_MARK: &str = "________________________________";

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .add_tags(["font", "u", "big", "tt", "address", "body"])
        .rm_tags(["body"])
        .add_generic_attributes(ATTRIBUTES)
        .url_schemes(SCHEMES.into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    cleaner
});

/// The HTML without scripts, frames, forms and handlers, in the frame that
/// Exchange puts around every body.
pub fn clean(html: &str) -> String {
    format!(
        "<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>{}</body></html>",
        CLEANER.clean(&shallow(html))
    )
}

/// A body up to what it quotes.
pub fn without_quote(body: &str) -> &str {
    [QUOTE_MARK, TEXT_QUOTE_MARK]
        .iter()
        .filter_map(|mark| body.split_once(mark))
        .map(|(own, _)| own)
        .min_by_key(|own| own.len())
        .unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_act_is_taken_out_and_the_rest_stays() {
        for (html, kept, gone) in [
            (
                "<p style=\"color:red\">a</p>",
                "<p style=\"color:red\">a</p>",
                "\0",
            ),
            ("<p onclick=\"x()\">a</p>", "<p>a</p>", "onclick"),
            ("<script>x()</script>b", "<body>b</body>", "x()"),
            (
                "<iframe src=\"https://a.example\"></iframe>c",
                "c</body>",
                "iframe",
            ),
            ("<img src=\"cid:logo\">", "<img src=\"cid:logo\">", "\0"),
            ("<a href=\"javascript:x()\">d</a>", "<a>d</a>", "javascript"),
        ] {
            let clean = clean(html);
            assert!(clean.contains(kept) && !clean.contains(gone), "{clean}");
        }
    }

    #[test]
    fn the_quote_is_cut_off() {
        assert_eq!(without_quote("mine"), "mine");
        assert_eq!(
            without_quote(&format!("mine{QUOTE_MARK} dir=ltr>old")),
            "mine"
        );
        assert_eq!(
            without_quote(&format!("mine\r\n{TEXT_QUOTE_MARK}\r\nold")),
            "mine\r\n"
        );
    }
}
