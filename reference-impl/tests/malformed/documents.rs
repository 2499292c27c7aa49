//! The XML documents of every operation that reads one, changed as trees and as text.

use bucketlaw_server::wire::xml::{self, Element};
use proptest::prelude::*;
use proptest::sample::Index;

use super::edits::{Edit, edited, edits};
use super::for_all;
use super::world::{Call, OWNER, Proof, World};

/// Operations and a right document of each; `UPLOAD` stands for the upload id.
const OPERATIONS: [(&str, &str, &str); 14] = [
    (
        "PUT",
        "/fresh",
        "<CreateBucketConfiguration><LocationConstraint>us-west-2</LocationConstraint></CreateBucketConfiguration>",
    ),
    (
        "PUT",
        "/plain?versioning",
        "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Disabled</MfaDelete></VersioningConfiguration>",
    ),
    (
        "PUT",
        "/locks?object-lock",
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
    ),
    (
        "PUT",
        "/locks?object-lock",
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Years>1</Years></DefaultRetention></Rule></ObjectLockConfiguration>",
    ),
    (
        "PUT",
        "/plain?publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
    ),
    (
        "PUT",
        "/acls?ownershipControls",
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
    ),
    (
        "POST",
        "/plain/mp?uploadId=UPLOAD",
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"8d777f385d3dfec8815d20f7496026dd\"</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part><Part><PartNumber>2</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
    ),
    (
        "POST",
        "/plain?delete",
        "<Delete><Object><Key>none</Key></Object><Object><Key>none</Key><VersionId>null</VersionId><ETag>*</ETag><Size>4</Size><LastModifiedTime>Wed, 12 Oct 2009 17:50:00 GMT</LastModifiedTime></Object><Quiet>true</Quiet></Delete>",
    ),
    (
        "PUT",
        "/acls/k?acl",
        "<AccessControlPolicy><Owner><ID>x</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>",
    ),
    (
        "PUT",
        "/acls?acl",
        "<AccessControlPolicy><Owner><ID>x</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>x</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>",
    ),
    (
        "PUT",
        "/plain?tagging",
        "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
    ),
    (
        "PUT",
        "/plain/k?tagging",
        "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
    ),
    (
        "PUT",
        "/locks/k?retention",
        "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-03T00:00:00Z</RetainUntilDate></Retention>",
    ),
    (
        "PUT",
        "/locks/k?legal-hold",
        "<LegalHold><Status>OFF</Status></LegalHold>",
    ),
];

const TEXTS: [&str; 33] = [
    "",
    " ",
    "0",
    "-1",
    "+1",
    "1",
    "1.5",
    "1e9",
    "0x10",
    "٣",
    "2147483648",
    "18446744073709551616",
    "99999999999999999999999999",
    "true",
    "TRUE",
    "null",
    "Enabled",
    "Suspended",
    "COMPLIANCE",
    "GOVERNANCE",
    "ON",
    "us-east-1",
    "*",
    "\"\"",
    "..",
    "k\u{0}k",
    "2026-01-03T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "+292278994-08-17T07:12:55Z",
    "-0001-01-01T00:00:00Z",
    "2026-02-30T25:61:61Z",
    "Thu, 01 Jan 2026 00:00:00 GMT",
    "\u{1f512}é\u{202e}",
];

const PIECES: [&str; 24] = [
    "<",
    ">",
    "/",
    "&",
    "\"",
    "]]>",
    "<![CDATA[",
    "<![CDATA[x]]>",
    "<!--",
    "-->",
    "<!-- x -->",
    "<?x?>",
    "<!DOCTYPE x [<!ENTITY e \"eeee\">]>",
    "&e;",
    "&amp;",
    "&#0;",
    "&#xD800;",
    "&#x110000;",
    "&#99999999999;",
    "<a/>",
    "</a>",
    "<x:y xmlns:x=\"z\"/>",
    " xmlns=\"\"",
    "\u{feff}",
];

/// A change of the tree, at one of its elements.
#[derive(Clone, Debug)]
enum Change {
    Twice(Index),
    Gone(Index),
    Named(Index, String),
    Saying(Index, String),
    Long(Index, usize),
    Deep(Index, usize),
    Many(Index, usize),
    With(Index, String, String),
    Under(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    let text =
        || prop_oneof![4 => prop::sample::select(&TEXTS[..]).prop_map(str::to_owned), 1 => "\\PC{0,12}"];
    let name = prop::sample::select(
        &[
            "Key",
            "VersionId",
            "Status",
            "Mode",
            "Days",
            "Years",
            "Rule",
            "x:Status",
            "a",
            "Part",
            "Grant",
        ][..],
    );
    let attribute = prop::sample::select(&["xmlns", "xmlns:x", "xsi:type", "x", "xml:space", "1", ""][..]);
    prop_oneof![
        2 => index().prop_map(Change::Twice),
        2 => index().prop_map(Change::Gone),
        2 => (index(), name).prop_map(|(at, name)| Change::Named(at, name.to_owned())),
        4 => (index(), text()).prop_map(|(at, text)| Change::Saying(at, text)),
        1 => (index(), 1usize..100_000).prop_map(|(at, length)| Change::Long(at, length)),
        1 => (index(), 1usize..200).prop_map(|(at, depth)| Change::Deep(at, depth)),
        1 => (index(), 1usize..1200).prop_map(|(at, count)| Change::Many(at, count)),
        1 => (index(), attribute, text()).prop_map(|(at, name, value)| Change::With(at, name.to_owned(), value)),
        1 => (index(), index()).prop_map(|(from, to)| Change::Under(from, to)),
    ]
}

impl Change {
    fn apply(&self, root: &mut Element) {
        match self {
            Self::Twice(at) => beside(root, at, 1),
            // Enough for the limits of parts, tags, grants and entries, but not for each element of a long document.
            Self::Many(at, count) => beside(root, at, if size(root) > 100 { 1 } else { *count }),
            Self::Gone(at) => {
                let parent = nth(root, at);
                parent.children.clear();
            }
            Self::Named(at, name) => nth(root, at).name.clone_from(name),
            Self::Saying(at, text) => nth(root, at).text.clone_from(text),
            Self::Long(at, length) => nth(root, at).text = "9".repeat(*length),
            Self::Deep(at, depth) => {
                let element = nth(root, at);
                for _ in 0..*depth {
                    let inner = std::mem::take(element);
                    element.name.clone_from(&inner.name);
                    element.children.push(inner);
                }
            }
            Self::With(at, name, value) => nth(root, at).attributes.push((name.clone(), value.clone())),
            Self::Under(from, to) => {
                let moved = nth(root, from).clone();
                nth(root, to).children.push(moved);
            }
        }
    }
}

/// Puts copies of an element's first child beside it, or of nothing if it has none.
fn beside(root: &mut Element, at: &Index, count: usize) {
    let parent = nth(root, at);
    if let Some(child) = parent.children.first().cloned() {
        parent.children.extend(std::iter::repeat_n(child, count));
    }
}

fn size(element: &Element) -> usize {
    1 + element.children.iter().map(size).sum::<usize>()
}

/// An element of the tree, in document order.
fn nth<'e>(root: &'e mut Element, at: &Index) -> &'e mut Element {
    let mut left = at.index(size(root));
    let mut element = root;
    while left > 0 {
        left -= 1;
        let mut child = 0;
        while left >= size(&element.children[child]) {
            left -= size(&element.children[child]);
            child += 1;
        }
        element = &mut element.children[child];
    }
    element
}

fn write(element: &Element, out: &mut String) {
    out.push_str(&format!("<{}", element.name));
    for (name, value) in &element.attributes {
        out.push_str(&format!(" {name}=\"{}\"", escaped(value)));
    }
    out.push('>');
    out.push_str(&escaped(&element.text));
    element.children.iter().for_each(|child| write(child, out));
    out.push_str(&format!("</{}>", element.name));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// The right document with its attributes under their prefixed names, as clients send them.
fn parsed(document: &str) -> Element {
    let mut root = xml::parse_any(document.as_bytes()).unwrap();
    root.attributes
        .push(("xmlns".to_owned(), xml::S3_NAMESPACE.to_owned()));
    root
}

fn ask(world: &World, method: &str, target: &str, body: Vec<u8>) -> Result<(), String> {
    let target = target.replace("UPLOAD", &world.upload);
    let call = Call::new(method, &target).document(body);
    let call = call
        .signed(OWNER, Proof::Header)
        .ok_or("the request can't be signed")?;
    world.check(&call).map(|_| ())
}

/// Makes the text of a document after changes of the tree and edits of the text.
fn document(text: &str, changes: &[Change], edits: &[Edit]) -> Vec<u8> {
    let mut root = parsed(text);
    changes.iter().for_each(|change| change.apply(&mut root));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    write(&root, &mut out);
    edited(out, edits)
}

#[test]
fn a_change_is_seen() {
    let world = World::start("change");
    let before = world.snapshot();
    world.made(Call::new("GET", "/plain/k"));
    assert!(world.is_as(&before));
    world.made(Call::new("DELETE", "/plain/none"));
    assert!(!world.is_as(&before), "a delete marker");
    let before = world.snapshot();
    let status = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    world.made(Call::new("PUT", "/plain?versioning").document(status));
    assert!(!world.is_as(&before), "the configuration");
    let before = world.snapshot();
    world.made(
        Call::new(
            "PUT",
            &format!("/plain/mp?uploadId={}&partNumber=1", world.upload),
        )
        .body("other"),
    );
    assert!(!world.is_as(&before), "a part");
}

#[test]
fn right_documents_are_taken() {
    let world = World::start("right");
    for (method, target, text) in OPERATIONS {
        let target = target.replace("UPLOAD", &world.upload);
        let call = Call::new(method, &target).document(document(text, &[], &[]));
        let answer = world.send(&call.signed(OWNER, Proof::Header).unwrap()).unwrap();
        let code = answer.element("Code").unwrap_or_default();
        assert!(code != "MalformedXML", "{target}: {}", answer.text());
    }
}

#[test]
fn changed_documents() {
    let world = World::start("documents");
    let case = (
        prop::sample::select(&OPERATIONS[..]),
        prop::collection::vec(change(), 0..4),
        // Most documents that are edited as text are not well-formed, and so never get far.
        prop_oneof![2 => Just(Vec::new()), 1 => edits(&PIECES, 1..3)],
    );
    for_all(12_000, &case, |((method, target, text), changes, edits)| {
        ask(&world, method, target, document(text, &changes, &edits))
    });
}

#[test]
fn bodies_that_are_no_documents() {
    let world = World::start("bodies");
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)
            .prop_map(|pieces| pieces.concat().into_bytes()),
        (1usize..100_000).prop_map(|depth| "<a>".repeat(depth).into_bytes()),
    ];
    let case = (prop::sample::select(&OPERATIONS[..]), body);
    for_all(2000, &case, |((method, target, _), body)| {
        ask(&world, method, target, body)
    });
}
