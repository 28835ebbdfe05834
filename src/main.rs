//! The `convproof` command; everything is in `convproof::cli`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use convproof::cli::{Terminals, run};

fn main() -> ExitCode {
    let (out, err) = (io::stdout(), io::stderr());
    // NO_COLOR, TERM and the terminal decide.
    let colour = anstream::AutoStream::choice(&out) != anstream::ColorChoice::Never;
    let terminals = Terminals { out: out.is_terminal(), err: err.is_terminal(), colour };
    ExitCode::from(run(std::env::args_os(), &mut out.lock(), &mut err.lock(), terminals))
}
