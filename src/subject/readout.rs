//! Probes that read a matrix out: the identity as a batch, one tap at a time, one channel per cell.

use super::Request;
use super::draft::Draft;
use super::numbers::{integers, is_signed, largest_integer};
use super::probes::{Maker, Probe, Probes, Purpose, long};
use crate::data::Array;
use crate::error::Error;
use crate::geometry::Kind;
use crate::verify::Role;

/// Cells of a matrix that is read at once, with the zeros.
pub(super) const MAX_READ: usize = 1 << 18;
/// Taps that are asked one by one where the matrix is too large.
pub(super) const MAX_TAPS: usize = 64;

impl Maker<'_> {
    /// The operand that is not the weight: shape for one sample.
    fn operand_shape(&self) -> Vec<usize> {
        let one = Draft { batch: 1, ..self.draft.clone() }.spec().unwrap_or_else(|| self.entry.spec.clone());
        if self.role == Role::Forward { one.input_shape() } else { one.output_shape() }
    }

    fn with_operand(&self, mut request: Request, operand: Array) -> Request {
        if self.role == Role::Forward {
            request.x = Some(operand)
        } else {
            request.g = Some(operand)
        }
        request
    }

    pub fn read(&mut self, probes: &mut Probes) -> Result<(), Error> {
        let shape = self.operand_shape();
        let cols: usize = shape.iter().product();
        let results = [self.entry.spec.output_shape(), self.entry.spec.input_shape()];
        let rows: usize = results[usize::from(self.role != Role::Forward)][1..].iter().product();
        let weight = self.entry.spec.geometry.weight_shape();
        let taps: usize = weight.iter().product();
        let largest = largest_integer(self.element);
        if rows.saturating_mul(cols).max(cols.saturating_mul(cols)) > MAX_READ || long(taps) > largest / 2 {
            return self.taps(probes, taps, largest);
        }
        let count = long(taps);
        let most = (largest / 2).min(64 * count).max(count);
        let second = self.scatter.signed_labels(taps, most, is_signed(self.element));
        probes.labels = [(1..=count).collect(), second];
        probes.cols = cols;
        for second in [false, true] {
            let w = integers(self.element, weight.clone(), &probes.labels[usize::from(second)])?;
            let columns = if self.profile.batch { vec![None] } else { (0..cols).map(Some).collect() };
            for column in columns {
                let batch = if column.is_some() { 1 } else { cols };
                let Some(mut request) = self.request(batch) else { continue };
                let mut identity = vec![0; batch * cols];
                match column {
                    Some(column) => identity[column] = 1,
                    None => (0..cols).for_each(|n| identity[n * cols + n] = 1),
                }
                let mut shape = shape.clone();
                shape[0] = batch;
                request.w = Some(w.clone());
                let request = self.with_operand(request, integers(self.element, shape, &identity)?);
                probes.all.push(Probe { purpose: Purpose::Read { second, column }, request });
            }
        }
        Ok(())
    }

    /// One tap of each channel pair at a time, inputs numbered from 1, modulo what the type holds.
    fn taps(&mut self, probes: &mut Probes, taps: usize, largest: i64) -> Result<(), Error> {
        let shape = self.operand_shape();
        let cells: usize = shape.iter().product();
        for tap in 0..taps.min(MAX_TAPS) {
            let Some(mut request) = self.request(1) else { return Ok(()) };
            let one: Vec<i64> = (0..taps).map(|n| i64::from(n == tap)).collect();
            let numbers: Vec<i64> = (0..cells).map(|n| long(n) % (largest - 1) + 1).collect();
            request.w = Some(integers(self.element, self.entry.spec.geometry.weight_shape(), &one)?);
            let request = self.with_operand(request, integers(self.element, shape.clone(), &numbers)?);
            probes.all.push(Probe { purpose: Purpose::Tap, request });
        }
        Ok(())
    }

    /// A channel of x per input cell and group, 1 there; gradients numbered from 1: entry
    /// `[cell, co, t]` of the weight's gradient is the number of the output that they meet.
    pub fn one_hot(&mut self, probes: &mut Probes) -> Result<(), Error> {
        let cells: usize = self.entry.spec.input_shape()[2..].iter().product();
        let channels = long(cells);
        let (mut draft, kind) = (Draft { batch: 1, ..self.draft.clone() }, self.entry.spec.kind);
        match kind {
            Kind::Tconv => draft.in_channels = channels,
            Kind::Conv => draft.out_channels = channels,
        }
        let Some(spec) = draft.spec().filter(|_| self.profile.channels) else { return Ok(()) };
        let results: usize = spec.output_shape().iter().product();
        let inputs: usize = spec.input_shape().iter().product();
        if inputs.max(results) > MAX_READ || long(results) > largest_integer(self.element) {
            return Ok(());
        }
        let one: Vec<i64> = (0..inputs).map(|n| i64::from(n / cells % cells == n % cells)).collect();
        let numbers: Vec<i64> = (1..=results).map(long).collect();
        let Some(mut request) = self.request(1) else { return Ok(()) };
        request.x = Some(integers(self.element, spec.input_shape(), &one)?);
        request.g = Some(integers(self.element, spec.output_shape(), &numbers)?);
        request.spec = spec;
        probes.all.push(Probe { purpose: Purpose::OneHot, request });
        Ok(())
    }
}
