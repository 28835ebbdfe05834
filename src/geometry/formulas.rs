//! Published shape formulas.
