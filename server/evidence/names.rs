//! Names that are given out once.

use std::collections::{BTreeSet, HashMap};

/// The names that sources of a case have.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// The number that the last source of a name got, so that a thousand of one name are not counted through each time.
    last: HashMap<String, usize>,
    #[cfg(test)]
    looks: usize,
}

impl Names {
    pub(super) fn new(taken: BTreeSet<String>) -> Self {
        Self {
            taken,
            ..Self::default()
        }
    }

    /// The name, with a number behind it where it is taken; taken from then on.
    pub(super) fn take(&mut self, name: &str) -> String {
        let mut unique = name.to_owned();
        if self.is_taken(name) {
            let mut number = self.last.get(name).copied().unwrap_or(1);
            while self.is_taken(&unique) {
                number += 1;
                unique = format!("{name} ({number})");
            }
            self.last.insert(name.to_owned(), number);
        }
        self.taken.insert(unique.clone());
        unique
    }

    fn is_taken(&mut self, name: &str) -> bool {
        #[cfg(test)]
        {
            self.looks += 1;
        }
        self.taken.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_given_once() {
        let mut names = Names::new(BTreeSet::from(["a (2)".to_owned()]));
        let given = ["a", "a", "b", "a", "a (3)"].map(|name| names.take(name));
        assert_eq!(given, ["a", "a (3)", "b", "a (4)", "a (3) (2)"]);
    }

    /// Guards against work that grows with the square of the files of one name.
    #[test]
    fn many_of_one_name_cost_a_few_looks_each() {
        let mut names = Names::default();
        for number in 1..=5000_usize {
            names.take("run.log");
            assert!(names.looks <= 3 * number, "{} looks", names.looks);
        }
        assert_eq!(names.take("run.log"), "run.log (5001)");
    }
}
