//! A spec taken apart, to be changed and put together again.

use crate::geometry::{Geometry, Kind, Padding, Spec, Window};

/// One axis as the named operation has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DraftAxis {
    /// Length of the operation's own input.
    pub input: i64,
    pub window: Window,
    /// Of a transposed convolution; what a convolution leaves unread follows from its length.
    pub output_padding: i64,
}

/// A spec whose parts can be changed one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub kind: Kind,
    pub axes: Vec<DraftAxis>,
    /// Channels of the transposed convolution, per group.
    pub in_channels: i64,
    pub out_channels: i64,
    pub groups: i64,
    pub batch: i64,
}

impl Draft {
    pub fn of(spec: &Spec) -> Draft {
        let g = &spec.geometry;
        let axis = |a: &crate::geometry::Axis| match spec.kind {
            Kind::Tconv => DraftAxis { input: a.input(), window: a.window(), output_padding: a.output_padding() },
            Kind::Conv => DraftAxis { input: a.output(), window: a.window(), output_padding: 0 },
        };
        Draft {
            kind: spec.kind,
            axes: g.axes().iter().map(axis).collect(),
            in_channels: g.in_channels() / g.groups(),
            out_channels: g.out_channels() / g.groups(),
            groups: g.groups(),
            batch: g.batch(),
        }
    }

    /// The spec, if these parts mean one.
    pub fn spec(&self) -> Option<Spec> {
        let axis = |a: &DraftAxis| match self.kind {
            Kind::Tconv => a.window.transposed(a.input, a.output_padding).ok(),
            Kind::Conv => a.window.convolving(a.input).ok(),
        };
        let axes = self.axes.iter().map(axis).collect::<Option<Vec<_>>>()?;
        let of_groups = |channels: i64| channels.checked_mul(self.groups);
        let (inputs, outputs) = (of_groups(self.in_channels)?, of_groups(self.out_channels)?);
        let geometry = Geometry::new(axes).ok()?.with_channels(inputs, outputs, self.groups).ok()?;
        Some(Spec { kind: self.kind, geometry: geometry.with_batch(self.batch).ok()? })
    }

    /// The same with another batch.
    pub fn with_batch(&self, batch: usize) -> Option<Spec> {
        Draft { batch: i64::try_from(batch).ok()?, ..self.clone() }.spec()
    }
}

/// `p` with both ends what the larger one is.
pub(super) fn symmetric(p: Padding) -> Padding {
    Padding::both(p.begin.max(p.end))
}
