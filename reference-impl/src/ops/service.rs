//! ListBuckets.

use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::bucket::arn;
use crate::ops::listing::{read_count, shown_date};
use crate::regions;
use crate::wire::xml::Writer;

/// The largest page.
const MAX_BUCKETS: usize = 10_000;

/// Reads `max-buckets`, which has a range of its own.
fn read_max(text: &str) -> Result<usize, ApiError> {
    const NAME: &str = "max-buckets";
    let outside = |name: &str, text: &str| {
        let message = format!("Argument {name} must be an integer between 1 and {MAX_BUCKETS}");
        ApiError::invalid_argument(message, name, Some(text))
    };
    let max = read_count(text, NAME, &outside)?;
    if (1..=MAX_BUCKETS).contains(&max) {
        Ok(max)
    } else {
        Err(outside(NAME, text))
    }
}

/// ListBuckets: the buckets that the caller's account owns.
///
/// # Errors
/// `InvalidArgument` for bad paging parameters.
pub fn list_buckets(exchange: &Exchange) -> Outcome {
    let query = &exchange.request.query;
    let account = exchange.caller.account().ok_or(Code::AccessDenied)?;
    let max = match query.get("max-buckets") {
        Some(text) => read_max(text)?,
        None => MAX_BUCKETS,
    };
    let prefix = query.get("prefix").unwrap_or_default();
    let after = query.get("continuation-token");
    let region = query.get("bucket-region");
    check_region(region, &exchange.server.region)?;
    let mut matching = exchange.snapshot.config.buckets(account).filter(|bucket| {
        bucket.name.starts_with(prefix)
            && after.is_none_or(|after| bucket.name.as_str() > after)
            && region.is_none_or(|region| bucket.region == region)
    });
    let page: Vec<_> = matching.by_ref().take(max).collect();
    let truncated = matching.next().is_some();
    let canonical = exchange
        .snapshot
        .config
        .account(account)
        .map(|account| account.canonical_id.clone());

    let mut writer = Writer::new("ListAllMyBucketsResult");
    writer
        .open("Owner")
        .text("ID", canonical.unwrap_or_default())
        .close()
        .open("Buckets");
    for bucket in &page {
        writer
            .open("Bucket")
            .text("Name", &bucket.name)
            .text("CreationDate", shown_date(bucket.created))
            .text("BucketRegion", &bucket.region)
            .text("BucketArn", arn(&bucket.name))
            .close();
    }
    writer.close();
    if truncated {
        writer.text_opt(
            "ContinuationToken",
            page.last().map(|bucket| bucket.name.as_str()),
        );
    }
    writer.text_opt("Prefix", query.get("prefix"));
    Ok(Reply::xml(writer.finish()))
}

/// A filter by a Region that does not exist is refused; by one without buckets it only finds nothing.
fn check_region(asked: Option<&str>, own: &str) -> Result<(), ApiError> {
    match asked {
        Some(name) if name != own && !regions::exists(name) => {
            let message = format!("Argument value {name} is not a valid AWS Region");
            Err(ApiError::invalid_argument(message, "bucket-region", None))
        }
        _ => Ok(()),
    }
}
