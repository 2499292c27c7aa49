//! What becomes of the version that a request finds: which one is read, and how a delete marker is answered.

use Asked::{Acl, Attributes, NewAcl, Object, Source, Tags};
use Read::{Copying, Getting};

use crate::argument::VersionRef;
use crate::cx::{Cx, NOT_MODELLED};
use crate::state::Version;
use crate::table::{Decision, Printed, printed, table, words};
use crate::versioning::copy::{VER_COPY_001, VER_COPY_006, VER_COPY_007};
use crate::versioning::read::{
    VER_GET_001, VER_GET_003, VER_GET_003_CODE, VER_GET_004, VER_GET_009, VER_GET_009_NAMED, VER_GET_010,
    VER_GET_011, VER_GET_012, VER_GET_012_NAMED,
};
use crate::words::FacetId;

words! {
    /// What of a version is asked for.
    pub(crate) enum Asked {
        /// The object: GetObject or HeadObject.
        Object,
        /// Its ACL: GetObjectAcl.
        Acl,
        /// Another ACL for it: PutObjectAcl.
        NewAcl,
        /// Its tags, to be read, put or deleted.
        Tags,
        /// Its attributes: GetObjectAttributes.
        Attributes,
        /// Its copy, whole or as a part.
        Source,
    }
}

words! {
    /// How a delete marker is answered.
    pub(crate) enum Answer {
        /// The newest object below it is shown.
        Below,
        /// It is 404 NoSuchKey, or what hides that from callers who may not list.
        Hidden,
        /// It is 405 MethodNotAllowed, or what hides that from callers who may not list.
        HiddenNotAllowed,
        /// It is 404 NoSuchKey to everybody.
        NoSuchKey,
        /// It is 405 MethodNotAllowed.
        NotAllowed,
        /// It is 400 InvalidRequest.
        InvalidRequest,
    }
}

table! {
    /// How a request for a delete marker is answered.
    OnMarker {
        /// What is asked for.
        asked: Asked,
        /// The marker is named by its id; otherwise it is current.
        named: bool,
    } => Answer, unnoted;

    VER_GET_003             if asked == Object && !named                    => passes,          else Below;
    VER_GET_003_CODE        if asked == Object && !named                    => Hidden,          else HiddenNotAllowed;
    VER_GET_004             if asked == Object && named                     => NotAllowed,      else NoSuchKey;
    VER_GET_009             if asked == Acl && !named                       => Hidden,          else NotAllowed;
    VER_GET_009_NAMED       if asked == Acl && named                        => NotAllowed,      else NoSuchKey;
    VER_GET_010             if asked == NewAcl                              => NotAllowed,      else NoSuchKey;
    VER_GET_011             if asked == Tags                                => NotAllowed,      else NoSuchKey;
    VER_GET_012             if asked == Attributes && !named                => Hidden,          else NotAllowed;
    VER_GET_012_NAMED       if asked == Attributes && named                 => NotAllowed,      else NoSuchKey;
    VER_COPY_006            if asked == Source && !named                    => Hidden,          else NotAllowed;
    VER_COPY_007            if asked == Source && named                     => InvalidRequest,  or NotAllowed;
    _                                                                       => NotAllowed;
}

/// How a request for a delete marker is answered, and by which facet.
pub(crate) fn on_marker(cx: &mut Cx<'_>, asked: Asked, reference: VersionRef) -> (Answer, FacetId) {
    let named = !reference.means_current();
    let (answer, by) = OnMarker { asked, named }.ruled(cx);
    (answer, by.unwrap_or(NOT_MODELLED))
}

words! {
    /// Who reads a version.
    pub(crate) enum Read {
        /// GetObject, which returns its bytes.
        Getting,
        /// A copy, whole or as a part.
        Copying,
        /// Another operation.
        Other,
    }
}

words! {
    /// Which version is read.
    enum Returned {
        /// The one that is named.
        Named,
        /// The current version is read.
        Current,
    }
}

table! {
    /// Which version is read, where one is named and another object is current.
    Older {
        /// Who reads it.
        read: Read,
    } => Returned;

    VER_GET_001             if read == Getting                              => Named,           else Current;
    VER_COPY_001            if read == Copying                              => Named,           else Current;
    _                                                                       => Named;
}

/// The version that is read where `version` was found.
pub(crate) fn reads<'s>(
    cx: &mut Cx<'_>,
    read: Read,
    current: Option<&'s Version>,
    version: &'s Version,
) -> &'s Version {
    let other = current.filter(|current| current.name != version.name && !current.is_marker());
    match other {
        Some(current) if Older { read }.ruled(cx).0 == Returned::Current => current,
        Some(_) | None => version,
    }
}

/// The tables of this file, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<OnMarker>(), printed::<Older>()]
}
