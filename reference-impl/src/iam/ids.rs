//! The ids and secrets of IAM, in the shapes that AWS gives them.

use aws_lc_rs::rand;

use crate::error::{ApiError, Code};

/// The alphabet of ids: base 32.
const ID: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The alphabet of secrets: base 64.
const SECRET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Makes the unique ID of a user: `AIDA` and 17 characters.
///
/// # Errors
/// `InternalError` if the system gives no random bytes.
pub fn user_id() -> Result<String, ApiError> {
    Ok(format!("AIDA{}", random::<17>(ID)?))
}

/// Makes the ID of an access key: `AKIA` and 16 characters.
///
/// # Errors
/// `InternalError` if the system gives no random bytes.
pub fn access_key_id() -> Result<String, ApiError> {
    Ok(format!("AKIA{}", random::<16>(ID)?))
}

/// Makes a secret access key: 40 characters.
///
/// # Errors
/// `InternalError` if the system gives no random bytes.
pub fn secret_access_key() -> Result<String, ApiError> {
    random::<40>(SECRET)
}

/// Random characters; the size of the alphabet divides 256, so all are equally likely.
fn random<const LENGTH: usize>(alphabet: &[u8]) -> Result<String, ApiError> {
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes).map_err(|_| ApiError::new(Code::InternalError))?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shapes_of_aws() {
        for (id, prefix, length) in [(user_id(), "AIDA", 21), (access_key_id(), "AKIA", 20)] {
            let id = id.unwrap();
            assert!(id.starts_with(prefix) && id.len() == length, "{id}");
            assert!(id.bytes().all(|byte| ID.contains(&byte)), "{id}");
        }
        assert_eq!(secret_access_key().unwrap().len(), 40);
        assert_ne!(secret_access_key().unwrap(), secret_access_key().unwrap());
    }
}
