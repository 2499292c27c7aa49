//! Replies as an observer sees them: plain text, whoever sent it.

use crate::argument::{Content, Key};
use crate::reply::{Name, is_like};
use crate::time::Time;
use crate::world::World;

/// A reply with opaque values in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The HTTP status.
    pub status: u16,
    /// The error code of the error document, if there is one.
    pub code: Option<String>,
    /// The error message of the error document, if there is one.
    pub message: Option<String>,
    /// Headers and elements that clauses speak of, with their text.
    pub fields: Vec<(Name, String)>,
    /// The bytes of the body as a content of the world, if they are one.
    pub content: Option<Content>,
    /// The entries of a listing or a result document, in order.
    pub entries: Vec<ObservedEntry>,
    /// What stands where no field is listed, and for the message of an error document without one.
    pub unlisted: Unlisted,
}

/// One entry of a listing or a result document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedEntry {
    /// The name of its XML element.
    pub element: String,
    /// Its elements with their text.
    pub fields: Vec<(Name, String)>,
    /// What stands where no field is listed.
    pub unlisted: Unlisted,
}

/// What stands where an observer lists no field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// Nothing, as in a reply that came over a wire.
    #[default]
    Nothing,
    /// Nothing in these fields, and in others whatever the endpoint likes, as in a reply of which only a law is known.
    Anything(Vec<Name>),
}

/// What stands in a field of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'o> {
    /// This text.
    Text(&'o str),
    /// Nothing: the field is not there.
    Nothing,
    /// Whatever the endpoint likes.
    Anything,
}

impl Observed {
    /// What stands in a field of the reply.
    #[must_use]
    pub fn field(&self, name: Name) -> Seen<'_> {
        seen(&self.fields, &self.unlisted, name)
    }

    /// Whether the message can be of a form in which `*` stands for any run of characters.
    #[must_use]
    pub fn says(&self, form: &str) -> bool {
        match &self.message {
            Some(message) => is_like(form, message),
            None => self.unlisted != Unlisted::Nothing,
        }
    }
}

impl ObservedEntry {
    /// What stands in a field of the entry.
    #[must_use]
    pub fn field(&self, name: Name) -> Seen<'_> {
        seen(&self.fields, &self.unlisted, name)
    }
}

/// The text of a field, if it is there.
#[must_use]
pub fn text(fields: &[(Name, String)], name: Name) -> Option<&str> {
    let listed = fields.iter().find(|(known, _)| *known == name);
    listed.map(|(_, text)| text.as_str())
}

fn seen<'o>(fields: &'o [(Name, String)], unlisted: &Unlisted, name: Name) -> Seen<'o> {
    match (text(fields, name), unlisted) {
        (Some(text), _) => Seen::Text(text),
        (None, Unlisted::Anything(not_there)) if !not_there.contains(&name) => Seen::Anything,
        (None, Unlisted::Anything(_) | Unlisted::Nothing) => Seen::Nothing,
    }
}

/// What stands for the ETag of a content, put whole or as the only part of an upload: the law knows no digests.
#[must_use]
pub fn etag_token(world: &World, content: Content, of_part: bool) -> String {
    let part = if of_part { "part:" } else { "" };
    format!("{part}{}", world.content_name(content))
}

/// The first bytes of a key, all of them unless a length is given.
#[must_use]
pub fn beginning(world: &World, key: Key, length: Option<u8>) -> Vec<u8> {
    let mut bytes = world.key_bytes(key);
    bytes.truncate(length.map_or(bytes.len(), usize::from));
    bytes
}

/// Bytes as `encoding-type=url` writes them, with a plus sign or `%20` for a space.
#[must_use]
pub fn url_encoded(bytes: &[u8], plus: bool) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b' ' if plus => text.push('+'),
            b'/' | b'-' | b'_' | b'.' | b'*' => text.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => text.push(char::from(*byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Whether a text is a way to write bytes with `encoding-type=url`: which bytes are escaped that need not be is open.
#[must_use]
pub fn is_encoded(text: &str, bytes: &[u8], plus: bool) -> bool {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' if plus => decoded.push(b' '),
            b'%' => {
                let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
                let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) else {
                    return false;
                };
                if byte == b' ' && plus {
                    return false;
                }
                decoded.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            b' ' | b'+' | 0x80.. => return false,
            byte => decoded.push(*byte),
        }
    }
    decoded == bytes
}

/// Writes an instant as ISO 8601 in UTC with milliseconds.
#[must_use]
pub fn iso8601(time: Time) -> String {
    let (days, in_day) = (time.0.div_euclid(86_400_000), time.0.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (hours, minutes) = (in_day / 3_600_000, in_day / 60_000 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{:02}.{:03}Z",
        in_day / 1000 % 60,
        in_day % 1000
    )
}

/// Reads an ISO 8601 instant in UTC, with or without a fraction of a second.
#[must_use]
pub fn parse_iso8601(text: &str) -> Option<Time> {
    let (date, clock) = text.split_once('T')?;
    let clock = clock.strip_suffix('Z').or_else(|| clock.strip_suffix("+00:00"))?;
    let mut date = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    let in_range = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hours)
        && (0..60).contains(&minutes)
        && (0..=60).contains(&seconds)
        && (-9999..=9999).contains(&year);
    if !in_range || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(Time(
        (((days_from_civil(year, month, day) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + millis,
    ))
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Writes an instant as HTTP writes dates, in whole seconds: `Sun, 06 Nov 1994 08:49:37 GMT`.
#[must_use]
pub fn http_date(time: Time) -> String {
    let seconds = time.0.div_euclid(1000);
    let (year, _, day) = civil(seconds.div_euclid(86_400));
    let (weekday, month, clock) = in_words(seconds);
    format!("{weekday}, {day:02} {month} {year:04} {clock} GMT")
}

/// Reads a date as HTTP writes it today; the day of the week is not held against it.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<Time> {
    let (weekday, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let (clock, zone) = (words.next()?, words.next()?);
    let month = 1 + MONTHS.iter().position(|name| *name == month)?;
    if !DAYS.contains(&weekday) || zone != "GMT" || words.next().is_some() {
        return None;
    }
    parse_iso8601(&format!("{year}-{month}-{day}T{clock}Z"))
}

/// Writes an instant as Java's `Date` prints it in the Pacific time zone, for example
/// `Tue Dec 31 16:00:00 PST 2019`, with daylight saving by the rule in force since 2007.
#[must_use]
pub fn java_date(time: Time) -> String {
    let seconds = time.0.div_euclid(1000);
    let (year, _, _) = civil(seconds.div_euclid(86_400));
    // From 2:00 PST on the second Sunday of March until 2:00 PDT on the first Sunday of November.
    let starts = sunday_from(days_from_civil(year, 3, 8)) * 86_400 + 10 * 3600;
    let ends = sunday_from(days_from_civil(year, 11, 1)) * 86_400 + 9 * 3600;
    let (zone, offset) = if (starts..ends).contains(&seconds) {
        ("PDT", 7 * 3600)
    } else {
        ("PST", 8 * 3600)
    };
    let local = seconds - offset;
    let (year, _, day) = civil(local.div_euclid(86_400));
    let (weekday, month, clock) = in_words(local);
    format!("{weekday} {month} {day:02} {clock} {zone} {year}")
}

/// The weekday, the month and the time of day of an instant in seconds.
fn in_words(seconds: i64) -> (&'static str, &'static str, String) {
    let (days, in_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (_, month, _) = civil(days);
    let (hours, minutes) = (in_day / 3600, in_day / 60 % 60);
    let clock = format!("{hours:02}:{minutes:02}:{:02}", in_day % 60);
    (name(&DAYS, days.rem_euclid(7)), name(&MONTHS, month - 1), clock)
}

/// The name at a place among names.
fn name(names: &[&'static str], at: i64) -> &'static str {
    let at = usize::try_from(at).ok();
    at.and_then(|at| names.get(at).copied()).unwrap_or_default()
}

/// The first Sunday on or after a day; the epoch was a Thursday.
fn sunday_from(day: i64) -> i64 {
    day + (3 - day).rem_euclid(7)
}

/// The instant so many calendar years later; 29 February becomes 1 March where there is none.
#[must_use]
pub fn years_later(time: Time, years: i64) -> Time {
    let (days, in_day) = (time.0.div_euclid(86_400_000), time.0.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    Time(days_from_civil(year.saturating_add(years), month, day) * 86_400_000 + in_day)
}

/// Days since the epoch of a date of the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a number of days since the epoch.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_dates_are_in_the_pacific_zone() {
        let java = |text| java_date(parse_iso8601(text).unwrap());
        assert_eq!(java("2020-01-01T00:00:00Z"), "Tue Dec 31 16:00:00 PST 2019");
        assert_eq!(java("2026-07-04T12:34:56.789Z"), "Sat Jul 04 05:34:56 PDT 2026");
        assert_eq!(java("2026-03-08T09:59:59Z"), "Sun Mar 08 01:59:59 PST 2026");
        assert_eq!(java("2026-03-08T10:00:00Z"), "Sun Mar 08 03:00:00 PDT 2026");
        assert_eq!(java("2026-11-01T09:00:00Z"), "Sun Nov 01 01:00:00 PST 2026");
        assert_eq!(java("1969-12-31T23:59:59Z"), "Wed Dec 31 15:59:59 PST 1969");
    }

    #[test]
    fn dates_of_http() {
        let time = parse_iso8601("1994-11-06T08:49:37.999Z").unwrap();
        assert_eq!(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(
            parse_http_date(&http_date(time)),
            parse_iso8601("1994-11-06T08:49:37Z")
        );
        for text in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
            "Sonntag, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn calendar_years() {
        let later = |text, years| iso8601(years_later(parse_iso8601(text).unwrap(), years));
        assert_eq!(later("2026-11-25T01:02:03.004Z", 2), "2028-11-25T01:02:03.004Z");
        assert_eq!(later("2024-02-29T00:00:00Z", 1), "2025-03-01T00:00:00.000Z");
    }

    #[test]
    fn keys_in_urls() {
        assert_eq!(url_encoded("a b/ü+".as_bytes(), true), "a+b/%C3%BC%2B");
        assert_eq!(url_encoded(b"a b", false), "a%20b");
        for (text, plus) in [("a+b%2F%c3%BC", true), ("a%20b/%C3%BC", false)] {
            assert!(is_encoded(text, "a b/ü".as_bytes(), plus), "{text}");
            assert!(!is_encoded(text, "a b/ü".as_bytes(), !plus), "{text}");
        }
        for text in ["a b", "ü", "%", "%4", "%zz"] {
            assert!(!is_encoded(text, text.as_bytes(), true), "{text}");
        }
    }

    #[test]
    fn dates_read_as_they_are_written() {
        for text in [
            "1970-01-01T00:00:00.000Z",
            "2026-11-24T23:59:59.123Z",
            "2000-02-29T12:00:00.000Z",
        ] {
            assert_eq!(iso8601(parse_iso8601(text).unwrap()), text);
        }
        assert_eq!(
            parse_iso8601("2026-11-24T00:00:00Z"),
            parse_iso8601("2026-11-24T00:00:00.000Z")
        );
        for text in [
            "",
            "2026-11-24",
            "2026-13-01T00:00:00Z",
            "2026-11-24T00:00:00",
            "aTbZ",
            "2026-11-24T00:00:00.-1Z",
        ] {
            assert_eq!(parse_iso8601(text), None, "{text}");
        }
    }
}
