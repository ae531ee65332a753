//! A reader of ZIP archives that takes no two readings: what stands in it stands there once, and every reader sees the same.
//!
//! Stored and deflated files only; no encryption, no ZIP64, no parts. Names are unique, the two headers of a file agree, no
//! two files share bytes. What is unpacked is counted, however small the archive.
//!
//! Source: APPNOTE.TXT 6.3 sections 4.3 and 4.4.

use super::ArchiveError;
use flate2::{Crc, read::DeflateDecoder};
use std::collections::BTreeSet;
use std::io::Read;
use std::ops::Range;

/// Most files in an archive.
const MAX_FILES: usize = 10_000;
/// Most bytes that are unpacked of one archive, over all its files.
const MAX_UNPACKED: u64 = 512 << 20;

const END: &[u8; 4] = b"PK\x05\x06";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";
const END_LENGTH: usize = 22;

pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    files: Vec<File>,
    unpacked: u64,
}

/// A file in an archive.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub name: String,
    deflated: bool,
    packed: Range<usize>,
    size: u64,
    crc: u32,
}

impl<'a> Archive<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let (mut position, end, count) = central_directory(bytes)?;
        let mut files = Vec::new();
        let mut names = BTreeSet::new();
        let mut taken = Vec::new();
        for _ in 0..count {
            let (file, space, next) = file(bytes, position)?;
            if !names.insert(file.name.clone()) {
                return Err(ArchiveError::Damaged("two files have one name"));
            }
            position = next;
            taken.push(space);
            files.push(file);
        }
        if position != end {
            return Err(ArchiveError::Damaged("its directory has another length"));
        }
        if files.iter().map(|file: &File| file.size).sum::<u64>() > MAX_UNPACKED {
            return Err(ArchiveError::TooLarge);
        }
        taken.sort_by_key(|space| space.start);
        if taken
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.end > b.start))
        {
            return Err(ArchiveError::Damaged("two files share bytes"));
        }
        Ok(Self {
            bytes,
            files,
            unpacked: 0,
        })
    }

    /// The files, without the entries of folders.
    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| !file.name.ends_with('/'))
    }

    pub(super) fn find(&self, name: &str) -> Option<File> {
        self.files().find(|file| file.name == name).cloned()
    }

    /// All of a file that has at most `limit` bytes.
    pub(super) fn content(&mut self, file: &File, limit: u64) -> Result<Vec<u8>, ArchiveError> {
        if file.size > limit {
            return Err(ArchiveError::TooLarge);
        }
        let mut content = Vec::new();
        self.unpack(file, |piece| content.extend_from_slice(piece))?;
        Ok(content)
    }

    /// Gives a file piece by piece.
    pub(super) fn unpack(
        &mut self,
        file: &File,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), ArchiveError> {
        let packed = self.bytes.get(file.packed.clone()).unwrap_or_default();
        let mut deflated;
        let mut stored;
        let reader: &mut dyn Read = if file.deflated {
            deflated = DeflateDecoder::new(packed);
            &mut deflated
        } else {
            stored = packed;
            &mut stored
        };
        // One byte more than announced shows that there is more.
        let mut reader = reader.take(file.size.saturating_add(1));
        let mut crc = Crc::new();
        let mut size = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = reader
                .read(&mut buffer)
                .map_err(|_| ArchiveError::Damaged("a file cannot be unpacked"))?;
            let piece = buffer.get(..read).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            size += piece.len() as u64;
            self.unpacked += piece.len() as u64;
            if self.unpacked > MAX_UNPACKED {
                return Err(ArchiveError::TooLarge);
            }
            crc.update(piece);
            take(piece);
        }
        if size != file.size || crc.sum() != file.crc {
            return Err(ArchiveError::Damaged("a file is not what its header says"));
        }
        Ok(())
    }
}

/// Start and end of the central directory, and how many files it names.
fn central_directory(bytes: &[u8]) -> Result<(usize, usize, usize), ArchiveError> {
    if !bytes.starts_with(LOCAL) && !bytes.starts_with(END) {
        return Err(ArchiveError::NotAZip);
    }
    let first = bytes.len().saturating_sub(END_LENGTH + 0xFFFF);
    let last = bytes
        .len()
        .checked_sub(END_LENGTH)
        .ok_or(ArchiveError::NotAZip)?;
    let end = (first..=last)
        .rev()
        .find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(END)))
        .ok_or(ArchiveError::Damaged("its end is missing"))?;
    let field = |offset| u16_at(bytes, end + offset);
    let (disk, first_disk, here, count) = (field(4)?, field(6)?, field(8)?, field(10)?);
    let size = usize_at(bytes, end + 12)?;
    let start = usize_at(bytes, end + 16)?;
    if end + END_LENGTH + usize::from(field(20)?) != bytes.len() {
        return Err(ArchiveError::Damaged("bytes behind its end"));
    }
    if (disk, first_disk) != (0, 0) || here != count {
        return Err(ArchiveError::Unsupported("an archive in parts"));
    }
    if count == 0xFFFF || start == 0xFFFF_FFFF {
        return Err(ArchiveError::Unsupported("ZIP64"));
    }
    if usize::from(count) > MAX_FILES {
        return Err(ArchiveError::TooLarge);
    }
    if start.checked_add(size) != Some(end) {
        return Err(ArchiveError::Damaged("its directory is elsewhere"));
    }
    Ok((start, end, count.into()))
}

/// The file that the central directory names at `position`, all bytes that it takes, and where the next one is named.
fn file(bytes: &[u8], position: usize) -> Result<(File, Range<usize>, usize), ArchiveError> {
    if !at(bytes, position, 4)?.eq(CENTRAL) {
        return Err(ArchiveError::Damaged("its directory"));
    }
    let field = |offset| u16_at(bytes, position + offset);
    let (flags, method) = (field(8)?, field(10)?);
    let crc = u32_at(bytes, position + 16)?;
    let packed_size = usize_at(bytes, position + 20)?;
    let size = usize_at(bytes, position + 24)?;
    let lengths = [field(28)?, field(30)?, field(32)?].map(usize::from);
    let [name_length, extra_length, comment_length] = lengths;
    let local = usize_at(bytes, position + 42)?;
    let name = at(bytes, position + 46, name_length)?;
    if [packed_size, size, local].contains(&0xFFFF_FFFF) {
        return Err(ArchiveError::Unsupported("ZIP64"));
    }
    // Encrypted, strongly encrypted, masked header.
    if flags & (1 | 1 << 6 | 1 << 13) != 0 {
        return Err(ArchiveError::Unsupported("an encrypted file"));
    }
    let deflated = match method {
        0 if packed_size == size => false,
        0 => return Err(ArchiveError::Damaged("a stored file has two sizes")),
        8 => true,
        _ => return Err(ArchiveError::Unsupported("a method of packing")),
    };
    if !at(bytes, local, 4)?.eq(LOCAL) {
        return Err(ArchiveError::Damaged("a file's header is missing"));
    }
    let local_name_length = usize::from(u16_at(bytes, local + 26)?);
    let local_extra_length = usize::from(u16_at(bytes, local + 28)?);
    let local_flags = u16_at(bytes, local + 6)?;
    // Bit 3: sizes and checksum were not known yet and stand behind the file.
    let sizes_follow = local_flags & 1 << 3 != 0;
    let agree = u16_at(bytes, local + 8)? == method
        && local_flags & 1 == 0
        && at(bytes, local + 30, local_name_length)? == name
        && (sizes_follow || at(bytes, local + 14, 12)? == at(bytes, position + 16, 12)?);
    if !agree {
        return Err(ArchiveError::Damaged("the two headers of a file differ"));
    }
    let start = local + 30 + local_name_length + local_extra_length;
    at(bytes, start, packed_size)?;
    let packed = start..start + packed_size;
    if packed.end > position {
        return Err(ArchiveError::Damaged("a file lies in the directory"));
    }
    let file = File {
        name: decode_name(name),
        deflated,
        size: size as u64,
        crc,
        packed: packed.clone(),
    };
    let next = position + 46 + name_length + extra_length + comment_length;
    Ok((file, local..packed.end, next))
}

/// UTF-8, or what archivers of Windows write without saying so.
fn decode_name(name: &[u8]) -> String {
    match core::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::IBM866.decode(name).0.into_owned(),
    }
}

fn at(bytes: &[u8], position: usize, length: usize) -> Result<&[u8], ArchiveError> {
    position
        .checked_add(length)
        .and_then(|end| bytes.get(position..end))
        .ok_or(ArchiveError::Damaged("it breaks off"))
}

fn u16_at(bytes: &[u8], position: usize) -> Result<u16, ArchiveError> {
    let field = at(bytes, position, 2)?;
    Ok(field
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u16::from(*byte)))
}

fn u32_at(bytes: &[u8], position: usize) -> Result<u32, ArchiveError> {
    let field = at(bytes, position, 4)?;
    Ok(field
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn usize_at(bytes: &[u8], position: usize) -> Result<usize, ArchiveError> {
    usize::try_from(u32_at(bytes, position)?).map_err(|_| ArchiveError::TooLarge)
}
