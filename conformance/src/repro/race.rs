//! Races as scripts: rounds, requests in the background, and the statuses that some order of them explains.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bucketlaw_model::law::Law;
use bucketlaw_model::program::{Act, Program, Step};

use super::{Statuses, alone, taken};
use crate::lower::Names;
use crate::race::{ROUNDS, outcomes};

/// The rounds of a race, after the prelude.
///
/// A round whose statuses no order explains ends the script with 1. If there is none it ends with 0 when statuses tell,
/// else with 3.
pub(super) fn rounds(
    program: &Program,
    names: &mut Names,
    statuses_tell: bool,
    recorded: &Statuses,
) -> String {
    let mut out = format!(
        "\n# A race: it may take many rounds to hit. Exit status 1: a round that no order of its requests explains.\n\
         round=1\n\
         while [ \"$round\" -le \"${{ROUNDS:={ROUNDS}}}\" ]; do\n\
         START=$(date +%s)\nPREFIX=\"bucketlaw-repro-$START-$$-$round-\"\nseen=\n"
    );
    let mut begun = false;
    for turn in program.turns() {
        match turn {
            [step] if begun => counted(program, names, step, &mut out),
            [step] => out.push_str(&alone(program, names, step, Some(recorded))),
            burst => {
                begun = true;
                together(program, names, burst, &mut out);
            }
        }
    }
    out.push_str("\nprintf 'round %s:%s\\n' \"$round\" \"$seen\"\n");
    out.push_str(&judgement(program));
    out.push_str("remove_all\nround=$((round + 1))\ndone\n");
    out.push_str(if statuses_tell {
        "echo \"no violation in $ROUNDS rounds, which proves nothing\"\n"
    } else {
        "echo 'the statuses alone do not tell: compare the replies with explain.txt'\n\
         printf '%s\\n' \"$reply\"\nexit 3\n"
    });
    out
}

/// A step after a burst, whose status counts.
fn counted(program: &Program, names: &mut Names, step: &Step, out: &mut String) {
    out.push_str(&alone(program, names, step, None));
    if matches!(step.act, Act::Ask(_)) {
        let _ = writeln!(out, "seen=\"$seen {}:$(status)\"", step.number);
    }
}

/// The steps of a burst, each in a shell of its own that leaves its reply in a file. They are signed first, which takes a
/// shell its time, and are sent when all are ready.
fn together(program: &Program, names: &mut Names, burst: &[Step], out: &mut String) {
    let (mut replies, mut ready) = (String::new(), String::new());
    out.push_str("\nrm -f \"$scratch/gate\" \"$scratch\"/ready.*\nmkfifo \"$scratch/gate\"\n");
    for step in burst {
        let (send, bind) = taken(program, names, step);
        let number = step.number;
        let _ = write!(
            out,
            "\n# {} (together with the others)\n( gate={number}\n{}printf '%s' \"$reply\" > \"$scratch/{number}\" ) &\n",
            program.line(step),
            send
        );
        let _ = writeln!(
            ready,
            "until [ -e \"$scratch/ready.{number}\" ]; do sleep 0.05 2> /dev/null || sleep 1; done"
        );
        let _ = write!(
            replies,
            "reply=$(cat \"$scratch/{number}\")\n{bind}seen=\"$seen {number}:$(status)\"\n"
        );
    }
    // Whoever opens the gate to read waits until it is open to write.
    let _ = write!(
        out,
        "{ready}exec 9> \"$scratch/gate\"\nwait\nexec 9>&-\n{replies}"
    );
}

/// What the statuses of a round say. A refusal that gave way to another request, or a busy server, says nothing.
fn judgement(program: &Program) -> String {
    let Some(known) = legal(program) else {
        return String::new();
    };
    let legal: Vec<String> = known.iter().map(|seen| format!("'{seen}'")).collect();
    format!(
        "case \"$seen\" in\n  {}) ;;\n  *:409* | *:503*) echo 'a request gave way: this round tells nothing' ;;\n  \
         *) echo \"round $round:$seen, which no order of the requests explains\"; exit 1 ;;\nesac\n",
        legal.join(" | ")
    )
}

/// The statuses from the first burst on that the law allows, as the script writes them.
fn legal(program: &Program) -> Option<BTreeSet<String>> {
    let first = program.turns().find(|turn| turn.len() > 1)?.first()?.number;
    let outcomes = outcomes::statuses(&Law::full(), program)?;
    let words = |statuses: Vec<(u16, u16)>| -> String {
        let counted = statuses.into_iter().filter(|(number, _)| *number >= first);
        counted
            .map(|(number, status)| format!(" {number}:{status}"))
            .collect()
    };
    Some(outcomes.into_iter().map(words).collect())
}
