//! HTML of mail, made shallow before it is parsed.
//!
//! A parser of HTML walks through everything that is open at every tag, so what
//! nests without end takes quadratic time, and formatting that is never closed
//! is opened again in every paragraph. One linear scan leaves out the tags that
//! go beyond the bounds below, and keeps their text. It also leaves out what no
//! reader of a mail's body sees (comments, scripts, styles, titles) or what is
//! parsed by rules of its own (drawings, formulas), so that the parser meets the
//! same tags as the scan.
//!
//! Source: HTML Living Standard §13.2.5 (tags), §13.2.6.4.7 (what ends what).

/// How deep elements lie in one another at most: tables in tables in a long
/// thread of answers stay below it.
pub const NESTING_MAX: usize = 200;
/// How many elements of formatting are open at once; each is opened anew in
/// every block that follows.
const FORMATTING_MAX: usize = 16;
/// How many quotes and lists are open at once; each indents every line in it.
const INDENTING_MAX: usize = 32;
/// How many elements may stay open when what holds them ends. Beyond it they
/// are closed with it.
const ASTRAY_MAX: usize = 16;
/// How many attributes a tag has; the parser compares each with all before it.
const ATTRIBUTES_MAX: usize = 64;

/// What the scan does with an element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing can lie in it.
    Void,
    /// There is one in a document.
    Frame,
    /// Left out together with its text.
    Hidden,
    /// Left out, its text stays.
    Foreign,
    /// Applied to the text around until it is closed.
    Formatting,
    /// Indents what lies in it.
    Indenting,
    /// Any other.
    Plain,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "area" | "base" | "basefont" | "bgsound" | "br" | "col" | "embed" | "hr" | "img"
            | "input" | "link" | "meta" | "param" | "source" | "track" | "wbr" => Self::Void,
            "html" | "head" | "body" => Self::Frame,
            "script" | "style" | "title" | "iframe" | "noembed" | "noframes" | "xmp" => {
                Self::Hidden
            }
            "svg" | "math" | "template" | "noscript" | "textarea" | "plaintext" | "frameset"
            | "frame" | "select" => Self::Foreign,
            "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small"
            | "strike" | "strong" | "tt" | "u" => Self::Formatting,
            "blockquote" | "ul" | "ol" | "dl" | "dd" | "menu" | "dir" => Self::Indenting,
            _ => Self::Plain,
        }
    }

    fn open_max(self) -> usize {
        match self {
            Self::Formatting => FORMATTING_MAX,
            Self::Indenting => INDENTING_MAX,
            Self::Void | Self::Frame | Self::Hidden | Self::Foreign | Self::Plain => NESTING_MAX,
        }
    }
}

struct Open {
    name: String,
    kind: Kind,
}

/// What is written so far, and what is open in it.
#[derive(Default)]
struct Shallow {
    written: String,
    open: Vec<Open>,
    frames: Vec<String>,
    astray: usize,
}

/// The HTML with at most `NESTING_MAX` elements in one another.
pub fn shallow(html: &str) -> String {
    let mut shallow = Shallow {
        written: String::with_capacity(html.len()),
        ..Shallow::default()
    };
    let mut rest = html;
    while let Some((text, markup)) = rest.split_once('<') {
        shallow.written.push_str(text);
        rest = shallow.markup(markup);
    }
    shallow.written.push_str(rest);
    shallow.written
}

impl Shallow {
    /// Takes what follows a `<`, and says what is left behind it.
    fn markup<'h>(&mut self, markup: &'h str) -> &'h str {
        if let Some(comment) = markup.strip_prefix("!--") {
            return behind_comment(comment);
        }
        let (ends, tag) = match markup.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, markup),
        };
        if !tag.starts_with(|first: char| first.is_ascii_alphabetic()) {
            if ends || markup.starts_with(['!', '?']) {
                return markup.split_once('>').map_or("", |(_, rest)| rest);
            }
            self.written.push_str("&lt;");
            return markup;
        }
        let Some((source, attributes, rest)) = split_tag(tag) else {
            return "";
        };
        let spelled = source
            .split(|letter: char| is_space(letter) || letter == '/')
            .next()
            .unwrap_or_default();
        let name = spelled.to_ascii_lowercase();
        if ends {
            self.end(&name);
            return rest;
        }
        let source = if attributes > ATTRIBUTES_MAX {
            spelled
        } else {
            source
        };
        let kind = Kind::of(&name);
        match kind {
            Kind::Hidden => return behind_hidden(rest, &name),
            Kind::Foreign => {}
            Kind::Void => self.write_tag(source),
            Kind::Frame => {
                if !self.frames.contains(&name) {
                    self.write_tag(source);
                    self.frames.push(name);
                }
            }
            Kind::Formatting | Kind::Indenting | Kind::Plain => self.start(name, kind, source),
        }
        rest
    }

    fn start(&mut self, name: String, kind: Kind, source: &str) {
        // A link ends the one before it, wherever that was opened.
        if name == "a" && self.open.iter().any(|open| open.name == "a") {
            self.end("a");
        }
        while self
            .open
            .last()
            .is_some_and(|last| gives_way(&last.name, &name))
        {
            self.open.pop();
        }
        let same = self.open.iter().filter(|open| open.kind == kind).count();
        if self.open.len() < NESTING_MAX && same < kind.open_max() {
            self.write_tag(source);
            self.open.push(Open { name, kind });
        }
    }

    fn end(&mut self, name: &str) {
        let kind = Kind::of(name);
        if !matches!(kind, Kind::Formatting | Kind::Indenting | Kind::Plain) {
            return;
        }
        let Some(index) = self.open.iter().rposition(|open| open.name == name) else {
            return self.write_end(name);
        };
        let within = self.open.iter().skip(index + 1);
        let astray = if kind == Kind::Formatting {
            within.count()
        } else {
            within.filter(|open| !may_stay_open(&open.name)).count()
        };
        if self.astray + astray <= ASTRAY_MAX {
            self.astray += astray;
            if kind == Kind::Formatting {
                self.open.remove(index);
            } else {
                self.open.truncate(index);
            }
            return self.write_end(name);
        }
        for open in self.open.split_off(index).into_iter().rev() {
            self.write_end(&open.name);
        }
    }

    fn write_tag(&mut self, source: &str) {
        self.written.push('<');
        self.written.push_str(source);
        self.written.push('>');
    }

    fn write_end(&mut self, name: &str) {
        self.written.push_str("</");
        self.written.push_str(name);
        self.written.push('>');
    }
}

/// Whether the open element ends where `next` begins.
fn gives_way(open: &str, next: &str) -> bool {
    const CELLS: [&str; 6] = ["td", "th", "tr", "tbody", "thead", "tfoot"];
    const ENDS_PARAGRAPH: [&str; 17] = [
        "p",
        "div",
        "blockquote",
        "ul",
        "ol",
        "dl",
        "li",
        "dd",
        "dt",
        "pre",
        "center",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ];
    match open {
        "p" => ENDS_PARAGRAPH.contains(&next),
        "li" | "option" => open == next,
        "dd" | "dt" => ["dd", "dt"].contains(&next),
        cell if CELLS.contains(&cell) => CELLS.contains(&next),
        _ => false,
    }
}

/// Whether the element needs no tag to end.
fn may_stay_open(name: &str) -> bool {
    gives_way(name, name)
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// What stands between `<` and `>`, how many attributes there are, and what
/// follows; `None` if the tag never ends. A `>` in quotes does not end it, and
/// quotes count only behind `=`.
fn split_tag(tag: &str) -> Option<(&str, usize, &str)> {
    enum At {
        Between,
        Name,
        // Spaces may stand before the equals sign.
        Named,
        Equals,
        Bare,
        Quoted(char),
    }
    let mut at = At::Name;
    let mut names = 0_usize;
    for (index, letter) in tag.char_indices() {
        at = match (at, letter) {
            (At::Quoted(quote), letter) if letter == quote => At::Between,
            (At::Quoted(quote), _) => At::Quoted(quote),
            (_, '>') => {
                let (source, rest) = tag.split_at_checked(index)?;
                return Some((source, names, rest.strip_prefix('>')?));
            }
            (At::Named, '=') => At::Equals,
            (At::Named, letter) if is_space(letter) => At::Named,
            (At::Between | At::Named, '/') => At::Between,
            (At::Between, letter) if is_space(letter) => At::Between,
            (At::Between | At::Named, _) => {
                names += 1;
                At::Name
            }
            // The tag's own name takes an equals sign in.
            (At::Name, '=') if names > 0 => At::Equals,
            (At::Name, '/') => At::Between,
            (At::Name, letter) if is_space(letter) && names > 0 => At::Named,
            (At::Name, letter) if is_space(letter) => At::Between,
            (At::Name, _) => At::Name,
            (At::Equals, quote @ ('"' | '\'')) => At::Quoted(quote),
            (At::Equals, letter) if is_space(letter) => At::Equals,
            (At::Equals, _) => At::Bare,
            (At::Bare, letter) if is_space(letter) => At::Between,
            (At::Bare, _) => At::Bare,
        };
    }
    None
}

fn behind_comment(comment: &str) -> &str {
    if let Some(rest) = comment
        .strip_prefix('>')
        .or_else(|| comment.strip_prefix("->"))
    {
        return rest;
    }
    let mut rest = comment;
    while let Some((_, behind)) = rest.split_once("--") {
        let ended = behind
            .strip_prefix('>')
            .or_else(|| behind.strip_prefix("!>"));
        if let Some(ended) = ended {
            return ended;
        }
        // The second dash may be the first of the pair that ends it.
        rest = match behind.strip_prefix('-') {
            Some(_) => rest.split_once('-').map_or("", |(_, rest)| rest),
            None => behind,
        };
    }
    ""
}

/// What follows the end tag of an element whose content is no HTML.
fn behind_hidden<'h>(content: &'h str, name: &str) -> &'h str {
    let mut rest = content;
    while let Some((_, behind)) = rest.split_once("</") {
        rest = behind;
        let Some((spelled, tail)) = behind.split_at_checked(name.len()) else {
            continue;
        };
        if spelled.eq_ignore_ascii_case(name)
            && tail.starts_with(|next: char| is_space(next) || next == '/' || next == '>')
        {
            return split_tag(behind).map_or("", |(_, _, rest)| rest);
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(html: &str, tag: &str) -> usize {
        html.matches(tag).count()
    }

    #[test]
    fn mail_as_people_write_it_stays_as_it_is() {
        for html in [
            "<html><body><p style=\"a>b\">Hello <b>you</b><br>there</p></body>",
            "<table><tr><td>a<td>b<tr><td>c</table>",
            "<ul><li>a<li>b</ul><p>one<p>two",
            "<a href='x?a=1&b=\">\"'>link</a>",
            "<b><i>crossed</b></i>",
            "plain &lt; text",
        ] {
            assert_eq!(
                shallow(html).trim_end_matches("</body>"),
                html.trim_end_matches("</body>")
            );
        }
    }

    #[test]
    fn what_nests_without_end_is_flattened_and_keeps_its_text() {
        let deep = shallow(&format!("{}x", "<div>".repeat(20_000)));
        assert_eq!(count(&deep, "<div>"), NESTING_MAX);
        assert!(deep.ends_with('x'));
        for (piece, tag, most) in [
            ("<b id=\"", "<b ", FORMATTING_MAX),
            ("<blockquote id=\"", "<blockquote ", INDENTING_MAX),
        ] {
            let html: String = (0..1000).map(|id| format!("{piece}{id}\">x")).collect();
            let flat = shallow(&html);
            assert_eq!(
                (count(&flat, tag), count(&flat, "x")),
                (most, 1000),
                "{tag}"
            );
        }
    }

    /// An end tag that the parser would not take must not hide what is open.
    #[test]
    fn no_end_tag_hides_what_is_open() {
        for piece in [
            "<div></x>",
            "<div><!--</div>-->",
            "<div><style></div></style>",
            "<div><svg><![CDATA[</div>]]>",
            "<div a=\"</div>\">",
            "<style><!--</style><div>",
            "<div><!--></div --><!--->",
            "<div></br>",
        ] {
            let flat = shallow(&piece.repeat(5000));
            let (opened, closed) = (count(&flat, "<div"), count(&flat, "</div"));
            assert!(opened <= NESTING_MAX + closed, "{piece}: {opened} {closed}");
        }
        // Closed outside of what was opened within it: past the bound it is
        // closed too.
        let flat = shallow(&"<div><b id=1></div>".repeat(5000));
        assert!(count(&flat, "<b ") <= count(&flat, "</b>") + ASTRAY_MAX + FORMATTING_MAX);
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        for (html, expected) in [
            ("a<!-- b -->c", "ac"),
            ("a<!-->c", "ac"),
            ("a<!--b--!>c", "ac"),
            ("a<!----->c", "ac"),
            ("a<!--b", "a"),
            ("a<STYLE>p > b {}</style >c", "ac"),
            ("a<title>b</titles></title>c", "ac"),
            ("<!DOCTYPE html>a</>b", "ab"),
            ("1 < 2 <", "1 &lt; 2 &lt;"),
            ("a<b c=\"", "a"),
        ] {
            assert_eq!(shallow(html), expected, "{html}");
        }
        let many: String = (0..1000).map(|id| format!(" a{id}=1")).collect();
        assert_eq!(shallow(&format!("<p{many}>a")), "<p>a");
        assert_eq!(
            shallow("<p a = \"1>2\" b=c/d e>x"),
            "<p a = \"1>2\" b=c/d e>x"
        );
    }
}
