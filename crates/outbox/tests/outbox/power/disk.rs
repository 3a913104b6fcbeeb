//! A disk that keeps for certain only what was synced.
//!
//! It is made from a folder and the records of what a process then did there (`recorder`), up to any of them. What had
//! not been synced when the power went came to the disk or did not, by seed:
//! - of a file all of it, nothing, the first changes in their order, or any pieces. A piece is what a write changes in
//!   one page of 4096 bytes, and a page may be torn: any of its sectors of 512 bytes are new and the others old;
//! - of the names (made, moved, removed) all, none, the first in their order, or any. A rename is whole or was not; a
//!   file's sync brings its contents to the disk, and its name only a sync of its folder.
//!
//! That is less than file systems promise, who write names in order and a file's name with its first sync. It is more
//! than a drive might do that lies about what it has written, or harms what lies beside what it writes; SQLite does not
//! stand against these either (sqlite.org/psow.html).

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rand::RngExt;
use rand::rngs::StdRng;

use super::record::Record;

const PAGE_BYTES: usize = 4096;
const SECTOR_BYTES: usize = 512;

/// A folder's contents by their paths; `None` stands for a folder in it.
pub type Image = BTreeMap<String, Option<Vec<u8>>>;

/// Reads a folder. Whatever is mapped is left out: it is made anew.
pub fn read(folder: &Path) -> Image {
    let mut image = Image::new();
    walk(folder, "", &mut |path, _, contents| {
        image.insert(path.to_owned(), contents);
    });
    image
}

/// Writes a folder, which must not exist.
pub fn write(image: &Image, folder: &Path) {
    fs::create_dir(folder).unwrap();
    for (path, contents) in image {
        match contents {
            Some(contents) => fs::write(folder.join(path), contents).unwrap(),
            None => fs::create_dir(folder.join(path)).unwrap(),
        }
    }
}

fn walk(folder: &Path, path: &str, found: &mut impl FnMut(&str, u64, Option<Vec<u8>>)) {
    for entry in fs::read_dir(folder.join(path)).unwrap() {
        let entry = entry.unwrap();
        let path = join(path, entry.file_name().to_str().unwrap());
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() {
            found(&path, metadata.ino(), None);
            walk(folder, &path, found);
        } else if !path.ends_with("-shm") {
            found(&path, metadata.ino(), fs::read(entry.path()).ok());
        }
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// Files and folders by their place in `nodes`, and the names of all of them.
#[derive(Clone)]
pub struct Disk {
    nodes: Vec<File>,
    inodes: HashMap<u64, usize>,
    /// What every name meant in the beginning, and what it means now.
    base: Names,
    now: Names,
    renamings: Vec<Renaming>,
}

/// The top folder.
const TOP: usize = 0;

/// A folder and a name in it, and what bears the name.
type Names = BTreeMap<(usize, String), usize>;

/// A file's contents. A folder has none.
#[derive(Clone, Default)]
struct File {
    is_folder: bool,
    base: Vec<u8>,
    changes: Vec<Change>,
    /// How many of the changes are on disk for certain.
    synced: usize,
}

#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    SetLength(usize),
}

/// Names that change together.
#[derive(Clone)]
struct Renaming {
    names: Vec<((usize, String), Option<usize>)>,
    synced: bool,
}

/// What came to the disk of changes that were not synced.
#[derive(Clone, Copy)]
enum Kept {
    All,
    None,
    First(usize),
    Any,
}

impl Kept {
    fn of(count: usize, random: &mut StdRng) -> Kept {
        match random.random_range(0..4) {
            0 => Kept::All,
            1 => Kept::None,
            2 => Kept::First(random.random_range(0..=count)),
            _ => Kept::Any,
        }
    }

    fn has(self, number: usize, random: &mut StdRng) -> bool {
        match self {
            Kept::All => true,
            Kept::None => false,
            Kept::First(count) => number < count,
            Kept::Any => random.random(),
        }
    }
}

impl Disk {
    /// A folder as it stands, all of it on disk.
    pub fn of(folder: &Path) -> Disk {
        let mut disk = Disk {
            nodes: Vec::new(),
            inodes: HashMap::new(),
            base: Names::new(),
            now: Names::new(),
            renamings: Vec::new(),
        };
        disk.add(fs::metadata(folder).unwrap().ino(), None);
        walk(folder, "", &mut |path, inode, contents| {
            let node = disk.add(inode, contents);
            let name = disk.name(path);
            disk.now.insert(name, node);
        });
        disk.base = disk.now.clone();
        disk
    }

    fn add(&mut self, inode: u64, contents: Option<Vec<u8>>) -> usize {
        self.nodes.push(File {
            is_folder: contents.is_none(),
            base: contents.unwrap_or_default(),
            ..File::default()
        });
        self.inodes.insert(inode, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// Splits a path into the folder that it is in now, and the last name.
    fn name(&self, path: &str) -> (usize, String) {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = folders
            .split('/')
            .filter(|name| !name.is_empty())
            .fold(TOP, |folder, name| self.now[&(folder, name.to_owned())]);
        (folder, name.to_owned())
    }

    /// Does what a record says. A sync counts when `counts` says so of one of the names of what is synced.
    pub fn play(&mut self, record: &Record, counts: impl Fn(&str) -> bool) {
        let path = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let node = self.inodes.get(&record.inode).copied();
        let at = usize::try_from(record.at).unwrap();
        match record.act {
            b'm' | b'f' => {
                let contents = (record.act == b'm').then(Vec::new);
                let node = self.add(record.inode, contents);
                let name = self.name(&path(&record.first));
                self.rename(vec![(name, Some(node))]);
            }
            b'w' => self.nodes[node.unwrap()].changes.push(Change::Write {
                at,
                bytes: record.first.clone(),
            }),
            b'l' => self.nodes[node.unwrap()]
                .changes
                .push(Change::SetLength(at)),
            b's' => {
                let node = node.unwrap();
                if node == TOP
                    || self
                        .now
                        .iter()
                        .any(|((_, name), named)| *named == node && counts(name))
                {
                    self.sync(node);
                }
            }
            b'r' | b'k' => {
                let (from, to) = (
                    self.name(&path(&record.first)),
                    self.name(&path(&record.second)),
                );
                let node = self.now[&from];
                let mut names = vec![(to, Some(node))];
                if record.act == b'r' {
                    names.insert(0, (from, None));
                }
                self.rename(names);
            }
            b'x' => {
                let name = self.name(&path(&record.first));
                self.rename(vec![(name, None)]);
            }
            act => panic!("{act} is no record"),
        }
    }

    fn rename(&mut self, names: Vec<((usize, String), Option<usize>)>) {
        give(&mut self.now, &names);
        self.renamings.push(Renaming {
            names,
            synced: false,
        });
    }

    fn sync(&mut self, node: usize) {
        let file = &mut self.nodes[node];
        file.synced = file.changes.len();
        for renaming in &mut self.renamings {
            renaming.synced |= renaming
                .names
                .iter()
                .any(|((folder, _), _)| *folder == node);
        }
    }

    /// The folder as it was while the power was there.
    pub fn now(&self) -> Image {
        self.image(&self.now, |file| {
            file.contents(|_, change, bytes| change.apply(bytes))
        })
    }

    /// The folder as it is found when the power is back.
    pub fn after_a_cut(&self, random: &mut StdRng) -> Image {
        let mut names = self.base.clone();
        let unsynced = self.renamings.iter().filter(|renaming| !renaming.synced);
        let kept = Kept::of(unsynced.count(), random);
        let mut number = 0;
        for renaming in &self.renamings {
            let is_kept = renaming.synced || kept.has(number, random);
            number += usize::from(!renaming.synced);
            if is_kept {
                give(&mut names, &renaming.names);
            }
        }
        self.image(&names, |file| {
            let kept = Kept::of(file.changes.len() - file.synced, random);
            file.contents(
                |number, change, bytes| match number.checked_sub(file.synced) {
                    None => change.apply(bytes),
                    Some(_) if matches!(kept, Kept::Any) => change.tear(bytes, random),
                    Some(number) if kept.has(number, random) => change.apply(bytes),
                    Some(_) => {}
                },
            )
        })
    }

    fn image(&self, names: &Names, mut contents: impl FnMut(&File) -> Vec<u8>) -> Image {
        let mut image = Image::new();
        let mut folders = vec![(TOP, String::new())];
        while let Some((folder, path)) = folders.pop() {
            let inside = (folder, String::new())..(folder + 1, String::new());
            for ((_, name), node) in names.range(inside) {
                let (path, file) = (join(&path, name), &self.nodes[*node]);
                if file.is_folder {
                    folders.push((*node, path.clone()));
                    image.insert(path, None);
                } else if !path.ends_with("-shm") {
                    image.insert(path, Some(contents(file)));
                }
            }
        }
        image
    }
}

fn give(all: &mut Names, names: &[((usize, String), Option<usize>)]) {
    for (name, node) in names {
        match node {
            Some(node) => all.insert(name.clone(), *node),
            None => all.remove(name),
        };
    }
}

impl File {
    fn contents(&self, mut change: impl FnMut(usize, &Change, &mut Vec<u8>)) -> Vec<u8> {
        let mut bytes = self.base.clone();
        for (number, of) in self.changes.iter().enumerate() {
            change(number, of, &mut bytes);
        }
        bytes
    }
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => put(to, *at, bytes),
            Change::SetLength(length) => to.resize(*length, 0),
        }
    }

    /// Brings any pieces of the change to the disk.
    fn tear(&self, to: &mut Vec<u8>, random: &mut StdRng) {
        let Change::Write { at, bytes } = self else {
            if random.random() {
                self.apply(to);
            }
            return;
        };
        for (place, piece) in pieces(*at, bytes, PAGE_BYTES) {
            match random.random_range(0..3) {
                0 => {}
                1 => put(to, place, piece),
                _ => {
                    for (place, sector) in pieces(place, piece, SECTOR_BYTES) {
                        if random.random() {
                            put(to, place, sector);
                        }
                    }
                }
            }
        }
    }
}

/// Splits what is written at a place where `unit` ends.
fn pieces(mut at: usize, mut bytes: &[u8], unit: usize) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (piece, left) = bytes.split_at(bytes.len().min(unit - at % unit));
        pieces.push((at, piece));
        at += piece.len();
        bytes = left;
    }
    pieces
}

fn put(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if to.len() < end {
        to.resize(end, 0);
    }
    to[at..end].copy_from_slice(bytes);
}
