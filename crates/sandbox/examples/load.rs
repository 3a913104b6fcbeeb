//! The load of `script/bench sandbox`: prints how often a second something was done.
//!
//! `load sign SECONDS`: RS256 signatures with a key of 2048 bits on every core.
//! `load send ADDRESS FILE STATUS CONNECTIONS SECONDS`: the request in FILE, again
//! and again on each of the connections; every answer must have STATUS.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The longest head of an answer; the sandbox's are a few hundred bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// About as long as the claims of an ID token with their header.
const SIGNED_BYTES: usize = 800;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let rate = match words.as_slice() {
        ["sign", seconds] => sign(time(seconds)?)?,
        ["send", address, file, status, connections, seconds] => {
            let load = Load {
                address: (*address).to_owned(),
                request: std::fs::read(file)?,
                status: (*status).to_owned(),
            };
            send(load, connections.parse()?, time(seconds)?).await?
        }
        _ => return Err("see the head of this file".into()),
    };
    println!("{rate:.1}");
    Ok(())
}

fn time(seconds: &str) -> Result<Duration, Failure> {
    Ok(Duration::from_secs_f64(seconds.parse()?))
}

fn sign(time: Duration) -> Result<f64, Failure> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048)?;
    let cores = thread::available_parallelism()?.get();
    let started = Instant::now();
    let counts: Vec<usize> = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| scope.spawn(|| sign_until(&key, started + time)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(0))
            .collect()
    });
    Ok(rate(counts.iter().sum(), started))
}

fn sign_until(key: &RsaKeyPair, end: Instant) -> usize {
    let (random, message) = (SystemRandom::new(), [0x2e; SIGNED_BYTES]);
    let mut signature = vec![0; key.public_modulus_len()];
    let mut count = 0;
    while Instant::now() < end
        && key
            .sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature)
            .is_ok()
    {
        count += 1;
    }
    count
}

#[derive(Clone)]
struct Load {
    address: String,
    request: Vec<u8>,
    status: String,
}

async fn send(load: Load, connections: usize, time: Duration) -> Result<f64, Failure> {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        tasks.spawn(send_until(load.clone(), started + time));
    }
    let mut count = 0;
    while let Some(sent) = tasks.join_next().await {
        count += sent??;
    }
    Ok(rate(count, started))
}

async fn send_until(load: Load, end: Instant) -> Result<usize, Failure> {
    let mut stream = TcpStream::connect(&load.address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; HEAD_BYTES_MAX];
    let mut count = 0;
    while Instant::now() < end {
        stream.write_all(&load.request).await?;
        read_answer(&mut stream, &mut buffer, &load.status).await?;
        count += 1;
    }
    Ok(count)
}

/// Reads one answer to its end and checks its status.
async fn read_answer(
    stream: &mut TcpStream,
    buffer: &mut [u8],
    status: &str,
) -> Result<(), Failure> {
    let mut filled = 0;
    loop {
        let read = stream
            .read(buffer.get_mut(filled..).unwrap_or_default())
            .await?;
        if read == 0 {
            return Err("the answer has no end".into());
        }
        filled += read;
        let head = buffer.get(..filled).unwrap_or_default();
        let Some(end) = head.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(head.get(..end).unwrap_or_default());
        if head.split(' ').nth(1) != Some(status) {
            return Err(format!("answered {}", head.lines().next().unwrap_or_default()).into());
        }
        let rest = (end + 4 + length(&head)).saturating_sub(filled);
        return skip(stream, buffer, rest).await;
    }
}

fn length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}

async fn skip(stream: &mut TcpStream, buffer: &mut [u8], bytes: usize) -> Result<(), Failure> {
    let mut left = bytes;
    while left > 0 {
        let room = left.min(buffer.len());
        let read = stream
            .read(buffer.get_mut(..room).unwrap_or_default())
            .await?;
        if read == 0 {
            return Err("the answer ended early".into());
        }
        left -= read;
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)]
fn rate(count: usize, started: Instant) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}
