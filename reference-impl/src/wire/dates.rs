//! Dates as the different corners of S3 write them.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;

const AMZ: &str = "%Y%m%dT%H%M%SZ";
const ISO_SECONDS: &str = "%Y-%m-%dT%H:%M:%SZ";
const HTTP: &str = "%a, %d %b %Y %H:%M:%S GMT";

fn format(time: Timestamp, pattern: &str) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(time.as_millis()) else {
        return String::new();
    };
    strtime::format(pattern, &instant.to_zoned_datetime(TimeZone::UTC)).unwrap_or_default()
}

/// `20260102T030405Z`, as in `x-amz-date`.
pub fn amz(time: Timestamp) -> String {
    format(time, AMZ)
}

/// `2026-01-02T03:04:05Z`, as in error documents.
pub fn iso_seconds(time: Timestamp) -> String {
    format(time, ISO_SECONDS)
}

/// `2026-01-02T03:04:05.678Z`, as in XML documents and lock headers.
pub fn iso_millis(time: Timestamp) -> String {
    let seconds = format(time, "%Y-%m-%dT%H:%M:%S");
    format!("{seconds}.{:03}Z", time.as_millis().rem_euclid(1000))
}

/// `Fri, 02 Jan 2026 03:04:05 GMT`, as in HTTP headers.
pub fn http(time: Timestamp) -> String {
    format(time, HTTP)
}

/// `Fri Jan 02 03:04:05 PST 2026`: Java's `Date.toString` in the Pacific zone (LOCK-RET-004).
pub fn java_pacific(time: Timestamp) -> String {
    let zoned = jiff::Timestamp::from_millisecond(time.as_millis())
        .and_then(|instant| instant.in_tz("America/Los_Angeles"));
    match zoned {
        Ok(zoned) => strtime::format("%a %b %d %H:%M:%S %Z %Y", &zoned).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// Reads `yyyyMMdd'T'HHmmss'Z'` strictly.
pub fn parse_amz(text: &str) -> Option<Timestamp> {
    let shape = text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return None;
    }
    utc(DateTime::strptime(AMZ, text).ok()?)
}

/// Reads `yyyyMMdd` strictly.
pub fn parse_day(text: &str) -> Option<()> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && jiff::civil::Date::strptime("%Y%m%d", text).is_ok()).then_some(())
}

/// Reads an HTTP date (RFC 1123, also with a numeric zone).
pub fn parse_http(text: &str) -> Option<Timestamp> {
    let instant = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    Some(Timestamp::from_millis(instant.timestamp().as_millisecond()))
}

/// Reads an ISO 8601 instant with `Z` or an offset, with or without a fraction; a bare date is midnight UTC.
pub fn parse_iso(text: &str) -> Option<Timestamp> {
    // A zone's name in brackets is no ISO 8601, though the library knows it.
    if text.contains('[') {
        return None;
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_millis(instant.as_millisecond()));
    }
    if text.len() == 10 {
        return utc(text.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0));
    }
    None
}

/// Reads an ISO 8601 instant as `parse_iso` does, or one without a zone, which is UTC (LOCK-RET-024).
pub fn parse_iso_or_utc(text: &str) -> Option<Timestamp> {
    let civil = || {
        let civil: DateTime = text.parse().ok().filter(|_| !text.contains('['))?;
        utc(civil)
    };
    parse_iso(text).or_else(civil)
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    let zoned = civil.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_what_it_writes() {
        let time = parse_iso("2026-01-02T03:04:05.678Z").unwrap();
        assert_eq!(iso_millis(time), "2026-01-02T03:04:05.678Z");
        assert_eq!(iso_seconds(time), "2026-01-02T03:04:05Z");
        assert_eq!(amz(time), "20260102T030405Z");
        assert_eq!(http(time), "Fri, 02 Jan 2026 03:04:05 GMT");
        assert_eq!(
            parse_amz(&amz(time)),
            Some(Timestamp::from_seconds(time.as_seconds()))
        );
        assert_eq!(
            parse_http(&http(time)),
            Some(Timestamp::from_seconds(time.as_seconds()))
        );
        assert_eq!(
            parse_http("Fri, 02 Jan 2026 03:04:05 +0000"),
            Some(Timestamp::from_seconds(time.as_seconds()))
        );
    }

    #[test]
    fn java_dates_are_in_the_pacific_zone() {
        assert_eq!(
            java_pacific(parse_iso("2020-01-01T00:00:00Z").unwrap()),
            "Tue Dec 31 16:00:00 PST 2019"
        );
        assert_eq!(
            java_pacific(parse_iso("2026-07-01T00:00:00Z").unwrap()),
            "Tue Jun 30 17:00:00 PDT 2026"
        );
    }

    #[test]
    fn a_date_without_zone_is_utc_where_that_is_allowed() {
        let expected = parse_iso("2026-01-02T03:04:05Z");
        for text in [
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05.000",
            "2026-01-02T03:04:05Z",
            "2026-01-02T05:04:05+02:00",
            "2026-01-01T21:34:05-05:30",
        ] {
            assert_eq!(parse_iso_or_utc(text), expected, "{text}");
        }
        assert_eq!(parse_iso_or_utc("2026-01-02"), parse_iso("2026-01-02T00:00:00Z"));
        for text in [
            "",
            "x",
            "2026-01-02T03:04:05[Europe/Paris]",
            "2026-13-02T03:04:05",
            "03:04:05",
        ] {
            assert_eq!(parse_iso_or_utc(text), None, "{text}");
        }
    }

    #[test]
    fn malformed_dates_are_refused() {
        assert_eq!(parse_amz("20261302T030405Z"), None);
        assert_eq!(parse_amz("2026-01-02T03:04Z"), None);
        assert_eq!(parse_day("20260230"), None);
        assert_eq!(parse_iso("tomorrow"), None);
        assert_eq!(parse_iso("2026-01-02T03:04:05"), None);
        assert_eq!(parse_http("yesterday"), None);
    }
}
