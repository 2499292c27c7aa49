//! The text forms of arguments, as programs write them.

use super::{
    Argument, Body, BucketName, CannedAcl, Carrier, Content, Date, Delimiter, Directive, Encoding, Etag,
    Hold, Identifier, Identifiers, Integrity, Key, LockForm, LockMode, Mapping, OwnershipWord, Period,
    PolicyName, SourceDate, SseAlgorithm, Tags, Times, VersionName, VersionRef, VersioningWord,
};
use crate::argument::Place;
use crate::program::Handle;
use crate::world::World;

/// Text forms of closed sets of words.
macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal),* $(,)? } $(default $default:ident)?;)*) => {$(
        impl Argument for $type {
            fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
                match word {
                    $(None => Ok($type::$default),)?
                    $(Some($word) => Ok($type::$variant),)*
                    #[allow(unreachable_patterns)]
                    None => Err("it is missing".to_owned()),
                    Some(other) => Err(format!("`{other}` is none of: {}", [$($word),*].join(", "))),
                }
            }

            fn write(&self, _: &World) -> Option<String> {
                match self {
                    $($type::$default => None,)?
                    $(#[allow(unreachable_patterns)] $type::$variant => Some($word.to_owned()),)*
                }
            }
        }
    )*};
}

words! {
    VersioningWord { Enabled = "Enabled", Suspended = "Suspended", Missing = "missing", Unknown = "unknown" };
    LockMode { Absent = "absent", Governance = "GOVERNANCE", Compliance = "COMPLIANCE", Unknown = "unknown",
        LowerCase = "governance" } default Absent;
    Hold { Absent = "absent", On = "ON", Off = "OFF", Unknown = "unknown" } default Absent;
    Body { Proper = "proper", Missing = "missing", Malformed = "malformed" } default Proper;
    SseAlgorithm { Absent = "absent", Aes256 = "AES256", Kms = "aws:kms", Dsse = "aws:kms:dsse", Unknown = "unknown" }
        default Absent;
    SourceDate { Absent = "absent", Before = "before", After = "after" } default Absent;
    Directive { Copy = "COPY", Replace = "REPLACE" } default Copy;
    Delimiter { Absent = "absent", Slash = "/" } default Absent;
    Carrier { Header = "header", Query = "query" } default Header;
    Encoding { Absent = "absent", Url = "url" } default Absent;
    Integrity { Md5 = "md5", Crc32 = "crc32", Absent = "none", Algorithm = "algorithm" } default Md5;
    LockForm { Proper = "proper", NoEnabled = "no-enabled", Disabled = "disabled", Empty = "empty",
        EmptyRule = "empty-rule", EmptyDefault = "empty-default" } default Proper;
    CannedAcl { Absent = "absent", Private = "private", PublicRead = "public-read",
        BucketOwnerFullControl = "bucket-owner-full-control" } default Absent;
    OwnershipWord { BucketOwnerEnforced = "BucketOwnerEnforced", BucketOwnerPreferred = "BucketOwnerPreferred",
        ObjectWriter = "ObjectWriter", Missing = "missing", Unknown = "unknown" };
}

impl Argument for bool {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        match word {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(format!("`{other}` is neither true nor false")),
        }
    }

    fn write(&self, _: &World) -> Option<String> {
        self.then(|| "true".to_owned())
    }
}

impl Argument for Option<bool> {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        word.map(|word| bool::read(Some(word), world)).transpose()
    }

    fn write(&self, _: &World) -> Option<String> {
        self.map(|value| value.to_string())
    }
}

/// Reads a name that the world must know.
fn known(word: Option<&str>, what: &str, find: impl Fn(&str) -> Option<u8>) -> Result<u8, String> {
    let word = word.ok_or_else(|| "it is missing".to_owned())?;
    find(word).ok_or_else(|| format!("the program declares no {what} `{word}`"))
}

impl Argument for BucketName {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        known(word, "bucket", |word| world.bucket(word)).map(BucketName)
    }

    fn write(&self, world: &World) -> Option<String> {
        Some(world.bucket_name(*self).to_owned())
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        map.bucket(*self);
        *self
    }

    fn place(&self, place: &mut Place) {
        place.bucket.get_or_insert(*self);
    }
}

impl Argument for Key {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        known(word, "key", |word| world.key(word)).map(Key)
    }

    fn write(&self, world: &World) -> Option<String> {
        Some(world.key_name(*self).to_owned())
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        map.key(*self);
        *self
    }

    fn place(&self, place: &mut Place) {
        place.key.get_or_insert(*self);
    }
}

impl Argument for PolicyName {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        known(word, "policy", |word| world.policy_position(word)).map(PolicyName)
    }

    fn write(&self, world: &World) -> Option<String> {
        Some(world.policy_name(*self).to_owned())
    }
}

impl Argument for Content {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        match word {
            None => Ok(Content::default()),
            Some(_) => known(word, "content", |word| world.content(word)).map(Content),
        }
    }

    fn write(&self, world: &World) -> Option<String> {
        (*self != Content::default()).then(|| world.content_name(*self).to_owned())
    }
}

impl Argument for Times {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        word.map_or(Ok(1), str::parse)
            .map(Times)
            .map_err(|_| "it is no number".to_owned())
    }

    fn write(&self, _: &World) -> Option<String> {
        (self.0 != 1).then(|| self.0.to_string())
    }
}

impl Argument for Option<u16> {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        word.map(|word| word.parse().map_err(|_| format!("`{word}` is no number")))
            .transpose()
    }

    fn write(&self, _: &World) -> Option<String> {
        self.map(|number| number.to_string())
    }
}

impl Argument for Option<Key> {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        word.map(|word| Key::read(Some(word), world)).transpose()
    }

    fn write(&self, world: &World) -> Option<String> {
        self.map(|key| world.key_name(key).to_owned())
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        self.inspect(|key| map.key(*key))
    }

    fn place(&self, place: &mut Place) {
        place.key = place.key.or(*self);
    }
}

impl Argument for Tags {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        let Some(word) = word else {
            return Ok(Tags::default());
        };
        let (tag, more) = word
            .split_once('/')
            .map_or((word, None), |(tag, more)| (tag, Some(more)));
        let value = |word: &str| Content::read(Some(word), world);
        Ok(Tags {
            tag: (!tag.is_empty()).then(|| value(tag)).transpose()?,
            more: more.map(value).transpose()?,
        })
    }

    fn write(&self, world: &World) -> Option<String> {
        let name = |tag: Option<Content>| tag.map_or("", |tag| world.content_name(tag));
        match (self.tag, self.more) {
            (None, None) => None,
            (Some(_), None) => Some(name(self.tag).to_owned()),
            (_, Some(_)) => Some(format!("{}/{}", name(self.tag), name(self.more))),
        }
    }
}

impl Argument for Etag {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        match word {
            None => Ok(Etag::Unconditional),
            Some("*") => Ok(Etag::Any),
            Some("odd") => Ok(Etag::List),
            Some(text) => match text.split_once(':') {
                Some(("part", part)) => Content::read(Some(part), world).map(Etag::OfPart),
                Some(("unclosed", of)) => Content::read(Some(of), world).map(Etag::Unclosed),
                Some(("unopened", of)) => Content::read(Some(of), world).map(Etag::Unopened),
                Some(_) | None => Content::read(word, world).map(Etag::Of),
            },
        }
    }

    fn write(&self, world: &World) -> Option<String> {
        match self {
            Etag::Unconditional => None,
            Etag::Any => Some("*".to_owned()),
            Etag::List => Some("odd".to_owned()),
            Etag::Of(content) => Some(world.content_name(*content).to_owned()),
            Etag::OfPart(content) => Some(format!("part:{}", world.content_name(*content))),
            Etag::Unclosed(content) => Some(format!("unclosed:{}", world.content_name(*content))),
            Etag::Unopened(content) => Some(format!("unopened:{}", world.content_name(*content))),
        }
    }
}

impl Argument for Date {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        match word {
            None => Ok(Date::Absent),
            Some("unparsable") => Ok(Date::Unparsable),
            Some("far") => Ok(Date::Far),
            Some(word) => {
                let (at, form) = word.split_once('/').unwrap_or((word, ""));
                let units = at.strip_prefix('@').and_then(|units| units.parse().ok());
                match (units, form) {
                    (Some(units), "") => Ok(Date::At(units)),
                    (Some(units), "offset") => Ok(Date::Offset(units)),
                    (Some(units), "zoneless") => Ok(Date::Zoneless(units)),
                    (Some(_) | None, _) => Err(format!(
                        "`{word}` is no date; write @2 for two units after the start, @-1 for the past, far for 150 years, \
                         @2/offset or @2/zoneless for another way to write it"
                    )),
                }
            }
        }
    }

    fn write(&self, _: &World) -> Option<String> {
        match self {
            Date::Absent => None,
            Date::At(units) => Some(format!("@{units}")),
            Date::Offset(units) => Some(format!("@{units}/offset")),
            Date::Zoneless(units) => Some(format!("@{units}/zoneless")),
            Date::Unparsable => Some("unparsable".to_owned()),
            Date::Far => Some("far".to_owned()),
        }
    }
}

impl Argument for Period {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        let Some(word) = word else {
            return Ok(Period::Absent);
        };
        if word == "both" {
            return Ok(Period::Both);
        }
        let amount = |suffix: &str| word.strip_suffix(suffix).and_then(|amount| amount.parse().ok());
        match (amount("d"), amount("y")) {
            (Some(days), _) => Ok(Period::Days(days)),
            (None, Some(years)) => Ok(Period::Years(years)),
            (None, None) => Err(format!("`{word}` is no period; write 1d, 1y or both")),
        }
    }

    fn write(&self, _: &World) -> Option<String> {
        match self {
            Period::Absent => None,
            Period::Days(days) => Some(format!("{days}d")),
            Period::Years(years) => Some(format!("{years}y")),
            Period::Both => Some("both".to_owned()),
        }
    }
}

impl VersionRef {
    fn from_word(word: &str, world: &World) -> Result<VersionRef, String> {
        match word {
            "null" => Ok(VersionRef::Named(VersionName::NULL)),
            "malformed" => Ok(VersionRef::Malformed),
            "empty" => Ok(VersionRef::Empty),
            _ if word.starts_with('#') => {
                let word = word.trim_start_matches('#');
                let (number, place) = word.split_once('@').map_or((word, None), |(n, place)| (n, Some(place)));
                let number = number
                    .parse()
                    .map(VersionName)
                    .map_err(|_| format!("`{word}` is no version number"))?;
                let Some(place) = place else {
                    return Ok(VersionRef::Named(number));
                };
                place
                    .split_once('/')
                    .and_then(|(bucket, key)| Some((world.bucket(bucket)?, world.key(key)?)))
                    .map(|(bucket, key)| VersionRef::Foreign(BucketName(bucket), Key(key), number))
                    .ok_or_else(|| format!("`{place}` is no bucket/key of the program"))
            }
            _ => Handle::from_word(word).map(VersionRef::Made).ok_or_else(|| {
                format!("`{word}` is no version; write v3 for the version made by step 3, null, malformed, or empty")
            }),
        }
    }

    fn to_word(self, world: &World) -> Option<String> {
        match self {
            VersionRef::Current => None,
            VersionRef::Named(VersionName::NULL) => Some("null".to_owned()),
            VersionRef::Named(VersionName(number)) => Some(format!("#{number}")),
            VersionRef::Made(handle) => Some(handle.to_string()),
            VersionRef::Malformed => Some("malformed".to_owned()),
            VersionRef::Empty => Some("empty".to_owned()),
            VersionRef::Foreign(bucket, key, VersionName(number)) => Some(format!(
                "#{number}@{}/{}",
                world.bucket_name(bucket),
                listed(world, key)
            )),
        }
    }
}

impl Argument for VersionRef {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        word.map_or(Ok(VersionRef::Current), |word| VersionRef::from_word(word, world))
    }

    fn write(&self, world: &World) -> Option<String> {
        self.to_word(world)
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        map.version(*self)
    }
}

/// A key as a word of a list, in which `,`, `:` and `~` separate.
fn listed(world: &World, key: Key) -> String {
    let word = world.key_name(key);
    word.replace(',', "%2C").replace(':', "%3A").replace('~', "%7E")
}

impl Argument for Identifiers {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        let Some(word) = word else {
            return Ok(Identifiers::new());
        };
        word.split(',')
            .map(|entry| {
                let (entry, etag) = entry
                    .split_once('~')
                    .map_or((entry, None), |(entry, etag)| (entry, Some(etag)));
                let (key, version) = match entry.split_once(':') {
                    Some((key, version)) => (key, VersionRef::from_word(version, world)?),
                    None => (entry, VersionRef::Current),
                };
                Ok(Identifier {
                    key: Key::read(Some(key), world)?,
                    version,
                    etag: Etag::read(etag, world)?,
                })
            })
            .collect()
    }

    fn write(&self, world: &World) -> Option<String> {
        let entry = |identifier: &Identifier| {
            let mut word = listed(world, identifier.key);
            if let Some(version) = identifier.version.to_word(world) {
                word.push_str(&format!(":{version}"));
            }
            if let Some(etag) = identifier.etag.write(world) {
                word.push_str(&format!("~{etag}"));
            }
            word
        };
        (!self.is_empty()).then(|| self.iter().map(entry).collect::<Vec<_>>().join(","))
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        let entry = |entry: &Identifier| Identifier {
            key: entry.key.mapped(map),
            version: map.version(entry.version),
            etag: entry.etag,
        };
        self.iter().map(entry).collect()
    }
}
