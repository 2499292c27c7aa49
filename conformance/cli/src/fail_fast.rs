//! `bucketlaw test --fail-fast`: a run ends at its first divergence.

use bucketlaw_conformance::history::History;
use bucketlaw_conformance::judge::{Ending, judge, judge_all};
use bucketlaw_conformance::report::{Report, Verdict};
use bucketlaw_conformance::suite::Entry;
use bucketlaw_conformance::target::deviation;
use bucketlaw_conformance::verdicts;
use bucketlaw_model::law::Law;

use crate::connect::Target;
use crate::test::law_of_report;

/// Ends the run of the target if a program of it shows what is not declared. It is run again afterwards, as all are that
/// fail.
///
/// Races do not end it: whether one is a race shows only beside its program without bursts.
pub(crate) fn look(target: &Target, law: &Law, entry: &Entry, history: &History) {
    let watch = &target.plan.terms.watch;
    let passes_over = entry.program.races() || watch.ended().is_some() || is_plain(law, history);
    if !passes_over && diverges(target, law, entry, history) {
        watch.stop();
    }
}

/// Whether nothing in a history differs from the law, which most can say of themselves.
fn is_plain(law: &Law, history: &History) -> bool {
    let judgement = judge(law, history, &[]);
    matches!(judgement.ending, Ending::Allowed) && judgement.slips.is_empty()
}

/// Whether the history of a program shows a divergence that is not declared.
fn diverges(target: &Target, law: &Law, entry: &Entry, history: &History) -> bool {
    let (entries, histories) = (std::slice::from_ref(entry), std::slice::from_ref(history));
    let judgements = judge_all(law, entries, histories);
    let mut report = Report::new(target.report.clone(), law_of_report(law), 0);
    verdicts::assemble(entries, &judgements).put_into(&mut report);
    deviation::apply(&mut report, &target.deviations);
    let decides_otherwise = report.unowned.iter().any(|difference| difference.decides);
    report.count(Verdict::Violated) > 0 || decides_otherwise
}
