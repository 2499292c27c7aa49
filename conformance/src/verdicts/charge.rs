//! Attribution: which clauses a refuted reply is charged to, seen over all programs of a run.
//!
//! The smallest repeal that explains a whole history is charged. Where several explain it, the one that also explains
//! other histories comes first, best one that explains them alone: an endpoint with one fault is not accused of a second
//! that looks the same. A repeal that explains all that an endpoint does is never passed over for another.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::belief::Difference;
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{Clause, FacetId, Need, Role, find, owner};
use bucketlaw_model::reply::Code;
use bucketlaw_model::request::Route;

use crate::judge::{Ending, Judgement, Partly, Refuted, Tells, plain};
use crate::lift::error_code;

mod evidence;
mod fewest;
pub(super) mod moot;
mod refusal;

/// A set of clauses, by id.
pub(super) type Ids = BTreeSet<&'static str>;

/// How many histories something explains.
type Counts<T> = BTreeMap<T, usize>;

/// What is known of a run as a whole.
#[derive(Debug, Default)]
pub(super) struct Charges {
    /// The clauses that decide what should have been refused and was not, in some case though not in others.
    passed: Ids,
    /// The clauses that explain what was carried out and should have been refused.
    lets_pass: Ids,
    /// Those that would explain why requests on several routes are refused for another reason than a right that is missing,
    /// and that nothing else shows to be violated.
    not_reached: Ids,
    /// In how many histories a repeal is among the explanations, and a facet on any route.
    covers: Counts<Mutant>,
    covers_anywhere: Counts<FacetId>,
    /// How many histories a clause alone explains, by facets on routes, by facets, and by clauses.
    here: Counts<Mutant>,
    anywhere: Counts<FacetId>,
    clauses: Counts<&'static str>,
    /// How many histories a clause alone explains also when only the beginning is looked at, up to what is refuted.
    begun: Counts<&'static str>,
    /// The routes that the endpoint carries out for somebody.
    accepted: BTreeSet<Route>,
    /// The repeals that come nearest to some history alone, where none explains it.
    nearest: BTreeSet<Mutant>,
    /// The facets that fix what the endpoint tells otherwise in histories that no repeal explains: its own words.
    own_words: BTreeSet<FacetId>,
}

impl Charges {
    /// What the judgements of a run establish.
    pub(super) fn of(judgements: &[Judgement]) -> Charges {
        let answers = judgements.iter().flat_map(|judgement| &judgement.answers);
        let mut charges = Charges {
            accepted: answers
                .filter(|answer| answer.status < 300)
                .map(|answer| answer.route)
                .collect(),
            ..Charges::default()
        };
        for judgement in judgements
            .iter()
            .filter(|judgement| judgement.explanations.is_empty())
        {
            charges.unexplained(judgement);
        }
        // Nor does what makes a refuted history legal and leaves every slip before explain what those tell otherwise.
        let leaves_all = |judgement: &&Judgement| {
            matches!(judgement.ending, Ending::Refuted(_)) && judgement.unexplained >= judgement.slips.len()
        };
        for judgement in judgements.iter().filter(leaves_all) {
            charges.tells_otherwise(judgement);
        }
        let passed = judgements.iter().filter(|judgement| judgement.contradicted);
        charges.passed = passed
            .filter_map(passes)
            .flat_map(|refuted| ids(refuted.deciding().into_iter()))
            .collect();
        let passed = judgements.iter().filter(|judgement| passes(judgement).is_some());
        charges.lets_pass = passed.flat_map(alone).collect();
        charges.not_reached = not_reached(judgements, &charges.lets_pass);
        let explained: Vec<&Judgement> = judgements
            .iter()
            .filter(|judgement| !judgement.contradicted && !charges.in_own_words(judgement))
            .collect();
        for judgement in explained {
            let explaining = ids(facets(judgement));
            for facet in facets(judgement).collect::<BTreeSet<_>>() {
                *charges.covers_anywhere.entry(facet).or_default() += 1;
            }
            for mutant in &judgement.explanations {
                *charges.covers.entry(*mutant).or_default() += 1;
            }
            if let (1, Some(clause)) = (explaining.len(), explaining.first()) {
                *charges.clauses.entry(clause).or_default() += 1;
                for facet in facets(judgement).collect::<BTreeSet<_>>() {
                    *charges.anywhere.entry(facet).or_default() += 1;
                }
                for mutant in &judgement.explanations {
                    *charges.here.entry(*mutant).or_default() += 1;
                }
            }
            let beginning = beginning(judgement);
            if let (1, Some(clause)) = (beginning.len(), beginning.first()) {
                *charges.begun.entry(clause).or_default() += 1;
            }
        }
        charges
    }

    /// Takes in a history that no repeal explains.
    fn unexplained(&mut self, judgement: &Judgement) {
        match &judgement.ending {
            Ending::Refuted(refuted) if refuted.is_no_ruling() || refuted.via.is_some() => return,
            Ending::Refuted(refuted) => {
                let likely = ids(likely(refuted, &judgement.doubtless).into_iter());
                if let (1, Some(clause)) = (likely.len(), likely.first()) {
                    *self.clauses.entry(clause).or_default() += 1;
                }
                if judgement.partly.pairs.is_empty()
                    && let [nearest] = judgement.partly.nearly.as_slice()
                {
                    self.nearest.insert(*nearest);
                }
            }
            Ending::Allowed => {}
            _ => return,
        }
        self.tells_otherwise(judgement);
    }

    /// Takes in what a history tells in words of its own.
    fn tells_otherwise(&mut self, judgement: &Judgement) {
        let owners = judgement
            .slips
            .iter()
            .flat_map(|slipped| slipped.slip.owners.iter());
        self.own_words.extend(owners);
    }

    /// Whether a program ran to its end and met nothing but what the endpoint tells in its own words in any case.
    fn in_own_words(&self, judgement: &Judgement) -> bool {
        matches!(judgement.ending, Ending::Allowed)
            && judgement.slips.iter().all(|slipped| {
                let mut owners = slipped.slip.owners.iter();
                owners.all(|owner| self.own_words.contains(owner))
            })
    }

    /// The clauses that explain a history best.
    fn explaining(&self, judgement: &Judgement, own: &Ids) -> Ids {
        if judgement.contradicted {
            let all = ids(facets(judgement));
            let told = both(&all, own);
            return if told.is_empty() { all } else { told };
        }
        let (fewest, is_certain) = self.fewest_faults(judgement, own);
        let begins = if is_certain || judgement.partly.jointly.needs_nothing_new {
            None
        } else {
            self.begins(judgement, &fewest)
        };
        begins.unwrap_or(fewest)
    }

    /// The clauses that explain the beginning of a history, in place of others that explain all of it and of which fewer
    /// other histories show that they are violated: two faults of one clause look like one of another.
    fn begins(&self, judgement: &Judgement, instead_of: &Ids) -> Option<Ids> {
        let shown = |id: &&'static str| self.begun.get(*id).copied().unwrap_or_default();
        let most_of = |ids: &Ids| ids.iter().map(shown).max().unwrap_or_default();
        let mut begins = beginning(judgement);
        let most = most_of(&begins);
        begins.retain(|id| shown(id) == most);
        (most > most_of(instead_of)).then_some(begins)
    }

    /// The clauses that explain a history together with others, or but for what is told.
    ///
    /// Of pairs those count of which most is known to be violated, and of these the ones that the program tells; what all
    /// of them have in common is charged, or the one pair that is left.
    fn partly(&self, judgement: &Judgement, own: &Ids) -> Ids {
        let jointly = jointly(judgement);
        if !jointly.is_empty() {
            let told = both(&jointly, own);
            return if told.is_empty() { jointly } else { told };
        }
        let of_pair = |pair: &[Mutant; 2]| {
            ids(pair
                .iter()
                .map(|(facet, _)| *facet)
                .filter(|one| !moot::is_moot(*one, pair)))
        };
        // Where only what is shown differs, two clauses together leave too much free.
        let of_form = matches!(&judgement.ending, Ending::Refuted(refuted)
            if refuted.expected.first().is_some_and(|nearest| nearest.difference.is_of_form()));
        let all = judgement.partly.pairs.iter();
        let pairs: Vec<&[Mutant; 2]> = all.filter(|pair| !of_form || of_pair(pair).len() == 1).collect();
        let known = |mutant: &Mutant| usize::from(self.knows(mutant));
        let worth = |pair: &[Mutant; 2]| {
            let told = pair
                .iter()
                .filter(|mutant| own.contains(clause(mutant.0)))
                .count();
            (pair.iter().map(known).sum::<usize>(), told)
        };
        let highest = pairs.iter().map(|pair| worth(pair)).max();
        let best: BTreeSet<Ids> = pairs
            .iter()
            .filter(|pair| Some(worth(pair)) == highest)
            .map(|pair| of_pair(pair))
            .collect();
        let in_common = best.iter().cloned().reduce(|one, other| both(&one, &other));
        match in_common {
            Some(common) if !common.is_empty() => {
                return deciding_of(self.shown_here(common, &pairs, judgement), judgement);
            }
            _ => {}
        }
        // What is allowed and should be refused is not allowed in other words: what refuses is missed, or nothing is.
        let deciding = match &judgement.ending {
            Ending::Refuted(refuted) if refuted.exchange.response.status < 400 => Some(refuted.deciding()),
            _ => None,
        };
        let refuses = |one: &&Mutant| deciding.as_ref().is_none_or(|facets| facets.contains(&one.0));
        let nearly: Vec<Mutant> = judgement.partly.nearly.iter().filter(refuses).copied().collect();
        let known: Ids = ids(nearly
            .iter()
            .filter(|one| self.knows(one) || self.nearest.contains(one))
            .map(|(facet, _)| *facet));
        let all = ids(nearly.iter().map(|(facet, _)| *facet));
        let told = both(&all, own);
        [both(&known, own), known, told, all]
            .into_iter()
            .find(|ids| !ids.is_empty())
            .unwrap_or_default()
    }

    /// Of clauses that explain a history together, those whose fault it shows: what an earlier request did otherwise is
    /// shown by other programs alone, and what the last reply says otherwise is not as bad on its account.
    fn shown_here(&self, together: Ids, pairs: &[&[Mutant; 2]], judgement: &Judgement) -> Ids {
        let last = judgement.answers.last().map(|answer| answer.route);
        let is_earlier = |id: &&'static str| {
            let mut of_it = pairs
                .iter()
                .flat_map(|pair| pair.iter())
                .filter(|one| clause(one.0) == *id);
            of_it.all(|one| Some(one.1) != last && self.here.contains_key(one))
        };
        let here: Ids = together.iter().filter(|id| !is_earlier(id)).copied().collect();
        if here.is_empty() { together } else { here }
    }

    /// Whether a repeal alone explains some history, on this route or another.
    fn knows(&self, (facet, route): &Mutant) -> bool {
        self.here.contains_key(&(*facet, *route)) || self.anywhere.contains_key(facet)
    }

    /// The clauses that are charged with all slips of a program in place of those that fix what differs: the endpoint does
    /// not say it otherwise, it rules otherwise, and other programs show that too.
    pub(super) fn ruled_otherwise(&self, judgement: &Judgement, own: &Ids) -> Ids {
        if self.in_own_words(judgement) || judgement.unexplained > 0 {
            return Ids::new();
        }
        let shown = |id: &&'static str| self.clauses.get(*id).is_some_and(|count| *count > 1);
        let explaining = self.explaining(judgement, own);
        if explaining.iter().any(shown) {
            explaining
        } else {
            Ids::new()
        }
    }

    /// A judgement in which slips accuse no clause but those that fix the words, where another clause explains them better
    /// or the endpoint has words of its own in any case.
    pub(super) fn cleared<'a>(&self, judgement: &'a Judgement, own: &Ids) -> Cow<'a, Judgement> {
        let explaining = self.explaining(judgement, own);
        let own_words = self.in_own_words(judgement);
        let accused = |(words, tells): &(String, Tells)| {
            let known = words.split('/').next().is_some_and(|id| explaining.contains(id));
            *tells == Tells::Broken && (own_words || !known)
        };
        if !judgement.told.iter().any(accused) {
            return Cow::Borrowed(judgement);
        }
        let mut cleared = judgement.clone();
        for told in cleared.told.iter_mut().filter(|told| accused(told)) {
            told.1 = Tells::Hidden;
        }
        Cow::Owned(cleared)
    }

    /// Whether the endpoint refuses a policy for what stands in it: it takes others.
    fn is_of_a_document(&self, refuted: &Refuted) -> bool {
        let policy = refuted.route == Route::PutBucketPolicy && self.accepted.contains(&refuted.route);
        policy && refuted.refuses() && !refuted.is_failure() && !refuted.is_denial()
    }

    /// The repeals behind what a program is charged with.
    pub(super) fn borne(&self, judgement: &Judgement, charged: &[&'static str]) -> Vec<Mutant> {
        let bears = |mutant: &&Mutant| charged.contains(&clause(mutant.0));
        judgement.explanations.iter().filter(bears).copied().collect()
    }

    /// The repeals of a clause that are behind what it is charged with, by the first evidence that names some: what fixes the
    /// field in which alone a refusal differs; what explains the whole history, or its beginning; what explains it beside what the
    /// endpoint does throughout, or in a pair, or nearly; what decided the reply that was expected; what explains most of it.
    ///
    /// Of several that explain it alone those count that other histories need most, and of those that explain it together
    /// the ones that others show: what looks the same in one program is not accused beside them.
    pub(super) fn behind(&self, judgement: &Judgement, id: &str) -> Vec<Mutant> {
        let named = |mutants: &[Mutant]| -> Vec<Mutant> {
            let of_clause = mutants.iter().filter(|one| clause(one.0) == id);
            of_clause.copied().collect()
        };
        let partly = &judgement.partly;
        let candidates: Vec<Mutant> = judgement.candidates.iter().map(|one| one.mutant).collect();
        let evidence = [
            named(&self.needs_no_right(judgement)),
            named(&fixing(judgement)),
            self.most_needed(named(&judgement.explanations)),
            self.most_needed(named(judgement.beginning())),
            self.known_of(named(&partly.jointly.decisive)),
            named(&self.most_known(&partly.pairs, id)),
            self.known_of(named(&partly.nearly)),
            named(&deciding(judgement)),
            self.most_needed(named(&candidates)),
        ];
        let first = evidence.into_iter().find(|mutants| !mutants.is_empty());
        first.unwrap_or_default()
    }

    /// Of pairs with a repeal of a clause, the members of those of which most are known.
    fn most_known(&self, pairs: &[[Mutant; 2]], id: &str) -> Vec<Mutant> {
        let concerns = |pair: &&[Mutant; 2]| {
            let of_clause = |one: &Mutant| clause(one.0) == id && !moot::is_moot(one.0, pair);
            pair.iter().any(of_clause)
        };
        let known = |pair: &[Mutant; 2]| pair.iter().filter(|one| self.knows(one)).count();
        let pairs: Vec<&[Mutant; 2]> = pairs.iter().filter(concerns).collect();
        let most = pairs.iter().map(|pair| known(pair)).max();
        let best = pairs.into_iter().filter(|pair| Some(known(pair)) == most);
        let best: BTreeSet<Mutant> = best.flatten().copied().collect();
        best.into_iter().collect()
    }

    /// Of repeals that explain a history alone those that most others need: that no other clause explains, or else any.
    fn most_needed(&self, mut mutants: Vec<Mutant>) -> Vec<Mutant> {
        let count = |counts: &Counts<Mutant>, one: &Mutant| counts.get(one).copied().unwrap_or_default();
        let need = |one: &Mutant| (count(&self.here, one), count(&self.covers, one));
        let most = mutants.iter().map(need).max();
        mutants.retain(|one| Some(need(one)) == most);
        mutants
    }

    /// Of repeals that explain a history together those that alone explain others, if there are any.
    fn known_of(&self, mut mutants: Vec<Mutant>) -> Vec<Mutant> {
        if mutants.iter().any(|one| self.knows(one)) {
            mutants.retain(|one| self.knows(one));
        }
        mutants
    }

    /// The clauses that the refuted reply of a program is charged to, given those that the program tells. None when no
    /// clause fixes what is refuted.
    pub(super) fn charged(
        &self,
        judgement: &Judgement,
        told: &[(&'static str, String)],
    ) -> Vec<&'static str> {
        let Ending::Refuted(refuted) = &judgement.ending else {
            return Vec::new();
        };
        // What shows that the subresource was overlooked is no matter of what it would have done.
        if plain::instead(refuted.route, &refuted.exchange).is_some() {
            return vec![plain::CLAUSE];
        }
        let own = own(told);
        let unneeded = ids(self.needs_no_right(judgement).into_iter().map(|(facet, _)| facet));
        if !unneeded.is_empty() {
            return unneeded.into_iter().collect();
        }
        let explaining = self.explaining(judgement, &own);
        // Whoever lacks a right may be refused it, and what is not there be told before.
        let unshown = explaining.iter().all(|id| self.not_reached.contains(id));
        if let Some(charged) = refusal::of_no_right(refuted, judgement, unshown, &self.passed) {
            return charged;
        }
        // Who is not believed, or is told to try again, is refused nothing that clauses grant.
        if refuted.is_no_ruling() && !refuted.is_failure() {
            return Vec::new();
        }
        if self.is_of_a_document(refuted) {
            return refusal::of_documents(told);
        }
        let partly = if explaining.is_empty() {
            self.partly(judgement, &own)
        } else {
            Ids::new()
        };
        // That an endpoint does not take a request as it travels is no matter of the clauses.
        if refuted.via.is_some() && refuted.refuses() && explaining.is_empty() && partly.is_empty() {
            return Vec::new();
        }
        let charged = self.by_evidence((refuted, judgement), told, (explaining, partly));
        // What is refused for another reason than a missing right says nothing of rights, unless a repeal explains it.
        let says_nothing = |id: &&str| {
            judgement.explanations.is_empty()
                && !refuted.is_failure()
                && !refuted.is_denial()
                && (refuted.refuses() || refuted.exchange.response.status == 409)
                && refusal::is_about_who(id)
        };
        let charged: Ids = charged
            .into_iter()
            .filter(|id| !says_nothing(id))
            .map(|id| of_no_root(id, &judgement.lacks_roots))
            .collect();
        charged.into_iter().collect()
    }
}

/// Whether a history is explained by a clause and by no other: by what it repeals, or by the field that it fixes, or but for
/// the words. What is explained beside the known faults of others shows those as well.
pub(super) fn explains_alone(judgement: &Judgement, id: &str) -> bool {
    let of_clause = |one: &Mutant| clause(one.0) == id;
    let only = |mutants: &[Mutant]| !mutants.is_empty() && mutants.iter().all(of_clause);
    if judgement.contradicted {
        return false;
    }
    let Partly { pairs, nearly, .. } = &judgement.partly;
    match judgement.explanations.as_slice() {
        [] => only(&fixing(judgement)) || only(nearly) || only(&pairs.concat()),
        explanations => only(explanations),
    }
}

/// What decided the reply that was expected of a refuted history: what is not known to be obeyed there, if there is any.
fn deciding(judgement: &Judgement) -> Vec<Mutant> {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return Vec::new();
    };
    let charged = refuted.charged();
    let doubtful = |facet: &&FacetId| !judgement.doubtless.contains(facet);
    let doubtful: Vec<FacetId> = charged.iter().filter(doubtful).copied().collect();
    let deciding = if doubtful.is_empty() { charged } else { doubtful };
    deciding.into_iter().map(|facet| (facet, refuted.route)).collect()
}

/// What fixes the field in which alone a refusal differs from the expected one, unless it is known to be obeyed there. What
/// refuses for another reason and shows less explains that as well; of a success what is shown may be only a part of it.
fn fixing(judgement: &Judgement) -> Vec<Mutant> {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return Vec::new();
    };
    let nearest = refuted.expected.first();
    let refusal = nearest.filter(|nearest| nearest.reply.status >= 400);
    let fixing = match refusal.map(|nearest| &nearest.difference) {
        Some(Difference::Field(_, by) | Difference::Message(by)) => *by,
        _ => return Vec::new(),
    };
    let doubtful = !judgement.doubtless.contains(&fixing);
    doubtful.then_some((fixing, refuted.route)).into_iter().collect()
}

/// The clauses that explain a history beside what the endpoint does throughout, if what decided the expected reply is
/// known to be obeyed.
fn jointly(judgement: &Judgement) -> Ids {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return Ids::new();
    };
    let obeyed = |facet: &FacetId| judgement.doubtless.contains(facet);
    if !judgement.partly.jointly.needs_nothing_new && !refuted.deciding().iter().all(obeyed) {
        return Ids::new();
    }
    ids(judgement.partly.jointly.decisive.iter().map(|(facet, _)| *facet))
}

/// The clauses that a program tells on the route of the request that was refused last, without those that grant: those
/// that decided what was expected, or else the only one.
fn refused_here(judgement: &Judgement, told: &[(&'static str, String)], likely: &Ids) -> Ids {
    let route = judgement.answers.last().map(|answer| answer.route.name());
    let here = told.iter().filter(|(_, on)| Some(on.as_str()) == route);
    let here: Ids = here.map(|(id, _)| *id).filter(|id| !is_grant(id)).collect();
    let decided = both(&here, likely);
    match here.len() {
        1 => here,
        _ => decided,
    }
}

/// Of clauses that explain a history together those that decided what was expected, if any did: without them it would have
/// been refused as it should be, and the others are shown by other programs.
fn deciding_of(together: Ids, judgement: &Judgement) -> Ids {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return together;
    };
    let decided = both(&together, &ids(refuted.deciding().into_iter()));
    if decided.is_empty() { together } else { decided }
}

/// The clauses that a program tells and by which the caller has the right that is denied: the endpoint asks for another.
/// A denial that no clause grants against is none that clauses about who are violated by.
fn denied_otherwise(refuted: &Refuted, own: &Ids) -> Ids {
    if !refuted.is_denial() {
        return Ids::new();
    }
    let decided = ids(refuted
        .charged()
        .into_iter()
        .filter(|facet| is_grant(clause(*facet))));
    both(&decided, own)
}

/// The clause about who is refused that a program tells, if its last request was refused to somebody and it is the only
/// one.
fn refused_to_all(refuted: &Refuted, own: &Ids) -> Ids {
    let about_callers = |id: &&&'static str| refusal::is_about_who(id) && !is_grant(id);
    let about_callers: Ids = own.iter().filter(about_callers).copied().collect();
    if refuted.is_denial() && about_callers.len() == 1 {
        about_callers
    } else {
        Ids::new()
    }
}

/// The clauses of the candidates with the highest count; none when nothing is counted.
fn most(candidates: &[Mutant], count: impl Fn(&Mutant) -> Option<usize>) -> Ids {
    let highest = candidates.iter().filter_map(&count).max();
    ids(candidates
        .iter()
        .filter(|mutant| highest.is_some() && count(mutant) == highest)
        .map(|(facet, _)| *facet))
}

pub(super) fn own(told: &[(&'static str, String)]) -> Ids {
    told.iter().map(|(id, _)| *id).collect()
}

fn both(one: &Ids, other: &Ids) -> Ids {
    one.intersection(other).copied().collect()
}

/// Why a program says nothing, if it only met that an identity is no root user, which the target file says.
pub(super) fn needs_root(judgement: &Judgement) -> Option<String> {
    let refuted = matches!(judgement.ending, Ending::Refuted(_));
    let explaining = ids(facets(judgement));
    let about_roots = |id: &&str| lacking(id, &judgement.lacks_roots).is_some();
    (refuted && !explaining.is_empty() && explaining.iter().all(about_roots))
        .then(|| "needs a root user".to_owned())
}

/// The clause in place of one about a root user whom the run lacked: an administrator has its permissions by its identity
/// policy, and in other accounts as users have them.
pub(super) fn of_no_root(id: &'static str, lacks_roots: &[Need]) -> &'static str {
    match lacking(id, lacks_roots) {
        None => id,
        Some(Need::OwnerRoot) => "EVAL-SAME-001",
        Some(_) => "EVAL-XACC-002",
    }
}

/// Which root user a clause is about whom the run lacked.
fn lacking(id: &str, lacks_roots: &[Need]) -> Option<Need> {
    let needs = find(id).map_or(&[][..], Clause::needs);
    needs.iter().copied().find(|need| lacks_roots.contains(need))
}

/// The clauses that explain a history up to what is refuted, by one facet or as a whole.
fn beginning(judgement: &Judgement) -> Ids {
    let begin = ids(judgement.beginning().iter().map(|(facet, _)| *facet));
    begin
        .into_iter()
        .chain(judgement.wholly.iter().copied())
        .collect()
}

/// What is refuted, if it was allowed, did something, and should have been refused.
fn passes(judgement: &Judgement) -> Option<&Refuted> {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return None;
    };
    let refuses = refuted
        .expected
        .first()
        .is_some_and(|nearest| nearest.reply.status >= 400);
    let passes = refuses && refuted.exchange.response.status < 400 && !refuted.does_nothing();
    passes.then_some(refuted)
}

/// On how many routes the endpoint has to refuse otherwise before it is thought to ask for rights too late.
const SEVERAL: usize = 3;

/// The clauses that alone explain why requests on several routes are refused for another reason than a right that is
/// missing, without those that are shown to let something pass: the endpoint comes to the other reason first.
fn not_reached(judgements: &[Judgement], lets_pass: &Ids) -> Ids {
    let mut routes: BTreeMap<&'static str, BTreeSet<Route>> = BTreeMap::new();
    for judgement in judgements {
        let Ending::Refuted(refuted) = &judgement.ending else {
            continue;
        };
        let denied = refuted
            .expected
            .first()
            .is_some_and(|one| one.reply.status == 403);
        let otherwise = refuted.exchange.response.status >= 400 && !refuted.is_denial();
        if denied
            && otherwise
            && let Some(clause) = alone(judgement)
        {
            routes.entry(clause).or_default().insert(refuted.route);
        }
    }
    let several = routes
        .into_iter()
        .filter(|(id, on)| on.len() >= SEVERAL && !lets_pass.contains(id));
    several.map(|(id, _)| id).collect()
}

/// The clause that alone explains a history.
fn alone(judgement: &Judgement) -> Option<&'static str> {
    let explaining = ids(facets(judgement));
    explaining.first().copied().filter(|_| explaining.len() == 1)
}

fn facets(judgement: &Judgement) -> impl Iterator<Item = FacetId> {
    judgement.explanations.iter().map(|(facet, _)| *facet)
}

fn ids(facets: impl Iterator<Item = FacetId>) -> Ids {
    facets.filter_map(owner).map(|(clause, _)| clause.id).collect()
}

/// The clause of the first of some facets.
pub(super) fn first(facets: &[FacetId]) -> Option<&'static str> {
    facets
        .iter()
        .find_map(|facet| owner(*facet))
        .map(|(clause, _)| clause.id)
}

fn clause(facet: FacetId) -> &'static str {
    owner(facet).map_or("", |(clause, _)| clause.id)
}

fn is_grant(id: &str) -> bool {
    find(id).is_some_and(|clause| clause.role() == Role::Grants)
}

/// The facets that decided the expected reply, without those that cannot be what is missed: gates that let the request
/// pass when a later one should have refused it, and permissions when it was refused for another reason.
fn likely(refuted: &Refuted, doubtless: &[FacetId]) -> Vec<FacetId> {
    let charged = refuted.charged();
    let Some(nearest) = refuted.expected.first() else {
        return charged;
    };
    if !matches!(nearest.difference, Difference::Status | Difference::Code) {
        return charged;
    }
    if nearest.reply.status >= 400 {
        return refusal::refusing(refuted, &charged, doubtless)
            .into_iter()
            .collect();
    }
    if error_code(&refuted.exchange.response).as_deref() == Some(Code::AccessDenied.name()) {
        return charged;
    }
    let others: Vec<FacetId> = charged
        .iter()
        .copied()
        .filter(|facet| !is_grant(clause(*facet)))
        .collect();
    if !others.is_empty() {
        return others;
    }
    // Nothing decided it but permissions: what it should have shown is missing.
    let shown: Vec<FacetId> = nearest.reply.fields.iter().map(|field| field.by).collect();
    // Or it is another branch of a choice that is fixed.
    let branches: Vec<FacetId> = nearest.because.branches.iter().map(|(facet, _)| *facet).collect();
    [shown, charged, branches]
        .into_iter()
        .find(|facets| !facets.is_empty())
        .unwrap_or_default()
}
