//! The headers that a message has once it travelled.
//!
//! Source: RFC 5322 §3.6; Graph v1.0 reference, "Get message", on
//! `internetMessageHeaders`, which comes with `$select` alone.

use crate::clock::written;
use crate::mailboxes::{Header, Message, Recipient, ids};

/// The headers of a delivered message's journey; one that never travelled has
/// none. They are worked out when somebody asks: few do.
pub fn of(message: &Message) -> Vec<Header> {
    if !message.delivered {
        return Vec::new();
    }
    let mut headers = vec![received(message)];
    headers.extend(own(message));
    headers.push(header("X-MS-Exchange-Organization-AuthAs", "Internal"));
    headers
}

/// The headers that the message itself has, in the order of a real one.
pub fn own(message: &Message) -> Vec<Header> {
    let mut headers = Vec::new();
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            headers.push(header(name, &value));
        }
    };
    put("From", people(message.from.as_slice()));
    if message.sender != message.from {
        put("Sender", people(message.sender.as_slice()));
    }
    put("To", people(&message.to));
    put("CC", people(&message.cc));
    put("Reply-To", people(&message.reply_to));
    put("Subject", message.subject.clone());
    put("Thread-Topic", topic(&message.subject).to_owned());
    put(
        "Thread-Index",
        ids::conversation_index(message.thread, message.depth),
    );
    put("Date", date(message.sent_ms));
    put("Message-ID", message.internet_message_id.clone());
    put(
        "In-Reply-To",
        message.in_reply_to.clone().unwrap_or_default(),
    );
    put("References", message.references.join(" "));
    put("MIME-Version", "1.0".to_owned());
    headers
}

/// The subject without the marks of answers and forwards.
pub fn topic(subject: &str) -> &str {
    let mut topic = subject.trim_start();
    while let Some((_, rest)) = topic
        .split_once(':')
        .filter(|(mark, _)| ["re", "fw", "fwd"].contains(&mark.to_ascii_lowercase().as_str()))
    {
        topic = rest.trim_start();
    }
    topic
}

/// RFC 5322 §3.3.
pub fn date(at_ms: i64) -> String {
    written(at_ms, |at| {
        at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
    })
}

fn received(message: &Message) -> Header {
    let value = format!(
        "from sandbox.mail.signet.example by sandbox.mail.signet.example with HTTPS; {}",
        date(message.received_ms)
    );
    header("Received", &value)
}

fn header(name: &str, value: &str) -> Header {
    Header {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn people(list: &[Recipient]) -> String {
    let written: Vec<String> = list
        .iter()
        .map(|person| match &person.name {
            Some(name) => format!(
                "\"{}\" <{}>",
                name.replace('\\', "\\\\").replace('"', "\\\""),
                person.address
            ),
            None => person.address.clone(),
        })
        .collect();
    written.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topic_is_the_subject_without_its_marks() {
        for (subject, expected) in [
            ("Hello", "Hello"),
            ("RE: Fw:  Hello", "Hello"),
            ("Note: Hello", "Note: Hello"),
            ("", ""),
        ] {
            assert_eq!(topic(subject), expected);
        }
    }
}
