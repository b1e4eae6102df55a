//! What the profile says of exceptions (例外措置): which kinds there are, which rules one may be from, and whose decision it is.

use super::{Label, Profile};
use serde::{Deserialize, Serialize};

/// What an application tells besides target, reason and period, where its kind asks that: names of the fields of the command, and
/// `organisation`, the applicant's department, post or company, of the person's record.
pub const EXCEPTION_NEEDS: &[&str] = &[
    "system",
    "devices",
    "organisation",
    "damage",
    "measures",
    "end_report",
    "others",
    "contact",
    "form_of_use",
    "protection",
    "account",
    "unavoidable",
];

/// The rules of a site about exceptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRules {
    /// The scheme of permit numbers: `{year}` is the fiscal year (April to March), `{n}` runs within it, from 1 and without holes.
    pub number: String,
    /// Calendar months after which a permit that nobody began, or that was interrupted, is void; never by itself where none are
    /// named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void_months: Option<u32>,
    /// How often a permit is extended at most; as often as it is granted where nothing is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_extensions: Option<u32>,
    /// Role ids whose holders close a month; whoever decides exceptions where none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed_by: Vec<String>,
    /// The clerk receives an application before anybody decides it.
    #[serde(default)]
    pub received: bool,
    /// The network (JCHOnet) whose matters have an authority of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The kinds of exceptions, in the order in which they are offered.
    #[serde(rename = "kind")]
    pub kinds: Vec<ExceptionKind>,
    /// The rules from which there may be one; none where no kind asks for one.
    #[serde(default, rename = "clause")]
    pub clauses: Vec<Clause>,
    /// Whose decision it is, by who applies, in the order in which the rows are asked (許可権限者).
    #[serde(default, rename = "row")]
    pub rows: Vec<AuthorityRow>,
}

/// A network whose matters have an authority of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// What it is called.
    pub label: Label,
    /// Role ids that decide, whatever the row.
    pub decided_by: Vec<String>,
}

/// A kind of exception.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionKind {
    /// Stable id: `software`.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// It is from one of the rules of the list, and names it.
    #[serde(default)]
    pub clause: bool,
    /// What its application tells besides: names of [`EXCEPTION_NEEDS`].
    #[serde(default)]
    pub needs: Vec<String>,
    /// Role ids whose holders alone apply; everybody where none are named.
    #[serde(default)]
    pub applied_by: Vec<String>,
    /// What its grant finds besides (影響を及ぼさない); nothing where none is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Label>,
    /// Role ids that decide it, whoever applies; by the rows where none are named.
    #[serde(default)]
    pub decided_by: Vec<String>,
    /// Applying is the decision itself (会長の判断, N-14): it holds at once, and nobody else decides it. Only by [`Self::applied_by`].
    #[serde(default)]
    pub decision: bool,
    /// To whom such a decision is told: it is listed until it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Label>,
    /// Role ids whose holders review it afterwards: nobody grants or refuses it, since it was lawful (N-11).
    #[serde(default)]
    pub reviewed_by: Vec<String>,
    /// After its end somebody else than who has it confirms that what was stored is gone (S-13-4).
    #[serde(default)]
    pub gone: bool,
    /// Where it is applied for instead: choosing it is refused, and says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Label>,
}

/// A rule from which there may be an exception.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Stable id: `1-3-2-1`.
    pub id: String,
    /// The name of the regulation (規程名称).
    pub regulation: String,
    /// Its item (規程項番).
    pub item: String,
    /// What it is about.
    pub about: Label,
    /// The part of the rules to which it belongs, as the rows name it.
    #[serde(default)]
    pub part: String,
    /// Role ids whom the rule itself names: to whom it is reported or notified, who permits, approves or judges.
    #[serde(default)]
    pub decided_by: Vec<String>,
}

/// A row of the matrix that says whose decision an application is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRow {
    /// Role ids of those who apply; everybody else where none are named.
    #[serde(default)]
    pub applicants: Vec<String>,
    /// The part of the rules; every part where none is named.
    #[serde(default)]
    pub part: String,
    /// Role ids that decide.
    pub decided_by: Vec<String>,
}

impl Clause {
    /// As it is called: its item, what that is about, and the regulation.
    pub fn title(&self) -> Label {
        let of = |about: &str| format!("{} {about} / {}", self.item, self.regulation);
        Label { ja: of(&self.about.ja), en: of(&self.about.en) }
    }
}

impl ExceptionRules {
    /// A kind by its id.
    pub fn kind(&self, id: &str) -> Option<&ExceptionKind> {
        self.kinds.iter().find(|kind| kind.id == id)
    }

    /// A rule by its id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The roles that the matrix names for an applicant with some roles, in a part of the rules; nothing where no row is theirs.
    pub fn by_row(&self, applicant: &[String], part: &str) -> Option<&[String]> {
        let is_theirs = |row: &&AuthorityRow| {
            let who = if row.applicants.is_empty() {
                !self.is_highest(applicant)
            } else {
                row.applicants.iter().any(|role| applicant.contains(role))
            };
            who && (row.part.is_empty() || row.part == part)
        };
        self.rows.iter().find(is_theirs).map(|row| row.decided_by.as_slice())
    }

    /// The roles that the matrix names where some apply; nothing where it does not name these as applicants.
    pub(super) fn above(&self, roles: &[String]) -> Option<&[String]> {
        let is_theirs = |row: &&AuthorityRow| row.applicants.iter().any(|role| roles.contains(role));
        self.rows.iter().find(is_theirs).map(|row| row.decided_by.as_slice())
    }

    /// Whether some roles decide by the matrix, and apply in no row of it: nobody stands above them.
    pub(super) fn is_highest(&self, roles: &[String]) -> bool {
        let decides = |row: &AuthorityRow| row.decided_by.iter().any(|role| roles.contains(role));
        self.rows.iter().any(decides) && self.above(roles).is_none()
    }
}

impl Profile {
    /// The kinds of exceptions, in the order in which they are offered.
    pub fn exception_kinds(&self) -> impl Iterator<Item = &ExceptionKind> {
        self.exceptions.iter().flat_map(|rules| &rules.kinds)
    }

    /// The rules from which there may be exceptions.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.exceptions.iter().flat_map(|rules| &rules.clauses)
    }

    /// A kind of exception by its id; nothing where the rules have no such kind.
    pub fn exception_kind(&self, id: &str) -> Option<&ExceptionKind> {
        self.exceptions.as_ref().and_then(|rules| rules.kind(id))
    }

    /// A rule from which there may be an exception, by its id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.exceptions.as_ref().and_then(|rules| rules.clause(id))
    }
}
