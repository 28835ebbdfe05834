//! Temporary.
use super::*;
use crate::error::Error;
use crate::scalar::Rational;
impl Question {
    pub(crate) fn judgement(&self) -> Result<Judgement, Error> {
        Ok(self.answer()?.judgement)
    }
    pub(crate) fn fitting(&self) -> Result<Vec<Diagnosis>, Error> {
        Ok(self.answer()?.diagnosis)
    }
    pub(crate) fn reproduced_by(&self, id: &str, _variant: usize) -> Option<bool> {
        let answer = self.answer().ok()?;
        if answer.judgement.is_same() {
            return None;
        }
        Some(answer.diagnosis.iter().any(|d| d.id == id))
    }
    pub(crate) fn exact_cells(&self) -> Option<Vec<Rational>> {
        let operands = self.operands().ok()?;
        let truth = map::Map::new(&self.spec, self.role, &operands).truth(None).ok()?;
        Some((0..truth.cells()).map(|n| truth.exact(n)).collect())
    }
}
