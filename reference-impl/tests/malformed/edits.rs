//! Edits of bytes: what turns something right into something that is nearly right.

use proptest::prelude::*;
use proptest::sample::Index;

/// One edit; a place is relative to the length.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Insert(Index, Vec<u8>),
    Replace(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize),
    Cut(Index),
}

impl Edit {
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |index: &Index| index.index(bytes.len() + 1);
        match self {
            Self::Insert(index, new) => {
                let at = at(index);
                bytes.splice(at..at, new.iter().copied());
            }
            Self::Replace(index, new) => {
                let at = at(index);
                let end = (at + new.len()).min(bytes.len());
                bytes.splice(at..end, new.iter().copied());
            }
            Self::Remove(index, count) => {
                let at = at(index);
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Self::Repeat(index, count) => {
                let at = at(index);
                let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Self::Cut(index) => bytes.truncate(at(index)),
        }
    }
}

/// Applies edits one after the other.
pub(super) fn edited(bytes: impl Into<Vec<u8>>, edits: &[Edit]) -> Vec<u8> {
    let mut bytes = bytes.into();
    edits.iter().for_each(|edit| edit.apply(&mut bytes));
    bytes
}

/// Edits that insert pieces of a list, or bytes of any kind.
pub(super) fn edit(pieces: &'static [&'static str]) -> impl Strategy<Value = Edit> {
    let piece = prop_oneof![
        3 => prop::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop_oneof![
        4 => (any::<Index>(), piece.clone()).prop_map(|(index, piece)| Edit::Insert(index, piece)),
        3 => (any::<Index>(), piece).prop_map(|(index, piece)| Edit::Replace(index, piece)),
        3 => (any::<Index>(), 1usize..20).prop_map(|(index, count)| Edit::Remove(index, count)),
        2 => (any::<Index>(), 1usize..60).prop_map(|(index, count)| Edit::Repeat(index, count)),
        1 => any::<Index>().prop_map(Edit::Cut),
    ]
}

/// A few edits.
pub(super) fn edits(
    pieces: &'static [&'static str],
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(pieces), count)
}
