//! Several mistakes may fit all that was asked. A further geometry, for which they give different
//! numbers, tells which one it is.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, DraftAxis};
use super::naming::{Key, Name, explains};
use super::observe::{Observation, Trouble, observe};
use super::panel::{Entry, Size, panel};
use super::probes::{Extent, Purpose, probes};
use super::profile::Profile;
use super::{Request, Subject};
use crate::data::{Array, Values};
use crate::error::Error;
use crate::geometry::Spec;
use crate::verify::Role;

/// Further geometries that are asked to tell the names of one group apart.
const MAX_ASKED: usize = 6;
/// Geometries whose predicted numbers are compared; none of them is asked for that.
const MAX_TRIED: usize = 300;
/// Products of such a geometry.
const MAX_PRODUCTS: i128 = 1 << 11;

/// The names that are left of each observation, each id once: those of several that fit a group are
/// told apart by asking, where more can be asked.
///
/// # Errors
/// Those of asking.
pub(super) fn told_apart(
    subject: &mut dyn Subject,
    profile: &Profile,
    observations: &[Observation],
    mut named: BTreeMap<usize, Vec<Name>>,
    watch: &mut dyn FnMut(&str),
) -> Result<BTreeMap<usize, Vec<Name>>, Error> {
    // What was named together has the same names in the same order.
    let mut groups: Vec<(Role, Vec<Key>, Vec<usize>)> = Vec::new();
    for (n, names) in &named {
        let (role, keys): (Role, Vec<Key>) = (observations[*n].role, names.iter().map(Name::key).collect());
        match groups.iter_mut().find(|(r, k, _)| *r == role && *k == keys) {
            Some((.., members)) => members.push(*n),
            None => groups.push((role, keys, vec![*n])),
        }
    }
    for (_, keys, members) in groups {
        let is_numeric = named[&members[0]].iter().all(|name| name.is_numeric);
        let smallest = members.iter().map(|n| &observations[*n]).min_by_key(|o| o.entry.spec.geometry.products());
        let mut left = keys.clone();
        if let Some(smallest) = smallest.filter(|_| is_numeric && is_open(&keys) && subject.can_ask_more()) {
            watch("telling mistakes apart");
            left = remaining(subject, profile, smallest, keys)?;
        }
        let mut seen = BTreeSet::new();
        left.retain(|key| seen.insert(key.0));
        for n in members {
            named.entry(n).and_modify(|names| names.retain(|name| left.contains(&name.key())));
        }
    }
    Ok(named)
}

/// Whether there are several ids.
fn is_open(keys: &[Key]) -> bool {
    keys.iter().any(|key| key.0 != keys[0].0)
}

/// The mistakes that further answers do not contradict.
fn remaining(
    subject: &mut dyn Subject,
    profile: &Profile,
    smallest: &Observation,
    mut left: Vec<Key>,
) -> Result<Vec<Key>, Error> {
    let (role, element) = (smallest.role, smallest.element);
    let mut asked = 0;
    for spec in geometries(profile, &smallest.entry.spec)? {
        if asked == MAX_ASKED || !is_open(&left) {
            break;
        }
        let entry = Entry::new(spec);
        // What did not tell more of them apart does not tell fewer apart.
        if !separates(&entry, smallest, profile, &left) || subject.words(&Request::about(&entry, role)).is_none() {
            continue;
        }
        asked += 1;
        let Some(answers) = observe(subject, &entry, role, element, profile, Extent::Brief)? else { continue };
        let is_told = answers.unanswered.is_none() && matches!(answers.trouble, None | Some(Trouble::Numbers));
        let kept: Vec<Key> = left.iter().copied().filter(|key| explains(&answers, *key)).collect();
        // What contradicts all of them is another mistake.
        if is_told && !kept.is_empty() {
            left = kept;
        }
    }
    Ok(left)
}

/// Whether two of the mistakes, of different ids, give different numbers for dense integers.
fn separates(entry: &Entry, like: &Observation, profile: &Profile, keys: &[Key]) -> bool {
    let Ok(probes) = probes(entry, like.role, like.element, profile, Extent::Brief) else { return false };
    let dense = probes.all.into_iter().filter(|p| matches!(p.purpose, Purpose::Dense | Purpose::Single));
    dense.map(|probe| probe.request).any(|request| {
        // What is predicted does not depend on a result.
        let Ok(nothing) = Array::new(vec![0], Values::F32(Vec::new())) else { return false };
        let Ok(predicted) = request.question(nothing, None).all_predicted(keys) else { return false };
        let all = || keys.iter().zip(&predicted);
        all().any(|(a, one)| all().any(|(b, other)| a.0 != b.0 && one != other))
    })
}

/// Small geometries of the profile, in the order in which they are tried: changes of the smallest
/// that fails, two of them, then those of a panel.
fn geometries(profile: &Profile, smallest: &Spec) -> Result<Vec<Spec>, Error> {
    let one = changed(&Draft::of(smallest));
    let two: Vec<Draft> = one.iter().flat_map(changed).step_by(7).take(MAX_TRIED / 2).collect();
    let near = one.into_iter().chain(two).filter_map(|draft| draft.spec());
    let mut seen = BTreeSet::from([smallest.clone()]);
    let panel = panel(profile, Size::Full, None, 2)?.into_iter().map(|entry| entry.spec);
    let own = near.filter_map(|spec| profile.projected(&spec)).chain(panel);
    let is_small = |spec: &Spec| spec.geometry.products() <= MAX_PRODUCTS;
    Ok(own.filter(is_small).filter(|spec| seen.insert(spec.clone())).take(MAX_TRIED).collect())
}

/// A draft with one part larger, or a pad smaller.
fn changed(draft: &Draft) -> Vec<Draft> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Draft)| {
        let mut other = draft.clone();
        change(&mut other);
        all.push(other);
    };
    let of_axis: [fn(&mut DraftAxis); 10] = [
        |a| a.input += 1,
        |a| a.window.kernel += 1,
        |a| a.window.padding.begin += 1,
        |a| a.window.padding.end += 1,
        |a| a.window.stride += 1,
        |a| a.window.dilation += 1,
        |a| a.output_padding += 1,
        |a| a.window.padding.begin -= 1,
        |a| a.window.padding.end -= 1,
        |a| a.input += 2,
    ];
    for n in 0..draft.axes.len() {
        for change in of_axis {
            add(&|d| change(&mut d.axes[n]));
        }
    }
    add(&|d| d.in_channels += 1);
    add(&|d| d.out_channels += 1);
    add(&|d| d.groups += 1);
    let axis = draft.axes.last().copied();
    add(&|d| {
        d.axes.extend(axis.map(|axis| {
            let mut axis = axis;
            (axis.input, axis.window.kernel) = (axis.input + 1, axis.window.kernel + 1);
            axis
        }));
    });
    all
}
