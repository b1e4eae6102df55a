//! Today (本日): what is open now, each line opening the place where it is settled.

use super::declare::Words;
use super::failure::broken;
use super::{Desk, Failure, ListQuery, Lookup};
use crate::domain::{Id, Noun, View, key};

/// A line of Today.
#[derive(Clone, Debug)]
pub struct TodayLine {
    /// Stable name: `inside`, `badges_out`, `exit_overdue`, `telephone_mine` ...
    pub name: &'static str,
    /// What it counts.
    pub title: Words,
    /// How many.
    pub count: usize,
    /// It wants somebody's attention now.
    pub urgent: bool,
    /// The first few records, to show beside the count.
    pub records: Vec<Id>,
    /// The list that settles it.
    pub opens: ListQuery,
}

/// The records a line shows beside its count.
const SHOWN: usize = 5;

/// What a line is about, before it is counted.
struct Open {
    name: &'static str,
    title: Words,
    urgent: bool,
    ids: Vec<Id>,
    register: &'static str,
    state: &'static str,
}

impl Open {
    fn line(self) -> TodayLine {
        let opens = ListQuery {
            register: self.register.to_owned(),
            state: Some(self.state.to_owned()),
            ..ListQuery::default()
        };
        TodayLine {
            name: self.name,
            title: self.title,
            count: self.ids.len(),
            urgent: self.urgent,
            records: self.ids.into_iter().take(SHOWN).collect(),
            opens,
        }
    }
}

impl Desk {
    /// Today's open lines: who is inside and should not be first, then what waits for this person, then what waits for
    /// anybody. A line with nothing in
    /// it is left out, but for who is inside.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`].
    pub fn today(&self) -> Result<Vec<TodayLine>, Failure> {
        self.query_right("today")?;
        let reading = self.reading()?;
        let state = |noun, state: &str| reading.find(&key::state(noun, state)).map_err(broken);
        let profile = Lookup::profile(self);
        // A line counts what its list shows, by the same filter.
        let only = |ids: Vec<Id>, state: &str| {
            let mut kept = Vec::new();
            for id in ids {
                if reading.row(id).map_err(broken)?.is_some_and(|row| self.is_in(&row, state, self)) {
                    kept.push(id);
                }
            }
            Ok::<Vec<Id>, Failure>(kept)
        };
        let inside = self.present(&reading)?;
        let overdue = self.overdue_exits(&inside);
        let notices = state(Noun::Notice, "open")?;
        let works = state(Noun::Work, "recorded")?;
        let (mine_notices, mine_works) =
            (self.holds(&profile.authority.notice), self.holds(&profile.authority.work));
        let soon = profile.periods.soon_days;
        let mut badges = state(Noun::Badge, "not_returned")?;
        badges.extend(state(Noun::Badge, "lost")?);
        let words = |ja, en| Words { ja, en };
        let open =
            |name, title, urgent, ids, register, state| Open { name, title, urgent, ids, register, state };
        let lines = [
            open(
                "to_check",
                words("付添・許可・登録を欠く在室者", "Inside without escort, permit or registration"),
                true,
                inside.iter().filter(|one| !one.concerns.is_empty()).map(|one| one.visit.id).collect(),
                "visits",
                "to_check",
            ),
            open(
                "telephone_mine",
                words("署名待ちの電話許可（あなたが与えたもの）", "Your permissions by telephone to sign"),
                true,
                only(state(Noun::Permit, "telephone")?, "telephone_mine")?,
                "permits",
                "telephone_mine",
            ),
            open(
                "to_decide",
                words("あなたの決定を待つ申請", "Applications for you to decide"),
                true,
                only(state(Noun::Permit, "applied")?, "to_decide")?,
                "permits",
                "to_decide",
            ),
            open(
                "inside",
                words("在室者", "Inside now"),
                false,
                inside.iter().map(|present| present.visit.id).collect(),
                "visits",
                "inside",
            ),
            open(
                "exit_overdue",
                words("退室の記録がない人", "Exits nobody recorded"),
                true,
                overdue,
                "visits",
                "exit_overdue",
            ),
            open(
                "badges_out",
                words("貸出中のバッジ", "Badges out"),
                false,
                state(Noun::Badge, "out")?,
                "badges",
                "out",
            ),
            open(
                "badges_missing",
                words("返却されていない・紛失したバッジ", "Badges not returned or lost"),
                true,
                badges,
                "badges",
                "missing",
            ),
            open(
                "reports_due",
                words("作業記録のない作業", "Works without a report"),
                true,
                state(Noun::Visit, "report_due")?,
                "visits",
                "report_due",
            ),
            open(
                "works_to_approve",
                words("承認を待つ作業報告", "Work reports to approve"),
                mine_works,
                works,
                "works",
                "recorded",
            ),
            open(
                "works_returned",
                words("差し戻された作業報告", "Work reports sent back"),
                false,
                state(Noun::Work, "returned")?,
                "works",
                "returned",
            ),
            open(
                "notices",
                words("個人情報の閲覧の届出", "Notices of personal information seen"),
                mine_notices,
                notices,
                "notices",
                "open",
            ),
            open(
                "telephone",
                words("署名されていない電話許可", "Permissions by telephone not yet signed"),
                false,
                only(state(Noun::Permit, "telephone")?, "telephone_others")?,
                "permits",
                "telephone_others",
            ),
            open(
                "waiting",
                words("決定を待つ申請", "Applications waiting"),
                false,
                only(state(Noun::Permit, "applied")?, "waiting")?,
                "permits",
                "waiting",
            ),
            open(
                "entrants_ending",
                words("まもなく期限が切れる入室者登録", "Entrant registrations ending soon"),
                false,
                only(self.ending_soon(&reading, Noun::Entrant, soon)?, "ending_soon")?,
                "entrants",
                "ending_soon",
            ),
            open(
                "users_provisional",
                words("仮パスワードのままの利用者", "Users with a temporary password"),
                false,
                state(Noun::User, "provisional")?,
                "users",
                "provisional",
            ),
        ];
        let shown = |line: &TodayLine| {
            line.name == "inside" || (line.count > 0 && self.may_query(&line.opens.register))
        };
        Ok(lines.into_iter().map(Open::line).filter(shown).collect())
    }
}
