//! The words that the sample site is made of: `data/sample/*.txt`, one a line, columns parted by TAB.

/// The lines of a list that are not empty.
fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()
}

/// The lines of a list of pairs.
fn pairs(text: &'static str) -> Vec<(&'static str, &'static str)> {
    lines(text).into_iter().filter_map(|line| line.split_once('\t')).collect()
}

/// Surnames with their readings.
pub fn surnames() -> Vec<(&'static str, &'static str)> {
    pairs(include_str!("../../data/sample/surnames.txt"))
}

/// Given names with their readings.
pub fn given() -> Vec<(&'static str, &'static str)> {
    pairs(include_str!("../../data/sample/given.txt"))
}

/// Contractors with their readings; none exists.
pub fn companies() -> Vec<(&'static str, &'static str)> {
    pairs(include_str!("../../data/sample/companies.txt"))
}

/// Departments of a hospital.
pub fn departments() -> Vec<&'static str> {
    lines(include_str!("../../data/sample/departments.txt"))
}

/// What is said on the telephone about a failure.
pub fn failures() -> Vec<&'static str> {
    lines(include_str!("../../data/sample/failures.txt"))
}

/// Results of works.
pub fn results() -> Vec<&'static str> {
    lines(include_str!("../../data/sample/results.txt"))
}

/// Servers and machines.
pub fn servers() -> Vec<&'static str> {
    lines(include_str!("../../data/sample/servers.txt"))
}

/// Things that are carried in.
pub fn things() -> Vec<&'static str> {
    lines(include_str!("../../data/sample/things.txt"))
}

/// Works of a purpose.
pub fn works(purpose: &str) -> Vec<&'static str> {
    of(include_str!("../../data/sample/works.txt"), purpose)
}

/// Reasons that people give with a command.
pub fn reasons(command: &str) -> Vec<&'static str> {
    of(include_str!("../../data/sample/reasons.txt"), command)
}

fn of(text: &'static str, kind: &str) -> Vec<&'static str> {
    pairs(text).into_iter().filter(|(of, _)| *of == kind).map(|(_, words)| words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_the_sample_needs_is_there() {
        assert!(surnames().len() >= 100 && given().len() >= 100 && companies().len() >= 12);
        for list in [departments(), failures(), results(), servers(), things()] {
            assert!(list.len() >= 10, "{list:?}");
        }
        for purpose in ["maintenance", "modification", "failure", "operation"] {
            assert!(!works(purpose).is_empty(), "{purpose}");
        }
        for command in
            ["correct", "decide_visit", "withdraw_visit", "return_work", "revoke_entrant", "settle_exit"]
        {
            assert!(!reasons(command).is_empty(), "{command}");
        }
    }
}
