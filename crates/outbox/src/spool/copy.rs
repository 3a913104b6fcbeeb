//! A copy that is read piece by piece: memory stays flat whatever the file.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use message::Attachment;
use sha2::{Digest, Sha256};

use super::{hex, missing};
use crate::error::OutboxError;

/// The copy of an attached file.
#[derive(Clone)]
pub struct AttachmentCopy {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

impl AttachmentCopy {
    pub(super) fn new(path: PathBuf, attachment: &Attachment) -> AttachmentCopy {
        AttachmentCopy {
            path,
            bytes: attachment.bytes,
            sha256: attachment.sha256.clone(),
        }
    }

    /// Begins to read it.
    ///
    /// # Errors
    /// [`OutboxError::AttachmentDamaged`] when it is missing, or the disk fails.
    pub fn open(&self) -> Result<AttachmentReader, OutboxError> {
        Ok(AttachmentReader {
            file: File::open(&self.path).map_err(missing)?,
            left: self.bytes,
            digest: Sha256::new(),
            sha256: self.sha256.clone(),
        })
    }
}

impl fmt::Debug for AttachmentCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachmentCopy")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// A copy that is being read. Its last piece is given out only when the whole is what was attached.
pub struct AttachmentReader {
    file: File,
    left: u64,
    digest: Sha256,
    sha256: String,
}

impl AttachmentReader {
    /// The next piece, `bytes_max` long, or as long as what is left. Empty at the end.
    ///
    /// # Errors
    /// [`OutboxError::AttachmentDamaged`] when it is not what was attached, or the disk fails.
    pub fn next(&mut self, bytes_max: usize) -> Result<Vec<u8>, OutboxError> {
        let wanted = self.left.min(bytes_max as u64);
        let mut piece = Vec::with_capacity(usize::try_from(wanted).unwrap_or(bytes_max));
        (&mut self.file).take(wanted).read_to_end(&mut piece)?;
        self.digest.update(&piece);
        self.left -= piece.len() as u64;
        let is_cut = (piece.len() as u64) < wanted;
        let is_end = self.left == 0;
        if is_cut || (is_end && hex(&self.digest.clone().finalize()) != self.sha256) {
            return Err(OutboxError::AttachmentDamaged);
        }
        Ok(piece)
    }
}
