//! What the row of an operation says, for whoever follows from it: routes, permissions, the wire, the words of reports.

use crate::action::Action;
use crate::request::Route;

/// The row of an operation.
#[derive(Debug)]
pub struct Row {
    /// The operation's name, as AWS spells it.
    pub name: &'static str,
    /// What it does, for sentences that begin with who can do it.
    pub deed: &'static str,
    /// Its HTTP method.
    pub method: Method,
    /// What it is addressed to.
    pub target: Target,
    /// The parameter of the query that names its subresource, or IAM's word for it; empty where there is none.
    pub subresource: &'static str,
    /// The value of that parameter.
    pub value: &'static str,
    /// The header by which it is told from another operation with the same address.
    pub given: Option<&'static str>,
    /// The XML document that it takes.
    pub document: Option<Document>,
    /// What a success is answered with.
    pub answer: Answer,
    /// What a success says of the bytes of objects, beside them.
    pub shows: &'static [Shown],
    /// The action that it needs first of all, and the one that it needs instead where it names a version.
    pub asks: &'static [Action],
    /// The names of its arguments, in their order.
    pub arguments: &'static [&'static str],
}

/// The methods of HTTP that S3 has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, clippy::upper_case_acronyms)]
pub enum Method {
    DELETE,
    GET,
    HEAD,
    POST,
    PUT,
}

/// What a request is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A bucket.
    Bucket,
    /// IAM, by its query protocol.
    Iam,
    /// A key in a bucket.
    Object,
    /// The endpoint itself.
    Service,
}

/// The XML document of a request.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// The name of its root.
    pub root: &'static str,
    /// The arguments that stand in it as text, each with its path below the root.
    pub elements: &'static [(&'static str, &'static str)],
    /// Whether it travels with a digest where the operation does not choose one.
    pub has_digest: bool,
}

/// What a success is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing, or what no clause speaks of.
    Nothing,
    /// An XML document with this root.
    Document(&'static str),
    /// A document in JSON.
    Json,
    /// The bytes of an object.
    Bytes,
}

/// What a reply can say of the bytes of an object or a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Their ETag.
    Etag,
    /// How many there are.
    Size,
}

impl Document {
    /// Where an argument stands in it.
    #[must_use]
    pub fn path(&self, argument: &str) -> Option<&'static str> {
        let mut elements = self.elements.iter();
        elements
            .find(|(name, _)| *name == argument)
            .map(|(_, path)| *path)
    }
}

/// Which requests of an operation take a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Entries of a request that name a version.
    Entries,
    /// Requests that name a version.
    Version,
    /// All others.
    Whole,
}

/// What sort of request a route is: a server has code for the sort, and then for the route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// It reads something of an object.
    Read,
    /// It writes an object, or something of one.
    Write,
    /// It deletes an object, a version, or something of one.
    Delete,
    /// It is an entry of a request with many: each is decided by itself.
    Entry,
    /// It lists.
    List,
    /// It is about a bucket itself, a setting of one, or an account.
    Setting,
}

impl RouteKind {
    /// All of them.
    pub const ALL: &'static [RouteKind] = &[
        RouteKind::Read,
        RouteKind::Write,
        RouteKind::Delete,
        RouteKind::Entry,
        RouteKind::List,
        RouteKind::Setting,
    ];

    /// The route of this kind that clients use most.
    #[must_use]
    pub const fn usual(self) -> Route {
        match self {
            RouteKind::Read => Route::GetObject,
            RouteKind::Write => Route::PutObject,
            RouteKind::Delete => Route::DeleteObject,
            RouteKind::Entry => Route::DeleteObjects,
            RouteKind::List => Route::ListObjectsV2,
            RouteKind::Setting => Route::PutBucketVersioning,
        }
    }
}

impl Method {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Method::DELETE => "DELETE",
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            Method::PUT => "PUT",
        }
    }

    /// Whether requests with it only read.
    #[must_use]
    pub const fn reads(self) -> bool {
        matches!(self, Method::GET | Method::HEAD)
    }
}

impl Row {
    /// Whether it reads or writes a setting of a bucket: a subresource that no listing and no batch is behind.
    #[must_use]
    pub const fn is_setting(&self) -> bool {
        let lists = matches!(
            self.subresource.as_bytes(),
            b"versions" | b"list-type" | b"uploads" | b"delete" | b""
        );
        matches!(self.target, Target::Bucket) && !lists
    }

    /// Whether it reads an object itself, and none of its subresources.
    #[must_use]
    pub const fn reads_object(&self) -> bool {
        self.is_of_object("") && self.method.reads()
    }

    /// Whether it is addressed to a subresource of an object with this name; the empty name is that of the object itself.
    #[must_use]
    pub const fn is_of_object(&self, subresource: &str) -> bool {
        matches!(self.target, Target::Object) && is_same(self.subresource, subresource)
    }

    /// Whether it is about the lock state of an object.
    #[must_use]
    pub const fn is_of_lock_state(&self) -> bool {
        self.is_of_object("retention") || self.is_of_object("legal-hold")
    }

    /// Whether a success shows this of the bytes of objects.
    #[must_use]
    pub const fn shows(&self, what: Shown) -> bool {
        let mut rest = self.shows;
        while let [first, others @ ..] = rest {
            if *first as u8 == what as u8 {
                return true;
            }
            rest = others;
        }
        false
    }

    /// Whether it is one of IAM's.
    #[must_use]
    pub const fn is_of_iam(&self) -> bool {
        matches!(self.target, Target::Iam)
    }

    /// Whether it asks for an action first of all, in one of its forms.
    #[must_use]
    pub const fn asks_for(&self, action: Action) -> bool {
        let mut rest = self.asks;
        while let [first, others @ ..] = rest {
            if *first as u16 == action as u16 {
                return true;
            }
            rest = others;
        }
        false
    }

    /// Whether it has an argument.
    #[must_use]
    pub const fn takes(&self, argument: &str) -> bool {
        let mut rest = self.arguments;
        while let [first, others @ ..] = rest {
            if is_same(first, argument) {
                return true;
            }
            rest = others;
        }
        false
    }
}

impl Route {
    /// Whether it is a request, and no entry of one, to a bucket or an object in it.
    #[must_use]
    pub const fn is_in_a_bucket(self) -> bool {
        let in_bucket = matches!(self.row().target, Target::Bucket | Target::Object);
        in_bucket && !matches!(self, Route::CreateBucket) && !matches!(self.form(), Form::Entries)
    }

    /// What sort of request it is.
    #[must_use]
    pub fn kind(self) -> RouteKind {
        let row = self.row();
        match (self.form(), row.target, row.method) {
            (Form::Entries, _, _) => RouteKind::Entry,
            // Among objects only the parts of an upload are listed, among buckets what is no setting.
            (_, Target::Object, Method::GET) if row.takes("upload") => RouteKind::List,
            (_, Target::Object, Method::GET | Method::HEAD) => RouteKind::Read,
            (_, Target::Object, Method::DELETE) => RouteKind::Delete,
            (_, Target::Object, Method::POST | Method::PUT) => RouteKind::Write,
            (_, Target::Bucket, Method::GET) if !row.is_setting() => RouteKind::List,
            (_, Target::Service, _) => RouteKind::List,
            // A request with entries has a document and no permission of its own.
            (_, Target::Bucket, Method::POST) => RouteKind::Entry,
            (_, Target::Bucket | Target::Iam, _) => RouteKind::Setting,
        }
    }

    /// Whether its requests may name a version of their object, and are then about that one.
    #[must_use]
    pub const fn names_version(self) -> bool {
        let row = self.row();
        // With an address of its own or without: PutObject takes no version id, though one may be sent.
        let in_one_form =
            matches!(row.target, Target::Object) && !row.subresource.is_empty() && row.asks.len() == 1;
        matches!(self.form(), Form::Version) || (in_one_form && row.takes("version"))
    }

    /// The action that its requests need first of all; `None` for IAM's.
    #[must_use]
    pub fn action(self) -> Option<Action> {
        let asks = self.row().asks;
        match self.form() {
            Form::Whole => asks.first(),
            Form::Version | Form::Entries => asks.last(),
        }
        .copied()
    }

    /// What its requests do, for sentences that begin with who can do it.
    #[must_use]
    pub fn deed(self) -> String {
        let deed = self.row().deed;
        match self.form() {
            Form::Whole => deed.to_owned(),
            Form::Version | Form::Entries => deed
                .replace("an object", "a version")
                .replace("objects", "versions"),
        }
    }
}

const fn is_same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let ([a, rest @ ..], [b, others @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (rest, others);
    }
    one.is_empty() && other.is_empty()
}

/// Whether a row says nothing of a word that it may have.
pub(super) const fn is_absent(word: Option<&str>) -> bool {
    word.is_none()
}

/// What a row says that a success is answered with.
macro_rules! answer {
    () => {
        Answer::Nothing
    };
    (bytes) => {
        Answer::Bytes
    };
    (json) => {
        Answer::Json
    };
    ($root:literal) => {
        Answer::Document($root)
    };
}

/// Something that a row may leave out.
macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

/// The routes that fit, in the order of the rows: a constant list.
///
/// ```text
/// const HEADS: &[Route] = routes_where!(|route| matches!(route.row().method, Method::HEAD));
/// ```
macro_rules! routes_where {
    (|$route:ident| $fits:expr) => {{
        const fn fits($route: $crate::request::Route) -> bool {
            $fits
        }
        const COUNT: usize = {
            let (mut count, mut rest) = (0, $crate::request::Route::ALL);
            while let [route, others @ ..] = rest {
                count += fits(*route) as usize;
                rest = others;
            }
            count
        };
        // The compiler computes it, and would refuse an index that is out of bounds.
        #[allow(clippy::indexing_slicing)]
        const LIST: [$crate::request::Route; COUNT] = {
            let mut list = [$crate::request::Route::CreateBucket; COUNT];
            let (mut found, mut rest) = (0, $crate::request::Route::ALL);
            while let [route, others @ ..] = rest {
                if fits(*route) {
                    list[found] = *route;
                    found += 1;
                }
                rest = others;
            }
            list
        };
        &LIST
    }};
}

/// Routes with the same reason for each: a constant list.
macro_rules! because {
    ($routes:expr, $why:literal) => {{
        const ROUTES: &[$crate::request::Route] = $routes;
        // The compiler computes it, and would refuse an index that is out of bounds.
        #[allow(clippy::indexing_slicing)]
        const LIST: [($crate::request::Route, &str); ROUTES.len()] = {
            let mut list = [($crate::request::Route::CreateBucket, $why); ROUTES.len()];
            let mut at = 0;
            while at < list.len() {
                list[at].0 = ROUTES[at];
                at += 1;
            }
            list
        };
        &LIST
    }};
}
pub(crate) use {answer, because, optional, routes_where};
