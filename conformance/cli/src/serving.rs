//! `bucketlaw serve` and `bucketlaw serve-law`.

use std::net::SocketAddr;

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::serve_law::{ROOTS, ServeLaw};
use bucketlaw_model::clause;
use bucketlaw_model::law::Law;
use bucketlaw_server::command::Ended;

use crate::Failed;
use crate::output::say;

/// The options of `serve-law`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9001")]
    listen: SocketAddr,
    /// Repeals a clause, a facet, or a facet on one route.
    #[arg(long, value_name = "ID[/FACET][@ROUTE]")]
    repeal: Vec<String>,
    /// Fixes an undocumented choice to a branch, counted from 0 (ours).
    #[arg(long, value_name = "ID/FACET=N")]
    branch: Vec<String>,
}

/// Runs the reference server until it is told to stop.
pub(crate) fn serve(arguments: &bucketlaw_server::command::Arguments) -> Result<Code, Failed> {
    bucketlaw_server::command::run(arguments)
        .map(|ended| match ended {
            Ended::InOrder => Code::AsExpected,
            Ended::AtOnce => Code::Interrupted,
        })
        .map_err(|what| Failed(Code::Usage, what))
}

/// The law with repeals and fixed branches.
pub(crate) fn law(repeal: &[String], branch: &[String]) -> Result<Law, Failed> {
    let mut law = Law::full();
    for words in repeal {
        law = law.repeal(words).map_err(Failed::usage)?;
    }
    for words in branch {
        let wrong = || {
            Failed::usage(format!(
                "--branch `{words}`: write ID/FACET=N; `bucketlaw spec --freedoms` lists them"
            ))
        };
        let (name, number) = words.split_once('=').ok_or_else(wrong)?;
        let (id, facet) = name.split_once('/').ok_or_else(wrong)?;
        let found = clause::find(id)
            .and_then(|clause| {
                clause
                    .facets
                    .iter()
                    .find(|one| one.name == facet && one.is_choice())
            })
            .ok_or_else(wrong)?;
        let number: u8 = number.parse().map_err(|_| wrong())?;
        if usize::from(number) >= found.branches.len() {
            return Err(wrong());
        }
        law.fix(found.id, number);
    }
    Ok(law)
}

/// Serves the law until the process is ended.
pub(crate) fn serve_law(arguments: &Arguments) -> Result<Code, Failed> {
    let law = law(&arguments.repeal, &arguments.branch)?;
    let serving = ServeLaw::listen(arguments.listen, law).map_err(|error| {
        Failed::usage(format!(
            "can't listen on {}: {error}; name another address, or port 0 for a free one",
            arguments.listen
        ))
    })?;
    for (name, (key, secret, account)) in ["owner", "other"].iter().zip(ROOTS) {
        say!("{name}  account {account}  access key {key}  secret {secret}");
    }
    say!("listening on http://{}", serving.address());
    loop {
        std::thread::park();
    }
}
