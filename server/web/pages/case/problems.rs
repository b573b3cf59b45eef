//! What could not be read, the same trouble of many files told once.

use std::collections::HashMap;

use super::details::Bounded;
use crate::evidence::Evidence;
use crate::web::pages::words;

/// So many kinds of trouble stand on the case's page.
const KINDS: usize = 40;
/// So many places of each are named; the list of files has all of them.
const PLACES: usize = 6;

/// One kind of trouble and where it was met.
#[derive(Debug, Clone)]
pub(crate) struct ProblemRow {
    /// What is wrong, in a sentence.
    pub(crate) what: String,
    /// `report.zip/a.txt, line 12`.
    pub(crate) places: Vec<String>,
    /// How many more places there are.
    pub(crate) more: usize,
}

/// What could not be read, grouped, the one met most often last: the rare one tells more.
pub(crate) fn problems(evidence: &Evidence) -> Bounded<ProblemRow> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut times: HashMap<(usize, String), usize> = HashMap::new();
    let mut rows: Vec<ProblemRow> = Vec::new();
    for problem in &evidence.problems {
        let place = match problem.line {
            Some(line) => format!("{}, line {}", problem.source, words::grouped(line)),
            None => problem.source.clone(),
        };
        let at = *known.entry(&problem.what).or_insert_with(|| {
            rows.push(ProblemRow {
                what: problem.what.clone(),
                places: Vec::new(),
                more: 0,
            });
            rows.len() - 1
        });
        let times = times.entry((at, place.clone())).or_insert(0);
        *times += 1;
        if *times > 1 {
            let said = rows[at].places.iter_mut();
            for said in said.filter(|said| is_of(said, &place)) {
                *said = format!("{place} ({times} times)");
            }
        } else if rows[at].places.len() < PLACES {
            rows[at].places.push(place);
        } else {
            rows[at].more += 1;
        }
    }
    rows.sort_by_key(|row| row.places.len() + row.more);
    Bounded::new(rows.into_iter(), KINDS)
}

/// Whether this is the place, said once or several times.
fn is_of(said: &str, place: &str) -> bool {
    let rest = said.strip_prefix(place);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" (") && rest.ends_with(" times)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Problem;

    #[test]
    fn the_same_trouble_of_many_files_is_told_once_with_its_places() {
        let problem = |source: String, line, what: &str| Problem {
            source,
            line,
            what: what.to_owned(),
        };
        let mut evidence = Evidence::default();
        for number in 0..9 {
            let name = format!("a{number}.bin");
            evidence
                .problems
                .push(problem(name, None, "This is a program."));
        }
        evidence.problems.push(problem(
            "b.txt".to_owned(),
            Some(1_200),
            "This line is torn.",
        ));
        for _ in 0..3 {
            evidence
                .problems
                .push(problem("c.zip".to_owned(), None, "A name points outside."));
        }
        let rows = problems(&evidence);
        assert_eq!(rows.total, 3);
        assert_eq!(rows.shown[1].places, ["c.zip (3 times)"]);
        assert_eq!(rows.shown[0].places, ["b.txt, line 1,200"]);
        let many = &rows.shown[2];
        assert_eq!((many.places.len(), many.more), (6, 3));
    }
}
