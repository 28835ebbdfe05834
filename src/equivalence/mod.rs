//! eq
