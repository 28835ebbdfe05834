//! Mistakes that are alike on the only geometry of a plan are told apart by asking for others.

use convproof::subject::{Entry, Plan, Profile, Reply, Request, Subject, run};

use super::asked::Wrong;
use super::forward::window;
use crate::common::naive::Ax;

/// Alike on three taps of which the end is cropped by two: d(k−1) − p is the other pad.
const ALIKE: &str = "tconv i4 k3 s2 p0:2";

fn programs() -> Vec<Wrong> {
    vec![
        window("pads-begin-end-swapped", |a| Ax { pb: a.pe, pe: a.pb, ..*a }),
        window("pad-one-side", |a| Ax { pb: a.pb + a.pe, pe: 0, ..*a }),
        window("padding-complemented", |a| Ax { pb: a.d * (a.k - 1) - a.pb, pe: a.d * (a.k - 1) - a.pe, ..*a }),
    ]
}

/// One that answers what is in the plan, and nothing else.
struct Recorded(Wrong);

impl Subject for Recorded {
    fn name(&self) -> String {
        self.0.name()
    }

    fn words(&self, request: &Request) -> Option<String> {
        self.0.words(request)
    }

    fn answer(&mut self, request: &Request) -> Reply {
        self.0.answer(request)
    }

    fn can_ask_more(&self) -> bool {
        false
    }
}

fn named(subject: &mut dyn Subject, words: &str) -> Vec<&'static str> {
    let profile = Profile::parse(words, &Profile::default()).unwrap();
    let plan = Plan::new(profile, vec![Entry::new(ALIKE.parse().unwrap())]);
    let found = run(subject, &plan, &mut |_| ()).unwrap();
    assert_eq!(found.findings.len(), 1);
    found.findings[0].diagnosis.iter().map(|d| d.id).collect()
}

#[test]
fn a_further_geometry_tells_which_mistake_it_is() {
    for mut program in programs() {
        let id = program.id;
        assert_eq!(named(&mut program, ""), [id]);
        // Where nothing more can be asked, all that fit are said.
        let all = named(&mut Recorded(program), "");
        assert!(all.len() == 3 && all.contains(&id), "{id}: {all:?}");
    }
}

/// Within a profile that takes no other pads, strides and lengths still tell.
#[test]
fn what_is_asked_lies_within_the_profile() {
    for mut program in programs() {
        let id = program.id;
        let found = named(&mut program, "rank=1 dilation=no groups=no channels=no batch=no bias=no output-padding=no");
        assert_eq!(found, [id]);
    }
}
