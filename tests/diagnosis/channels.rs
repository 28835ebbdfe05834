//! Wrong implementations that multiply the wrong channels: samples, groups, what a vector leaves over.

use convproof::verify::Role;

use super::cells::{at, first};
use super::program::{Case, Step, TCONV};
use super::{Wrong, Wrongs};
use crate::common::naive::all as every;

pub fn samples(all: &mut Wrongs, case: &Case) {
    let (n, from) = (case.geo.n, first(case));
    let with: [(u16, &dyn Fn(i64) -> Option<i64>); 7] = [
        (0, &|_| Some(0)),
        (1, &|_| Some(n - 1)),
        (2, &|s| Some((s + 1) % n)),
        (3, &|s| Some((s + n - 1) % n)),
        (4, &|s| Some(n - 1 - s)),
        (5, &|s| (s == 0).then_some(s)),
        (6, &|s| (s == n - 1).then_some(s)),
    ];
    for (number, sample) in with {
        let y = case.changed(|mut step| {
            let cell = at(&mut step, from);
            let Some(other) = sample(cell[0]) else { return Vec::new() };
            cell[0] = other;
            vec![step]
        });
        all.push(Wrong::new("batch-offset", number, case, y));
    }
}

pub fn remainders(all: &mut Wrongs, case: &Case, vector: u16) {
    let length = [2, 4, 8, 16][usize::from(vector)];
    for (side, channels, tensor) in [(0, case.geo.ci, 0), (1, case.geo.co, 2)] {
        let start = channels - channels % length;
        if start == channels {
            continue;
        }
        for what in 0..5 {
            if what == 2 && case.role == Role::WeightGradient {
                continue;
            }
            let y = case.changed(|mut step| {
                let own = at(&mut step, tensor)[1];
                if own < start {
                    return vec![step];
                }
                match what {
                    0 => return Vec::new(),
                    1 => step.w[side] = own - start,
                    2 => step.w[2] = 0,
                    3 if tensor == case.result() => return Vec::new(),
                    3 => at(&mut step, tensor)[1] = own - start,
                    _ => step.w[side] = (start - 1).max(0),
                }
                vec![step]
            });
            let number = u16::try_from(side * 64).unwrap() + vector * 8 + what;
            all.push(Wrong::new("channel-remainder", number, case, y));
        }
    }
}

pub fn groups(all: &mut Wrongs, case: &Case) {
    let g = &case.geo;
    let (groups, per_in, per_out) = (g.g, g.ci / g.g, g.co / g.g);
    let with: [(u16, &dyn Fn(&mut Step, i64, i64, i64)); 10] = [
        (0, &|s, _, ci, _| s.w[0] = ci),
        (1, &|s, group, ci, _| s.w[0] = (groups - 1 - group) * per_in + ci),
        (2, &|s, group, ci, _| s.w[0] = (group + 1) % groups * per_in + ci),
        (3, &|s, group, _, co| s.y[1] = co * groups + group),
        (4, &|s, group, ci, _| s.x[1] = ci * groups + group),
        (5, &|s, group, ci, co| (s.x[1], s.y[1]) = (ci * groups + group, co * groups + group)),
        (6, &|s, group, ci, _| s.w[0] = ci * groups + group),
        (7, &|s, _, ci, _| s.x[1] = ci),
        (8, &|s, _, _, co| s.y[1] = co),
        (9, &|s, _, ci, _| s.w[0] = ci),
    ];
    for (number, change) in with {
        if number == 0 && case.role == Role::WeightGradient {
            continue;
        }
        let y = case.changed(|mut step| {
            let (group, ci, co) = (step.x[1] / per_in, step.x[1] % per_in, step.w[1]);
            change(&mut step, group, ci, co);
            vec![step]
        });
        all.push(Wrong::new("group-weight-order", number, case, y));
    }
    let result = case.result();
    if result != 1 {
        let per = if result == 0 { per_in } else { per_out };
        let slot = |step: &mut Step| {
            let channel = at(step, result)[1];
            (channel / per, channel % per)
        };
        // Stored group after group: what stands at a channel is that of the last group that wrote there.
        let writes = |channel: i64| (0..groups).rev().find(|group| (0..per).contains(&(channel - group))).unwrap();
        let with: [(u16, &dyn Fn(i64, i64) -> Option<i64>); 5] = [
            (0, &|group, own| Some(group + own)),
            (1, &|group, own| (writes(group + own) == group).then_some(group + own)),
            (2, &|group, own| (own == 0).then_some(group)),
            (3, &|group, own| (own == per - 1).then_some(group)),
            (4, &|group, _| Some(group)),
        ];
        for (number, to) in with {
            let y = case.changed(|mut step| {
                let (group, own) = slot(&mut step);
                let Some(channel) = to(group, own) else { return Vec::new() };
                at(&mut step, result)[1] = channel;
                vec![step]
            });
            all.push(Wrong::new("group-output-slot", number, case, y));
        }
    }
    if (case.kind, case.role) == (TCONV, Role::Forward) {
        let right = case.right();
        let (shape, cells) = (right.0.clone(), usize::try_from(right.0[2..].iter().product::<i64>()).unwrap());
        let of = |n: i64, c: i64| usize::try_from(n * g.co + c).unwrap() * cells;
        for number in 0..3u16 {
            let mut y = Vec::new();
            for at in every(&[g.n, per_out]) {
                let block = |group: i64| &right.1[of(at[0], group * per_out + at[1])..][..cells];
                match number {
                    0 => y.extend(block(0)),
                    1 => y.extend(block(groups - 1)),
                    _ => y.extend((0..cells).map(|cell| (0..groups).map(|group| block(group)[cell]).sum::<i64>())),
                }
            }
            let shape = [&[g.n, per_out], &shape[2..]].concat();
            all.push(Wrong::new("output-channels-without-groups", number, case, (shape, y)));
        }
    }
}
