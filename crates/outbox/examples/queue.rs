//! Measures the outbox, for `script/bench mail`: one number on standard output.
//!
//! `queue enqueue FOLDER SECONDS`: durable enqueues a second. `queue insert FOLDER SECONDS`: the same row by a bare SQLite
//! insert that is as durable. `queue fill FOLDER ROWS`: that many settled rows. `queue open FOLDER`: milliseconds to open
//! the outbox and list it. `queue search FOLDER WORDS`: milliseconds to look for something in all that is settled.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use message::{Body, Draft, Message};
use outbox::{HISTORY_PAGE_MAX, Outbox};
use rusqlite::{Connection, params};

const ACCOUNT: &str = "ada.tenant";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let found = match words.as_slice() {
        ["enqueue", folder, seconds] => enqueue(Path::new(folder), time(seconds)?)?,
        ["insert", folder, seconds] => insert(Path::new(folder), time(seconds)?)?,
        ["fill", folder, rows] => fill(Path::new(folder), rows.parse()?)?,
        ["open", folder] => open(Path::new(folder))?,
        ["search", folder, words] => search(Path::new(folder), words)?,
        _ => {
            return Err(
                "queue enqueue|insert FOLDER SECONDS, fill FOLDER ROWS, open FOLDER, search FOLDER WORDS".into(),
            );
        }
    };
    println!("{found}");
    Ok(())
}

fn time(seconds: &str) -> Result<Duration, Box<dyn Error>> {
    Ok(Duration::from_secs_f64(seconds.parse()?))
}

fn message() -> Result<Message, Box<dyn Error>> {
    let draft = Draft {
        to: vec!["grace@signet.example".to_owned()],
        subject: "A mail of the bench".to_owned(),
        body: Body::Html(format!("<p>{}</p>", "The quick brown fox. ".repeat(100))),
        ..Draft::default()
    };
    Message::try_from(draft).map_err(|faults| format!("{faults:?}").into())
}

/// How often a second.
fn rate(
    time: Duration,
    mut once: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<f64, Box<dyn Error>> {
    let (begun, mut count) = (Instant::now(), 0.0);
    while begun.elapsed() < time {
        once()?;
        count += 1.0;
    }
    Ok(count / begun.elapsed().as_secs_f64())
}

fn enqueue(folder: &Path, time: Duration) -> Result<f64, Box<dyn Error>> {
    let (outbox, message) = (Outbox::open(folder)?.outbox, message()?);
    rate(time, || {
        Ok(outbox.enqueue(ACCOUNT, None, &message).map(drop)?)
    })
}

fn insert(folder: &Path, time: Duration) -> Result<f64, Box<dyn Error>> {
    let connection = connect(&folder.join("bare.sqlite3"))?;
    connection.execute_batch(
        "CREATE TABLE mail (id INTEGER PRIMARY KEY, message TEXT NOT NULL) STRICT",
    )?;
    let message = serde_json::to_string(&message()?)?;
    rate(time, || {
        connection
            .prepare_cached("INSERT INTO mail (message) VALUES (?1)")?
            .execute([&message])?;
        Ok(())
    })
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn fill(folder: &Path, rows: u32) -> Result<f64, Box<dyn Error>> {
    let outbox = Outbox::open(folder)?.outbox;
    let id = outbox.enqueue(ACCOUNT, None, &message()?)?;
    outbox.cancel(id)?;
    drop(outbox);
    let connection = connect(&folder.join("outbox.db"))?;
    connection.execute(
        "WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ?1) \
         INSERT INTO items (key, account, state, created_at_ms, updated_at_ms, sha256, message) \
         SELECT key || n, account, state, created_at_ms, updated_at_ms, sha256, message FROM copies, items WHERE id = ?2",
        params![rows, id.to_string().parse::<i64>()?],
    )?;
    connection.execute(
        "INSERT INTO item_summaries (item, subject, recipients) \
         SELECT id, 'Réunion ' || id || ' of the bench', json_array('Grace Hopper', 'ana@signet.example') FROM items WHERE id NOT IN (SELECT item FROM item_summaries)",
        [],
    )?;
    Ok(f64::from(rows))
}

fn open(folder: &Path) -> Result<f64, Box<dyn Error>> {
    let begun = Instant::now();
    let outbox = Outbox::open(folder)?.outbox;
    outbox.summaries()?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

fn search(folder: &Path, words: &str) -> Result<f64, Box<dyn Error>> {
    let outbox = Outbox::open(folder)?.outbox;
    let begun = Instant::now();
    outbox.history(words, None, HISTORY_PAGE_MAX)?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}
