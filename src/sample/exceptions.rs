//! The exceptions of the sample: one a month, applied for, granted, used, its end reported and confirmed; and one that waits.

use super::Halt;
use super::scene::Scene;
use super::stage::{Part, Stage};
use super::year::Year;
use crate::domain::{
    Alternative, ApplyException, ApplyExtension, BeginException, CloseMonth, ConfirmEnd, Date,
    DecideException, EndReport, Finding, HandOverCopy, Id, Noun, ReportEnd, Stamp, Touches,
};
use chrono::{Datelike, TimeDelta};

/// What becomes of an exception, in the order in which it does.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It is applied for.
    Applied,
    /// It is granted.
    Granted,
    /// Its applicant takes the copy.
    Taken,
    /// It is begun.
    Begun,
    /// It is extended by as long again: applied for and granted.
    Extended,
    /// Its end is reported.
    Reported,
    /// The report is confirmed.
    Confirmed,
    /// The month before is closed.
    Closed,
}

/// What the exceptions are about, in turn: the rule, the system, why, what is done instead.
const MATTERS: [(&str, &str, &str, &str); 3] = [
    (
        "1_4_2_1_1",
        "検査装置メーカーの解析サービス",
        "院内の装置では解析できないため",
        "氏名を外した画像だけを送る",
    ),
    ("1_3_2_2_1", "研修用の症例データベース", "研修会の資料を作るため", "個人が分からない形に加工する"),
    ("1_3_2_1_1", "学会発表の原稿作成用端末", "期限までに原稿を整えるため", "作成後すぐに消去する"),
];

/// Days of each: it begins on the 8th of a month.
const DAYS: i64 = 14;

/// Plans what becomes of the exception of a month on one of its days.
pub fn plan(year: &mut Year, day: Date) {
    let steps: &[(u32, u32, Step)] = match day.day() {
        1 => &[(9, 10, Step::Closed)],
        8 => &[(10, 21, Step::Applied), (13, 7, Step::Granted), (13, 41, Step::Taken), (13, 52, Step::Begun)],
        20 if day.month().is_multiple_of(3) => &[(11, 12, Step::Extended)],
        24 => &[(9, 33, Step::Reported), (15, 18, Step::Confirmed)],
        _ => return,
    };
    for (hour, minute, step) in steps {
        let moment = year.slot(day, *hour, *minute);
        year.plan(moment, Scene::Exception(*step));
    }
}

/// Plays one step.
///
/// # Errors
/// What the desk refused.
pub fn play(stage: &mut Stage, moment: Stamp, step: Step, exceptions: &mut Vec<Id>) -> Result<(), Halt> {
    let exception = exceptions.last().copied();
    if exception.is_none() && !matches!(step, Step::Applied | Step::Closed) {
        return Ok(());
    }
    match step {
        Step::Applied => {
            let matter = MATTERS.iter().cycle().nth(exceptions.len()).unwrap_or(&MATTERS[0]);
            let last = moment.date_naive() + TimeDelta::days(DAYS);
            exceptions.push(stage.make(
                Part::Operator,
                moment,
                applied(matter, moment, last),
                Noun::Exception,
            )?);
            Ok(())
        }
        Step::Granted => stage.act(Part::Approver, moment, grant(exception)),
        Step::Extended => {
            // The permit was granted on the 8th, and holds so many days from then on.
            let permit = exceptions.len().saturating_sub(1);
            let matter = MATTERS.iter().cycle().nth(permit).unwrap_or(&MATTERS[0]);
            let behind = moment.date_naive().with_day(8).unwrap_or_default() + TimeDelta::days(DAYS + 1);
            let wanted = applied(matter, moment, behind + TimeDelta::days(DAYS));
            let longer = ApplyExtension {
                exception,
                clause: wanted.clause,
                system: wanted.system,
                from: Some(behind),
                to: wanted.to,
                reason: "作業が予定より遅れているため".to_owned(),
                damage: wanted.damage,
                measures: wanted.measures,
                end_report: wanted.end_report,
                others: wanted.others,
                contact: wanted.contact,
                ..ApplyExtension::default()
            };
            let asked = stage.make(Part::Operator, moment, longer, Noun::Exception)?;
            let asked = Some(asked);
            stage.act(Part::Approver, moment, grant(asked))?;
            stage.act(Part::Operator, moment, HandOverCopy { exception: asked, ..HandOverCopy::default() })
        }
        Step::Taken => {
            stage.act(Part::Operator, moment, HandOverCopy { exception, ..HandOverCopy::default() })
        }
        Step::Begun => {
            stage.act(Part::Operator, moment, BeginException { exception, ..BeginException::default() })
        }
        Step::Reported => {
            let remarks = "予定どおり終わり、データを消去しました。".to_owned();
            stage.act(Part::Operator, moment, ReportEnd { exception, remarks, ..ReportEnd::default() })
        }
        Step::Closed => {
            let remarks = "終了報告を確認しました。".to_owned();
            stage.act(Part::Approver, moment, CloseMonth { remarks, ..CloseMonth::default() })
        }
        Step::Confirmed => {
            stage.act(Part::Approver, moment, ConfirmEnd { exception, ..ConfirmEnd::default() })
        }
    }
}

/// One that nobody has decided.
///
/// # Errors
/// What the desk refused.
pub fn waiting(stage: &mut Stage, moment: Stamp) -> Result<(), Halt> {
    let last = moment.date_naive() + TimeDelta::days(DAYS);
    stage.make(Part::Operator, moment, applied(&MATTERS[0], moment, last), Noun::Exception).map(|_| ())
}

fn grant(exception: Option<Id>) -> DecideException {
    DecideException {
        exception,
        granted: true,
        risk: "期間が短く、送る内容も限られるため、影響は小さい。".to_owned(),
        rational: Some(Finding::Yes),
        alternative: Some(Alternative::Reasonable),
        weighed: "代替措置により、想定される被害はほぼ防げる。".to_owned(),
        reason: "業務上の必要があり、代替の方法がない。".to_owned(),
        extendable: true,
        ..DecideException::default()
    }
}

fn applied(
    (clause, system, reason, measures): &(&str, &str, &str, &str),
    moment: Stamp,
    to: Date,
) -> ApplyException {
    ApplyException {
        kind: "rule".to_owned(),
        clause: (*clause).to_owned(),
        system: (*system).to_owned(),
        from: Some(moment.date_naive()),
        to: Some(to),
        reason: (*reason).to_owned(),
        damage: "情報が外部に出るおそれがある。範囲は一部の検査に限られる。".to_owned(),
        measures: (*measures).to_owned(),
        end_report: Some(EndReport::Form),
        others: Some(Touches::Nobody),
        contact: "内線 2310".to_owned(),
        ..ApplyException::default()
    }
}
