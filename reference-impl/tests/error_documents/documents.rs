//! Errors of tags and ACLs, in headers and documents.

use super::case::World;
use crate::client::Call;

fn tags(tags: &[(&str, &str)]) -> String {
    let tags: String = tags
        .iter()
        .map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"))
        .collect();
    format!("<Tagging><TagSet>{tags}</TagSet></Tagging>")
}

#[test]
fn tags_in_documents() {
    let world = World::new();
    let key = "The TagKey you have provided is invalid";
    let value = "The TagValue you have provided is invalid";
    let twice = "Cannot provide multiple Tags with the same key";
    for (target, system) in [
        ("/bkt?tagging", "System tags cannot be added/updated by requester"),
        ("/bkt/k?tagging", "Your TagKey cannot be prefixed with aws:"),
    ] {
        let put = |pairs: &[(&str, &str)]| Call::new("PUT", target).document(&tags(pairs));
        let code = "400 InvalidTag";
        world.refuses(put(&[("aws:a", "b")]), code, system, &[("TagKey", "aws:a")]);
        world.refuses(put(&[("a,b", "c")]), code, key, &[("TagKey", "a,b")]);
        world.refuses(put(&[("", "c")]), code, key, &[]);
        world.refuses(
            put(&[("a", "b,c")]),
            code,
            value,
            &[("TagKey", "a"), ("TagValue", "b,c")],
        );
        world.refuses(put(&[("a", "b"), ("a", "c")]), code, twice, &[("TagKey", "a")]);
    }
    for (target, most, message) in [
        ("/bkt?tagging", 50, "Bucket tag count cannot be greater than 50"),
        ("/bkt/k?tagging", 10, "Object tags cannot be greater than 10"),
    ] {
        let names: Vec<String> = (0..=most).map(|number| format!("k{number}")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
        let call = Call::new("PUT", target).document(&tags(&pairs));
        world.refuses(call, "400 BadRequest", message, &[]);
    }
}

#[test]
fn acls() {
    let world = World::new();
    let schema = "The XML you provided was not well-formed or did not validate against our published schema";
    let writer =
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
    world.done(Call::new("PUT", "/bkt?ownershipControls").document(writer));
    for target in ["/bkt?acl", "/bkt/k?acl"] {
        world.refuses(
            Call::new("PUT", target).header("x-amz-acl", "private").body("x"),
            "400 UnexpectedContent",
            "This request does not support content",
            &[],
        );
        world.refuses(
            Call::new("PUT", target),
            "400 MissingSecurityHeader",
            "Your request was missing a required header",
            &[("MissingHeaderName", "x-amz-acl")],
        );
        world.refuses(
            Call::new("PUT", target).document("<AccessControlPolicy/>"),
            "400 MalformedACLError",
            schema,
            &[],
        );
        world.refuses(
            Call::new("PUT", target).header("x-amz-acl", "private").header(
                "x-amz-grant-read",
                "uri=http://acs.amazonaws.com/groups/global/AllUsers",
            ),
            "400 InvalidRequest",
            "Specifying both Canned ACLs and Header Grants is not allowed",
            &[],
        );
        world.refuses(
            Call::new("PUT", target).header("x-amz-grant-read", "id=none"),
            "400 InvalidArgument",
            "Invalid id",
            &[("ArgumentName", "id"), ("ArgumentValue", "none")],
        );
    }
}
