//! Random geometries of a profile, for a maintainer's own property tests.

use proptest::prelude::*;

use crate::geometry::Spec;
use crate::subject::{Profile, random_geometry};

/// Specs within a profile, each corner drawn often: pads beyond the kernel, below 0 and uneven,
/// strides beyond the kernel, output paddings, length 1, groups.
///
/// ```
/// use convproof::check::{Profile, geometry};
/// use proptest::prelude::*;
/// let profile = Profile::plain();
/// proptest!(|(spec in geometry(&profile))| {
///     prop_assert!(profile.takes(&spec));
/// });
/// ```
pub fn geometry(profile: &Profile) -> impl Strategy<Value = Spec> + use<> {
    let profile = profile.clone();
    any::<u64>().prop_filter_map("no geometry of this profile", move |seed| random_geometry(&profile, seed))
}
