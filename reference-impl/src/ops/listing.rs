//! ListObjects, ListObjectsV2, ListObjectVersions and ListMultipartUploads.

mod objects;
mod page;
mod uploads;
mod versions;

use crate::authz::AccountId;
use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::exchange::{Exchange, Outcome, Query};
use crate::ops::acl::canonical_id;
use crate::store::Config;
use crate::wire::dates;
use crate::wire::encoding::listing_encode;
use crate::wire::xml::Writer;

/// The most entries of a page (VER-LIST-005).
pub(crate) const PAGE_MAX: usize = 1000;

/// ListObjects.
pub(crate) async fn objects(exchange: &Exchange) -> Outcome {
    blocking(exchange, objects::list).await
}

/// ListObjectsV2.
pub(crate) async fn objects_v2(exchange: &Exchange) -> Outcome {
    blocking(exchange, objects::list_v2).await
}

/// ListObjectVersions.
pub(crate) async fn versions(exchange: &Exchange) -> Outcome {
    blocking(exchange, versions::list).await
}

/// ListMultipartUploads.
pub(crate) async fn uploads(exchange: &Exchange) -> Outcome {
    blocking(exchange, uploads::list).await
}

/// Listings may walk over many rows: they run where blocking is allowed.
async fn blocking(exchange: &Exchange, list: fn(&Exchange) -> Outcome) -> Outcome {
    let exchange = exchange.clone();
    tokio::task::spawn_blocking(move || list(&exchange))
        .await
        .map_err(ApiError::internal)?
}

/// What all listings are asked for.
#[derive(Clone, Debug)]
struct Asked<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    limit: usize,
    encoded: bool,
}

impl<'a> Asked<'a> {
    /// Reads the parameters; `limit` is the name of the one that limits the page.
    fn read(query: &'a Query, limit: &'static str) -> Result<Self, ApiError> {
        let encoded = match query.get("encoding-type") {
            None => false,
            Some("url") => true,
            Some(other) => {
                let message = "Invalid Encoding Method specified in Request";
                return Err(ApiError::invalid_argument(message, "encoding-type", Some(other)));
            }
        };
        Ok(Self {
            prefix: query.get("prefix").unwrap_or_default(),
            delimiter: query.get("delimiter").filter(|delimiter| !delimiter.is_empty()),
            limit: read_limit(query.get(limit), limit)?,
            encoded,
        })
    }

    /// A key as the document shows it.
    fn shown(&self, key: &str) -> String {
        if self.encoded {
            listing_encode(key)
        } else {
            key.to_owned()
        }
    }

    /// Writes the parameters that all listings echo.
    fn write(&self, writer: &mut Writer, limit: &'static str) {
        writer.text(limit, self.limit.to_string());
        writer.text_opt("Delimiter", self.delimiter.map(|delimiter| self.shown(delimiter)));
        writer.text_opt("EncodingType", self.encoded.then_some("url"));
    }

    fn write_prefixes(&self, writer: &mut Writer, prefixes: &[String]) {
        for prefix in prefixes {
            writer
                .open("CommonPrefixes")
                .text("Prefix", self.shown(prefix))
                .close();
        }
    }
}

/// Reads a parameter that limits a page.
pub(crate) fn read_limit(text: Option<&str>, name: &'static str) -> Result<usize, ApiError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(PAGE_MAX);
    };
    let number = read_count(text, name, &not_negative)?;
    Ok(number.min(PAGE_MAX))
}

/// Reads a number that is not below zero; `negative` makes the refusal of one that is, from its name and text.
pub(crate) fn read_count(
    text: &str,
    name: &str,
    negative: &dyn Fn(&str, &str) -> ApiError,
) -> Result<usize, ApiError> {
    let number: i32 = text.parse().map_err(|_| {
        let message = format!("Provided {name} not an integer or within integer range");
        ApiError::invalid_argument(message, name, Some(text))
    })?;
    usize::try_from(number).map_err(|_| negative(name, text))
}

/// The refusal of a negative number, which S3 names for the argument that it fills: `max-keys` is `maxKeys`.
pub(crate) fn not_negative(name: &str, text: &str) -> ApiError {
    let name = if name == "max-keys" { "maxKeys" } else { name };
    let message = format!("Argument {name} must be an integer between 0 and 2147483647");
    ApiError::invalid_argument(message, name, Some(text))
}

/// A date as documents show it: S3 knows whole seconds only.
pub(crate) fn shown_date(time: Timestamp) -> String {
    dates::iso_millis(Timestamp::from_seconds(time.as_seconds()))
}

/// Writes an owner.
pub(crate) fn write_owner(writer: &mut Writer, config: &Config, owner: AccountId) {
    writer
        .open("Owner")
        .text("ID", canonical_id(config, owner))
        .close();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_capped_and_checked() {
        assert_eq!(read_limit(None, "max-keys"), Ok(1000));
        assert_eq!(read_limit(Some("0"), "max-keys"), Ok(0));
        assert_eq!(read_limit(Some("5000"), "max-keys"), Ok(1000));
        for bad in ["-1", "x", "99999999999", "1.5"] {
            assert!(read_limit(Some(bad), "max-keys").is_err(), "{bad}");
        }
    }
}
