//! How bytes are written in a history: as text where they are UTF-8, as base64 elsewhere.
//!
//! `"text"` stands for itself, `{"base64": "…"}` for bytes that are no UTF-8. The two can't be confused, and what people read in
//! a history stays readable.

use std::fmt;

use data_encoding::BASE64;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that serialise as text where they can.
#[derive(Debug)]
struct Text<'a>(&'a [u8]);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("base64", &BASE64.encode(self.0))?;
                map.end()
            }
        }
    }
}

/// Bytes read back from either form.
#[derive(Debug)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BytesVisitor)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, or an object with the one field base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        Ok(Bytes(text.as_bytes().to_vec()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Bytes, E> {
        Ok(Bytes(text.into_bytes()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bytes, A::Error> {
        let mut bytes = None;
        while let Some(name) = map.next_key::<String>()? {
            if name != "base64" {
                return Err(A::Error::unknown_field(&name, &["base64"]));
            }
            let text: String = map.next_value()?;
            let decoded = BASE64.decode(text.as_bytes()).map_err(A::Error::custom)?;
            if bytes.replace(Bytes(decoded)).is_some() {
                return Err(A::Error::duplicate_field("base64"));
            }
        }
        bytes.ok_or_else(|| A::Error::missing_field("base64"))
    }
}

/// For `#[serde(with = …)]` on a `Vec<u8>`.
pub mod text {
    use super::{Bytes, Deserialize, Deserializer, Serialize, Serializer, Text};

    /// Writes the bytes as text, or as base64 where they are no UTF-8.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        Text(bytes).serialize(serializer)
    }

    /// Reads either form.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Bytes::deserialize(deserializer).map(|bytes| bytes.0)
    }
}

/// For `#[serde(with = …)]` on a list of headers.
pub mod headers {
    use super::{Bytes, Deserialize, Deserializer, Serializer, Text};
    use crate::wire::Headers;

    /// Writes a list of `[name, value]` pairs, in the order of the wire.
    pub fn serialize<S: Serializer>(headers: &Headers, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(headers.iter().map(|(name, value)| (name, Text(value))))
    }

    /// Reads a list of `[name, value]` pairs.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Headers, D::Error> {
        let pairs: Vec<(String, Bytes)> = Vec::deserialize(deserializer)?;
        Ok(pairs.into_iter().map(|(name, value)| (name, value.0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Holder(#[serde(with = "super::text")] Vec<u8>);

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            let json = serde_json::to_string(&Holder(bytes.clone())).unwrap();
            prop_assert_eq!(serde_json::from_str::<Holder>(&json).unwrap().0, bytes);
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for bad in [
            r#"{"base64":"?"}"#,
            "{}",
            r#"{"hex":"00"}"#,
            "7",
            r#"{"base64":"","base64":""}"#,
        ] {
            assert!(serde_json::from_str::<Holder>(bad).is_err(), "{bad}");
        }
    }
}
