//! The card as last known: made from a Graph profile, kept in the cache folder, drawn at once at the next start.

mod code;
mod colleague;
#[cfg(test)]
mod samples;
mod vcard;

use std::{
    io::Cursor,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use colleague::Colleague;
use entra::Account;
use graph::{Part, Profile};
use image::{ImageFormat, ImageReader, imageops::FilterType};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    folders,
    views::{CardView, CodeView, FaceView, PhoneKind, PhoneView, Trouble},
};

/// Side of the kept photo: the card draws 72 CSS pixels, twice that on a dense display.
const PHOTO_SIDE: u32 = 144;

/// Largest side that is decoded. Graph's largest photo is 648 pixels wide; a decoder is not fed a billion pixels.
const PHOTO_SIDE_MAX: u32 = 4_096;

/// Called so where the person's name holds nothing that a file may be called.
const NAMELESS: &str = "card";

/// Named colours of the Fluent 2 avatar.
const COLORS: u64 = 30;

/// The card, on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The account it belongs to.
    pub account: String,
    name: String,
    given_name: Option<String>,
    surname: Option<String>,
    title: Option<String>,
    department: Option<String>,
    company: Option<String>,
    /// Mail address, to fill in a test mail.
    pub mail: Option<String>,
    phones: Vec<PhoneView>,
    office: Option<String>,
    language: Option<String>,
    manager: Option<Colleague>,
    /// Base64 of a PNG of `PHOTO_SIDE` pixels.
    photo: Option<String>,
    /// ETag of the photo at Graph.
    pub photo_etag: Option<String>,
    as_of_ms: i64,
    /// What Graph said of the person, as it came; not kept on disk.
    #[serde(skip)]
    pub me_json: Option<String>,
}

impl Card {
    /// Makes the card from what Graph answered. What Graph could not say now is taken from `last`.
    ///
    /// Decodes and resizes the photo: call it off the main thread.
    pub fn from_profile(account: &str, profile: Profile, last: Option<&Self>, now_ms: i64) -> Self {
        let me = profile.me;
        let mail = me.address().map(str::to_owned);
        let phones = phones(me.business_phones, me.mobile_phone);
        let manager = match profile.manager {
            Part::Present(person) => Some(person.into()),
            Part::Absent => None,
            Part::Unknown => last.and_then(|last| last.manager.clone()),
        };
        let (photo, photo_etag) = match profile.photo {
            Part::Present(photo) => (small_photo(&photo.bytes), photo.etag),
            Part::Absent => (None, None),
            Part::Unknown => last
                .map(|last| (last.photo.clone(), last.photo_etag.clone()))
                .unwrap_or_default(),
        };
        Self {
            account: account.to_owned(),
            name: me.display_name,
            given_name: me.given_name,
            surname: me.surname,
            title: me.job_title,
            department: me.department,
            company: me.company_name,
            mail,
            phones,
            office: me.office_location,
            language: me.preferred_language,
            manager,
            photo,
            photo_etag,
            as_of_ms: now_ms,
            me_json: me.json,
        }
    }

    /// The card while nothing but the ID token is known: a name, never nothing.
    pub fn from_account(account: &Account, now_ms: i64) -> Self {
        Self {
            account: account.id().into_owned(),
            name: account
                .name
                .clone()
                .unwrap_or_else(|| account.username.clone()),
            given_name: None,
            surname: None,
            title: None,
            department: None,
            company: None,
            mail: Some(account.username.clone()).filter(|name| name.contains('@')),
            phones: Vec::new(),
            office: None,
            language: None,
            manager: None,
            photo: None,
            photo_etag: None,
            as_of_ms: now_ms,
            me_json: None,
        }
    }

    /// How the account looks in a list.
    pub fn face(&self) -> FaceView {
        FaceView {
            initials: initials(&self.name),
            color: color(&self.account),
            photo: self.photo_url(),
            company: self.company.clone(),
        }
    }

    /// The card as a vCard 4.0 file.
    pub fn vcard(&self) -> String {
        vcard::whole(self)
    }

    /// The card as a QR code, as far as it can be drawn.
    pub fn code(&self) -> Option<CodeView> {
        code::draw(self)
    }

    /// What a vCard file is called: the person's name, without what a file system or a shell would take for something else.
    pub fn file_name(&self) -> String {
        let safe = |c: char| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => ' ',
            c => c,
        };
        let name: String = self.name.chars().map(safe).collect();
        let words: Vec<_> = name.split_whitespace().collect();
        let name = words.join(" ");
        // A leading dot would hide the file.
        let name = name.trim_matches(['.', ' ']);
        let stem = Some(name).filter(|name| !name.is_empty());
        message::attachment_name(&format!("{}.vcf", stem.unwrap_or(NAMELESS)))
    }

    fn photo_url(&self) -> Option<String> {
        let png = self.photo.as_ref()?;
        Some(format!("data:image/png;base64,{png}"))
    }

    /// What the interface draws.
    pub fn view(&self, refreshing: bool, trouble: Option<Trouble>) -> CardView {
        CardView {
            name: self.name.clone(),
            initials: initials(&self.name),
            color: color(&self.account),
            title: self.title.clone(),
            department: self.department.clone(),
            company: self.company.clone(),
            mail: self.mail.clone(),
            phones: self.phones.clone(),
            office: self.office.clone(),
            manager: self.manager.as_ref().map(Colleague::view),
            photo: self.photo_url(),
            as_of_ms: self.as_of_ms,
            refreshing,
            trouble,
        }
    }

    /// Reads the last card of `account`. One that cannot be read counts as none: Graph is asked again anyway.
    pub fn load(cache_folder: &Path, account: &str) -> Option<Self> {
        let bytes = folders::read_small(&file(cache_folder, account))
            .ok()
            .flatten()?;
        serde_json::from_slice::<Self>(&bytes)
            .ok()
            .filter(|card| card.account == account)
    }

    /// Keeps the card for the next start.
    pub fn save(&self, cache_folder: &Path) -> std::io::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        folders::write_private(&file(cache_folder, &self.account), &bytes)
    }

    /// Removes the card of `account`.
    pub fn forget(cache_folder: &Path, account: &str) -> std::io::Result<()> {
        match std::fs::remove_file(file(cache_folder, account)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The numbers at work, then the one that is carried along.
fn phones(business: Vec<String>, mobile: Option<String>) -> Vec<PhoneView> {
    let numbers = |kind, numbers: Vec<String>| {
        let phone = move |number| PhoneView { kind, number };
        numbers.into_iter().map(phone)
    };
    numbers(PhoneKind::Business, business)
        .chain(numbers(PhoneKind::Mobile, Vec::from_iter(mobile)))
        .collect()
}

/// Named by a hash: an account's id is not trusted as a file name.
fn file(cache_folder: &Path, account: &str) -> PathBuf {
    cache_folder.join(format!("card-{}.json", file_name(account)))
}

/// Whether a file of the cache folder is a card.
pub fn is_file(name: &str) -> bool {
    name.starts_with("card-") && name.ends_with(".json")
}

/// The part of a file's name that tells whose it is.
pub fn file_name(account: &str) -> String {
    format!("{:016x}", hash(account))
}

/// The same at every start and in every version, so that a colour stays one's own.
fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// The colour that belongs to an account or an address.
pub fn color(account: &str) -> u8 {
    u8::try_from(hash(account) % COLORS).unwrap_or_default()
}

/// First letters of the first and the last word, as the Fluent 2 avatar takes them.
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first
        .into_iter()
        .chain(words.next_back())
        .flat_map(char::to_uppercase)
        .collect()
}

/// A photo that cannot be decoded counts as none: initials are drawn.
fn small_photo(bytes: &[u8]) -> Option<String> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(PHOTO_SIDE_MAX);
    limits.max_image_height = Some(PHOTO_SIDE_MAX);
    reader.limits(limits);
    let photo = reader.decode().ok()?;
    // Newer answers stand in for a missing photo with a GIF of one pixel.
    if photo.width() <= 1 || photo.height() <= 1 {
        return None;
    }
    let mut png = Cursor::new(Vec::new());
    photo
        .resize_to_fill(PHOTO_SIDE, PHOTO_SIDE, FilterType::Lanczos3)
        .write_to(&mut png, ImageFormat::Png)
        .ok()?;
    Some(BASE64.encode(png.into_inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        for (name, expected) in [
            ("Ada Lovelace-Núñez", "AL"),
            ("Grace Brewster Hopper", "GH"),
            ("  élodie  ", "É"),
            ("山田 太郎", "山太"),
            ("(Sales) team", "ST"),
            ("", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn a_file_is_called_as_the_person_is() {
        for (name, expected) in [
            ("Ada Lovelace-Núñez", "Ada Lovelace-Núñez.vcf"),
            ("山田 太郎", "山田 太郎.vcf"),
            ("../../etc/passwd", "etc passwd.vcf"),
            ("C:\\x | y", "C x y.vcf"),
            (" .hidden. ", "hidden.vcf"),
            ("a\nb\u{202e}c", "a bc.vcf"),
            ("...", "card.vcf"),
            ("", "card.vcf"),
        ] {
            let card = Card {
                name: name.to_owned(),
                ..samples::noor()
            };
            assert_eq!(card.file_name(), expected, "{name:?}");
        }
        let long = Card {
            name: "山".repeat(256),
            ..samples::noor()
        };
        assert!(long.file_name().len() <= 255 && long.file_name().ends_with("山.vcf"));
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::new(width, height)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_photo_is_made_small_and_a_bad_one_is_none() {
        let small = BASE64.decode(small_photo(&png(648, 300)).unwrap()).unwrap();
        let photo = image::load_from_memory(&small).unwrap();
        assert_eq!((photo.width(), photo.height()), (PHOTO_SIDE, PHOTO_SIDE));
        assert_eq!(small_photo(&png(1, 1)), None);
        assert_eq!(small_photo(&png(PHOTO_SIDE_MAX + 1, 1)), None);
        assert_eq!(small_photo(b"<html>"), None);
        assert_eq!(small_photo(b""), None);
    }
}
