//! Multipart uploads as requests name them.

use crate::argument::{Argument, Mapping};
use crate::names::{Handle, UploadName};
use crate::world::World;

/// How a request names a multipart upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UploadRef {
    /// An upload by the law's name. Programs never hold it: they hold handles.
    Named(UploadName),
    /// The upload that an earlier step of the program began.
    Made(Handle),
    /// An upload id that no server ever made.
    Malformed,
}

/// The number of a part, 1 unless given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartNumber(pub u16);

impl Argument for PartNumber {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        word.map_or(Ok(1), str::parse)
            .map(PartNumber)
            .map_err(|_| "it is no number".to_owned())
    }

    fn write(&self, _: &World) -> Option<String> {
        (self.0 != 1).then(|| self.0.to_string())
    }
}

impl Argument for UploadRef {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        let word = word.ok_or_else(|| "it is missing".to_owned())?;
        if word == "malformed" {
            return Ok(UploadRef::Malformed);
        }
        let number = word.strip_prefix('#').and_then(|number| number.parse().ok());
        let made = || Handle::after('u', word).map(UploadRef::Made);
        number
            .map(|number| UploadRef::Named(UploadName(number)))
            .or_else(made)
            .ok_or_else(|| {
                format!("`{word}` is no upload; write u3 for the upload begun by step 3, or malformed")
            })
    }

    fn write(&self, _: &World) -> Option<String> {
        Some(match self {
            UploadRef::Named(UploadName(number)) => format!("#{number}"),
            UploadRef::Made(handle) => format!("u{}", handle.step),
            UploadRef::Malformed => "malformed".to_owned(),
        })
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        map.upload(*self)
    }
}
