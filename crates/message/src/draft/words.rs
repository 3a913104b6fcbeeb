//! A draft that has been elsewhere: made harmless, and told apart from another by what it says.

use std::collections::HashSet;

use super::{Body, Draft, one_line, visible_text};
use crate::{ContentId, html, parse_addresses};

impl Draft {
    /// The same with its HTML cleaned and its subject in one line, as it may be shown and handed on. It is judged no further:
    /// what is no address stays as it is.
    #[must_use]
    pub fn cleaned(self) -> Self {
        let pictures = self.attachments.iter();
        let pictures = pictures.filter_map(|attachment| attachment.content_id.as_ref());
        let pictures: HashSet<String> = pictures.map(ToString::to_string).collect();
        Self {
            subject: one_line(&self.subject),
            body: match self.body {
                Body::Text(text) => Body::Text(visible_text(&text)),
                Body::Html(written) => Body::Html(html::clean(&written, pictures).html),
            },
            ..self
        }
    }

    /// The same with its attachments as the text has them: one that it shows by its content id is a picture in the text, and
    /// one that it does not is a file beside it. So nothing that is attached is lost with another text.
    #[must_use]
    pub fn with_pictures_shown(mut self) -> Self {
        let text = match &self.body {
            Body::Html(html) => html.as_str(),
            Body::Text(_) => "",
        };
        for attachment in &mut self.attachments {
            let id = ContentId::of(&attachment.id);
            attachment.content_id = Some(id).filter(|id| text.contains(id.as_str()));
        }
        self
    }

    /// What it says, apart from how it looks and what is attached: equal for a text that a mailbox has only put into other
    /// HTML. What is no address yet is left out, since a mailbox keeps none of it; so is what nobody asked for, and the words
    /// of a draft without options are those that they were before there were any.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        for (field, entries) in [("to", &self.to), ("cc", &self.cc), ("bcc", &self.bcc)] {
            words.push_str(field);
            words.push_str(&who(entries));
            words.push('\n');
        }
        let text = match &self.body {
            Body::Text(text) => visible_text(text),
            // A picture is what describes it.
            Body::Html(written) => {
                html::text_alternative(&html::clean(written, HashSet::new()).html)
            }
        };
        for said in [&self.subject, &text] {
            words.extend(said.split_whitespace().flat_map(|word| [word, " "]));
            words.push('\n');
        }
        for (field, asked) in [
            ("reply-to", who(&self.reply_to)),
            ("options", self.options.words()),
        ] {
            if !asked.is_empty() {
                words.extend([field, &asked, "\n"]);
            }
        }
        words
    }
}

/// The addresses among what was typed, each after a space.
fn who(entries: &[String]) -> String {
    let addresses = entries.iter().flat_map(|entry| parse_addresses(entry));
    let addresses = addresses.flatten();
    addresses
        .flat_map(|address| [" ".to_owned(), address.address().to_lowercase()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attachment, AttachmentId};
    use crate::{Importance, Options};

    fn draft(to: &str, body: Body) -> Draft {
        Draft {
            to: vec![to.to_owned()],
            subject: "Größe  计划".to_owned(),
            body,
            ..Draft::default()
        }
    }

    fn html(html: &str) -> Body {
        Body::Html(html.to_owned())
    }

    #[test]
    fn other_html_says_the_same_and_another_word_does_not() {
        let ours = draft("ada@signet.example", html("<div>Dear <b>Grace</b>,</div>"));
        let stored = "<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html\"></head>\
            <body>\r\n<div>Dear <b>Grace</b>,</div>\r\n</body></html>";
        for (other, same) in [
            (draft("Ada <ADA@signet.example>", html(stored)), true),
            (
                draft("ada@signet.example", Body::Text("Dear Grace,".to_owned())),
                true,
            ),
            (
                draft("ada@signet.example", html("<div>Dear Ada,</div>")),
                false,
            ),
            (draft("noor@outlook.example", html(stored)), false),
            (
                Draft {
                    cc: vec!["ada@signet.example".to_owned()],
                    to: Vec::new(),
                    ..ours.clone()
                },
                false,
            ),
            (
                Draft {
                    reply_to: vec!["grace@signet.example".to_owned()],
                    ..ours.clone()
                },
                false,
            ),
            (
                Draft {
                    reply_to: vec!["half".to_owned()],
                    ..ours.clone()
                },
                true,
            ),
            (
                Draft {
                    options: Options {
                        importance: Importance::High,
                        ..Options::default()
                    },
                    ..ours.clone()
                },
                false,
            ),
            (
                Draft {
                    cc: vec!["half".to_owned()],
                    ..ours.clone()
                },
                true,
            ),
            (
                Draft {
                    subject: "Größe".to_owned(),
                    ..ours.clone()
                },
                false,
            ),
        ] {
            assert_eq!(other.words() == ours.words(), same, "{:?}", other.words());
        }
    }

    // The digests of these words lie on disk.
    #[test]
    fn the_words_of_a_draft_without_options_are_as_they_were() {
        let plain = draft("ada@signet.example", html("<div>Dear Grace,</div>"));
        let before = "to ada@signet.example\ncc\nbcc\nGröße 计划 \nDear Grace, \n";
        assert_eq!(plain.words(), before);
        let asked = Draft {
            reply_to: vec!["Grace <GRACE@signet.example>".to_owned()],
            options: Options {
                importance: Importance::Low,
                read_receipt: true,
                delivery_receipt: true,
            },
            ..plain
        };
        let more = "reply-to grace@signet.example\noptions low read delivery\n";
        assert_eq!(asked.words(), format!("{before}{more}"));
    }

    #[test]
    fn what_comes_from_elsewhere_runs_nothing() {
        let foreign = draft(
            "half",
            html("<p onclick=\"x()\">Hi<script>x()</script></p>"),
        );
        let foreign = Draft {
            subject: "a\r\nBcc: b".to_owned(),
            ..foreign
        };
        let clean = foreign.cleaned();
        assert_eq!(clean.body, html("<p>Hi</p>"));
        assert_eq!(
            (clean.subject.as_str(), clean.to),
            ("a Bcc: b", vec!["half".to_owned()])
        );
    }

    #[test]
    fn what_another_text_does_not_show_is_a_file_and_a_picture_again_with_the_first() {
        let id = AttachmentId::new("p1").unwrap();
        let picture = Attachment {
            content_id: Some(ContentId::of(&id)),
            id,
            name: "image.png".to_owned(),
            content_type: "image/png".to_owned(),
            bytes: 1,
            sha256: String::new(),
        };
        let shown = Body::Html("<img src=\"cid:p1@signet\">".to_owned());
        let mine = Draft {
            attachments: vec![picture],
            ..draft("ada@signet.example", shown.clone())
        };
        let theirs = Draft {
            body: Body::Html("<p>Another text</p>".to_owned()),
            ..mine.clone()
        };
        let taken = theirs.with_pictures_shown();
        assert_eq!(taken.attachments[0].content_id, None);
        let sent = crate::Message::try_from(taken.clone()).unwrap();
        assert_eq!(sent.attachments.len(), 1, "it is not lost");
        let undone = Draft {
            body: shown,
            ..taken
        };
        assert_eq!(undone.with_pictures_shown(), mine);
    }
}
