//! Parts of a plan: what is invalid is asked in one of them, too, and all find what the whole finds.

use convproof::subject::{Plan, Profile, Reply, Request, Size, Subject, panel, run};
use convproof::verify::{Role, Shard, Summary};

use super::asked::Wrong;

/// A right program that takes whatever is given to it.
struct Takes(Wrong);

impl Subject for Takes {
    fn name(&self) -> String {
        "a program that refuses nothing".to_owned()
    }

    fn words(&self, request: &Request) -> Option<String> {
        self.0.words(request)
    }

    fn answer(&mut self, request: &Request) -> Reply {
        match self.0.answer(request) {
            Reply::Refused(_) => request.x.clone().map_or(Reply::Refused(String::new()), Reply::Result),
            other => other,
        }
    }
}

#[test]
fn parts_find_what_the_whole_finds() {
    let profile = Profile::parse("rank=1 role=forward,input-gradient", &Profile::default()).unwrap();
    let plan = Plan::new(profile.clone(), panel(&profile, Size::Smoke, Some(0), 1).unwrap());
    let mut subject = Takes(Wrong::new("nothing", "tconv", Role::Forward, |case| case.right()));
    let mut cases = |plan: &Plan| {
        let found = run(&mut subject, plan, &mut |_| ()).unwrap();
        (found.reports.into_iter().map(|report| report.case).collect::<Vec<_>>(), found.summary)
    };
    let (mut whole, all) = cases(&plan);
    assert!(whole.iter().filter(|case| case.starts_with("invalid input: ")).count() >= 2, "{whole:?}");
    whole.sort();
    for n in [2, 5] {
        let (mut joined, mut sum) = (Vec::new(), Summary::default());
        for k in 1..=n {
            let mut part = plan.clone();
            part.part = Some(format!("{k}/{n}").parse::<Shard>().unwrap());
            let (more, found) = cases(&part);
            joined.extend(more);
            (sum.cases, sum.same, sum.differs) =
                (sum.cases + found.cases, sum.same + found.same, sum.differs + found.differs);
        }
        joined.sort();
        assert_eq!(joined, whole, "{n}");
        assert_eq!((sum.cases, sum.same, sum.differs), (all.cases, all.same, all.differs), "{n}");
    }
}
