//! How fast the law is: one `step` in `locks`, and whole checks in both explorers.
//!
//! `cargo bench -p bucketlaw-benches --bench step`

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Duration;

use bucketlaw_model::check::domain::Domain;
use bucketlaw_model::check::explore::{Blind, Edge, Limits, Observer, Onward, Place, explore};
use bucketlaw_model::check::{domains, stateright, verdict};
use bucketlaw_model::law::Law;
use bucketlaw_model::state::State;
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Collects the states of a domain with the moments at which they were met.
#[derive(Default)]
struct States(Vec<(State, Moment)>);

impl Observer for States {
    fn edge(&mut self, place: Place, edge: &Edge<'_>) -> Onward {
        if place.request == 0 && place.branch == 0 {
            self.0.push((edge.state.clone(), edge.now));
        }
        Onward::Follow
    }

    fn absorb(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

fn locks() -> Option<Domain> {
    let domains = domains::checked().ok()?;
    domains.into_iter().find(|domain| domain.name == "locks")
}

/// One step, over all requests at states that lie evenly in the domain.
fn one_step(criterion: &mut Criterion) {
    let (law, Some(domain)) = (Law::full(), locks()) else {
        return;
    };
    let limits = Limits::none(NonZeroUsize::MIN);
    let states = explore(&law, &domain, limits, States::default, |_| true)
        .observer
        .0;
    let asked: Vec<_> = states
        .iter()
        .step_by(states.len().div_ceil(128))
        .flat_map(|(state, now)| domain.requests.iter().map(move |request| (state, *now, request)))
        .collect();
    let mut pairs = asked.iter().cycle();
    criterion.bench_function("step/locks", |bencher| {
        bencher.iter(|| {
            pairs
                .next()
                .map(|(state, now, request)| step(&law, &domain.world, state, request, *now))
        });
    });
}

/// Whole explorations of `locks`: the throughput is in steps.
fn explorers(criterion: &mut Criterion) {
    let (law, Some(domain)) = (Law::full(), locks()) else {
        return;
    };
    let limits = Limits::none(NonZeroUsize::MIN.saturating_add(1));
    let steps = explore(&law, &domain, limits, || Blind, |_| true).counts.steps;
    let mut group = criterion.benchmark_group("locks");
    group.throughput(Throughput::Elements(steps));
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.bench_function("explore", |bencher| {
        bencher.iter(|| explore(&law, &domain, limits, || Blind, |_| true).counts);
    });
    group.bench_function("check", |bencher| {
        bencher.iter(|| verdict::check(&law, &domain, limits, |_| true).counts);
    });
    group.bench_function("stateright", |bencher| {
        bencher.iter(|| black_box(stateright::check(&law, &domain, 2)));
    });
    group.finish();
}

criterion_group!(benches, one_step, explorers);
criterion_main!(benches);
