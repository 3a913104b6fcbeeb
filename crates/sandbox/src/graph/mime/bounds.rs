//! How large the parts of a MIME message may be. What is over is refused as a whole.
//!
//! Source: "Exchange Online limits", message limits. No header field may be larger
//! than all of a message's or a part's headers may be together. The bounds are
//! checked before anything is kept: every part and address takes many times the
//! bytes that it is written in.

use mail_parser::{Address, Message};

use super::super::fault::GraphFault;
use super::super::submission::{HEADERS_BYTES_MAX, headers_too_large};
use super::invalid;

/// How many header fields the message may have: mail that went through many
/// servers has a hundred.
const FIELDS_MAX: usize = 1000;
/// How many parts there may be, with 250 attachments beside the text, its
/// alternative and what holds them together (file attachments limit).
const PARTS_MAX: usize = 260;
/// How many messages may lie in one another (embedded message depth limit).
/// Only their number is known before the message is read, and one holds all
/// deeper ones, so it is their number that is bounded.
const EMBEDDED_MAX: usize = 30;
/// How many people may be named in To, Cc, Bcc and Reply-To together: twice the
/// most recipients that an administrator may allow (recipient limit, 1,000).
const ADDRESSES_MAX: usize = 2000;

/// Checks what must hold before the message is parsed.
pub fn check_raw(raw: &[u8]) -> Result<(), GraphFault> {
    let (mut bytes, mut fields) = (0, 0);
    for line in raw.split(|byte| *byte == b'\n') {
        if line.is_empty() || line == b"\r" {
            break;
        }
        bytes += line.len() + 1;
        // A line that begins with white space goes on (RFC 5322 §2.2.3).
        fields += usize::from(!line.starts_with(b" ") && !line.starts_with(b"\t"));
        if bytes > HEADERS_BYTES_MAX {
            return Err(headers_too_large());
        }
        if fields > FIELDS_MAX {
            return Err(invalid("The message has too many headers."));
        }
    }
    if embedded(raw) > EMBEDDED_MAX {
        return Err(invalid("The message holds too many messages."));
    }
    Ok(())
}

/// Checks what is known of a message that was read.
pub fn check(message: &Message<'_>) -> Result<(), GraphFault> {
    if message.parts.len() > PARTS_MAX {
        return Err(invalid("The message has too many parts."));
    }
    let header_bytes = message
        .parts
        .iter()
        .map(|part| part.offset_body.saturating_sub(part.offset_header));
    if header_bytes
        .max()
        .and_then(|most| usize::try_from(most).ok())
        > Some(HEADERS_BYTES_MAX)
    {
        return Err(headers_too_large());
    }
    let addresses: usize = [
        message.to(),
        message.cc(),
        message.bcc(),
        message.reply_to(),
    ]
    .into_iter()
    .flatten()
    .map(|address| Address::iter(address).count())
    .sum();
    if addresses > ADDRESSES_MAX {
        return Err(invalid("The message names too many addresses."));
    }
    Ok(())
}

/// How many messages are attached as such, at most: by their media types, and by
/// the multipart whose parts are messages without saying so (RFC 2046 §5.1.5).
fn embedded(raw: &[u8]) -> usize {
    let kinds: [&[u8]; 3] = [b"message/rfc822", b"message/global", b"multipart/digest"];
    let begins = |at: usize| {
        kinds.iter().any(|kind| {
            raw.get(at..at + kind.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(kind))
        })
    };
    let letters = raw.iter().enumerate();
    letters
        .filter(|(at, letter)| matches!(letter, b'm' | b'M') && begins(*at))
        .count()
}

#[cfg(test)]
mod tests {
    use super::super::read;

    const BODY: &str = "Subject: s\r\n\r\nHello\r\n";

    /// "Exchange Online limits": what is over is refused, what fits is read.
    #[test]
    fn hostile_mime_is_refused_and_large_mime_is_read() {
        let parts = |count: usize| {
            let part = "--b\r\nContent-Type: application/x-y\r\n\r\nx\r\n".repeat(count);
            format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{part}--b--\r\n")
        };
        let people = |count: usize| {
            let lines: Vec<String> = (0..count).map(|at| format!(" a{at}@x.example")).collect();
            format!("To:{}\r\n{BODY}", lines.join(",\r\n"))
        };
        let nested = |depth: usize| {
            let outside = "Content-Type: Message/RFC822\r\n\r\n".repeat(depth);
            format!("{outside}{BODY}")
        };
        let multiparts = |depth: usize| -> String {
            let levels = (0..depth).map(|at| {
                format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n")
            });
            levels.collect::<String>() + BODY
        };
        let named = |bytes: usize| {
            let name = "y".repeat(bytes);
            format!(
                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: a/b; name={name}\r\n\r\nx\r\n--b--\r\n"
            )
        };
        let long = |bytes: usize| format!("X-Long: {}\r\n{BODY}", "y".repeat(bytes));
        let folded =
            |lines: usize| format!("X-Long: y\r\n{}{BODY}", " yyyyyyyyyyyy\r\n".repeat(lines));
        let many = |fields: usize| format!("{}{BODY}", "X-A: b\r\n".repeat(fields));
        for (what, mime, fits) in [
            ("a long header", long(250 * 1024), true),
            ("a header of 3 MB", long(3 << 20), false),
            ("a folded header of 3 MB", folded(200_000), false),
            ("a part with a name of 3 MB", named(3 << 20), false),
            ("many headers", many(900), true),
            ("too many headers", many(1001), false),
            ("250 attachments", parts(250), true),
            ("100,000 parts", parts(100_000), false),
            ("1,000 people", people(1000), true),
            ("5,000 people", people(5000), false),
            ("deep messages", nested(3), true),
            ("too deep messages", nested(50_000), false),
            ("too deep multiparts", multiparts(30_000), false),
        ] {
            let read = read(mime.as_bytes());
            assert_eq!(read.is_ok(), fits, "{what}");
        }
    }
}
