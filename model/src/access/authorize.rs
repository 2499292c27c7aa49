//! The order of authorization: the bucket is looked up, then every permission is asked for, then the document is read
//! (`EVAL-CTX`).

use crate::access::refusal::{Denial, denied, is_later_reported};
use crate::access::{EVAL_CTX_002_DOCUMENT, EVAL_CTX_003, EVAL_ORD_001};
use crate::action::Action;
use crate::argument::{BucketName, Key};
use crate::cx::Cx;
use crate::reply::{Code, Refusal};
use crate::state::Bucket;
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::FacetId;

/// A permission that an operation needs, with the facet that says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) facet: FacetId,
    pub(crate) action: Action,
    pub(crate) key: Option<Key>,
}

impl Need {
    pub(crate) fn bucket(facet: FacetId, action: Action) -> Need {
        Need {
            facet,
            action,
            key: None,
        }
    }

    pub(crate) fn object(facet: FacetId, action: Action, key: Key) -> Need {
        Need {
            facet,
            action,
            key: Some(key),
        }
    }
}

impl<'a> Cx<'a> {
    /// The bucket with a name (`EVAL-CTX-003`).
    #[inline]
    pub(crate) fn bucket(&mut self, name: BucketName) -> Result<&'a Bucket, Refusal> {
        self.state
            .buckets
            .get(&name)
            .map_or_else(|| Err(self.no_bucket()), Ok)
    }

    fn no_bucket(&mut self) -> Refusal {
        let code = match (Missing { no_such_bucket: true }).ruled(self).0 {
            Lookup::AccessDenied => Code::AccessDenied,
            Lookup::NoSuchBucket | Lookup::Found => Code::NoSuchBucket,
        };
        Refusal::new(code, EVAL_CTX_003)
    }

    /// Refuses unless the caller has every permission that is needed.
    #[inline]
    pub(crate) fn authorize(&mut self, name: BucketName, needs: &[Need]) -> Result<(), Refusal> {
        // One permission is what most operations need: there is nothing to choose between.
        let [need] = needs else {
            return self.authorize_all(name, needs);
        };
        match self.permits(name, *need) {
            Err(denial) if self.decides(need.facet) => Err(denied(self, denial)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn authorize_all(&mut self, name: BucketName, needs: &[Need]) -> Result<(), Refusal> {
        let mut lacking: Option<Denial> = None;
        for need in needs {
            if let Err(denial) = self.permits(name, *need)
                && self.decides(need.facet)
            {
                match lacking {
                    None => lacking = Some(denial),
                    Some(_) if is_later_reported(self) => lacking = Some(denial),
                    Some(_) => {}
                }
            }
        }
        match lacking {
            Some(denial) => Err(denied(self, denial)),
            None => Ok(()),
        }
    }

    /// Refuses as [`Cx::authorize`] does; which is reported of a missing permission and a faulty document is open
    /// (`EVAL-CTX-002`, decision 0001).
    pub(crate) fn authorize_before(
        &mut self,
        name: BucketName,
        needs: &[Need],
        fault: impl FnOnce(&mut Cx<'a>) -> Option<Refusal>,
    ) -> Result<(), Refusal> {
        let Err(denial) = self.authorize(name, needs) else {
            return Ok(());
        };
        let fault = fault(self);
        Err(self.unauthorized(denial, fault))
    }

    /// The refusal of a request without permission whose document may be faulty, too.
    pub(crate) fn unauthorized(&mut self, denial: Refusal, fault: Option<Refusal>) -> Refusal {
        let case = Unauthorized {
            faulty: fault.is_some(),
        };
        match (case.ruled(self).0, fault) {
            (Reported::Document, Some(fault)) => fault,
            (Reported::Permission | Reported::Document, _) => denial,
        }
    }
}

/// Whether an explicit Deny of any policy applies to a permission (`EVAL-ORD-001`).
pub(crate) fn denies(cx: &mut Cx<'_>, name: BucketName, need: Need) -> bool {
    let has_policy = cx.state.user_policy.is_some()
        || cx
            .state
            .buckets
            .get(&name)
            .is_some_and(|bucket| bucket.policy.is_some());
    has_policy
        && cx
            .permits(name, need)
            .is_err_and(|denial| denial.by == EVAL_ORD_001)
}

words! {
    /// How a request finds its bucket.
    enum Lookup {
        /// It is there.
        Found,
        /// There is none: 404 NoSuchBucket.
        NoSuchBucket,
        /// There is none, and it is refused with 403 AccessDenied.
        AccessDenied,
    }
}

table! {
    /// Whether a request finds its bucket, which comes before whatever the caller may do.
    Missing {
        /// There is no bucket of this name.
        no_such_bucket: bool,
    } => Lookup, unnoted;

    EVAL_CTX_003            if no_such_bucket                               => NoSuchBucket, else AccessDenied;
    _                                                                       => Found;
}

words! {
    /// What a refusal reports.
    enum Reported {
        /// The permission that is missing is reported.
        Permission,
        /// The fault of the document is reported.
        Document,
    }
}

table! {
    /// What is reported where a permission is missing: the document comes after it (decision 0001).
    Unauthorized {
        /// The document of the request is faulty, too.
        faulty: bool,
    } => Reported;

    EVAL_CTX_002_DOCUMENT   if faulty                                       => Permission, or Document;
    _                                                                       => Permission;
}

/// The tables of the order of authorization, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Missing>(), printed::<Unauthorized>()]
}
