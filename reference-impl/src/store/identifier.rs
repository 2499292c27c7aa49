//! Version and upload ids: a sequence number, hidden and authenticated for one bucket and key.
//!
//! An id is base64url of tag ‖ masked number, 32 characters (VER-ID-002), with a dot for each dash: command lines take what
//! begins with a dash for a flag. The tag has two halves, a MAC over the number and one over bucket, key and number; the
//! mask is drawn from the tag. So an altered id, one of another key, and one whose version is gone are told from each
//! other (VER-ID-005, VER-ID-006, VER-ID-009, VER-COPY-011), and an id gives no order away.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;

use super::vault::Vault;

/// The length of either half of a tag.
const HALF_LEN: usize = 8;
const TAG_LEN: usize = 2 * HALF_LEN;
const NUMBER_LEN: usize = 8;

/// What an id names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// An object version or delete marker.
    Version,
    /// A multipart upload.
    Upload,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Version => b"version",
            Self::Upload => b"upload",
        }
    }
}

/// Makes the id of a sequence number.
pub(crate) fn make(vault: &Vault, purpose: Purpose, bucket: u64, key: &str, sequence: u64) -> String {
    let tag = tag(vault, purpose, bucket, key, sequence);
    let mut id = [0; TAG_LEN + NUMBER_LEN];
    id[..TAG_LEN].copy_from_slice(&tag);
    id[TAG_LEN..].copy_from_slice(&masked(vault, &tag, sequence.to_be_bytes()));
    BASE64URL_NOPAD.encode(&id).replace('-', ".")
}

/// Reads an id; `None` if it was not made by this server for this bucket and key.
pub(crate) fn read(vault: &Vault, purpose: Purpose, bucket: u64, key: &str, id: &str) -> Option<u64> {
    let (sent, sequence) = unmasked(vault, id)?;
    verify_slices_are_equal(&tag(vault, purpose, bucket, key, sequence), &sent)
        .ok()
        .map(|()| sequence)
}

/// Reads an id that was made for whatever bucket and key; `None` if this server did not make it.
pub(crate) fn read_any(vault: &Vault, purpose: Purpose, id: &str) -> Option<u64> {
    let (sent, sequence) = unmasked(vault, id)?;
    verify_slices_are_equal(&own_half(vault, purpose, sequence), &sent[..HALF_LEN])
        .ok()
        .map(|()| sequence)
}

/// The tag of an id, not yet verified, and its number.
fn unmasked(vault: &Vault, id: &str) -> Option<([u8; TAG_LEN], u64)> {
    // A dash is no second spelling of the dot.
    if id.contains('-') {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(id.replace('.', "-").as_bytes()).ok()?;
    let (sent, number) = bytes.split_first_chunk::<TAG_LEN>()?;
    let sequence = u64::from_be_bytes(masked(vault, sent, number.try_into().ok()?));
    Some((*sent, sequence))
}

fn tag(vault: &Vault, purpose: Purpose, bucket: u64, key: &str, sequence: u64) -> [u8; TAG_LEN] {
    let mut whole = vault.tag(&[
        purpose.label(),
        &bucket.to_be_bytes(),
        key.as_bytes(),
        &sequence.to_be_bytes(),
    ]);
    whole[..HALF_LEN].copy_from_slice(&own_half(vault, purpose, sequence));
    whole
}

/// The half of the tag that shows that this server made the id, for whatever key.
fn own_half(vault: &Vault, purpose: Purpose, sequence: u64) -> [u8; HALF_LEN] {
    let whole = vault.tag(&[purpose.label(), &sequence.to_be_bytes()]);
    let mut half = [0; HALF_LEN];
    half.copy_from_slice(&whole[..HALF_LEN]);
    half
}

fn masked(vault: &Vault, tag: &[u8; TAG_LEN], mut number: [u8; NUMBER_LEN]) -> [u8; NUMBER_LEN] {
    for (byte, mask) in number.iter_mut().zip(vault.mask(tag)) {
        *byte ^= mask;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_verifies_for_its_own_key_only() {
        let vault = Vault::new(&[1; 32]).unwrap();
        let id = make(&vault, Purpose::Version, 5, "k", 77);
        assert_eq!(id.len(), 32);
        assert_eq!(read(&vault, Purpose::Version, 5, "k", &id), Some(77));
        assert_eq!(read(&vault, Purpose::Version, 6, "k", &id), None);
        assert_eq!(read(&vault, Purpose::Version, 5, "l", &id), None);
        assert_eq!(read(&vault, Purpose::Upload, 5, "k", &id), None);
        // For whatever key it is known all the same, by this server alone.
        let other = Vault::new(&[2; 32]).unwrap();
        assert_eq!(read_any(&vault, Purpose::Version, &id), Some(77));
        assert_eq!(read_any(&vault, Purpose::Upload, &id), None);
        assert_eq!(read_any(&other, Purpose::Version, &id), None);
    }

    #[test]
    fn every_altered_character_is_refused() {
        let vault = Vault::new(&[1; 32]).unwrap();
        let id = make(&vault, Purpose::Version, 5, "k", 77);
        for at in 0..id.len() {
            let mut altered = id.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(
                read(&vault, Purpose::Version, 5, "k", &altered),
                None,
                "{altered}"
            );
            assert_eq!(read_any(&vault, Purpose::Version, &altered), None, "{altered}");
        }
        for other in ["", "null", "x", &format!("{id}A"), "ééééééééééééééééé"] {
            assert_eq!(read(&vault, Purpose::Version, 5, "k", other), None);
        }
    }

    #[test]
    fn no_id_holds_a_dash() {
        let vault = Vault::new(&[1; 32]).unwrap();
        let ids: Vec<_> = (0..64)
            .map(|sequence| make(&vault, Purpose::Version, 5, "k", sequence))
            .collect();
        assert!(ids.iter().any(|id| id.contains('.')) && !ids.iter().any(|id| id.contains('-')));
        for (sequence, id) in (0..).zip(&ids) {
            assert_eq!(read(&vault, Purpose::Version, 5, "k", id), Some(sequence));
            let spelt = id.replace('.', "-");
            assert!(spelt == *id || read(&vault, Purpose::Version, 5, "k", &spelt).is_none());
        }
    }

    proptest::proptest! {
        #[test]
        fn only_ids_that_were_made_are_read(id in ".*|[A-Za-z0-9._-]{32}", sequence: u64, key in ".*") {
            let vault = Vault::new(&[1; 32]).unwrap();
            proptest::prop_assert_eq!(read(&vault, Purpose::Version, 5, &key, &id), None);
            let made = make(&vault, Purpose::Version, 5, &key, sequence);
            proptest::prop_assert_eq!(read(&vault, Purpose::Version, 5, &key, &made), Some(sequence));
        }
    }
}
