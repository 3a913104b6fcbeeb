use proptest::prelude::*;

use super::*;

const PICTURE: &str = "a1@signet";

fn clean(html: &str) -> String {
    super::clean(html, HashSet::from([PICTURE.to_owned()])).html
}

#[test]
fn what_a_mail_needs_stays() {
    for html in [
        "<div dir=\"rtl\">שלום <b>עולם</b></div>",
        "<ul><li>one</li><li><i>two</i></li></ul><ol start=\"3\"><li>three</li></ol>",
        "<table border=\"1\"><tbody><tr><td colspan=\"2\" style=\"text-align:center\">x</td></tr></tbody></table>",
        "<a href=\"https://signet.example/?a=1&amp;b=2\">link</a> <a href=\"mailto:ada@signet.example\">mail</a>",
        "<span style=\"color:#c00;font-weight:bold;background-color:rgb(255, 255, 0)\">red</span>",
        "<blockquote><p>quoted</p></blockquote><pre>code</pre><hr>",
        "<img src=\"cid:a1@signet\" alt=\"the logo\" width=\"20\" height=\"10\" style=\"max-width:100%;height:auto\">",
        "計画 🎉 &lt;not a tag&gt; &amp;",
    ] {
        assert_eq!(clean(html), html);
    }
}

// The first is the answer's example in Graph, "user: getMailTips".
#[test]
fn the_words_of_somebody_elses_html_are_one_line() {
    let example = "<style type=\"text/css\" style=\"\">\r\n<!--\r\np\r\n\t{margin-top:0;\r\n\tmargin-bottom:0}\r\n-->\r\n</style>\r\n<div dir=\"ltr\">\r\n<div id=\"x_divtagdefaultwrapper\" style=\"font-size:12pt\">\r\n<p>Hi, I am on vacation right now. I'll get back to you after I return.<br>\r\n</p>\r\n</div>\r\n</div>";
    for (html, expected) in [
        (
            example,
            "Hi, I am on vacation right now. I'll get back to you after I return.",
        ),
        (
            "<p>Ask <a href=\"https://signet.example\">Grace</a>.</p><p>Bye</p>",
            "Ask Grace. Bye",
        ),
        ("<p>a\u{202e}b\u{2069}c\u{7}d</p>", "abcd"),
        ("no &lt;marks&gt;", "no <marks>"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ] {
        assert_eq!(words(html, 200), expected);
    }
    assert_eq!(words("<p>éééé</p>", 4), "éééé");
    assert_eq!(words("<p>ééééé</p>", 4), "ééé…");
    assert!(words(&"<div>".repeat(20_000), 4).is_empty());
}

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    for (html, expected) in [
        ("a<script>alert(1)</script>b", "ab"),
        (
            "<style>@import url(https://evil.example/x.css)</style>x",
            "x",
        ),
        ("<p onclick=\"alert(1)\">x</p>", "<p>x</p>"),
        ("<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>"),
        ("<a href=\" java\nscript:alert(1)\">x</a>", "<a>x</a>"),
        ("<a href=\"data:text/html,x\">x</a>", "<a>x</a>"),
        (
            "<img src=\"https://evil.example/pixel.gif\" alt=\"x\">",
            "<img alt=\"x\">",
        ),
        ("<img src=\"//evil.example/pixel.gif\">", "<img>"),
        ("<img src=\"data:image/svg+xml;base64,PHN2Zz4=\">", "<img>"),
        ("<img src=\"data:image/png;base64,iVBORw0KGgo=\">", "<img>"),
        ("<img src=\"cid:another\" alt=\"x\">", "<img alt=\"x\">"),
        ("<a href=\"cid:a1@signet\">x</a>", "<a>x</a>"),
        ("<img src=\"blob:https://a.example/1\">", "<img>"),
        ("<img srcset=\"https://evil.example/x 2x\">", "<img>"),
        (
            "<p style=\"background:url(https://evil.example/x)\">x</p>",
            "<p style=\"\">x</p>",
        ),
        (
            "<p style=\"color:url('https://evil.example/x');color:red\">x</p>",
            "<p style=\"color:red\">x</p>",
        ),
        (
            "<p style=\"color:u\\72l(https://evil.example/x);color:red\">x</p>",
            "<p style=\"color:red\">x</p>",
        ),
        (
            "<p style=\"position:fixed;top:0;color:red\">x</p>",
            "<p style=\"color:red\">x</p>",
        ),
        (
            "<iframe src=\"https://evil.example\"></iframe><form action=\"/x\"><input name=\"p\"></form>x",
            "x",
        ),
        (
            "<svg><image href=\"https://evil.example/x\"/></svg><object data=\"x\"></object>x",
            "x",
        ),
        (
            "<link rel=\"stylesheet\" href=\"https://evil.example/x\"><meta http-equiv=\"refresh\" content=\"0\">x",
            "x",
        ),
        (
            "<!-- comment --><base href=\"https://evil.example/\">x",
            "x",
        ),
    ] {
        assert_eq!(clean(html), expected, "{html}");
    }
}

#[test]
fn pictures_are_known_by_their_content_ids() {
    let found = super::clean(
        "<img src=\"CID:a1%40signet\">src=\"cid:b@c\"<img src=\"cid:gone\"><img src=\"cid:gone\">",
        HashSet::from([PICTURE.to_owned(), "unused@signet".to_owned()]),
    );
    assert_eq!(found.shown, HashSet::from([PICTURE.to_owned()]));
    assert_eq!(found.lost, 1);
    assert!(
        found.html.starts_with("<img src=\"cid:a1@signet\">"),
        "{}",
        found.html
    );
}

#[test]
fn text_says_what_the_html_says() {
    for (html, expected) in [
        (
            "<p>Hello <b>Ada</b>,</p><p>見て 🎉</p>",
            "Hello Ada,\n\n見て 🎉",
        ),
        ("<ul><li>one</li><li>two</li></ul>", "* one\n* two"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div dir=\"rtl\">שלום</div>", "שלום"),
        (
            "<p>Here: <img src=\"cid:a1@signet\" alt=\"a cat\"></p>",
            "Here: [a cat]",
        ),
        ("", ""),
        ("<div><br></div>", ""),
    ] {
        assert_eq!(text_alternative(html), expected, "{html}");
    }
    let link = text_alternative("<a href=\"https://signet.example/\">here</a>");
    assert!(
        link.contains("here") && link.contains("https://signet.example/"),
        "{link}"
    );
}

// Parsing takes time with the square of the depth: without the bound this runs for many minutes.
#[test]
fn the_deepest_bodies_are_read_in_time() {
    for tag in [
        "<div>",
        "<DIV\n>",
        "<div></x>",
        "<div><b>",
        "<blockquote><ul><li>",
        "<table><tr><td>",
        "<div><p>",
        "<x-y>",
    ] {
        let clean = clean(&format!(
            "{}x{}",
            tag.repeat(30_000),
            "</div>".repeat(1_000)
        ));
        assert_eq!(
            text_alternative(&clean).trim_matches(['>', '*', ' ']),
            "x",
            "{tag}"
        );
    }
}

#[test]
fn many_elements_are_not_deep_ones() {
    let flat = "<p><b>x</b><br></p><div><i>y</i></div>".repeat(1_000);
    assert_eq!(flattened(&flat), flat);
}

proptest! {
    #[test]
    fn cleaning_is_final(html in "(<|>|/|[a-z]|=|\"|'| |style|script|img|src|href|javascript:|url\\(|;|:|&|\\\\|<!--|-->|svg|math|é|\u{0}){0,60}") {
        let once = clean(&html);
        prop_assert_eq!(&clean(&once), &once);
        let lower = once.to_lowercase();
        prop_assert!(!lower.contains("<script") && !lower.contains("<svg") && !lower.contains("<style"));
        let _ = text_alternative(&once);
    }
}
