//! Sets of small numbers, a bit for each.

/// A set of the numbers below `64 * WORDS`.
///
/// A number beyond is never in the set, and never taken for another one: putting it in changes nothing. Who declares a set
/// takes [`words`] of what there is to hold, so that it grows with what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Bits<const WORDS: usize>([u64; WORDS]);

/// How many words a set of the numbers below `numbers` takes.
#[must_use]
pub(crate) const fn words(numbers: usize) -> usize {
    numbers.div_ceil(64)
}

impl<const WORDS: usize> Default for Bits<WORDS> {
    fn default() -> Self {
        Bits([0; WORDS])
    }
}

impl<const WORDS: usize> Bits<WORDS> {
    /// Puts a number in.
    pub(crate) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether a number is in the set.
    #[inline]
    #[must_use]
    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0
            .get(number / 64)
            .is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Whether no number is in the set.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The numbers in the set, in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(position, word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let lowest = left.trailing_zeros() as usize;
                left &= left.checked_sub(1)?;
                Some(position * 64 + lowest)
            })
        })
    }
}

impl<const WORDS: usize> FromIterator<usize> for Bits<WORDS> {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut set = Bits::default();
        for number in numbers {
            set.insert(number);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_taken_for_another() {
        // As many as S3 has actions, which is more than fit into one integer.
        const ACTIONS: usize = 181;
        for number in 0..ACTIONS {
            let set: Bits<{ words(ACTIONS) }> = [number].into_iter().collect();
            assert!((0..ACTIONS).all(|other| set.contains(other) == (other == number)));
            assert_eq!(set.iter().collect::<Vec<_>>(), [number]);
        }
        assert_eq!([words(0), words(1), words(64), words(65)], [0, 1, 1, 2]);
    }

    #[test]
    fn a_number_beyond_is_never_in_the_set() {
        let set: Bits<1> = [64, 128, 1000].into_iter().collect();
        assert!(set.is_empty() && !set.contains(64) && !set.contains(0));
        let all: Bits<2> = (0..200).collect();
        assert_eq!(all.iter().count(), 128);
    }
}
