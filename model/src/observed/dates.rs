//! Dates as replies write them: ISO 8601, HTTP's, and Java's.

use jiff::civil::DateTime;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::time::{DAY, Time};

/// The first and the last instant that can be written: from the year 1 to the year 9999, in milliseconds.
const WRITABLE: (i64, i64) = (-62_135_596_800_000, 253_402_207_200_000);

/// Writes an instant as ISO 8601 in UTC with milliseconds; one outside the years 1 to 9999 as the nearest within.
#[must_use]
pub fn iso8601(time: Time) -> String {
    format!("{:.3}", timestamp(time))
}

/// Reads an ISO 8601 instant in UTC, with or without a fraction of a second.
#[must_use]
pub fn parse_iso8601(text: &str) -> Option<Time> {
    let clock = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"))?;
    // The library reads more forms than S3 has, such as a space for the T and a comma for the dot.
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digit_as_zero = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    let in_form = whole.bytes().map(digit_as_zero).eq("0000-00-00T00:00:00".bytes());
    if !in_form || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    time(clock.parse().ok()?)
}

/// Writes an instant as HTTP writes dates, in whole seconds: `Sun, 06 Nov 1994 08:49:37 GMT`.
#[must_use]
pub fn http_date(time: Time) -> String {
    let printer = rfc2822::DateTimePrinter::new();
    printer
        .timestamp_to_rfc9110_string(&timestamp(time))
        .unwrap_or_default()
}

/// Reads a date as HTTP writes it today; the day of the week is not held against it.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<Time> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let read = Time(parser.parse_timestamp(text).ok()?.as_millisecond());
    // Mail allows more forms than HTTP: other zones, comments, a day of one digit.
    let without_weekday = |text: &str| text.split_once(", ").map(|(_, rest)| rest.to_owned());
    (without_weekday(text)? == without_weekday(&http_date(read))?).then_some(read)
}

/// Writes an instant as Java's `Date` prints it in the Pacific time zone, for example
/// `Tue Dec 31 16:00:00 PST 2019`, with daylight saving by the rule in force since 2007.
#[must_use]
pub fn java_date(time: Time) -> String {
    let pacific = TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").unwrap_or(TimeZone::UTC);
    let there = timestamp(time).to_zoned_datetime(pacific);
    strtime::format("%a %b %d %H:%M:%S %Z %Y", &there).unwrap_or_default()
}

/// The instant so many calendar years later; 29 February becomes 1 March where there is none.
#[must_use]
pub fn years_later(time: Time, years: i64) -> Time {
    let from = TimeZone::UTC.to_datetime(timestamp(time));
    let later = Span::new()
        .try_years(years)
        .and_then(|years| from.checked_add(years));
    let Some((to, later)) = later.ok().and_then(|to| Some((to, self::time(to)?))) else {
        return Time(WRITABLE.1);
    };
    // The library takes 28 February where there is no 29th.
    if to.day() == from.day() {
        later
    } else {
        later.plus(DAY)
    }
}

/// The instant as the library has it, or the nearest that can be written.
fn timestamp(time: Time) -> Timestamp {
    let (first, last) = WRITABLE;
    Timestamp::from_millisecond(time.0.clamp(first, last)).unwrap_or_default()
}

/// The instant of a date and a time of day in UTC, in whole milliseconds.
fn time(civil: DateTime) -> Option<Time> {
    let instant = civil.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
    Some(Time(instant.as_millisecond()))
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
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 06 Nov 1994 08:49:37 GMT"] {
            assert_eq!(
                parse_http_date(text),
                parse_iso8601("1994-11-06T08:49:37Z"),
                "{text}"
            );
        }
        for text in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
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
        assert_eq!(later("2024-02-29T00:00:00Z", 4), "2028-02-29T00:00:00.000Z");
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
        for text in ["2026-11-24T00:00:00Z", "2026-11-24T00:00:00+00:00"] {
            assert_eq!(
                parse_iso8601(text),
                parse_iso8601("2026-11-24T00:00:00.000Z"),
                "{text}"
            );
        }
        for text in [
            "",
            "2026-11-24",
            "2026-13-01T00:00:00Z",
            "2026-11-24T00:00:00",
            "2026-11-24 00:00:00Z",
            "2026-11-24T00:00:00,0Z",
            "2026-11-24T00:00:00.Z",
            "2026-11-24T24:00:00Z",
            "2026-11-24T1:0:0Z",
            "aTbZ",
            "2026-11-24T00:00:00.-1Z",
            "2026-11-24T00:00:00+02:00",
            "2026-11-24T00:00:00Z[UTC]",
        ] {
            assert_eq!(parse_iso8601(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_that_its_month_does_not_have_is_no_date() {
        for day in [
            "02-29", "02-30", "02-31", "04-31", "06-31", "09-31", "11-31", "01-32", "01-00",
        ] {
            let text = format!("2026-{day}T00:00:00Z");
            assert_eq!(parse_iso8601(&text), None, "{text}");
        }
        assert_eq!(parse_http_date("Tue, 31 Feb 2026 00:00:00 GMT"), None);
        assert_eq!(parse_http_date("Sun, 29 Feb 2026 00:00:00 GMT"), None);
        assert!(parse_iso8601("2028-02-29T00:00:00Z").is_some());
    }

    #[test]
    fn an_instant_beyond_the_years_is_written_as_the_nearest_within() {
        assert_eq!(iso8601(Time(i64::MAX)), "9999-12-30T22:00:00.000Z");
        assert_eq!(iso8601(Time(i64::MIN)), "0001-01-01T00:00:00.000Z");
        assert_eq!(http_date(Time(i64::MIN)), "Mon, 01 Jan 0001 00:00:00 GMT");
        assert_eq!(years_later(Time(0), i64::MAX), Time(253_402_207_200_000));
    }
}
