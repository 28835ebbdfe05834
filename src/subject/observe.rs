//! One geometry, role and type: asked with all its probes, each answer judged.

use super::numbers::result_type;
use super::panel::Entry;
use super::probes::{Extent, Probe, Probes, Purpose, probes};
use super::profile::{Profile, Sums};
use super::reading::Reading;
use super::{Failure, Reply, Request, Subject};
use crate::data::{Array, ElementType};
use crate::error::Error;
use crate::geometry::{Kind, Spec};
use crate::matrix::ConvMatrix;
use crate::verify::{Arithmetic, Judgement, Mode, Question, Role, Verdict};

/// One answered call, judged.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub purpose: Purpose,
    pub question: Question,
    pub judgement: Judgement,
}

impl Call {
    /// Whether equality was demanded: the numbers of a mistake would be these exactly.
    pub fn is_exact(&self) -> bool {
        // A result of another shape has no mode.
        !matches!(self.purpose, Purpose::Mantissas | Purpose::Strided) && self.judgement.mode != Some(Mode::Bound)
    }
}

/// What is wrong about a geometry, worst first.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Trouble {
    /// No answer.
    Failed(Failure, String),
    /// Valid input refused.
    Refused(String),
    /// Another element type than the operands have.
    WrongType(ElementType, ElementType),
    /// NaN or infinity.
    NotFinite,
    /// Other numbers or another shape.
    Numbers,
    /// The same question answered otherwise.
    Unstable,
    /// Right in C order, other numbers in Fortran order.
    Strided,
    /// Beyond the bound of the declared arithmetic; everything exact is right.
    Rounding,
}

/// What was observed of one geometry in one role and type.
#[derive(Debug, Clone)]
pub(super) struct Observation {
    pub entry: Entry,
    pub role: Role,
    pub element: ElementType,
    /// The call in the subject's words, for one sample.
    pub words: String,
    /// Every answered call.
    pub calls: Vec<Call>,
    pub trouble: Option<Trouble>,
    /// Why a call has no answer that says anything: the first, and how many there are.
    pub unanswered: Option<(String, usize)>,
    /// The observed matrix.
    pub reading: Option<Reading>,
    /// Whether the matrix was read in full, tap by tap.
    pub is_read: bool,
}

impl Observation {
    /// The calls that are wrong.
    pub fn wrong(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.judgement.verdict == Verdict::Differs)
    }

    /// What is reported of it: the verdict of all calls in one.
    pub fn judgement(&self) -> Judgement {
        let worst = self.wrong().next().or_else(|| self.calls.iter().find(|c| c.judgement.verdict != Verdict::Same));
        let ratio = self
            .calls
            .iter()
            .filter_map(|call| call.judgement.max_ratio)
            .fold(None, |most: Option<f64>, r| Some(most.map_or(r, |m| m.max(r))));
        let mut judgement = match worst.or(self.calls.first()) {
            Some(call) => call.judgement.clone(),
            None => Judgement::unanswered("nothing was answered".to_owned()),
        };
        judgement.max_ratio = ratio;
        if worst.is_none() && !self.calls.is_empty() {
            judgement.mode = Some(if self.is_read { Mode::Symbolic } else { Mode::Exact });
            judgement.cells = self.reading.as_ref().map_or(judgement.cells, |r| r.entries.len());
        }
        if let Some(trouble) = &self.trouble {
            judgement.verdict = Verdict::Differs;
            judgement.reason = trouble.reason().or(judgement.reason);
        } else if let Some((why, count)) = &self.unanswered {
            let calls = self.calls.len() + count;
            return Judgement::unanswered(format!("{count} of {calls} calls without an answer: {why}"));
        }
        judgement
    }

    /// Whether it was answered in full, and rightly.
    pub fn is_right(&self) -> bool {
        self.trouble.is_none() && self.unanswered.is_none()
    }
}

impl Trouble {
    /// In one sentence, where numbers do not say it.
    pub fn reason(&self) -> Option<String> {
        match self {
            Trouble::Failed(_, said) => Some(said.clone()),
            Trouble::Refused(said) => Some(format!("refused: {said}")),
            Trouble::WrongType(expected, got) => Some(format!("the result is {got}; {expected} is right")),
            Trouble::NotFinite => Some("the result holds NaN or infinity".to_owned()),
            Trouble::Unstable => Some("the same arrays gave another result the second time".to_owned()),
            Trouble::Numbers | Trouble::Strided | Trouble::Rounding => None,
        }
    }
}

/// Asks a geometry. None where the subject has no words for it.
///
/// # Errors
/// L1 … for a geometry whose matrix is too large, which no panel holds.
pub(super) fn observe(
    subject: &mut dyn Subject,
    entry: &Entry,
    role: Role,
    element: ElementType,
    profile: &Profile,
    extent: Extent,
) -> Result<Option<Observation>, Error> {
    let Probes { all, labels, cols } = probes(entry, role, element, profile, extent)?;
    let one = Request::about(entry, role);
    let Some(words) = subject.words(&one) else { return Ok(None) };
    let mut observation = Observation {
        entry: entry.clone(),
        role,
        element,
        words,
        calls: Vec::new(),
        trouble: None,
        unanswered: None,
        reading: None,
        is_read: false,
    };
    let mut columns: [Vec<Array>; 2] = [Vec::new(), Vec::new()];
    let once = !subject.can_ask_more();
    for Probe { purpose, request } in all.into_iter().filter(|probe| !(once && probe.purpose.asks_more())) {
        match subject.answer(&request) {
            Reply::Failed(failure, said) => observation.is_troubled(Trouble::Failed(failure, said)),
            Reply::Refused(said) => observation.is_troubled(Trouble::Refused(said)),
            Reply::Unanswered(why) => observation.unanswered.get_or_insert((why, 0)).1 += 1,
            Reply::Result(y) => {
                let y = profile.read(y);
                if let Purpose::Read { second, .. } = purpose {
                    columns[usize::from(second)].push(y.clone());
                }
                let before = observation.trouble.clone();
                observation.judge(purpose, request.clone(), y.clone(), profile)?;
                // Before a wrong answer gets a name: is it the same once more?
                // Rounding may differ with the order of summation, and says nothing about that.
                let rounds = observation.trouble == Some(Trouble::Rounding);
                let is_new = before.is_none() && observation.trouble.is_some() && !rounds;
                if is_new
                    && !once
                    && let Reply::Result(again) = subject.answer(&request)
                    && !same(&y, &profile.read(again))
                {
                    observation.is_troubled(Trouble::Unstable);
                }
            }
        }
        // What does not answer at all need not be asked everything.
        if matches!(observation.trouble, Some(Trouble::Failed(..) | Trouble::Refused(_))) {
            break;
        }
    }
    if cols > 0 {
        observation.read(cols, &labels, &columns)?;
    }
    Ok(Some(observation))
}

impl Request {
    /// The operation of an entry without arrays, as it is named in reports.
    pub(super) fn about(entry: &Entry, role: Role) -> Request {
        Request { pads: entry.pads, ..Request::new(entry.spec.clone(), role) }
    }

    /// The question that an answer puts.
    pub(super) fn question(self, y: Array, arithmetic: Option<Arithmetic>) -> Question {
        let Request { spec, role, pads, x, w, b, g, .. } = self;
        let layouts = crate::layout::Layouts::default();
        Question { spec, role, layouts, weight_flipped: false, pads, arithmetic, x, w, b, g, y }
    }
}

impl Observation {
    fn is_troubled(&mut self, trouble: Trouble) {
        let rank = |t: &Trouble| match t {
            Trouble::Failed(..) => 0,
            Trouble::Refused(_) => 1,
            Trouble::Unstable => 2,
            Trouble::WrongType(..) => 3,
            Trouble::NotFinite => 4,
            Trouble::Numbers => 5,
            Trouble::Strided => 6,
            Trouble::Rounding => 7,
        };
        if self.trouble.as_ref().is_none_or(|known| rank(&trouble) < rank(known)) {
            self.trouble = Some(trouble);
        }
    }

    fn judge(&mut self, purpose: Purpose, request: Request, y: Array, profile: &Profile) -> Result<(), Error> {
        let expected = profile.arithmetic.map_or(Some(result_type(self.element)), |_| None);
        if let Some(expected) = expected.filter(|expected| *expected != y.element_type()) {
            let got = y.element_type();
            self.is_troubled(Trouble::WrongType(expected, got));
            // Numbers are judged by the type in which they came.
        }
        let is_finite = (0..y.len()).all(|n| y.dyadic(n).is_some());
        let question = request.question(y, profile.arithmetic);
        let judgement = question.judgement()?;
        if judgement.verdict == Verdict::Differs {
            let before = self.calls.iter().find(|c| c.purpose == Purpose::Dense).map(|c| c.judgement.verdict);
            self.is_troubled(match (purpose, is_finite) {
                (Purpose::Strided, _) if before == Some(Verdict::Same) => Trouble::Strided,
                (_, false) => Trouble::NotFinite,
                (Purpose::Again, _) if before == Some(Verdict::Same) => Trouble::Unstable,
                _ if judgement.mode == Some(Mode::Bound) => Trouble::Rounding,
                _ => Trouble::Numbers,
            });
        }
        self.calls.push(Call { purpose, question, judgement });
        Ok(())
    }

    /// Puts the columns together and holds the matrix against the definition, tap by tap.
    fn read(&mut self, cols: usize, labels: &[Vec<i64>; 2], columns: &[Vec<Array>; 2]) -> Result<(), Error> {
        let [first, second] = columns;
        let reading = match (&first[..], &second[..]) {
            ([a], [b]) => Reading::of(cols, [&labels[0], &labels[1]], [a, b]),
            (a, b) if a.len() == cols && b.len() == cols => Reading::of_columns([&labels[0], &labels[1]], [a, b]),
            _ => None,
        };
        let Some(reading) = reading else { return Ok(()) };
        let matrix = expected_matrix(&self.entry.spec, self.role)?;
        let is_right = reading.is(&matrix);
        // Both must say so: the sums of the definition, and its matrix.
        if !is_right && self.trouble.is_none() {
            self.is_troubled(Trouble::Numbers);
        }
        self.is_read = is_right;
        self.reading = Some(reading);
        Ok(())
    }
}

/// Whether two arrays have the same shape and numbers, NaN like NaN.
fn same(a: &Array, b: &Array) -> bool {
    a.shape() == b.shape() && (0..a.len()).all(|n| a.dyadic(n) == b.dyadic(n))
}

/// The matrix of a role for one sample: rows are cells of its result.
pub(super) fn expected_matrix(spec: &Spec, role: Role) -> Result<ConvMatrix, Error> {
    let one = spec.geometry.clone().with_batch(1)?;
    match (role, spec.kind) {
        (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv) => one.transposed_matrix(),
        _ => one.matrix(),
    }
}

impl Profile {
    /// An answer as it is judged: where sums are transformed, structure alone.
    fn read(&self, y: Array) -> Array {
        if self.sums == Sums::Transformed { rounded(y) } else { y }
    }
}

/// Every number of a float array brought to the nearest integer: structure without arithmetic.
#[allow(clippy::float_arithmetic)] // observations, rounded on request
fn rounded(y: Array) -> Array {
    use crate::data::Values;
    let shape = y.shape().to_vec();
    let values = match y.values() {
        Values::F32(v) => Values::F32(v.iter().map(|n| n.round()).collect()),
        Values::F64(v) => Values::F64(v.iter().map(|n| n.round()).collect()),
        Values::F16(v) => Values::F16(v.iter().map(|n| half::f16::from_f32(n.to_f32().round())).collect()),
        Values::Bf16(v) => Values::Bf16(v.iter().map(|n| half::bf16::from_f32(n.to_f32().round())).collect()),
        _ => return y,
    };
    Array::new(shape, values).unwrap_or(y)
}
