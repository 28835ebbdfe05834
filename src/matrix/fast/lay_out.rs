//! Segments of the lines, and the templates that they are made of.

use super::lane::Lane;
use super::{BLOCK, Builder, Index, PIECE, Scratch, Segment, Templates};

impl<I: Index> Builder<I> {
    /// Cuts the lines into segments: one model serves all whole rounds of `full`.
    pub(super) fn lay_out(&mut self, piece: usize) {
        self.segments.clear();
        self.ends.clear();
        let last = &self.last;
        let most = |lane: &Lane| (0..lane.classes()).map(|class| lane.count(class)).max().unwrap_or(0);
        let block: usize = self.outer.iter().map(most).product::<usize>() * most(last);
        let at_once = if block >= BLOCK {
            self.in_template = 1;
            1
        } else {
            (piece / (self.entries / self.rows).max(1)).clamp(1, piece)
        };
        let (mut models, mut rows) = (0, 0);
        for (area, step) in
            [(0..last.full.start, 0), (last.full.clone(), last.step), (last.full.end..last.positions, 0)]
        {
            // Pieces of `full` are whole rounds, so that one model serves them; single rows have one per residue.
            let single = self.in_template < self.met;
            let length = if step == 0 || single { at_once } else { at_once.next_multiple_of(last.period) };
            let (models_before, rows_before) = (models, rows);
            for start in area.clone().step_by(length) {
                let end = (start + length).min(area.end);
                let count = last.before(end) - last.before(start);
                let within = start - area.start;
                let model = match step {
                    0 => start,
                    _ if single => area.start + within % last.period,
                    _ => area.start,
                };
                let first = model == start;
                let segment = Segment {
                    start,
                    end,
                    model,
                    shift: if step == 0 { 0 } else { last.class(start).1 },
                    count,
                    model_before: models_before + last.before(model) - last.before(area.start),
                    model_rows: rows_before + model - area.start,
                    first,
                };
                if first {
                    self.ends.extend((start + 1..=end).map(|row| last.before(row) - last.before(start)));
                    (models, rows) = (segment.model_before + count, segment.model_rows + end - start);
                }
                self.segments.push(segment);
            }
        }
    }

    /// Entries of all models on the last axis.
    fn models(&self) -> usize {
        self.segments.iter().map(|s| s.model_before + s.count).max().unwrap_or(0)
    }

    /// False if they would be too large: the rows are then made one by one.
    pub(super) fn make_templates(&mut self) -> bool {
        let classes = self.outer.iter().try_fold(1usize, |n, lane| n.checked_mul(lane.classes()));
        let most = (self.entries / 32).max(4 * PIECE);
        let (models, channels) = (self.models(), self.in_template);
        let sum_of_counts = |lane: &Lane| lane.counts.last().copied().unwrap_or(0);
        let all = self.outer.iter().map(sum_of_counts).chain([models, channels]);
        let Some(total) = all.into_iter().try_fold(1usize, usize::checked_mul) else { return false };
        let Some(classes) = classes.filter(|&classes| total <= most && classes <= most) else { return false };
        let mut templates = Templates { starts: Vec::new(), columns: vec![I::default(); total], taps: vec![0; total] };
        let mut scratch = Scratch::default();
        let mut at = 0;
        let mut representatives = vec![0; self.outer.len()];
        for class in 0..classes {
            let mut rest = class;
            for (position, lane) in representatives.iter_mut().zip(&self.outer).rev() {
                *position = lane.representative(rest % lane.classes());
                rest /= lane.classes();
            }
            self.meet(&representatives, &mut scratch.outer);
            templates.starts.push(at);
            for segment in self.segments.iter().filter(|segment| segment.first) {
                let length = segment.count * scratch.outer.len() * channels;
                let from = at + segment.model_before * scratch.outer.len() * channels;
                let place = from..from + length;
                let rows = segment.model..segment.model + segment.end - segment.start;
                let into = (&mut templates.columns[place.clone()], &mut templates.taps[place]);
                self.emit(rows, 0..channels, (0, 0), &mut scratch, into);
            }
            at += models * scratch.outer.len() * channels;
        }
        self.templates = Some(templates);
        true
    }

    /// What positions of the outer axes meet together: `(column, tap)` without the last axis.
    pub(super) fn meet(&self, positions: &[usize], into: &mut Vec<(usize, usize)>) {
        let (mut met, mut product) = (Vec::new(), Vec::new());
        into.clear();
        into.push((0, 0));
        for (lane, &position) in self.outer.iter().zip(positions) {
            lane.meetings(position, &mut met);
            product.clear();
            for &(column, tap) in &*into {
                product.extend(met.iter().map(|&(c, t)| (column * lane.columns + c, tap * lane.kernel + t)));
            }
            std::mem::swap(into, &mut product);
        }
    }
}
