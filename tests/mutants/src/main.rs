//! Puts many faults into one copy of daicho, each behind a switch: one build then tries all of them.
//!
//! `cargo run --locked --manifest-path tests/mutants/Cargo.toml -- TREE < faults.json > put.json`
//!
//! Standard input is a list of what `cargo mutants --list --json` names, each with a `number` of its own; TREE is the
//! copy, and is changed. A fault is there while the environment's `DAICHO_FAULT` is its number, and one alone. Where a
//! fault stands in the changed file is answered, so that an error of the compiler finds the fault that it is about.
//!
//! Everything is put in, nothing taken away: the text of the tree stays, and its lines keep their numbers.

mod place;

use place::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

/// What the copy asks at each fault. It stands at the end of `src/lib.rs`.
const SWITCH: &str = "
pub(crate) mod fault_switch {
    pub(crate) fn is(number: u32) -> bool {
        static ON: std::sync::OnceLock<Option<u32>> = std::sync::OnceLock::new();
        *ON.get_or_init(|| std::env::var(\"DAICHO_FAULT\").ok().and_then(|word| word.parse().ok())) == Some(number)
    }
}
";

#[derive(Deserialize)]
pub struct Fault {
    number: u32,
    file: String,
    genre: String,
    span: Span,
    replacement: String,
}

#[derive(Deserialize)]
struct Span {
    start: At,
    end: At,
}

/// Line and column, counted from 1; a column is a character.
#[derive(Deserialize)]
struct At {
    line: usize,
    column: usize,
}

/// A fault in the changed file, in bytes: its own text, and what of the tree it is about.
#[derive(Serialize)]
struct Put {
    number: u32,
    file: String,
    own: (usize, usize),
    around: (usize, usize),
}

#[derive(Serialize)]
struct Left {
    number: u32,
    why: String,
}

#[derive(Default, Serialize)]
struct Answer {
    put: Vec<Put>,
    left: Vec<Left>,
}

/// The byte where a line and column are.
fn byte(text: &str, at: &At) -> usize {
    let line: usize = text.split_inclusive('\n').take(at.line - 1).map(str::len).sum();
    line + text[line..].chars().take(at.column - 1).map(char::len_utf8).sum::<usize>()
}

/// A text that is put in at a byte of the tree. Order, where several stand at one byte: what ends there, the inner before
/// the outer; what is of no length; what begins there, the outer before the inner.
struct Insertion {
    at: usize,
    order: (u8, usize, u8),
    text: String,
    of: Option<u32>,
}

/// The insertions of a place: what stands before it, and behind.
fn insertions(place: &Place, faults: &[(u32, String)], list: &mut Vec<Insertion>) {
    let (start, end) = place.around();
    let far = usize::MAX;
    // An arm's condition as a whole may be a place too: the arm is then the outer.
    let inner = u8::from(matches!(place, Place::Whole { .. }));
    let before = if start == end { (1, list.len(), 0) } else { (2, far - end, inner) };
    for (nth, (number, alternative)) in faults.iter().enumerate() {
        let is = format!("crate::fault_switch::is({number})");
        let text = match place {
            Place::Body { .. } => format!(" if {is} {{ return {alternative}; }}"),
            Place::Arm { guard: None, .. } => format!(" if !{is}"),
            Place::Arm { guard: Some(_), .. } => format!("!{is} && ("),
            Place::Whole { .. } if nth == 0 => format!("(if {is} {{ {alternative} }}"),
            Place::Whole { .. } => format!(" else if {is} {{ {alternative} }}"),
        };
        list.push(Insertion { at: start, order: before, text, of: Some(*number) });
    }
    let behind = (0, far - start, 1 - inner);
    match place {
        Place::Whole { .. } => {
            list.push(Insertion { at: start, order: before, text: " else { ".into(), of: None });
            list.push(Insertion { at: end, order: behind, text: " })".into(), of: None });
        }
        Place::Arm { guard: Some(_), .. } => {
            list.push(Insertion { at: end, order: behind, text: ")".into(), of: None });
        }
        _ => {}
    }
}

/// The text of a file with faults put in.
fn put(file: &str, text: &str, faults: &[Fault], answer: &mut Answer) -> String {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    // Faults of one place stand beside each other behind the same tests.
    let mut places: BTreeMap<Place, Vec<(u32, String)>> = BTreeMap::new();
    for fault in faults {
        let span = (byte(text, &fault.span.start), byte(text, &fault.span.end));
        match place::of(&parsed, &fault.genre, span) {
            Ok(place) => {
                let (start, end) = place.around();
                let alternative = match place {
                    Place::Whole { .. } => {
                        format!("{}{}{}", &text[start..span.0], fault.replacement, &text[span.1..end])
                    }
                    _ => fault.replacement.clone(),
                };
                places.entry(place).or_default().push((fault.number, alternative));
            }
            Err(why) => answer.left.push(Left { number: fault.number, why }),
        }
    }
    let mut list = Vec::new();
    for (place, faults) in &places {
        insertions(place, faults, &mut list);
    }
    list.sort_by_key(|one| (one.at, one.order));
    let mut changed = String::new();
    let mut own = BTreeMap::new();
    // How far a byte of the tree went, by what is put in before it.
    let mut moved = Vec::new();
    let mut from = 0;
    for one in &list {
        changed += &text[from..one.at];
        from = one.at;
        if let Some(number) = one.of {
            own.insert(number, (changed.len(), changed.len() + one.text.len()));
        }
        changed += &one.text;
        moved.push((one.at, changed.len() - one.at));
    }
    changed += &text[from..];
    let place_of = |at: usize| at + moved.iter().rev().find(|(from, _)| *from <= at).map_or(0, |(_, by)| *by);
    for (place, faults) in &places {
        let (start, end) = place.about();
        for (number, _) in faults {
            let own = own[number];
            let around = (place_of(start).min(own.0), place_of(end).max(own.1));
            answer.put.push(Put { number: *number, file: file.into(), own, around });
        }
    }
    changed
}

fn main() {
    let tree = std::env::args().nth(1).expect("the copy of the tree");
    let tree = Path::new(&tree);
    let mut given = String::new();
    std::io::stdin().read_to_string(&mut given).expect("the faults");
    let faults: Vec<Fault> =
        serde_json::from_str(&given).expect("faults as cargo mutants lists them, numbered");
    let mut by_file: BTreeMap<String, Vec<Fault>> = BTreeMap::new();
    for fault in faults {
        by_file.entry(fault.file.clone()).or_default().push(fault);
    }
    let mut answer = Answer::default();
    for (file, faults) in &by_file {
        let path = tree.join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let changed = put(file, &text, faults, &mut answer);
        fs::write(&path, changed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let lib = tree.join("src/lib.rs");
    let mut opened = fs::OpenOptions::new().append(true).open(&lib).expect("src/lib.rs");
    opened.write_all(SWITCH.as_bytes()).expect("src/lib.rs");
    println!("{}", serde_json::to_string(&answer).expect("an answer"));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fault in place of the nth occurrence of a text, on one line.
    fn fault(number: u32, genre: &str, text: &str, of: &str, nth: usize, replacement: &str) -> Fault {
        let start = text.match_indices(of).nth(nth).expect("the text is there").0;
        let at = |byte: usize| At {
            line: text[..byte].matches('\n').count() + 1,
            column: text[..byte].rsplit('\n').next().unwrap().chars().count() + 1,
        };
        Fault {
            number,
            file: "a.rs".into(),
            genre: genre.into(),
            span: Span { start: at(start), end: at(start + of.len()) },
            replacement: replacement.into(),
        }
    }

    fn put_into(text: &str, faults: &[Fault]) -> (String, Answer) {
        let mut answer = Answer::default();
        let changed = put("a.rs", text, faults, &mut answer).replace("crate::fault_switch::is", "is");
        syn::parse_file(&changed).expect(&changed);
        (changed, answer)
    }

    #[test]
    fn each_kind_of_fault_stands_behind_its_switch() {
        let text = "fn 名(a: bool, b: u8) -> bool { // 名\n    \
            !a && match b { 1 => true, n if n == 2 => f(P { x: 1, ..d }), _ => false }\n}\n";
        let body = "!a && match b { 1 => true, n if n == 2 => f(P { x: 1, ..d }), _ => false }";
        let faults = [
            fault(1, "FnValue", text, body, 0, "true"),
            fault(2, "UnaryOperator", text, "!", 0, ""),
            fault(3, "BinaryOperator", text, "&&", 0, "||"),
            fault(4, "BinaryOperator", text, "==", 0, "!="),
            fault(5, "MatchArmGuard", text, "n == 2", 0, "true"),
            fault(6, "MatchArm", text, "n if n == 2 => f(P { x: 1, ..d }),", 0, ""),
            fault(7, "StructField", text, "x: 1,", 0, ""),
            fault(8, "MatchArm", text, "1 => true,", 0, ""),
        ];
        let (changed, answer) = put_into(text, &faults);
        assert_eq!(
            changed,
            "fn 名(a: bool, b: u8) -> bool { if is(1) { return true; } // 名\n    \
            (if is(3) { !a || match b { 1 => true, n if n == 2 => f(P { x: 1, ..d }), _ => false } } else { \
            (if is(2) { a } else { !a }) && match b { 1 if !is(8) => true, \
            n if !is(6) && ((if is(4) { n != 2 } else if is(5) { true } else { n == 2 })) => \
            f((if is(7) { P {  ..d } } else { P { x: 1, ..d } })), _ => false } })\n}\n"
        );
        assert!(answer.left.is_empty());
        assert_eq!(answer.put.len(), faults.len());
    }

    /// `a && b || c` means another thing than `(a && b) || c` once the operators are others: a run is exchanged whole.
    #[test]
    fn another_operator_binds_as_it_would_in_the_source() {
        let text = "fn f() -> bool { a && b == 1 + 2 * 3 && c }";
        let faults =
            [fault(1, "BinaryOperator", text, "&&", 0, "||"), fault(2, "BinaryOperator", text, "*", 0, "+")];
        let (changed, _) = put_into(text, &faults);
        assert_eq!(
            changed,
            "fn f() -> bool { (if is(1) { a || b == 1 + 2 * 3 && c } else { \
            a && b == (if is(2) { 1 + 2 + 3 } else { 1 + 2 * 3 }) && c }) }"
        );
    }

    #[test]
    fn what_cannot_stand_behind_a_switch_is_left() {
        let text = "fn f() -> impl Iterator<Item = u8> { if let Some(a) = b && c { d } else { e } }";
        let faults = [
            fault(1, "FnValue", text, "if let Some(a) = b && c { d } else { e }", 0, "std::iter::empty()"),
            fault(2, "BinaryOperator", text, "&&", 0, "||"),
        ];
        let (changed, answer) = put_into(text, &faults);
        assert_eq!(changed, text);
        assert_eq!(answer.left.iter().map(|left| left.number).collect::<Vec<_>>(), [1, 2]);
    }
}
