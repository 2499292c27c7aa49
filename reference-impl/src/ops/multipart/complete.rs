//! CompleteMultipartUpload: parts become an object.

use std::collections::{BTreeMap, BTreeSet};

use super::remembered::{Completed, Completion};
use super::{Named, checksums, no_such_upload};
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document::MAX_DOCUMENT;
use crate::ops::object::conditions::{WriteCondition, bare_etag};
use crate::ops::object::insert;
use crate::ops::target::{Rights, Target};
use crate::store::{
    Body, Mutation, ObjectRecord, PartRecord, StoredChecksum, UploadRecord, VersionRecord, Versioning, View,
};
use crate::wire::checksum::{ChecksumAlgorithm, is_not_built, parse_value, sent_checksum};
use crate::wire::payload::Payload;
use crate::wire::xml::{Element, Writer, malformed, parse};

/// The least size of a part but the last: 5 MiB.
const PART_MIN: u64 = 5 * 1024 * 1024;

/// One part of the request's list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Listed {
    /// One or more; a number beyond those that parts have names a part that is not there.
    pub(super) number: u64,
    pub(super) etag: String,
    pub(super) checksums: Vec<(ChecksumAlgorithm, String)>,
}

impl Listed {
    fn read(element: &Element) -> Result<Self, ApiError> {
        let unbuilt = |child: &&Element| child.name.strip_prefix("Checksum").is_some_and(is_not_built);
        if let Some(child) = element.children.iter().find(unbuilt) {
            let message = format!(
                "The element {} of a part is not implemented by this server",
                child.name
            );
            return Err(ApiError::with_message(Code::NotImplemented, message));
        }
        let elements = ChecksumAlgorithm::ALL.map(ChecksumAlgorithm::element);
        let known: Vec<&str> = ["PartNumber", "ETag"].into_iter().chain(elements).collect();
        element.only(&known)?;
        let number: i64 = element
            .child_text("PartNumber")?
            .and_then(|text| text.parse().ok())
            .ok_or_else(malformed)?;
        let number = u64::try_from(number)
            .ok()
            .filter(|number| *number >= 1)
            .ok_or_else(|| {
                let sent = number.to_string();
                ApiError::invalid_argument("PartNumber must be >= 1", "PartNumber", Some(&sent))
            })?;
        let etag = bare_etag(element.child_text("ETag")?.ok_or_else(malformed)?).to_owned();
        let mut checksums = Vec::new();
        for algorithm in ChecksumAlgorithm::ALL {
            if let Some(value) = element.child_text(algorithm.element())? {
                checksums.push((algorithm, value.to_owned()));
            }
        }
        Ok(Self {
            number,
            etag,
            checksums,
        })
    }

    /// The part's number, if any part may have it.
    fn part_number(&self) -> Option<u16> {
        u16::try_from(self.number).ok()
    }

    /// Whether a stored part is the listed one, with all the checksums that are listed.
    fn matches(&self, part: &PartRecord) -> bool {
        let has = |(algorithm, value): &(ChecksumAlgorithm, String)| {
            let stored = part.checksum.as_ref();
            stored.is_some_and(|stored| stored.algorithm == *algorithm && stored.value == *value)
        };
        self.etag == part.etag && self.checksums.iter().all(has)
    }

    /// Refuses checksums that the upload's parts do not have: an upload without algorithm shows none of a part, and one
    /// with an algorithm knows no other.
    fn check_checksums(
        &self,
        announced: Option<ChecksumAlgorithm>,
        full: bool,
        id: &str,
    ) -> Result<(), ApiError> {
        let Some(announced) = announced else {
            let bare = self.checksums.is_empty();
            return if bare { Ok(()) } else { Err(self.refusal(id)) };
        };
        if self.checksums.is_empty() && !full {
            return Err(missing_checksum(announced, self.number));
        }
        match self
            .checksums
            .iter()
            .find(|(algorithm, _)| *algorithm != announced)
        {
            None => Ok(()),
            Some((other, _)) => {
                let (name, number) = (other.name().to_ascii_lowercase(), self.number);
                let message =
                    format!("The {name} you specified for part {number} did not match what we received.");
                Err(ApiError::with_message(Code::BadDigest, message))
            }
        }
    }

    fn refusal(&self, upload: &str) -> ApiError {
        ApiError::new(Code::InvalidPart)
            .with("UploadId", upload)
            .with("PartNumber", self.number.to_string())
            .with("ETag", self.etag.as_str())
    }
}

fn read_list(bytes: &[u8]) -> Result<Vec<Listed>, ApiError> {
    let root = parse(bytes, "CompleteMultipartUpload")?;
    root.only(&["Part"])?;
    let list = root
        .children("Part")
        .map(Listed::read)
        .collect::<Result<Vec<_>, _>>()?;
    if list.is_empty() {
        Err(malformed())
    } else {
        Ok(list)
    }
}

/// What the head of the request demands of the object.
#[derive(Clone, Debug)]
struct Demands {
    condition: WriteCondition,
    size: Option<u64>,
    checksum: Option<(ChecksumAlgorithm, String)>,
    checksum_type: Option<String>,
}

impl Demands {
    fn read(exchange: &Exchange) -> Result<Self, ApiError> {
        const SIZE: &str = "x-amz-mp-object-size";
        let request = &exchange.request;
        let size = request.header(SIZE).map(|text| {
            text.parse().map_err(|_| {
                let message = format!("Value for {SIZE} header is invalid: '{text}'");
                ApiError::with_message(Code::InvalidRequest, message)
            })
        });
        let checksum = sent_checksum(&request.headers)?.map(|(algorithm, value)| {
            let text = String::from_utf8_lossy(value).trim().to_owned();
            // Base64 has no dash: what follows one is the number of parts.
            let bare = text.split('-').next().unwrap_or_default();
            parse_value(algorithm, bare.as_bytes()).map(|_| (algorithm, text))
        });
        Ok(Self {
            condition: WriteCondition::read(request)?,
            size: size.transpose()?,
            checksum: checksum.transpose()?,
            checksum_type: request.header("x-amz-checksum-type").map(str::to_owned),
        })
    }

    fn check(&self, size: u64, checksum: Option<&StoredChecksum>) -> Result<(), ApiError> {
        if let Some(wanted) = self.size.filter(|wanted| *wanted != size) {
            let message = format!(
                "The provided 'x-amz-mp-object-size' header value {wanted} does not match what was computed: {size}"
            );
            return Err(ApiError::with_message(Code::InvalidRequest, message));
        }
        // A composite value may come with the number of parts, as replies show it, or without.
        let is = |c: &StoredChecksum, algorithm, value: &str| {
            c.algorithm == algorithm && (c.value == value || c.bare_value() == value)
        };
        match &self.checksum {
            Some((algorithm, value)) if !checksum.is_some_and(|c| is(c, *algorithm, value)) => {
                let name = algorithm.name();
                let message = format!("The {name} you specified did not match the calculated checksum.");
                Err(ApiError::with_message(Code::BadDigest, message))
            }
            _ => Ok(()),
        }
    }
}

/// Judges the condition of a Complete, which also sees what happened since the upload began (VER-COND-008 to
/// VER-COND-010).
fn judge(
    condition: &WriteCondition,
    target: &Target,
    upload: &UploadRecord,
    current: Option<&VersionRecord>,
) -> Result<(), ApiError> {
    condition.judge(&target.place(), current)?;
    let conflict = |condition: &str| {
        Err(ApiError::new(Code::ConditionalRequestConflict)
            .with("Condition", condition)
            .with("Key", target.key.as_str()))
    };
    let rewritten = current.is_some_and(|version| version.written > upload.sequence);
    match condition {
        WriteCondition::Absent if upload.deleted_since => conflict("If-None-Match"),
        WriteCondition::Matches(_) if upload.deleted_since || rewritten => conflict("If-Match"),
        _ => Ok(()),
    }
}

/// Finds the listed parts among the stored ones.
fn choose(
    list: &[Listed],
    mut stored: BTreeMap<u16, PartRecord>,
    upload: &UploadRecord,
    id: &str,
) -> Result<Vec<PartRecord>, ApiError> {
    let mut chosen = Vec::with_capacity(list.len());
    for (index, listed) in list.iter().enumerate() {
        let template = &upload.template;
        listed.check_checksums(template.checksum_algorithm, template.full_object_checksum, id)?;
        let part = listed
            .part_number()
            .and_then(|number| stored.remove(&number))
            .filter(|part| listed.matches(part))
            .ok_or_else(|| listed.refusal(id))?;
        if part.size < PART_MIN && index + 1 < list.len() {
            return Err(ApiError::new(Code::EntityTooSmall)
                .with("ProposedSize", part.size.to_string())
                .with("MinSizeAllowed", PART_MIN.to_string())
                .with("PartNumber", listed.number.to_string())
                .with("ETag", listed.etag.as_str()));
        }
        chosen.push(part);
    }
    Ok(chosen)
}

fn missing_checksum(algorithm: ChecksumAlgorithm, number: u64) -> ApiError {
    let name = algorithm.name().to_ascii_lowercase();
    let message = format!(
        "The upload was created using a {name} checksum. The complete request must include the checksum for each \
         part. It was missing for part {number} in the request."
    );
    ApiError::with_message(Code::InvalidRequest, message)
}

/// The object that the parts make.
fn assemble(upload: &UploadRecord, parts: &[PartRecord]) -> Result<ObjectRecord, ApiError> {
    let template = upload.template.clone();
    let algorithm = template
        .checksum_algorithm
        .unwrap_or(ChecksumAlgorithm::Crc64Nvme);
    let count = u32::try_from(parts.len()).map_err(ApiError::internal)?;
    Ok(ObjectRecord {
        size: parts.iter().map(|part| part.size).sum(),
        etag: checksums::etag(parts.iter())?,
        body: Body::Parts {
            upload: upload.sequence,
            count,
        },
        system: template.system,
        metadata: template.metadata,
        checksum: checksums::combine(parts.iter(), algorithm, template.full_object_checksum),
        storage_class: template.storage_class,
        tags: template.tags,
        lock: template.lock,
        acl: template.acl,
    })
}

fn plan(
    view: &View<'_, '_>,
    target: Target,
    named: &Named,
    list: &[Listed],
    demands: &Demands,
    before: Option<&Completion>,
) -> Result<(Vec<Mutation>, Completed), ApiError> {
    let target = target.now(view.config)?;
    let Some(upload) = view.rows.upload(target.bucket.id, &target.key, named.sequence)? else {
        let told = completed_before(view, &target, named, list, before)?;
        let composite = told.checksum.as_ref().is_some_and(|checksum| checksum.composite);
        checksums::check_type(demands.checksum_type.as_deref(), !composite)?;
        demands.check(told.size, told.checksum.as_ref())?;
        return Ok((Vec::new(), told));
    };
    checksums::check_type(
        demands.checksum_type.as_deref(),
        upload.template.full_object_checksum,
    )?;
    let stored = view
        .rows
        .parts(upload.sequence, .., usize::MAX)?
        .into_iter()
        .collect();
    // What is wrong with the parts comes before a condition (decision 0009).
    let parts = choose(list, stored, &upload, &named.id)?;
    let current = view.rows.current(target.bucket.id, &target.key)?;
    judge(&demands.condition, &target, &upload, current.as_ref())?;
    let object = assemble(&upload, &parts)?;
    demands.check(object.size, object.checksum.as_ref())?;
    let (etag, size, checksum) = (object.etag.clone(), object.size, object.checksum.clone());
    let place = Some((upload.sequence, upload.initiated));
    let (mut mutations, made) = insert(view, &target, object, upload.owner, None, place)?;
    let keep: BTreeSet<u16> = list.iter().filter_map(Listed::part_number).collect();
    let (bucket, sequence) = (target.bucket.id, upload.sequence);
    mutations.push(Mutation::DeleteUpload {
        bucket,
        key: target.key,
        sequence,
        keep: Some(keep),
    });
    let shown = (made.versioning == Versioning::Enabled).then_some(made.id);
    let completed = Completed {
        shown,
        etag,
        size,
        checksum,
    };
    Ok((mutations, completed))
}

/// What the completion of a completed upload is told once more, if it lists the same parts: whatever its condition,
/// which held when the object was made (VER-PUT-014).
fn completed_before(
    view: &View<'_, '_>,
    target: &Target,
    named: &Named,
    list: &[Listed],
    before: Option<&Completion>,
) -> Result<Completed, ApiError> {
    let gone = || no_such_upload(&named.id);
    let Some(version) = made_of(view, target, named.sequence)? else {
        let before = before.filter(|before| is_same(&before.list, list));
        return before.map(|before| before.told.clone()).ok_or_else(gone);
    };
    let object = version.object().ok_or_else(gone)?;
    let parts = view.rows.parts(named.sequence, .., usize::MAX)?;
    let same = parts.len() == list.len()
        && parts
            .iter()
            .zip(list)
            .all(|((number, part), listed)| listed.part_number() == Some(*number) && listed.matches(part));
    if !same {
        return Err(gone());
    }
    Ok(Completed {
        shown: (!version.null).then(|| target.place().id(view, &version)),
        etag: object.etag.clone(),
        size: object.size,
        checksum: object.checksum.clone(),
    })
}

/// Whether a list names the parts that another one named.
fn is_same(before: &[Listed], now: &[Listed]) -> bool {
    let same = |(before, now): (&Listed, &Listed)| {
        let checksums = now.checksums.is_empty() || before.checksums == now.checksums;
        before.number == now.number && before.etag == now.etag && checksums
    };
    before.len() == now.len() && before.iter().zip(now).all(same)
}

/// The version that an upload became: in its own place, or the `null` one (VER-PUT-009).
fn made_of(view: &View<'_, '_>, target: &Target, upload: u64) -> Result<Option<VersionRecord>, ApiError> {
    let (rows, bucket, key) = (view.rows, target.bucket.id, target.key.as_str());
    let its_own = |version: &VersionRecord| {
        let body = version.object().map(|object| &object.body);
        matches!(body, Some(Body::Parts { upload: of, .. }) if *of == upload)
    };
    match rows.version(bucket, key, upload)?.filter(its_own) {
        Some(version) => Ok(Some(version)),
        None => Ok(rows.null(bucket, key)?.filter(its_own)),
    }
}

/// CompleteMultipartUpload.
pub(crate) async fn complete(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let target = Target::of(exchange)?;
    let demands = Demands::read(exchange)?;
    let body = payload.collect(MAX_DOCUMENT).await?;
    if body.is_empty() {
        // An upload that is not there is told first.
        Named::read(exchange, &target)?.find(&exchange.snapshot.rows, &target)?;
        let message = "You must specify at least one part";
        return Err(ApiError::with_message(Code::InvalidRequest, message));
    }
    let list = read_list(&body)?;
    if list.windows(2).any(|pair| pair[0].number >= pair[1].number) {
        return Err(ApiError::new(Code::InvalidPartOrder).with(
            "UploadId",
            exchange.request.query.get("uploadId").unwrap_or_default(),
        ));
    }
    let named = Named::read(exchange, &target)?;
    let (bucket, key) = (target.bucket.name.clone(), target.key.clone());
    let completions = &exchange.server.completions;
    let (upload, before) = (named.sequence, completions.of(named.sequence));
    let plan = move |view: &View<'_, '_>| {
        let (mutations, told) = plan(view, target, &named, &list, &demands, before.as_deref())?;
        Ok((mutations, (told, list)))
    };
    let (completed, list) = Rights::of(exchange).commit(plan).await?;
    completions.keep(Completion {
        upload,
        list,
        told: completed.clone(),
    });
    let host = exchange.request.header("host").unwrap_or_default();
    let mut writer = Writer::new("CompleteMultipartUploadResult");
    writer.text("Location", format!("http://{host}{}", exchange.request.raw_path));
    writer
        .text("Bucket", bucket)
        .text("Key", key)
        .text("ETag", format!("\"{}\"", completed.etag));
    if let Some(checksum) = &completed.checksum {
        writer.text(checksum.algorithm.element(), &checksum.value);
        writer.text("ChecksumType", checksums::type_name(!checksum.composite));
    }
    Ok(Reply::xml(writer.finish())
        .header("x-amz-server-side-encryption", "AES256")
        .header_opt("x-amz-version-id", completed.shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_strict() {
        let read = |inner: &str| {
            let text = format!("<CompleteMultipartUpload>{inner}</CompleteMultipartUpload>");
            read_list(text.as_bytes()).map_err(|error| error.code)
        };
        let part = |number: &str| format!("<Part><PartNumber>{number}</PartNumber><ETag>\"e\"</ETag></Part>");
        assert_eq!(
            read(&part("1")).unwrap(),
            [Listed {
                number: 1,
                etag: "e".to_owned(),
                checksums: Vec::new()
            }]
        );
        assert_eq!(read(""), Err(Code::MalformedXML));
        assert_eq!(
            read("<Part><PartNumber>1</PartNumber></Part>"),
            Err(Code::MalformedXML)
        );
        assert_eq!(read(&part("x")), Err(Code::MalformedXML));
        let sha512 =
            "<Part><PartNumber>1</PartNumber><ETag>e</ETag><ChecksumSHA512>AA==</ChecksumSHA512></Part>";
        assert_eq!(read(sha512), Err(Code::NotImplemented));
        assert_eq!(read(&sha512.replace("SHA512", "SHA3")), Err(Code::MalformedXML));
        for number in ["0", "-1"] {
            assert_eq!(read(&part(number)), Err(Code::InvalidArgument));
        }
        // No part has these numbers, but a list may (a part that is not there is told with the upload).
        assert_eq!(read(&part("10001")).unwrap()[0].part_number(), Some(10_001));
        assert_eq!(read(&part("70000")).unwrap()[0].part_number(), None);
        let with =
            "<Part><PartNumber>2</PartNumber><ETag>e</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part>";
        let checksums = vec![(ChecksumAlgorithm::Crc32, "AAAAAA==".to_owned())];
        assert_eq!(
            read(with).unwrap(),
            [Listed {
                number: 2,
                etag: "e".to_owned(),
                checksums
            }]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_list_is_too_odd(inner in "(<(Part|/Part|PartNumber|/PartNumber|ETag|/ETag)>|[0-9&<]){0,14}") {
            let text = format!("<CompleteMultipartUpload>{inner}</CompleteMultipartUpload>");
            if let Ok(list) = read_list(text.as_bytes()) {
                proptest::prop_assert!(!list.is_empty());
            }
        }
    }
}
