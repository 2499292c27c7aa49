//! Tiny worlds: what exists, what is asked, and how far the exploration goes. Bounds live here, never in the law.

use crate::program::Program;
use crate::request::Request;
use crate::state::State;
use crate::world::World;

/// A tiny world.
#[derive(Clone, Debug)]
pub struct Domain {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it asks about.
    pub about: &'static str,
    /// Its names and documents.
    pub world: World,
    /// What is asked at every state.
    pub requests: Vec<Request>,
    /// How many units time may pass.
    pub ticks: i8,
    /// How many versions, and how many uploads, a key may have had.
    pub versions: u16,
}

impl Domain {
    /// A domain from lines in the grammar of programs: policies, and the requests to try.
    ///
    /// A request line has no step number, and lists of alternatives are written `name={a|b}`, callers too:
    /// `{owner|user} DeleteObject bucket=b key=k version={#1|null}`. `#1` is the first version made of a key.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn read(
        name: &'static str,
        about: &'static str,
        text: &str,
        (ticks, versions): (i8, u16),
    ) -> Result<Domain, String> {
        let mut policies = String::new();
        let mut steps = String::new();
        let mut number = 0_u16;
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            if line.starts_with("policy ") {
                policies.push_str(line);
                policies.push('\n');
                continue;
            }
            for request in alternatives(line) {
                number += 1;
                steps.push_str(&format!("{number} {request}\n"));
            }
        }
        let program = format!("{}\n{policies}{steps}", crate::program::HEADER);
        let program = Program::read(&program).map_err(|error| format!("domain {name}: {error}"))?;
        let requests = program.requests().map(|(_, request)| request.clone()).collect();
        Ok(Domain {
            name,
            about,
            world: program.world,
            requests,
            ticks,
            versions,
        })
    }

    /// Whether a state lies within the bounds.
    #[must_use]
    pub fn within(&self, state: &State) -> bool {
        let mut made = state.minted.values().chain(state.begun.values());
        made.all(|made| *made <= self.versions)
    }
}

/// All lines that a line with alternatives stands for.
fn alternatives(line: &str) -> Vec<String> {
    let Some((before, rest)) = line.split_once('{') else {
        return vec![line.to_owned()];
    };
    let Some((list, after)) = rest.split_once('}') else {
        return vec![line.to_owned()];
    };
    list.split('|')
        .flat_map(|one| alternatives(&format!("{before}{one}{after}")))
        .map(tidy)
        .collect()
}

/// A line without the arguments that an empty alternative leaves without a value.
fn tidy(line: String) -> String {
    line.split_whitespace()
        .filter(|word| !word.ends_with('='))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_multiply() {
        let lines = alternatives("{owner|user} DeleteObject bucket=b key=k version={|null}");
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0], "owner DeleteObject bucket=b key=k");
        assert_eq!(lines[3], "user DeleteObject bucket=b key=k version=null");
    }
}
