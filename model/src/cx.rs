//! A reading of the law for one ruling: what is asked at which state, and every question to the law, case first and rule
//! last, so that what was consulted is known.

use smallvec::SmallVec;

use crate::argument::VersionName;
use crate::force::Law;
use crate::reply::{Because, Code, HasFields, Name, Refusal, Reply, Value};
use crate::request::{Caller, Request, Route};
use crate::state::State;
use crate::time::{Moment, Order};
use crate::words::{CHAPTER, FacetId};
use crate::world::World;

/// The pseudo facet of a choice that time leaves open.
const TIME: FacetId = FacetId(u16::MAX);
/// The facet of what the law does not rule by yet.
pub const NOT_MODELLED: FacetId = FacetId(u16::MAX - 1);
/// The message of a refusal whose text no facet fixes: the else of facets that do.
pub(crate) const OTHER_TEXT: &str = "Another text.";
const _: () = assert!(CHAPTER < 2048, "pseudo facets lie beyond all chapters");

/// How many facets mostly decide an outcome at most.
const MOST_DECIDED: usize = 8;

/// How an operation ends: its reply and the state afterwards, or a refusal that changes nothing.
pub(crate) type Ruling = Result<(Reply, Option<State>), Refusal>;

/// The branches to take, one for each choice that is met.
pub(crate) type Script = SmallVec<[u8; 16]>;

/// A choice between two messages, which decides nothing else.
#[derive(Clone, Copy, Debug)]
struct OpenMessage {
    facet: FacetId,
    /// The message of the branch that was taken.
    taken: &'static str,
    /// The message of the other branch.
    other: &'static str,
}

/// A reading of the law for one ruling.
#[derive(Debug)]
pub(crate) struct Cx<'a> {
    law: &'a Law,
    pub(crate) world: &'a World,
    /// The state that the request finds; an entry of a DeleteObjects finds what those before it left.
    pub(crate) state: &'a State,
    pub(crate) request: &'a Request,
    /// The route of the request, or of its entry.
    pub(crate) route: Route,
    pub(crate) now: Moment,
    /// The branches to take, as far as they are prescribed.
    script: &'a [u8],
    /// The choices met so far: facet, branch taken, number of branches.
    pub(crate) choices: SmallVec<[(FacetId, u8, u8); 4]>,
    /// Where facets asked for are noted, with their routes, when somebody wants to know.
    consulted: Option<&'a mut Vec<(FacetId, Route)>>,
    /// Whether all facets are in force and nobody wants to know which are asked for, as mostly.
    plain: bool,
    decided: SmallVec<[FacetId; MOST_DECIDED]>,
    /// A bit for each facet in `decided`, which some share: without its bit a facet is surely not among them.
    decided_bits: u64,
    /// The last choice between two messages.
    open_message: Option<OpenMessage>,
}

/// The refusal of what the law does not rule by yet.
pub(crate) fn not_modelled() -> Refusal {
    Refusal::new(Code::NotImplemented, NOT_MODELLED)
}

impl<'a> Cx<'a> {
    pub(crate) fn new(
        (law, world, now): (&'a Law, &'a World, Moment),
        state: &'a State,
        request: &'a Request,
        script: &'a [u8],
    ) -> Cx<'a> {
        Cx {
            plain: law.repealed().is_empty(),
            law,
            world,
            state,
            request,
            route: request.operation.route(),
            now,
            script,
            choices: SmallVec::new(),
            consulted: None,
            decided: SmallVec::new(),
            decided_bits: 0,
            open_message: None,
        }
    }

    /// Notes from now on which facets are asked for, behind those that are noted already.
    pub(crate) fn listen(&mut self, consulted: Option<&'a mut Vec<(FacetId, Route)>>) {
        self.plain &= consulted.is_none();
        self.consulted = consulted;
    }

    /// Who asks.
    #[inline]
    pub(crate) fn caller(&self) -> Caller {
        self.request.caller
    }

    /// Goes on with the ruling at another state: an entry of a DeleteObjects finds what those before it left.
    pub(crate) fn at<R>(&mut self, state: &State, ruling: impl FnOnce(&mut Cx<'_>) -> R) -> R {
        let mut there = Cx {
            state,
            choices: std::mem::take(&mut self.choices),
            decided: std::mem::take(&mut self.decided),
            consulted: self.consulted.as_deref_mut(),
            ..*self
        };
        let ruled = ruling(&mut there);
        let Cx {
            route,
            choices,
            decided,
            decided_bits,
            open_message,
            ..
        } = there;
        self.route = route;
        self.choices = choices;
        self.decided = decided;
        self.decided_bits = decided_bits;
        self.open_message = open_message;
        ruled
    }

    /// Whether the law is whole and nobody wants to know what it consults.
    #[inline]
    pub(crate) fn is_whole(&self) -> bool {
        self.plain
    }

    /// Whether a facet is in force here. Ask only when its case has arisen.
    #[inline]
    pub(crate) fn law(&mut self, facet: FacetId) -> bool {
        self.plain || self.look_up(facet)
    }

    #[inline(never)]
    fn look_up(&mut self, facet: FacetId) -> bool {
        if let Some(consulted) = &mut self.consulted {
            consulted.push((facet, self.route));
        }
        self.law.holds(facet, self.route)
    }

    /// Notes that a facet decides the outcome, and says whether it is in force.
    pub(crate) fn decides(&mut self, facet: FacetId) -> bool {
        // The six upper bits of a product, which facets of one chapter do not share.
        let bit = 1_u64 << (facet.0.wrapping_mul(0x9E37) >> 10);
        let surely_new = self.decided_bits & bit == 0;
        self.decided_bits |= bit;
        if surely_new && self.plain && self.decided.len() < MOST_DECIDED && !self.decided.spilled() {
            self.decided.push(facet);
            return true;
        }
        self.decides_seldom(facet)
    }

    /// As [`Cx::decides`], whatever was decided and whoever listens.
    #[inline(never)]
    fn decides_seldom(&mut self, facet: FacetId) -> bool {
        if !self.decided.contains(&facet) {
            self.decided.push(facet);
        }
        self.law(facet)
    }

    /// Takes a branch of an undocumented choice: the fixed one, or every one in turn.
    pub(crate) fn choose(&mut self, facet: FacetId, branches: u8) -> u8 {
        if let Some(consulted) = &mut self.consulted {
            consulted.push((facet, self.route));
        }
        if let Some(branch) = self.law.branch(facet) {
            if let Some((_, taken, _)) = self.choices.iter_mut().find(|(met, _, _)| *met == facet) {
                return *taken;
            }
            let branch = branch.min(branches.saturating_sub(1));
            self.choices.push((facet, branch, 1));
            return branch;
        }
        self.fork(facet, branches)
    }

    /// Takes a message by an undocumented choice between two, and notes the other.
    pub(crate) fn choose_message(&mut self, facet: FacetId, texts: [&'static str; 2]) -> &'static str {
        let [first, second] = texts;
        let (taken, other) = match self.choose(facet, 2) {
            0 => (first, second),
            _ => (second, first),
        };
        self.open_message = Some(OpenMessage { facet, taken, other });
        taken
    }

    /// The other message of a refusal, if the choice of its message is the last that was met, and open.
    ///
    /// A ruling by the other branch would be the same but for this message: it need not be made.
    pub(crate) fn other_message(&mut self, refusal: &Refusal) -> Option<&'static str> {
        let open = self.open_message.filter(|_| refusal.message_open)?;
        let (text, _) = refusal.message?;
        let last = self.choices.last_mut()?;
        if *last != (open.facet, 0, 2) || text != open.taken {
            return None;
        }
        last.1 = 1;
        Some(open.other)
    }

    /// Whether `until` is past, both ways when the observer cannot tell.
    pub(crate) fn is_past(&mut self, until: Moment) -> bool {
        match self.now.order(until) {
            Order::Before => false,
            Order::NotBefore => true,
            Order::Open => self.fork(TIME, 2) == 1,
        }
    }

    /// Whether one moment is earlier than another, both ways when the observer cannot tell.
    pub(crate) fn is_earlier(&mut self, first: Moment, second: Moment) -> bool {
        match first.order(second) {
            Order::Before => true,
            Order::NotBefore => false,
            Order::Open => self.fork(TIME, 2) == 1,
        }
    }

    fn fork(&mut self, facet: FacetId, branches: u8) -> u8 {
        if facet != TIME
            && let Some((_, taken, _)) = self.choices.iter().find(|(met, _, _)| *met == facet)
        {
            return *taken;
        }
        let branch = self.script.get(self.choices.len()).copied().unwrap_or(0);
        self.choices.push((facet, branch, branches));
        branch
    }

    /// Requires a field by a facet of form; without the facet the field is missing.
    pub(crate) fn require(&mut self, to: &mut impl HasFields, facet: FacetId, name: Name, value: Value) {
        self.states(to, facet, name, [value, Value::Absent]);
    }

    /// Forbids a field by a facet of form; without the facet it is there.
    pub(crate) fn forbid(&mut self, to: &mut impl HasFields, facet: FacetId, name: Name, instead: Value) {
        self.states(to, facet, name, [Value::Absent, instead]);
    }

    /// States the value of a field by a facet of form; without the facet it has the other value.
    pub(crate) fn states(
        &mut self,
        to: &mut impl HasFields,
        facet: FacetId,
        name: Name,
        [value, other]: [Value; 2],
    ) {
        let value = if self.law(facet) { value } else { other };
        to.show(name, value, facet);
    }

    /// The refusal with a message that a facet of form fixes; without the facet it is another text.
    #[inline]
    pub(crate) fn saying(&mut self, mut refusal: Refusal, facet: FacetId, message: &'static str) -> Refusal {
        let message = if self.law(facet) { message } else { OTHER_TEXT };
        refusal.message = Some((message, facet));
        refusal
    }

    /// Why the ruling ended as it did.
    pub(crate) fn because(&mut self, refusal: Option<&Refusal>) -> Because {
        let decided = match refusal {
            Some(refusal) => {
                let mut decided = SmallVec::new();
                decided.push(refusal.by);
                for facet in self.decided.iter().filter(|facet| **facet != refusal.by) {
                    decided.push(*facet);
                }
                decided
            }
            None => std::mem::take(&mut self.decided),
        };
        let (mut branches, mut by_time) = (SmallVec::new(), false);
        for (facet, branch, _) in &self.choices {
            if *facet == TIME {
                by_time = true;
            } else {
                branches.push((*facet, *branch));
            }
        }
        Because {
            decided,
            branches,
            by_time,
        }
    }
}

/// The script that comes after the choices just met, if any branch is left to take: the last choice that has one takes
/// its next branch, and those after it are met anew.
pub(crate) fn next_script(choices: &[(FacetId, u8, u8)]) -> Option<Script> {
    let last = choices
        .iter()
        .rposition(|(_, branch, branches)| branch + 1 < *branches)?;
    let mut script = Script::new();
    for (at, (_, branch, _)) in choices.iter().take(last + 1).enumerate() {
        script.push(if at == last { branch + 1 } else { *branch });
    }
    Some(script)
}

/// Whether a version name is a real id, not `null`.
pub(crate) fn is_real(name: VersionName) -> bool {
    name != VersionName::NULL
}
