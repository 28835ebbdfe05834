//! The `convproof` command; everything is in `convproof::cli`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use convproof::cli::{Terminals, run};

fn main() -> ExitCode {
    let (out, mut err) = (io::stdout(), io::stderr());
    // NO_COLOR, TERM and the terminal decide.
    let colour = anstream::AutoStream::choice(&out) != anstream::ColorChoice::Never;
    let terminals = Terminals { out: out.is_terminal(), err: err.is_terminal(), colour };
    // Standard error is not locked: that of a subject is passed through meanwhile.
    ExitCode::from(run(std::env::args_os(), &mut out.lock(), &mut err, terminals))
}
