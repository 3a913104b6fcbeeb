//! What stands below everything that a person writes.

use super::{Body, Draft};

impl Draft {
    /// Puts a signature, which is plain text, below what is written: two line breaks away, in blocks that can be deleted like
    /// any other. Nothing where there is none.
    pub fn sign(&mut self, signature: &str) {
        let signature = signature.trim_end();
        if signature.trim().is_empty() {
            return;
        }
        match &mut self.body {
            Body::Text(text) => {
                text.truncate(text.trim_end().len());
                text.push_str("\n\n");
                text.push_str(signature);
            }
            Body::Html(html) => {
                // The line that is written on, before the one that keeps the distance.
                let lines = if html.is_empty() { 2 } else { 1 };
                html.push_str(&block("<br>").repeat(lines));
                html.extend(signature.lines().map(|line| match line.trim() {
                    "" => block("<br>"),
                    _ => block(&escaped(line)),
                }));
            }
        }
    }
}

/// A line, the way the editor writes it.
fn block(content: &str) -> String {
    format!("<div dir=\"auto\">{content}</div>")
}

fn escaped(line: &str) -> String {
    line.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "Ada <Countess>\n\nR&D \n";

    fn signed(body: Body, signature: &str) -> Draft {
        let mut draft = Draft {
            body,
            ..Draft::default()
        };
        draft.sign(signature);
        draft
    }

    #[test]
    fn a_signature_stands_below_what_is_written() {
        for (body, expected) in [
            (
                Body::Text(String::new()),
                Body::Text("\n\nAda <Countess>\n\nR&D".to_owned()),
            ),
            (
                Body::Text("Hello\n".to_owned()),
                Body::Text("Hello\n\nAda <Countess>\n\nR&D".to_owned()),
            ),
            (
                Body::default(),
                Body::Html(
                    "<div dir=\"auto\"><br></div><div dir=\"auto\"><br></div>\
                     <div dir=\"auto\">Ada &lt;Countess&gt;</div><div dir=\"auto\"><br></div>\
                     <div dir=\"auto\">R&amp;D</div>"
                        .to_owned(),
                ),
            ),
        ] {
            let draft = signed(body, SIGNATURE);
            assert!(draft.body == expected);
        }
    }

    #[test]
    fn no_signature_changes_nothing() {
        for signature in ["", " \n"] {
            assert_eq!(signed(Body::default(), signature), Draft::default());
        }
    }

    #[test]
    fn a_signature_alone_is_nobodys_writing() {
        for body in [Body::default(), Body::Text(String::new())] {
            let alone = signed(body, SIGNATURE);
            assert!(!alone.is_empty());
            assert!(alone.is_empty_but_for(SIGNATURE));
            assert!(!alone.is_empty_but_for("Another"));
        }
        assert!(Draft::default().is_empty_but_for(SIGNATURE));
        let written = signed(Body::Text("Hello".to_owned()), SIGNATURE);
        assert!(!written.is_empty_but_for(SIGNATURE));
        let addressed = Draft {
            to: vec!["ada@example.com".to_owned()],
            ..signed(Body::default(), SIGNATURE)
        };
        assert!(!addressed.is_empty_but_for(SIGNATURE));
    }
}
