//! What can be asked: callers, operations with their arguments, and the routes they take through the law.

use std::fmt;

use serde::Serialize;

use crate::action::Action;
use crate::argument::{
    Argument, Body, BucketName, CannedAcl, Carrier, Content, Date, Delimiter, Directive, Encoding, Etag,
    Given, Hold, Identifiers, Integrity, Key, LockForm, LockMode, OwnershipWord, PartNumber, Period,
    PolicyName, SourceDate, SseAlgorithm, Tags, Times, UploadRef, VersionRef, VersioningWord,
};
use crate::world::World;

pub use crate::names::Caller;

mod row;
pub(crate) mod rows;

pub use row::{Answer, Document, Form, Method, RouteKind, Row, Shown, Target};
use row::{answer, is_absent, optional};
pub(crate) use row::{because, routes_where};

/// One request: who asks for what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// For what.
    pub operation: Operation,
}

/// Declares the operations and the routes: their arguments, and their text form `Name argument=value …`.
macro_rules! declare {
    ($(
        $(#[$doc:meta])*
        $name:ident $(| $version:ident)? $(+ $entries:ident)? { $($argument:ident: $type:ty),* }
            $deed:literal, ($method:ident $target:ident $($subresource:literal $($value:literal)?)? $(given $given:literal)?
                $(document $root:literal $([$($path:literal = $element:ident),*])? $(without $digest:ident)?)?
                $(=> $answer:tt)? $(shows [$($shown:ident),*])?),
            asks [$($action:ident by $facet:ident),*],
            by $($chapter:ident)::+($($passed:expr),*);
    )*) => {
        /// An operation with its arguments. Only what a clause speaks of is an argument.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Operation { $($(#[$doc])* $name { $($argument: $type),* }),* }

        /// A way through the law: an operation, and its call form where clauses tell the forms apart.
        ///
        /// `…Version` is the form with a version id; `DeleteObjects` and `DeleteObjectsVersion` are its entries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[allow(missing_docs)]
        pub enum Route { $($name, $($version,)?)* $($($entries,)?)* }

        impl Route {
            /// All routes.
            pub const ALL: &'static [Route] = &[$(Route::$name, $(Route::$version,)?)* $($(Route::$entries,)?)*];

            /// The route's name, as in `ID@Route`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(
                        Route::$name => stringify!($name),
                        $(Route::$version => stringify!($version),)?
                        $(Route::$entries => stringify!($entries),)?
                    )*
                }
            }

            /// The row of its operation.
            #[must_use]
            pub const fn row(self) -> &'static Row {
                match self {
                    $(Route::$name $(| Route::$version)? $(| Route::$entries)? => const { &Row {
                        name: stringify!($name),
                        deed: $deed,
                        method: Method::$method,
                        target: Target::$target,
                        subresource: concat!("" $(, $subresource)?),
                        value: concat!("" $($(, $value)?)?),
                        given: optional!($($given)?),
                        document: optional!($(Document {
                            root: $root,
                            elements: &[$($((stringify!($element), $path)),*)?],
                            has_digest: is_absent(optional!($(stringify!($digest))?)),
                        })?),
                        answer: answer!($($answer)?),
                        shows: &[$($(Shown::$shown),*)?],
                        asks: &[$(Action::$action),*],
                        arguments: &[$(stringify!($argument)),*],
                    } },)*
                }
            }

            /// Which requests of the operation take this route.
            #[must_use]
            pub const fn form(self) -> Form {
                match self {
                    $(
                        Route::$name => Form::Whole,
                        $(Route::$version => Form::Version,)?
                        $(Route::$entries => Form::Entries,)?
                    )*
                }
            }
        }

        impl Operation {
            /// The name of every operation.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The operation's name, as AWS spells it.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Operation::$name { .. } => stringify!($name)),* }
            }

            /// The route that the request as a whole takes; the entries of a DeleteObjects take their own.
            #[must_use]
            pub fn route(&self) -> Route {
                match self {
                    $(
                        $(Operation::$name { version, .. } if *version != VersionRef::Current => Route::$version,)?
                        Operation::$name { .. } => Route::$name,
                    )*
                }
            }

            /// The names of the arguments that an operation takes, in their order; `None` where there is no such operation.
            #[must_use]
            pub fn arguments(name: &str) -> Option<&'static [&'static str]> {
                match name {
                    $(stringify!($name) => Some(&[$(stringify!($argument)),*]),)*
                    _ => None,
                }
            }

            /// Reads an operation from its name and its arguments.
            ///
            /// # Errors
            /// In words for the reader of a program: an unknown operation or argument, a value that cannot be read.
            pub fn read(name: &str, arguments: &[(&str, &str)], world: &World) -> Result<Operation, String> {
                let unknown = || format!("there is no operation `{name}`; the operations are: {}", Operation::NAMES.join(", "));
                let known = Operation::arguments(name).ok_or_else(unknown)?;
                if let Some((odd, _)) = arguments.iter().find(|(n, _)| !known.contains(n)) {
                    return Err(format!("{name} takes no argument `{odd}`; it takes: {}", known.join(", ")));
                }
                match name {
                    $(stringify!($name) => {
                        Ok(Operation::$name { $($argument: <$type as Argument>::read(
                            arguments.iter().find(|(n, _)| *n == stringify!($argument)).map(|(_, word)| *word), world,
                        ).map_err(|why| format!("argument `{}` of {name}: {why}", stringify!($argument)))?),* })
                    })*
                    _ => Err(unknown()),
                }
            }

            /// Makes an operation from its name and its arguments, which are asked for one by one.
            ///
            /// # Errors
            /// An unknown operation, an argument of another type, and what `give` fails with.
            pub fn made(
                name: &str,
                give: &mut dyn FnMut(&'static str) -> Result<Given, String>,
            ) -> Result<Operation, String> {
                match name {
                    $(stringify!($name) => {
                        Ok(Operation::$name { $($argument: <$type>::try_from(give(stringify!($argument))?)
                            .map_err(|why| format!("argument `{}` of {name}: {why}", stringify!($argument)))?),* })
                    })*
                    _ => Err(format!("there is no operation `{name}`")),
                }
            }

            /// The arguments with their names, in their order.
            #[must_use]
            pub fn given(&self) -> Vec<(&'static str, Given)> {
                match self {
                    $(Operation::$name { $($argument),* } => {
                        vec![$((stringify!($argument), Given::from($argument.clone()))),*]
                    })*
                }
            }

            /// The arguments in text form; those at their default are left out.
            #[must_use]
            pub fn words(&self, world: &World) -> Vec<(&'static str, String)> {
                match self {
                    $(Operation::$name { $($argument),* } => {
                        #[allow(unused_mut)]
                        let mut words: Vec<(&'static str, String)> = Vec::new();
                        $(if let Some(word) = Argument::write($argument, world) { words.push((stringify!($argument), word)); })*
                        words
                    })*
                }
            }

            /// The first bucket and the first key that the operation names.
            #[must_use]
            pub fn place(&self) -> $crate::argument::Place {
                #[allow(unused_mut)]
                let mut place = $crate::argument::Place::default();
                match self {
                    $(Operation::$name { $($argument),* } => { $(Argument::place($argument, &mut place);)* }),*
                }
                place
            }

            /// This operation with every reference to a version, an ETag or an upload replaced.
            #[must_use]
            pub fn map_references(&self, map: &mut dyn $crate::argument::Mapping) -> Operation {
                match self {
                    $(Operation::$name { $($argument),* } => Operation::$name { $($argument: Argument::mapped($argument, map)),* }),*
                }
            }
        }
    };
}

rows::operations!(declare);

impl Operation {
    /// Whether the request is presigned however its program says that it travels: its conditions stand in the query.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        let Operation::PutObject {
            if_match,
            if_none_match,
            conditions,
            ..
        } = self
        else {
            return false;
        };
        let unconditional = *if_match == Etag::Unconditional && *if_none_match == Etag::Unconditional;
        *conditions == Carrier::Query && !unconditional
    }

    /// All routes that the request takes: its own, and those of its entries.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = vec![self.route()];
        if let Operation::DeleteObjects { objects, .. } = self
            && objects.iter().any(|object| object.version != VersionRef::Current)
        {
            routes.push(Route::DeleteObjectsVersion);
        }
        routes
    }
}

impl Route {
    /// Whether the reply never has a body.
    #[must_use]
    pub fn is_head(self) -> bool {
        matches!(self.row().method, Method::HEAD)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
