//! Adapters: programs that speak the protocol of [`process`](super::process) for a framework.
//!
//! Those in Python run as subjects by their name; `convproof adapter NAME` prints one to be edited.

/// A program that speaks the protocol.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Adapter {
    /// The name that users type.
    pub name: &'static str,
    /// The name of its file.
    pub file: &'static str,
    /// The dialect whose words it takes, if it runs by its name.
    pub dialect: Option<&'static str>,
    /// What it covers.
    pub covers: &'static str,
    /// The program.
    pub text: &'static str,
}

/// All adapters, by name.
pub static ADAPTERS: &[Adapter] = &[];

/// The adapter of this name.
pub fn find(name: &str) -> Option<&'static Adapter> {
    ADAPTERS.iter().find(|adapter| adapter.name == name)
}
