//! Decision tables: facts, and ordered rows; the first row that speaks of the facts rules.
//!
//! ```text
//! table! {
//!     /// Whether a version may be removed for good.
//!     Removal {
//!         /// The version is on hold.
//!         held: bool,
//!         ..
//!     } never { cases that cannot be; } => Outcome;
//!
//!     FACET  if case  => Ruling;                a gate: without the facet the row is struck, and later rows rule
//!     FACET  if case  => Ruling, else Other;    without the facet the other ruling holds
//!     FACET  if case  => Ruling, or Other;      undocumented: ours, or theirs
//!     FACET  if case  => Ruling, else same;     the facet makes no difference here: it is not asked
//!     _               => Ruling;
//! }
//! ```
//! `passes` in place of a ruling leaves the case to the rows below. Rows expand to the `if`s that one would write by
//! hand, and are data besides: they are printed, their elses are worded from them, and every table is tested to be
//! sound (no row is idle, none is there in vain, and what is compiled rules as the rows say).
//!
//! A case is asked first and the law last, so that exactly those facets are consulted that a ruling hangs on. Rows with
//! an else show among the reasons of a ruling, unless the table is `unnoted`; gates show by refusing.

mod facts;
mod print;

use std::fmt::Debug;

use crate::cx::Cx;
use crate::words::FacetId;

pub(crate) use print::printed;
pub use print::{Fact, Line, Printed};

/// What a row is without its facet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freedom {
    /// It is struck: later rows rule.
    Struck,
    /// The other ruling holds.
    Else,
    /// Nothing is documented: either ruling is allowed.
    Open,
    /// It is the same.
    Same,
}

/// What a fact or a ruling can be, with the words for it.
pub(crate) trait Word: Copy + PartialEq + Debug + 'static {
    /// All that it can be.
    fn all() -> Vec<Self>;
    /// What it means.
    fn words(self) -> &'static str;
}

impl Word for bool {
    fn all() -> Vec<bool> {
        vec![false, true]
    }

    fn words(self) -> &'static str {
        if self { "yes" } else { "no" }
    }
}

impl<W: Word> Word for Option<W> {
    fn all() -> Vec<Option<W>> {
        std::iter::once(None)
            .chain(W::all().into_iter().map(Some))
            .collect()
    }

    fn words(self) -> &'static str {
        self.map_or("none", Word::words)
    }
}

/// A row, as data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<C, R> {
    /// The facet that it obeys.
    pub(crate) facet: FacetId,
    /// Whether it speaks of a case.
    pub(crate) holds: fn(&C) -> bool,
    /// What it rules; `None` leaves the case to the rows below.
    pub(crate) rules: Option<R>,
    /// The other ruling.
    pub(crate) other: Option<R>,
    /// What it is without its facet.
    pub(crate) freedom: Freedom,
    /// The choice that this row may come first by, where a row above has found a fault, too.
    pub(crate) order: Option<FacetId>,
    /// The case, as it is written.
    pub(crate) case: &'static str,
}

/// A ruling, and the facet of the row that gave it.
pub(crate) type Ruled<R> = (R, Option<FacetId>);

/// The facts that a table rules on.
pub(crate) trait Decision: Copy + Debug + 'static {
    /// What is ruled.
    type Ruling: Word;
    /// What is decided.
    const TITLE: &'static str;
    /// The names of the facts, and what they say.
    const FACTS: &'static [(&'static str, &'static str)];
    /// The rows, in the order of precedence.
    const ROWS: &'static [Row<Self, Self::Ruling>];
    /// What holds where no row rules.
    const OTHERWISE: Self::Ruling;

    /// What each fact can be: names, and what they mean.
    fn values() -> Vec<Vec<(String, &'static str)>>;

    /// All cases that can be.
    fn cases() -> Vec<Self>;

    /// What the table rules, and by which row.
    fn ruled(self, cx: &mut Cx<'_>) -> Ruled<Self::Ruling>;

    /// What the rows rule, read as data, with one facet repealed or its choice made the other way.
    fn read(self, without: Option<FacetId>) -> Self::Ruling {
        let mut ruling = None;
        for row in Self::ROWS.iter().filter(|row| (row.holds)(&self)) {
            let comes_first = row.order.is_some() && row.order == without;
            if ruling.is_none() || comes_first {
                let is_without = without == Some(row.facet) && row.freedom != Freedom::Same;
                ruling = if is_without { row.other } else { row.rules }.or(ruling);
            }
        }
        ruling.unwrap_or(Self::OTHERWISE)
    }
}

impl Cx<'_> {
    /// What a row rules whose case has arisen; `noted` says whether a row with an else shows among the reasons.
    #[inline(always)]
    pub(crate) fn row<R>(
        &mut self,
        facet: FacetId,
        (rules, other): (Option<R>, Option<R>),
        freedom: Freedom,
        noted: bool,
    ) -> Option<R> {
        let in_force = match freedom {
            Freedom::Same => true,
            Freedom::Open => self.choose(facet, 2) == 0,
            Freedom::Else if noted => self.decides(facet),
            Freedom::Else | Freedom::Struck => self.law(facet),
        };
        if in_force { rules } else { other }
    }
}

/// All that a fact can be: names, and what they mean.
pub(crate) fn values<W: Word>() -> Vec<(String, &'static str)> {
    let all = W::all().into_iter();
    all.map(|word| (format!("{word:?}"), word.words())).collect()
}

/// One of all the things that a fact can be, by the digits of a number.
pub(crate) fn digit<W: Word>(rest: &mut usize) -> Option<W> {
    let all = W::all();
    let at = *rest % all.len();
    *rest /= all.len();
    all.get(at).copied()
}

/// Declares the facts of a case and the rows that rule on it: see the module.
macro_rules! table {
    (
        @declare $how:ident;
        $(#[doc = $title:literal])+
        $vis:vis $Case:ident {
            $($(#[doc = $about:literal])+ $fact:ident: $Fact:ty,)+
        } $(never { $($never:expr;)+ })? => $Ruling:ident $(, $unnoted:ident)?;
        $($row:tt)+
    ) => {
        $(#[doc = $title])+
        #[derive(Clone, Copy, Debug)]
        $vis struct $Case {
            $($(#[doc = $about])+ $vis $fact: $Fact,)+
        }
        $crate::table::table! {
            @decision $Case { $($fact),+ } => $Ruling;
            @noted $crate::table::table!(@noted $($unnoted)?);
            @words concat!($($title),+), &[$((stringify!($fact), concat!($($about),+))),+];
            @values vec![$($crate::table::values::<$Fact>()),+];
            @cases
                [$(<$Fact as $crate::table::Word>::all().len()),+].into_iter().product(),
                |mut number: usize| Some($Case { $($fact: $crate::table::digit(&mut number)?),+ }),
                $($(&& !($never))+)?;
            @hit $how;
            $($row)+
        }
    };
    (
        @decision $Case:ident $facts:tt => $Ruling:ident;
        @noted $noted:expr;
        @words $title:expr, $about:expr;
        @values $values:expr;
        @cases $count:expr, $case:expr, $(&& $possible:expr)*;
        @hit $how:ident;
        $($facet:ident if $when:expr => $rules:ident $(, else $else:ident)? $(, or $or:ident)?
            $(, order $order:ident)?;)+
        _ => $otherwise:ident;
    ) => {
        impl $crate::table::Decision for $Case {
            type Ruling = $Ruling;
            const TITLE: &'static str = $title;
            const FACTS: &'static [(&'static str, &'static str)] = $about;
            const ROWS: &'static [$crate::table::Row<$Case, $Ruling>] = &[$($crate::table::Row {
                facet: $facet,
                #[allow(unused_variables)]
                holds: |case| { let $Case $facts = *case; $when },
                rules: $crate::table::table!(@ruling $Ruling $rules),
                other: $crate::table::table!(@ruling $Ruling $($else)? $($or)?),
                freedom: $crate::table::table!(@freedom $(else $else)? $(or $or)?),
                order: $crate::table::table!(@order $($order)?),
                case: stringify!($when),
            }),+];
            const OTHERWISE: $Ruling = $Ruling::$otherwise;

            fn values() -> Vec<Vec<(String, &'static str)>> {
                $values
            }

            fn cases() -> Vec<$Case> {
                #[allow(unused_variables)]
                let possible = |case: &$Case| { let $Case $facts = *case; true $(&& $possible)* };
                let all: usize = $count;
                (0..all).filter_map($case).filter(possible).collect()
            }

            $crate::table::table! {
                @ruled $how $Case $facts => $Ruling, $noted;
                $($facet if $when => $rules $(, else $else)? $(, or $or)? $(, order $order)?;)+
                _ => $otherwise;
            }
        }
    };
    (
        @ruled first $Case:ident $facts:tt => $Ruling:ident, $noted:expr;
        $($facet:ident if $when:expr => $rules:ident $(, else $else:ident)? $(, or $or:ident)?;)+
        _ => $otherwise:ident;
    ) => {
            #[inline]
            fn ruled(self, cx: &mut $crate::cx::Cx<'_>) -> $crate::table::Ruled<$Ruling> {
                let $Case $facts = self;
                $(if $when
                    && let Some(ruling) = cx.row(
                        $facet,
                        (
                            $crate::table::table!(@ruling $Ruling $rules),
                            $crate::table::table!(@ruling $Ruling $($else)? $($or)?),
                        ),
                        $crate::table::table!(@freedom $(else $else)? $(or $or)?),
                        $noted,
                    )
                {
                    return (ruling, Some($facet));
                })+
                ($Ruling::$otherwise, None)
            }
    };
    (
        @ruled any $Case:ident $facts:tt => $Ruling:ident, $noted:expr;
        $($facet:ident if $when:expr => $rules:ident $(, else $else:ident)? $(, or $or:ident)?
            $(, order $order:ident)?;)+
        _ => $otherwise:ident;
    ) => {
            fn ruled(self, cx: &mut $crate::cx::Cx<'_>) -> $crate::table::Ruled<$Ruling> {
                let $Case $facts = self;
                let mut found = None;
                $(if (found.is_none() || $crate::table::table!(@is_ordered $($order)?))
                    && $when
                    && let Some(fault) = cx.row(
                        $facet,
                        (
                            $crate::table::table!(@ruling $Ruling $rules),
                            $crate::table::table!(@ruling $Ruling $($else)? $($or)?),
                        ),
                        $crate::table::table!(@freedom $(else $else)? $(or $or)?),
                        $noted,
                    )
                    && (found.is_none() || $crate::table::table!(@comes_first cx $($order)?))
                {
                    found = Some((fault, $facet));
                })+
                found.map_or(($Ruling::$otherwise, None), |(fault, facet)| (fault, Some(facet)))
            }
    };
    (@is_ordered) => { false };
    (@is_ordered $order:ident) => { true };
    (@comes_first $cx:ident) => { false };
    (@comes_first $cx:ident $order:ident) => { $cx.choose($order, 2) == 1 };
    (@order) => { None };
    (@order $order:ident) => { Some($order) };
    (@noted) => { true };
    (@noted unnoted) => { false };
    (@ruling $Ruling:ident) => { None };
    (@ruling $Ruling:ident passes) => { None };
    (@ruling $Ruling:ident same) => { None };
    (@ruling $Ruling:ident $ruling:ident) => { Some($Ruling::$ruling) };
    (@freedom) => { $crate::table::Freedom::Struck };
    (@freedom else same) => { $crate::table::Freedom::Same };
    (@freedom else $other:ident) => { $crate::table::Freedom::Else };
    (@freedom or $other:ident) => { $crate::table::Freedom::Open };
    (#[doc = $title:literal] $($table:tt)+) => {
        $crate::table::table! { @declare first; #[doc = $title] $($table)+ }
    };
}

/// Declares the checks of a request: a table in which a row may have an order. Every check is made, in the order of the
/// rows; where an earlier one has found a fault too, a row with an order may come first: it is a choice.
///
/// ```text
///     FACET  if case  => Fault, order FACET_OF_THE_CHOICE;
/// ```
macro_rules! faults {
    ($($table:tt)+) => {
        $crate::table::table! { @declare any; $($table)+ }
    };
}

/// A refusal: its code, and what its facets fix of its form. Without them the message is another text, a required field
/// is missing, and a forbidden one is sent.
///
/// ```text
/// refusal! { cx, InvalidArgument, by;
///     FACET => says    "Message";
///     FACET => require Field, value;
///     FACET => forbid  Field, value that is sent without the facet;
/// }
/// ```
macro_rules! refusal {
    ($cx:ident, $Code:ident, $by:expr; $($facet:ident => $verb:ident $what:tt $(, $value:expr)?;)+) => {{
        let mut refusal = $crate::reply::Refusal::new($crate::reply::Code::$Code, $by);
        $($crate::table::refusal!(@$verb $cx, refusal, $facet, $what $(, $value)?);)+
        refusal
    }};
    (@says $cx:ident, $refusal:ident, $facet:ident, $text:tt) => {
        $refusal = $cx.saying($refusal, $facet, $text);
    };
    (@$verb:ident $cx:ident, $refusal:ident, $facet:ident, $name:ident, $value:expr) => {
        $cx.$verb(&mut $refusal, $facet, $crate::reply::Name::$name, $value);
    };
}

/// Declares what a fact or a ruling can be; the first line of each comment is what it is in print.
macro_rules! words {
    (
        $(#[doc = $title:literal])+
        $vis:vis enum $Word:ident {
            $($(#[doc = $about:literal])+ $word:ident,)+
        }
    ) => {
        $(#[doc = $title])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $Word {
            $($(#[doc = $about])+ $word,)+
        }
        impl $crate::table::Word for $Word {
            fn all() -> Vec<$Word> {
                vec![$($Word::$word),+]
            }

            fn words(self) -> &'static str {
                match self {
                    $($Word::$word => concat!($($about),+).trim(),)+
                }
            }
        }
    };
}

/// The fields of a reply, a refusal or an entry, a collecting table: every row speaks whose case holds. Without its facet
/// a required field is missing, a forbidden one is sent, and one whose value it states has the other value.
///
/// ```text
/// fields! { cx, reply;
///     FACET if case => require Field, value;
///     FACET if case => forbid  Field, value that is sent without the facet;
///     FACET         => states  Field, [value, other];
/// }
/// ```
macro_rules! fields {
    ($cx:ident, $to:expr; $($facet:ident $(if $when:expr)? => $what:ident $name:ident, $value:expr;)+) => {
        $(if true $(&& $when)? {
            $cx.$what($to, $facet, $crate::reply::Name::$name, $value);
        })+
    };
}

/// The effects of a request, a collecting table: every row speaks whose case holds, and finds what those above it did.
/// Without its facet the edit is missing that it does, or one is made that it never does.
///
/// ```text
/// effects! { cx;
///     FACET if case => does  edit;
///     FACET if case => never edit;
/// }
/// ```
/// Effects show among the reasons of a ruling, unless they are `unnoted`.
macro_rules! effects {
    (@rows $cx:ident $asks:ident; $($facet:ident $(if $when:expr)? => $verb:ident $edit:expr;)+) => {
        $(if true $(&& $when)? && $crate::table::effects!(@$verb $cx.$asks($facet)) {
            $edit;
        })+
    };
    (@does $in_force:expr) => { $in_force };
    (@never $in_force:expr) => { !$in_force };
    ($cx:ident; $($rows:tt)+) => { $crate::table::effects!(@rows $cx decides; $($rows)+) };
    ($cx:ident, unnoted; $($rows:tt)+) => { $crate::table::effects!(@rows $cx law; $($rows)+) };
}
pub(crate) use {effects, faults, fields, refusal, table, words};

#[cfg(test)]
pub(crate) mod tests {
    use super::{Decision, Freedom};
    use crate::clause::{FacetId, owner};
    use crate::cx::Cx;
    use crate::law::Law;
    use crate::program::{HEADER, Program};
    use crate::request::{Caller, Operation, Request, Route};
    use crate::state::State;
    use crate::time::{Moment, Time};

    /// No row is idle, none is there in vain, and the compiled table rules as the rows say.
    pub(crate) fn sound<D: Decision>() {
        for row in D::ROWS {
            let (facet, (_, declared)) = (row.facet, owner(row.facet).expect("a facet of a clause"));
            let is_open = row.freedom == Freedom::Open;
            assert!(
                row.freedom == Freedom::Same || is_open == declared.is_choice(),
                "{facet}: a row is open if and only if its facet is a choice"
            );
            assert!(
                D::cases().iter().any(row.holds),
                "{facet}: speaks of no case: {}",
                row.case
            );
            if row.freedom == Freedom::Same {
                continue;
            }
            let speaks = |case: &D| case.read(None) != case.read(Some(facet));
            assert!(
                D::cases()
                    .into_iter()
                    .any(|case| (row.holds)(&case) && speaks(&case)),
                "{facet}: makes no difference: {}",
                row.case
            );
            rules_as_read::<D>(facet, declared.routes.first().copied().expect("a route"));
        }
        for order in D::ROWS.iter().filter_map(|row| row.order) {
            let (_, declared) = owner(order).expect("a facet of a clause");
            assert!(declared.is_choice(), "{order}: an order is open");
            assert!(
                D::cases()
                    .iter()
                    .any(|case| case.read(None) != case.read(Some(order))),
                "{order}: makes no difference"
            );
            rules_as_read::<D>(order, declared.routes.first().copied().expect("a route"));
        }
    }

    fn rules_as_read<D: Decision>(facet: FacetId, route: Route) {
        let world = Program::read(HEADER).unwrap().world;
        let (now, state) = (Moment::exactly(Time(0)), State::default());
        let request = Request {
            caller: Caller::Owner,
            operation: Operation::ListBuckets {},
        };
        let law = if facet.is_choice() {
            let mut law = Law::full();
            law.fix(facet, 1);
            law
        } else {
            Law::full().without(facet, route)
        };
        for case in D::cases() {
            let mut cx = Cx::new((&law, &world, now), &state, &request, &[]);
            cx.route = route;
            assert_eq!(case.ruled(&mut cx).0, case.read(Some(facet)), "{facet} {case:?}");
        }
    }
}
