//! Paths through a tiny world, and how people read them: as programs.

use std::collections::BTreeMap;

use crate::argument::{BucketName, Key, Mapping, UploadRef, VersionName, VersionRef};
use crate::belief::{UploadPlace, VersionPlace, exposed, exposed_upload};
use crate::check::domain::Domain;
use crate::law::Law;
use crate::program::{Act, Handle, Program, Step};
use crate::request::Request;
use crate::simulate::instant;
use crate::state::State;
use crate::step::step;
use crate::time::Moment;

/// One move in a tiny world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// Asks a request of the domain, by position, and takes one of the ways in which the law lets it end.
    Ask {
        /// The position of the request.
        request: u16,
        /// Which transition, as [`step`] lists them.
        branch: u8,
    },
    /// Waits until so many units after the start.
    Wait(i8),
}

/// A path as a program, with versions named by handles.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The program.
    pub program: Program,
    /// Whether a client could send it: it names no version whose id was never shown.
    pub sendable: bool,
}

/// Writes moves under a law as a program: versions by handles, waiting steps only where time passes.
///
/// `None` when the moves are none of the domain's.
#[must_use]
pub fn program(law: &Law, domain: &Domain, moves: &[Move]) -> Option<Trace> {
    let mut trace = Trace {
        program: Program {
            about: Vec::new(),
            world: domain.world.clone(),
            steps: Vec::new(),
            bursts: Vec::new(),
            vias: std::collections::BTreeMap::new(),
        },
        sendable: true,
    };
    let mut state = State::default();
    let mut known: BTreeMap<VersionPlace, Handle> = BTreeMap::new();
    let mut uploads: BTreeMap<UploadPlace, Handle> = BTreeMap::new();
    let mut waited = 0;
    for (number, by) in (1_u16..).zip(moves) {
        let (position, branch) = match by {
            Move::Wait(units) => {
                waited = *units;
                let act = Act::Wait(waited);
                trace.program.steps.push(Step { number, act });
                continue;
            }
            Move::Ask { request, branch } => (*request, *branch),
        };
        let request = domain.requests.get(usize::from(position))?;
        let mut to_handles = ToHandles {
            known: &known,
            uploads: &uploads,
            bucket: BucketName(0),
            key: Key(0),
            unknown: false,
        };
        let operation = request.operation.map_references(&mut to_handles);
        trace.sendable &= !to_handles.unknown;
        let caller = request.caller;
        let act = Act::Ask(Request { caller, operation });
        trace.program.steps.push(Step { number, act });
        let now = Moment::exactly(instant(&domain.world, waited));
        let transition = step(law, &domain.world, &state, request, now)
            .into_iter()
            .nth(usize::from(branch))?;
        for (nth, place) in exposed(request, &transition.reply) {
            known.entry(place).or_insert(Handle { step: number, nth });
        }
        if let Some(place) = exposed_upload(&transition.reply) {
            uploads.entry(place).or_insert(Handle { step: number, nth: 0 });
        }
        state = transition.next.unwrap_or(state);
    }
    Some(trace)
}

/// Replaces the law's names by handles.
struct ToHandles<'a> {
    known: &'a BTreeMap<VersionPlace, Handle>,
    uploads: &'a BTreeMap<UploadPlace, Handle>,
    bucket: BucketName,
    key: Key,
    unknown: bool,
}

impl Mapping for ToHandles<'_> {
    fn bucket(&mut self, bucket: BucketName) {
        self.bucket = bucket;
    }

    fn key(&mut self, key: Key) {
        self.key = key;
    }

    fn version(&mut self, version: VersionRef) -> VersionRef {
        match version {
            VersionRef::Named(name) if name != VersionName::NULL => {
                match self.known.get(&(self.bucket, self.key, name)) {
                    Some(handle) => VersionRef::Made(*handle),
                    None => {
                        self.unknown = true;
                        version
                    }
                }
            }
            VersionRef::Foreign(bucket, key, name) => match self.known.get(&(bucket, key, name)) {
                Some(handle) => VersionRef::Made(*handle),
                None => {
                    self.unknown = true;
                    version
                }
            },
            VersionRef::Named(_)
            | VersionRef::Current
            | VersionRef::Made(_)
            | VersionRef::Malformed
            | VersionRef::Empty => version,
        }
    }

    fn upload(&mut self, upload: UploadRef) -> UploadRef {
        match upload {
            UploadRef::Named(name) => match self.uploads.get(&(self.bucket, self.key, name)) {
                Some(handle) => UploadRef::Made(*handle),
                None => {
                    self.unknown = true;
                    upload
                }
            },
            UploadRef::Made(_) | UploadRef::Malformed => upload,
        }
    }
}
