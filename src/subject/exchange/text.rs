//! What others say, made fit for a message of ours.

/// Characters of another's text that a message repeats.
pub(in crate::subject) const MAX_SHOWN: usize = 300;

/// Another's text in one line of ours: nothing that a terminal obeys, and not too much.
pub(in crate::subject) fn shown(text: &str, most: usize) -> String {
    let line = |c: char| if c.is_control() { ' ' } else { c };
    let mut shown: String = text.chars().take(most).map(line).collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}

/// The same, of the usual length.
pub(in crate::subject) fn message(text: &str) -> String {
    shown(text.trim(), MAX_SHOWN)
}
