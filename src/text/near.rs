//! The nearest known name to one that is not known, for "did you mean".

/// Longest name that is compared, in characters: the table is its square.
const MOST: usize = 40;

/// The known name that differs least from the one given, if it differs little.
pub fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if given.chars().count() > MOST {
        return None;
    }
    let allowed = (given.chars().count() / 2).clamp(1, 3);
    known
        .map(|name| (distance(given, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein's distance: insertions, deletions and replacements of one character.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i.saturating_add(1);
        let mut next = vec![left];
        for (above, to) in row.iter().skip(1).zip(&b) {
            let replaced = corner.saturating_add(usize::from(from != *to));
            left = replaced.min(left.saturating_add(1)).min(above.saturating_add(1));
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
