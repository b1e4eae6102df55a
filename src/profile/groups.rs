//! Groups of rights, written out.
//!
//! Somebody writes `group:NAME` into a role. Before a profile is adopted or founded with, each group becomes the
//! commands and queries that it holds by then, and that text is what goes into the log: what an accepted profile means
//! hangs on no release, and a release whose groups hold more gives nobody a right. The rest of the text stays as it was
//! written, comments with it; the groups that the profile defines stay in it as comments.

use super::accept;
use super::check::{Found, PASSWORD_LATER, ROLE_LATER, unknown};
use super::problem::{Problem, ProblemKind as Kind, ProfileProblem};
use super::read::{read_shape, toml_of};
use crate::domain::{EVERY_QUERY, Edition, Group, Label, Profile, Query};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use toml::de::{DeArray, DeString, DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// What stands before a group's name in a role's rights.
const GROUP: &str = "group:";

/// Columns of a line of names that were written out.
const LINE: usize = 100;

/// The most groups of one profile, and the most names in one of them.
const MOST: usize = 100;

/// A profile with its groups written out.
#[derive(Clone, Debug, PartialEq)]
pub struct Expanded {
    /// Its text as it goes into the log.
    pub text: String,
    /// What it says.
    pub profile: Profile,
    /// The groups that it may name, its own first, with what each holds.
    pub groups: Vec<Held>,
}

/// A group and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its name, as in `group:NAME`.
    pub name: String,
    /// What it is called.
    pub label: Label,
    /// Commands and queries, as a role names them.
    pub holds: Vec<String>,
}

/// A group that a profile defines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    id: String,
    label: Label,
    may: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Definitions {
    #[serde(default)]
    group: Vec<Definition>,
}

/// A profile that somebody gives, to be adopted or founded with under an edition: its groups written out, and
/// accepted. A text that names no group is its own expansion.
///
/// # Errors
/// Everything that is wrong with its groups and, as far as that hangs on none of these, with the rest.
pub fn expand(text: &str, edition: Edition) -> Result<Expanded, ProfileProblem> {
    let tree = toml_of(text)?;
    let groups = Groups::of(&tree, edition)?;
    let problems = groups.problems(&tree);
    let written = groups.write_out(text);
    match accept(&written, edition) {
        Ok(profile) if problems.is_empty() => Ok(Expanded { text: written, profile, groups: groups.every() }),
        Err(found) if problems.is_empty() => Err(found),
        other => {
            let more = other.err().map(|found| found.problems).unwrap_or_default();
            // A right that is missing since its group has a problem is no problem of its own.
            let of_a_right = |problem: &Problem| {
                matches!(problem.kind, Kind::NobodyFounds | Kind::AuthorityCannotAct)
                    || (problem.kind == Kind::EmptyList && problem.place.starts_with("role."))
            };
            let more = more.into_iter().filter(|problem| !of_a_right(problem));
            Err(ProfileProblem { problems: problems.into_iter().chain(more).collect() })
        }
    }
}

/// The groups that a profile may name.
struct Groups {
    own: Vec<Definition>,
    edition: Edition,
}

impl Groups {
    fn of(tree: &Table, edition: Edition) -> Result<Groups, ProfileProblem> {
        let given = tree.get("group").map(|groups| ("group".to_owned(), groups.clone()));
        let own = read_shape::<Definitions>(Value::Table(given.into_iter().collect()))?.group;
        if own.len() > MOST {
            let about = format!("{} > {MOST}", own.len());
            return Err(Problem::new(Kind::TooMany, "group", about).into());
        }
        Ok(Groups { own, edition })
    }

    fn defined(&self, name: &str) -> Option<&Definition> {
        self.own.iter().find(|group| group.id == name)
    }

    /// What a name stands for that is no single right: its members. `None` for any other.
    fn members(&self, may: &str) -> Option<Vec<String>> {
        if may == EVERY_QUERY {
            let known = Query::all().filter(|query| query.since <= self.edition);
            return Some(known.map(Query::right).collect());
        }
        let name = may.strip_prefix(GROUP)?;
        match (Group::of(name), self.defined(name)) {
            // Of a book that came with a later edition it holds nothing yet; what no role may do stands on Today.
            (Some(group), _) => Some(group.holds(self.edition)),
            (None, Some(own)) => Some(own.may.clone()),
            (None, None) => None,
        }
    }

    /// The single rights that a name stands for, in order, each once. Names that lead nowhere or in a circle give none.
    fn holds(&self, may: &str) -> Vec<String> {
        let mut holds = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![may.to_owned()];
        while let Some(next) = open.pop() {
            if !seen.insert(next.clone()) {
                continue;
            }
            match self.members(&next) {
                Some(members) => open.extend(members.into_iter().rev()),
                None if unknown(&next, self.edition).is_none() => holds.push(next),
                None => {}
            }
        }
        holds
    }

    /// What is wrong with the groups that the profile defines, and with how its roles name groups.
    fn problems(&self, tree: &Table) -> Vec<Problem> {
        let mut found = Found::new(self.edition);
        self.own_problems(&mut found);
        self.role_problems(tree, &mut found);
        found.problems
    }

    fn own_problems(&self, found: &mut Found) {
        for (n, group) in self.own.iter().enumerate() {
            let at = format!("group[{}].id", n + 1);
            match Group::of(&group.id) {
                Some(_) => found.say(Kind::GroupTaken, &at, &group.id),
                None => found.id(&at, &group.id),
            }
            if self.own.iter().take(n).any(|before| before.id == group.id) {
                found.say(Kind::Duplicate, &at, &group.id);
            }
            found.label(&format!("group.{}.label", group.id), &group.label, 40);
            let place = format!("group.{}.may", group.id);
            if group.may.is_empty() {
                found.say(Kind::EmptyGroup, &place, "");
            } else {
                found.count(&place, group.may.len(), MOST);
            }
            found.twice(&place, group.may.iter());
            for may in group.may.iter().filter(|may| self.members(may).is_none()) {
                match may.strip_prefix(GROUP) {
                    Some(_) => found.say(Kind::UnknownGroup, &place, may),
                    None => {
                        unknown(may, self.edition).into_iter().for_each(|kind| found.say(kind, &place, may))
                    }
                }
            }
        }
        let mut told = BTreeSet::new();
        for group in &self.own {
            if !told.contains(group.id.as_str())
                && let Some(way) = self.way_back(&group.id)
            {
                found.say(Kind::CircularGroup, format!("group.{}.may", group.id), way.join(" > "));
                told.extend(way);
            }
        }
    }

    /// The shortest way from a group over its members back to itself.
    fn way_back<'g>(&'g self, start: &'g str) -> Option<Vec<&'g str>> {
        let mut from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(here) = open.pop_front() {
            let members = self.defined(here).into_iter().flat_map(|group| &group.may);
            for next in members.filter_map(|may| may.strip_prefix(GROUP)) {
                if next == start {
                    let mut way = vec![start, here];
                    while let Some(before) = way.last().and_then(|last| from.get(last)) {
                        way.push(*before);
                    }
                    way.reverse();
                    return Some(way);
                }
                if !from.contains_key(next) {
                    from.insert(next, here);
                    open.push_back(next);
                }
            }
        }
        None
    }

    fn role_problems(&self, tree: &Table, found: &mut Found) {
        let roles = tree.get("role").and_then(Value::as_array).into_iter().flatten();
        for (n, role) in roles.enumerate() {
            let id = role.get("id").and_then(Value::as_str);
            let place = id.map_or(format!("role[{}].may", n + 1), |id| format!("role.{id}.may"));
            let may = role.get("may").and_then(Value::as_array).into_iter().flatten();
            let mut seen = BTreeSet::new();
            for may in may.filter_map(Value::as_str).filter(|may| is_group(may)) {
                if self.members(may).is_none() {
                    found.say(Kind::UnknownGroup, &place, may);
                }
                // Written out, the second would hold nothing and nobody would see it.
                if !seen.insert(may) {
                    found.say(Kind::Duplicate, &place, may);
                }
            }
        }
    }

    /// Every group that the profile may name, its own first.
    fn every(&self) -> Vec<Held> {
        let held = |name: &str, label: Label| Held {
            name: name.to_owned(),
            label,
            holds: self.holds(&format!("{GROUP}{name}")),
        };
        let own = self.own.iter().map(|group| held(&group.id, group.label.clone()));
        let built_in = Group::all().map(|group| {
            let (ja, en) = group.title();
            held(&group.name(), Label { ja, en })
        });
        own.chain(built_in).filter(|group| !group.holds.is_empty()).collect()
    }

    /// The text with every group in a role written out, and the groups that it defines as comments, with what came
    /// later than the edition.
    fn write_out(&self, text: &str) -> String {
        // It was read before.
        let Ok(tree) = DeTable::parse(text) else { return text.to_owned() };
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for (key, value) in tree.get_ref() {
            match (key.get_ref().as_ref(), value.get_ref()) {
                // A release that ends with an earlier edition knows no steps, no trail, no accounts, no offices and no
                // jurisdictions: there they are a comment, too.
                (
                    "group" | "adoption_step" | "trail" | "accounts" | "office" | "jurisdiction"
                    | "exceptions",
                    _,
                ) if key.get_ref() == "group" || self.edition < Edition::Three => {
                    edits.extend(as_comment(text, key, value));
                }
                // Nor what a password may hold, and how long it serves.
                ("password", DeValue::Table(table)) if self.edition < Edition::Three => {
                    let later =
                        table.iter().filter(|(key, _)| PASSWORD_LATER.contains(&key.get_ref().as_ref()));
                    edits.extend(later.flat_map(|(key, value)| as_comment(text, key, value)));
                }
                ("role", DeValue::Array(roles)) => {
                    // Nor where a role is held, and what a clerk does for it.
                    for table in roles.iter().filter_map(|role| role.get_ref().as_table()) {
                        let later = table.iter().filter(|(key, _)| {
                            self.edition < Edition::Three && ROLE_LATER.contains(&key.get_ref().as_ref())
                        });
                        edits.extend(later.flat_map(|(key, value)| as_comment(text, key, value)));
                    }
                    for may in roles.iter().filter_map(|role| role.get_ref().get("may")) {
                        if let DeValue::Array(list) = may.get_ref() {
                            self.write_out_list(text, list, may.span().end, &mut edits);
                        }
                    }
                }
                _ => {}
            }
        }
        edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
        let mut written = text.to_owned();
        for (place, new) in edits {
            written.replace_range(place, &new);
        }
        written
    }

    /// One role's rights. What stands there by itself, or by a group before, is not repeated.
    fn write_out_list(
        &self,
        text: &str,
        list: &DeArray<'_>,
        end: usize,
        edits: &mut Vec<(Range<usize>, String)>,
    ) {
        let mut has: BTreeSet<String> = list
            .iter()
            .filter_map(|may| may.get_ref().as_str())
            .filter(|may| !is_group(may))
            .map(str::to_owned)
            .collect();
        for (n, item) in list.iter().enumerate() {
            let Some(may) = item.get_ref().as_str().filter(|may| is_group(may)) else { continue };
            let mut new = self.holds(may);
            new.retain(|name| has.insert(name.clone()));
            let Range { start, end: behind } = item.span();
            let before = text.get(..start).unwrap_or("").trim_end_matches([' ', '\t']).len();
            // What begins its line keeps its indent, what does not ends the line before it.
            let begins = text.get(..before).is_some_and(|before| before.ends_with('\n'));
            let indent = if begins { text.get(before..start).unwrap_or("") } else { "  " };
            let lines = in_lines(indent, may, &new);
            edits.push(if begins {
                (start..behind, lines)
            } else {
                (before..behind, format!("\n{indent}{lines}"))
            });
            if new.is_empty() {
                let gap = behind..list.get(n + 1).map_or(end, |next| next.span().start);
                edits.extend(comma(text, gap).map(|comma| (comma, String::new())));
            }
        }
    }
}

/// Whether a right in a role stands for others.
fn is_group(may: &str) -> bool {
    may == EVERY_QUERY || may.starts_with(GROUP)
}

/// Names in the place of a group, a comment before them that says which, and how many.
fn in_lines(indent: &str, group: &str, names: &[String]) -> String {
    let plain: String = group.chars().filter(|c| c.is_ascii_alphanumeric() || "_.:*".contains(*c)).collect();
    let mut out = format!("# {plain} ({}):\n{indent}", names.len());
    let mut column = indent.len();
    for (n, name) in names.iter().enumerate() {
        let item = format!("\"{name}\"{}", if n + 1 < names.len() { "," } else { "" });
        if n > 0 && column + 1 + item.len() > LINE {
            out.push_str(&format!("\n{indent}"));
            column = indent.len();
        } else if n > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(&item);
        column += item.len();
    }
    out
}

/// The comma between two items of a list, outside of comments.
fn comma(text: &str, gap: Range<usize>) -> Option<Range<usize>> {
    let mut comment = false;
    for (n, c) in text.get(gap.clone())?.char_indices() {
        match c {
            '#' => comment = true,
            '\n' => comment = false,
            ',' if !comment => return Some(gap.start + n..gap.start + n + 1),
            _ => {}
        }
    }
    None
}

/// Notes where the lines begin on which a span lies.
fn mark(text: &str, span: Range<usize>, lines: &mut BTreeSet<usize>) {
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    lines.insert(start);
    let inside = text.get(span.clone()).unwrap_or("");
    lines.extend(inside.match_indices('\n').map(|(n, _)| span.start + n + 1));
}

/// What makes comments of the lines on which a key and its value stand.
fn as_comment<'t>(
    text: &str,
    key: &Spanned<DeString<'t>>,
    value: &Spanned<DeValue<'t>>,
) -> impl Iterator<Item = (Range<usize>, String)> + use<'t> {
    let mut lines = BTreeSet::new();
    mark(text, key.span(), &mut lines);
    mark_all(text, value, &mut lines);
    lines.into_iter().map(|start| (start..start, "# ".to_owned()))
}

fn mark_all(text: &str, value: &Spanned<DeValue<'_>>, lines: &mut BTreeSet<usize>) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        mark(text, value.span(), lines);
        match value.get_ref() {
            DeValue::Array(list) => open.extend(list.iter()),
            DeValue::Table(table) => {
                for (key, value) in table {
                    mark(text, key.span(), lines);
                    open.push(value);
                }
            }
            _ => {}
        }
    }
}
