//! The root key and what it seals: documents, data keys and version ids, each under a sub-key of its own.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac, rand};

/// The length of the root key, of sub-keys and of data keys.
pub(crate) const KEY_LEN: usize = 32;
const TAG_LEN: usize = 16;

/// A sealed value that does not open: altered, moved to another place, or sealed under another root key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Unsealable;

impl std::fmt::Display for Unsealable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a sealed value does not open")
    }
}

impl std::error::Error for Unsealable {}

/// The sub-keys of the root key.
pub(crate) struct Vault {
    documents: LessSafeKey,
    data_keys: LessSafeKey,
    identifiers: hmac::Key,
    masks: hmac::Key,
    check: [u8; KEY_LEN],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Derives the sub-keys.
    pub(crate) fn new(root: &[u8; KEY_LEN]) -> Result<Self, Unsealable> {
        Ok(Self {
            documents: aead_key(&derive(root, b"documents")?)?,
            data_keys: aead_key(&derive(root, b"data keys")?)?,
            identifiers: hmac::Key::new(hmac::HMAC_SHA256, &derive(root, b"identifiers")?),
            masks: hmac::Key::new(hmac::HMAC_SHA256, &derive(root, b"identifier masks")?),
            check: derive(root, b"check")?,
        })
    }

    /// A value that tells whether data and root key belong together; it says nothing about the key.
    pub(crate) fn check(&self) -> [u8; KEY_LEN] {
        self.check
    }

    /// Seals a document for its row.
    pub(crate) fn seal_document(&self, row: &[u8], text: &[u8]) -> Result<Vec<u8>, Unsealable> {
        seal(&self.documents, row, text)
    }

    /// Opens a document that was sealed for this row.
    pub(crate) fn open_document(&self, row: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        open(&self.documents, row, sealed)
    }

    /// Wraps a data key for the blob that `name` names.
    pub(crate) fn wrap(&self, name: &[u8], key: &[u8; KEY_LEN]) -> Result<Vec<u8>, Unsealable> {
        seal(&self.data_keys, name, key)
    }

    /// Unwraps the data key of a blob.
    pub(crate) fn unwrap(&self, name: &[u8], wrapped: &[u8]) -> Result<LessSafeKey, Unsealable> {
        aead_key(
            open(&self.data_keys, name, wrapped)?
                .as_slice()
                .try_into()
                .map_err(|_| Unsealable)?,
        )
    }

    /// The authenticator of an identifier.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_LEN] {
        truncated(&self.identifiers, parts)
    }

    /// The mask that hides the number in an identifier, drawn from its authenticator.
    pub(crate) fn mask(&self, tag: &[u8; TAG_LEN]) -> [u8; TAG_LEN] {
        truncated(&self.masks, &[tag])
    }
}

fn truncated(key: &hmac::Key, parts: &[&[u8]]) -> [u8; TAG_LEN] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut tag = [0; TAG_LEN];
    tag.copy_from_slice(&context.sign().as_ref()[..TAG_LEN]);
    tag
}

/// A key ready to seal and open.
pub(crate) fn aead_key(key: &[u8; KEY_LEN]) -> Result<LessSafeKey, Unsealable> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|_| Unsealable)
}

/// Fresh random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Unsealable> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Unsealable)?;
    Ok(bytes)
}

fn derive(root: &[u8; KEY_LEN], purpose: &[u8]) -> Result<[u8; KEY_LEN], Unsealable> {
    let mut key = [0; KEY_LEN];
    let root = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, root);
    let info = [b"bucketlaw ".as_slice(), purpose];
    let expanded = root.expand(&info, hkdf::HKDF_SHA256).map_err(|_| Unsealable)?;
    expanded.fill(&mut key).map_err(|_| Unsealable)?;
    Ok(key)
}

fn seal(key: &LessSafeKey, bound_to: &[u8], text: &[u8]) -> Result<Vec<u8>, Unsealable> {
    let nonce: [u8; NONCE_LEN] = random()?;
    let mut sealed = text.to_vec();
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(bound_to),
        &mut sealed,
    )
    .map_err(|_| Unsealable)?;
    sealed.splice(0..0, nonce);
    Ok(sealed)
}

fn open(key: &LessSafeKey, bound_to: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
    let mut text = rest.to_vec();
    let length = key
        .open_in_place(nonce, Aad::from(bound_to), &mut text)
        .map_err(|_| Unsealable)?
        .len();
    text.truncate(length);
    Ok(text)
}

/// Reads the root key file, or makes it if there is none yet.
pub(crate) fn root_key(path: &Path) -> io::Result<[u8; KEY_LEN]> {
    match fs::read(path) {
        Ok(bytes) => bytes.as_slice().try_into().map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "the root key file is not 32 bytes long",
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_root_key(path),
        Err(error) => Err(error),
    }
}

/// Writes a fresh root key beside its place and renames it, so that no power cut leaves half a key.
fn make_root_key(path: &Path) -> io::Result<[u8; KEY_LEN]> {
    let key = random().map_err(|_| io::Error::other("no random numbers"))?;
    let unfinished = path.with_extension("tmp");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(&key)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_opens_only_in_its_row() {
        let vault = Vault::new(&[7; KEY_LEN]).unwrap();
        let sealed = vault.seal_document(b"row", b"secret").unwrap();
        assert_eq!(vault.open_document(b"row", &sealed).unwrap(), b"secret");
        assert_eq!(vault.open_document(b"other", &sealed), Err(Unsealable));
        assert_eq!(
            Vault::new(&[8; KEY_LEN]).unwrap().open_document(b"row", &sealed),
            Err(Unsealable)
        );
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }
}
