//! What is wrong with a profile, in words for whoever wrote it.

use crate::domain::Label;
use std::fmt;

/// A text is not a profile: everything found wrong with it, in the order of the text's parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileProblem {
    /// At least one.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub kind: ProblemKind,
    /// Where: `role.guard.may`, `purpose[3]` (counted from 1), `line 12`.
    pub place: String,
    /// The value it is about, or what was expected; may be empty. Never longer than 80 characters.
    pub about: String,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $ja:literal, $en:literal;)*) => {
        /// The kinds of problem a profile may have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $variant,)* }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$variant),*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(ProblemKind::$variant => $name,)* }
            }

            /// In words, without the place.
            fn words(self) -> (&'static str, &'static str) {
                match self { $(ProblemKind::$variant => ($ja, $en),)* }
            }
        }
    };
}

kinds! {
    /// The text is longer than [`super::LONGEST`].
    TooLarge = "too_large", "規程のファイルが大きすぎます。", "The profile is too large.";
    /// A control character, or a character that hides or reorders text.
    UncleanText = "unclean_text", "見えない文字または制御文字があります。", "There is an invisible or control character.";
    /// Not TOML, or a key twice.
    NotToml = "not_toml", "TOMLとして読めません。", "This cannot be read as TOML.";
    /// A key that no profile has.
    UnknownField = "unknown_field", "規程にない項目です。", "A profile has no such field.";
    /// A key that every profile has.
    MissingField = "missing_field", "必要な項目がありません。", "A required field is missing.";
    /// A value of another type.
    WrongType = "wrong_type", "値の種類が違います。", "The value is of the wrong type.";
    /// A number outside its limits.
    OutOfRange = "out_of_range", "数値が範囲の外です。", "The number is out of range.";
    /// Two limits that contradict each other.
    LimitsReversed = "limits_reversed", "二つの値の大小が逆です。", "Two limits are the wrong way round.";
    /// A text that must not be empty.
    EmptyText = "empty_text", "文言が空です。", "A text is empty.";
    /// A text longer than its place has room for.
    TextTooLong = "text_too_long", "文言が長すぎます。", "A text is too long.";
    /// An id outside `[a-z0-9_]{1,32}`.
    BadId = "bad_id", "IDには半角の英小文字、数字、下線だけを使えます（32文字まで）。",
        "An id has only a-z, 0-9 and underscores, 32 at most.";
    /// The same id, number or name twice in one list.
    Duplicate = "duplicate", "同じものが二度あります。", "The same thing stands there twice.";
    /// A list that must not be empty.
    EmptyList = "empty_list", "一つも書かれていません。", "The list is empty.";
    /// A list longer than any site needs.
    TooMany = "too_many", "項目が多すぎます。", "There are too many of these.";
    /// A role id that no role has.
    UnknownRole = "unknown_role", "その役割はありません。", "There is no such role.";
    /// A name that is no command a person may give.
    UnknownCommand = "unknown_command", "その操作はありません。", "There is no such command.";
    /// A name that is no query.
    UnknownQuery = "unknown_query", "その照会はありません。", "There is no such query.";
    /// `group:NAME` of no group.
    UnknownGroup = "unknown_group", "その権限グループはありません。[[group]]で定めるか、組み込みの名前を書いてください。",
        "There is no such group. Define it as a [[group]], or name one that is built in.";
    /// A group of a profile that holds nothing.
    EmptyGroup = "empty_group", "権限グループが空です。操作を書くか、グループを消してください。",
        "The group holds nothing. Write what it holds, or take it out.";
    /// A group that holds itself, by way of others or at once.
    CircularGroup = "circular_group", "権限グループが自分自身を含んでいます。どれか一つを外してください。",
        "The group holds itself. Take one of these out.";
    /// A group of a profile with the name of one that is built in.
    GroupTaken = "group_taken", "組み込みの権限グループの名前です。別の名前にしてください。",
        "A group built in has this name. Choose another.";
    /// `command.field` of no command.
    NoSuchField = "no_such_field", "その操作にそのような項目はありません。", "No command has such a field.";
    /// Nobody could found a site and issue IDs.
    NobodyFounds = "nobody_founds", "拠点を開設してIDを発行できる役割がありません。",
        "No role may found a site and issue IDs.";
    /// A version could be proposed, and nobody but the recovery sheet agree to it.
    NobodyAgrees = "nobody_agrees", "規程の新しい版に同意できる役割がありません。",
        "No role may agree to a new version of the profile.";
    /// A role that nobody gets before somebody has it.
    RoleAboveItself = "role_above_itself", "その役割を持つ人がいないと、その役割をだれにも付けられません。",
        "Nobody could get this role before somebody has it.";
    /// A jurisdiction id, or a kind of one, that no jurisdiction has.
    UnknownJurisdiction = "unknown_jurisdiction", "その管轄はありません。[[jurisdiction]]で定めてください。",
        "There is no such jurisdiction. Define it as a [[jurisdiction]].";
    /// A jurisdiction that lies in itself, by way of others or at once.
    CircularJurisdiction = "circular_jurisdiction", "管轄が自分自身の中にあります。どれか一つの within を直してください。",
        "The jurisdiction lies in itself. Mend one of the `within`.";
    /// A role whose reading counts may change something (J-2-1-2).
    AuditorMayChange = "auditor_may_change", "監査の役割は、監査するものを何も変更できません。", "An auditing role may change nothing of what it audits.";
    /// A role holds an authority, but not the command to use it.
    AuthorityCannotAct = "authority_cannot_act", "決定する役割に、そのための操作が許されていません。",
        "The role that decides may not use the command for it.";
    /// A row that names nobody who decides, or no row for somebody who may apply (J-EX-4).
    NobodyDecides = "nobody_decides", "だれが決めるかが書かれていません。規則の表が空欄でも、拠点で決めて decided_by に書いてください。",
        "Nobody is named who decides. Where the regulation's own table is empty, settle it and name them.";
    /// What a clerk is to do decides something (J-EX-11).
    ClerkDecides = "clerk_decides", "担当者に任せられるのは、受付、確認、回付、閲覧などの事務だけです。",
        "A clerk receives, checks, passes on and reads, and decides nothing.";
    /// A purpose that is planned and failure work at once.
    PurposeContradicts = "purpose_contradicts", "計画作業と障害対応を同時に指定できません。",
        "A purpose cannot be planned and failure work at once.";
    /// Planned or failure work without a work record (J-PI-12, J-PI-12-2).
    ReportMissing = "report_missing", "計画作業と障害対応には作業記録が必要です。",
        "Planned and failure work need a work record.";
    /// A key of `duties` that is no duty's id.
    BadDuty = "bad_duty", "義務の番号の形ではありません。", "This is not the number of a duty.";
}

impl Problem {
    /// A problem at a place. What it is about is cut to 80 characters and made safe to show.
    pub fn new(kind: ProblemKind, place: impl Into<String>, about: impl AsRef<str>) -> Problem {
        let visible = |c: char| if super::check::is_unclean(c) { '\u{fffd}' } else { c };
        let short = |text: &str| -> String { text.chars().map(visible).take(80).collect() };
        Problem { kind, place: short(&place.into()), about: short(about.as_ref()) }
    }

    /// The problem as a sentence in both languages, with its place.
    pub fn sentence(&self) -> Label {
        let (ja, en) = self.kind.words();
        let (place, about) = (&self.place, &self.about);
        let there = match place.strip_prefix("line ") {
            Some(line) => format!("{line}行目"),
            None if place == "file" => "ファイル".to_owned(),
            None => place.clone(),
        };
        // What the parser of TOML says is English.
        let ja = match (about.as_str(), self.kind) {
            ("", _) | (_, ProblemKind::NotToml) => format!("{there}: {ja}"),
            _ => format!("{there}: {ja}（{about}）"),
        };
        let en = if about.is_empty() { format!("{place}: {en}") } else { format!("{place}: {en} ({about})") };
        Label { ja, en }
    }
}

impl From<Problem> for ProfileProblem {
    fn from(problem: Problem) -> ProfileProblem {
        ProfileProblem { problems: vec![problem] }
    }
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            let newline = if n == 0 { "" } else { "\n" };
            write!(f, "{newline}{}: {}", problem.kind.name(), problem.sentence().en)?;
        }
        Ok(())
    }
}

impl std::error::Error for ProfileProblem {}
