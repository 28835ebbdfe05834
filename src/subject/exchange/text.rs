//! What others say, made fit for a message of ours.

/// Characters of another's text that a message repeats.
pub(in crate::subject) const MAX_SHOWN: usize = 300;

/// Another's text in one line of ours: nothing that a terminal obeys, and not too much. Of a long one both
/// ends: programs say first what they did, and last what went wrong.
pub(in crate::subject) fn shown(text: &str, most: usize) -> String {
    let all: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if all.len() <= most {
        return all.into_iter().collect();
    }
    let (head, tail) = (most.div_ceil(2), most / 2);
    all[..head].iter().chain(&['…']).chain(&all[all.len() - tail..]).collect()
}

/// The same, of the usual length.
pub(in crate::subject) fn message(text: &str) -> String {
    shown(text.trim(), MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_keep_both_ends() {
        assert_eq!(shown("12345678", 8), "12345678");
        assert_eq!(shown("123\n45678", 8), "123 …5678");
        assert_eq!(shown("ü1234567x", 5), "ü12…7x");
    }
}
