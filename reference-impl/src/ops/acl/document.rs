//! The `AccessControlPolicy` document.

use super::request::{grantee_by_id, grantee_by_uri, no_addresses};
use crate::authz::{Acl, AclPermission, Directory, Grant, Grantee};
use crate::error::{ApiError, Code};
use crate::wire::xml::{self, Element, Writer};

const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Reads a document (EVAL-ACL-013, EVAL-ACL-014).
///
/// # Errors
/// `MalformedACLError` for a document against the schema, `InvalidArgument` for grantees that do not exist.
pub(super) fn read(body: &[u8], directory: &dyn Directory) -> Result<Acl, ApiError> {
    let root = xml::parse(body, "AccessControlPolicy").map_err(|_| malformed())?;
    root.only(&["Owner", "AccessControlList"])
        .map_err(|_| malformed())?;
    let owner = child(&root, "Owner")?;
    owner.only(&["ID", "DisplayName"]).map_err(|_| malformed())?;
    let list = child(&root, "AccessControlList")?;
    list.only(&["Grant"]).map_err(|_| malformed())?;
    let grants = list
        .children("Grant")
        .map(|grant| read_grant(grant, directory))
        .collect::<Result<_, _>>()?;
    match grantee_by_id(text(owner, "ID")?, "CanonicalUser/ID", directory)? {
        Grantee::Account(owner) => Ok(Acl { owner, grants }),
        _ => Err(malformed()),
    }
}

fn read_grant(grant: &Element, directory: &dyn Directory) -> Result<Grant, ApiError> {
    grant.only(&["Grantee", "Permission"]).map_err(|_| malformed())?;
    let permission = AclPermission::parse(text(grant, "Permission")?).ok_or_else(malformed)?;
    let grantee = child(grant, "Grantee")?;
    let grantee = match grantee.attribute("type").ok_or_else(malformed)? {
        "CanonicalUser" => grantee_by_id(text(grantee, "ID")?, "CanonicalUser/ID", directory)?,
        "Group" => grantee_by_uri(text(grantee, "URI")?, "Group/URI")?,
        "AmazonCustomerByEmail" => return Err(no_addresses()),
        _ => return Err(malformed()),
    };
    Ok(Grant { grantee, permission })
}

fn child<'e>(element: &'e Element, name: &str) -> Result<&'e Element, ApiError> {
    element.child(name).ok().flatten().ok_or_else(malformed)
}

fn text<'e>(element: &'e Element, name: &str) -> Result<&'e str, ApiError> {
    element.child_text(name).ok().flatten().ok_or_else(malformed)
}

fn malformed() -> ApiError {
    ApiError::new(Code::MalformedACLError)
}

/// Writes a document; `canonical_id` gives the canonical user ID of an account.
pub(super) fn write(acl: &Acl, canonical_id: impl Fn(crate::authz::AccountId) -> String) -> String {
    let mut writer = Writer::new("AccessControlPolicy");
    writer.open("Owner").text("ID", canonical_id(acl.owner)).close();
    writer.open("AccessControlList");
    for grant in &acl.grants {
        writer.open("Grant");
        let kind = if grant.grantee.uri().is_some() {
            "Group"
        } else {
            "CanonicalUser"
        };
        writer.open_with(
            "Grantee",
            &format!("xmlns:xsi=\"{SCHEMA_INSTANCE}\" xsi:type=\"{kind}\""),
        );
        match grant.grantee {
            Grantee::Account(account) => writer.text("ID", canonical_id(account)),
            Grantee::AmazonEc2 => writer.text("ID", Grantee::AMAZON_EC2_ID),
            group => writer.text_opt("URI", group.uri()),
        };
        writer
            .close()
            .text("Permission", grant.permission.as_str())
            .close();
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Names, OWNER_ID, owner};
    use super::*;
    use crate::authz::CannedAcl;

    #[test]
    fn documents_are_read_back() {
        let acl = CannedAcl::PublicRead.expand(owner(), owner());
        let text = write(&acl, |_| OWNER_ID.to_owned());
        assert_eq!(read(text.as_bytes(), &Names).unwrap(), acl);
    }

    #[test]
    fn documents_against_the_schema_are_refused() {
        let owner = format!("<Owner><ID>{OWNER_ID}</ID></Owner>");
        let policy = |inside: &str| format!("<AccessControlPolicy>{inside}</AccessControlPolicy>");
        let grant = |grantee: &str, permission: &str| {
            policy(&format!(
                "{owner}<AccessControlList><Grant>{grantee}<Permission>{permission}</Permission></Grant>\
                 </AccessControlList>"
            ))
        };
        let group = "<Grantee xmlns:xsi=\"x\" xsi:type=\"Group\"><URI>http://acs.amazonaws.com/groups/global/AllUsers\
                     </URI></Grantee>";
        assert!(read(grant(group, "READ").as_bytes(), &Names).is_ok());
        for text in [
            String::new(),
            policy(&owner),
            policy("<AccessControlList/>"),
            policy(&format!("<Owner/>{}", "<AccessControlList/>")),
            policy(&format!("{owner}<AccessControlList/><Extra/>")),
            grant(group, "read"),
            grant("<Grantee><ID>x</ID></Grantee>", "READ"),
        ] {
            assert_eq!(
                read(text.as_bytes(), &Names).unwrap_err().code,
                Code::MalformedACLError,
                "{text}"
            );
        }
        let unknown = grant(
            "<Grantee xmlns:xsi=\"x\" xsi:type=\"CanonicalUser\"><ID>0</ID></Grantee>",
            "READ",
        );
        let error = read(unknown.as_bytes(), &Names).unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (Code::InvalidArgument, "Invalid id")
        );
    }

    proptest::proptest! {
        #[test]
        fn any_damage_is_answered(place in 0usize..400, byte in proptest::num::u8::ANY) {
            let acl = CannedAcl::PublicRead.expand(owner(), owner());
            let mut text = write(&acl, |_| OWNER_ID.to_owned()).into_bytes();
            let place = place % text.len();
            text[place] = byte;
            let _ = read(&text, &Names);
        }
    }
}
