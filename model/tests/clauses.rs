//! What single clauses rule, said as programs: the status of every step under the law as this project would build it.
#![expect(clippy::unwrap_used, reason = "a test may fail where it expects something")]

use bucketlaw_model::belief::Possibility;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::{HEADER, Program};
use bucketlaw_model::reply::{Code, Name, Reply};
use bucketlaw_model::simulate::{instant, render};
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;

/// The replies to a program.
fn replies(steps: &str) -> Vec<(Program, Reply)> {
    let program = Program::read(&format!("{HEADER}\n1 owner CreateBucket bucket=b\n{steps}")).unwrap();
    let (law, now) = (Law::strict(), Moment::exactly(instant(&program.world, 0)));
    let mut possibility = Possibility::default();
    let mut replies = Vec::new();
    for (number, request) in program.requests() {
        let request = possibility.resolve(request);
        let transition = step(&law, &program.world, &possibility.state, &request, now)
            .into_iter()
            .next()
            .unwrap();
        possibility.expose(number, &request, &transition.reply);
        possibility.state = transition.next.unwrap_or(possibility.state);
        replies.push((program.clone(), transition.reply));
    }
    replies
}

/// The statuses of the steps after the first.
fn statuses(steps: &str) -> Vec<u16> {
    replies(steps)
        .iter()
        .skip(1)
        .map(|(_, reply)| reply.status)
        .collect()
}

/// The keys of the last reply's entries.
fn keys(steps: &str) -> Vec<String> {
    let replies = replies(steps);
    let (program, reply) = replies.last().unwrap();
    let observed = render(&program.world, reply);
    let key = |fields: &[(Name, String)]| {
        fields
            .iter()
            .find(|(name, _)| *name == Name::KeyElement)
            .map(|(_, text)| text.clone())
    };
    observed
        .entries
        .iter()
        .filter_map(|entry| key(&entry.fields))
        .collect()
}

const ENABLED: &str = "2 owner PutBucketVersioning bucket=b status=Enabled\n";

#[test]
fn ver_cond_013_a_condition_on_nothing_is_404_and_makes_nothing() {
    let steps = "2 owner DeleteObject bucket=b key=k if_match=*\n3 owner DeleteObject bucket=b key=k if_match=a\n\
        4 owner PutObject bucket=b key=k\n5 owner DeleteObject bucket=b key=k if_match=x\n\
        6 owner DeleteObject bucket=b key=k if_match=*\n";
    assert_eq!(statuses(steps), [404, 404, 200, 412, 204]);
    let marked = "3 owner DeleteObject bucket=b key=k\n4 owner DeleteObject bucket=b key=k if_match=*\n\
        5 owner DeleteObject bucket=b key=k if_match=a\n6 owner ListObjectVersions bucket=b\n";
    assert_eq!(statuses(&format!("{ENABLED}{marked}")), [200, 204, 404, 404, 200]);
    assert_eq!(keys(&format!("{ENABLED}{marked}")), ["k"]);
}

#[test]
fn ver_cond_019_a_condition_beside_a_version_id_is_501() {
    let steps = "3 owner PutObject bucket=b key=k content=a\n4 owner PutObject bucket=b key=k content=x\n\
        5 owner DeleteObject bucket=b key=k version=v3 if_match=a\n6 owner DeleteObject bucket=b key=k version=v3 if_match=x\n\
        7 owner GetObject bucket=b key=k version=v3\n8 owner GetObject bucket=b key=k version=v4\n";
    assert_eq!(
        statuses(&format!("{ENABLED}{steps}")),
        [200, 200, 200, 501, 501, 200, 200]
    );
}

#[test]
fn ver_cond_020_and_021_conditions_in_the_query_and_with_one_quote() {
    let steps = "2 owner PutObject bucket=b key=k if_none_match=* conditions=query\n\
        3 owner PutObject bucket=b key=k if_none_match=* conditions=query\n\
        4 owner PutObject bucket=b key=k if_match=x conditions=query\n\
        5 owner PutObject bucket=b key=k content=x if_match=unclosed:a\n6 owner PutObject bucket=b key=k if_match=unopened:x\n\
        7 owner PutObject bucket=b key=k if_match=unclosed:x\n";
    assert_eq!(statuses(steps), [200, 412, 412, 200, 200, 412]);
}

#[test]
fn ver_copy_011_an_id_of_another_key_finds_nothing_of_a_missing_one() {
    let steps = "3 owner PutObject bucket=b key=k\n4 owner CopyObject source_bucket=b source_key=l source_version=v3 bucket=b key=m\n";
    let replies = replies(&format!("{ENABLED}{steps}"));
    assert_eq!(replies.last().unwrap().1.code, Some(Code::NoSuchVersion));
}

#[test]
fn ver_put_014_a_second_completion_makes_nothing_new() {
    let steps = "3 owner CreateMultipartUpload bucket=b key=k\n4 owner UploadPart bucket=b key=k upload=u3\n\
        5 owner CompleteMultipartUpload bucket=b key=k upload=u3\n\
        6 owner CompleteMultipartUpload bucket=b key=k upload=u3 if_none_match=*\n7 owner ListObjectVersions bucket=b\n";
    let steps = format!("{ENABLED}{steps}");
    assert_eq!(statuses(&steps), [200, 200, 200, 200, 200, 200]);
    assert_eq!(keys(&steps), ["k"]);
}

#[test]
fn ver_put_015_a_version_id_on_a_put_is_refused() {
    let steps = "2 owner PutObject bucket=b key=k version=null\n3 owner GetObject bucket=b key=k\n";
    assert_eq!(statuses(steps), [400, 404]);
}

#[test]
fn parts_have_numbers_and_sizes() {
    let steps = "2 owner CreateMultipartUpload bucket=b key=k\n3 owner UploadPart bucket=b key=k upload=u2 part=0\n\
        4 owner CompleteMultipartUpload bucket=b key=k upload=u2\n5 owner UploadPart bucket=b key=k upload=u2\n\
        6 owner UploadPart bucket=b key=k upload=u2 part=2\n7 owner CompleteMultipartUpload bucket=b key=k upload=u2\n";
    assert_eq!(statuses(steps), [200, 400, 400, 200, 200, 400]);
}

#[test]
fn ver_get_016_sizes_and_etags_agree() {
    let steps = "2 owner PutObject bucket=b key=k content=longer\n3 owner HeadObject bucket=b key=k\n\
        4 owner GetObjectAttributes bucket=b key=k\n";
    let replies = replies(steps);
    let shown = |nth: usize, name| {
        let (program, reply) = &replies.get(nth).unwrap();
        let observed = render(&program.world, reply);
        let found = observed.fields.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| text)
    };
    assert_eq!(shown(1, Name::EtagHeader).as_deref(), Some("longer"));
    assert_eq!(shown(2, Name::EtagHeader), shown(1, Name::EtagHeader));
    assert_eq!(shown(3, Name::EtagElement), shown(1, Name::EtagHeader));
    let bytes = "content longer\n".len().to_string();
    assert_eq!(shown(2, Name::ContentLength), Some(bytes.clone()));
    assert_eq!(shown(3, Name::ObjectSize), Some(bytes));
}

#[test]
fn ver_get_017_tags_are_replaced_and_removed() {
    let tags = |steps: &str| {
        let steps =
            format!("2 owner PutObject bucket=b key=k\n{steps}9 owner GetObjectTagging bucket=b key=k\n");
        keys(&steps)
    };
    let both = "3 owner PutObjectTagging bucket=b key=k tags=x/y\n";
    assert_eq!(tags(both), ["tag", "more"]);
    assert_eq!(
        tags(&format!(
            "{both}4 owner PutObjectTagging bucket=b key=k tags=/x\n"
        )),
        ["more"]
    );
    assert!(tags(&format!("{both}4 owner DeleteObjectTagging bucket=b key=k\n")).is_empty());
}

#[test]
fn ver_list_013_and_014_keys_in_the_order_of_their_bytes() {
    let put = "2 owner PutObject bucket=b key=%F0%9F%98%80\n3 owner PutObject bucket=b key=a%20c\n\
        4 owner PutObject bucket=b key=B\n5 owner PutObject bucket=b key=%EF%BD%9E\n";
    let listed = keys(&format!("{put}6 owner ListObjects bucket=b\n"));
    assert_eq!(listed, ["B", "a c", "\u{ff5e}", "\u{1f600}"]);
    let encoded = keys(&format!("{put}6 owner ListObjectsV2 bucket=b encoding=url\n"));
    assert_eq!(encoded, ["B", "a+c", "%EF%BD%9E", "%F0%9F%98%80"]);
}

#[test]
fn ver_list_015_and_016_pages_of_nothing_and_last_pages() {
    let put = "2 owner PutObject bucket=b key=a\n3 owner PutObject bucket=b key=c\n";
    for (page, entries, truncated, markers) in [
        ("max_keys=0", 0, "false", false),
        ("max_keys=1", 1, "true", true),
        ("max_keys=1 key_marker=a", 1, "false", false),
        ("", 2, "false", false),
    ] {
        let replies = replies(&format!("{put}4 owner ListObjectVersions bucket=b {page}\n"));
        let (program, reply) = replies.last().unwrap();
        let observed = render(&program.world, reply);
        let text = |name| observed.fields.iter().find(|(known, _)| *known == name);
        assert_eq!(observed.entries.len(), entries, "{page}");
        assert_eq!(text(Name::IsTruncated).unwrap().1, truncated, "{page}");
        assert_eq!(text(Name::NextKeyMarker).is_some(), markers, "{page}");
        assert_eq!(text(Name::NextVersionIdMarker).is_some(), markers, "{page}");
    }
}

#[test]
fn lock_ret_024_an_offset_is_the_same_instant() {
    let date = |until: &str| {
        let steps = format!(
            "2 owner CreateBucket bucket=c lock=true\n3 owner PutObject bucket=c key=k\n\
             4 owner PutObjectRetention bucket=c key=k mode=GOVERNANCE until={until}\n\
             5 owner GetObjectRetention bucket=c key=k\n"
        );
        let replies = replies(&steps);
        replies.last().unwrap().1.field(Name::RetainUntilDate)
    };
    assert!(date("@2").is_some());
    assert_eq!(date("@2/offset"), date("@2"));
    assert_eq!(date("@2/zoneless"), date("@2"));
}

#[test]
fn ver_put_016_making_an_object_leaves_the_version_below_alone() {
    let steps = "3 owner PutObject bucket=b key=k content=x\n4 owner PutObjectTagging bucket=b key=k tags=y\n\
        5 owner PutObject bucket=b key=k\n6 owner GetObjectTagging bucket=b key=k version=v3\n";
    assert_eq!(keys(&format!("{ENABLED}{steps}")), ["tag"]);
}
