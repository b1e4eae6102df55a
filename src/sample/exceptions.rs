//! The exceptions of the sample: one a month, applied for, granted, used, its end reported and confirmed; and one that waits.

use super::Halt;
use super::scene::Scene;
use super::stage::{Part, Stage};
use super::year::Year;
use crate::domain::{
    Alternative, ApplyException, BeginException, ConfirmEnd, Date, DecideException, EndReport, Finding,
    HandOverCopy, Id, Noun, ReportEnd, Stamp, Touches,
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
    /// Its end is reported.
    Reported,
    /// The report is confirmed.
    Confirmed,
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
        8 => &[(10, 21, Step::Applied), (13, 7, Step::Granted), (13, 41, Step::Taken), (13, 52, Step::Begun)],
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
    if exception.is_none() && !matches!(step, Step::Applied) {
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
        Step::Granted => {
            let grant = DecideException {
                exception,
                granted: true,
                risk: "期間が短く、送る内容も限られるため、影響は小さい。".to_owned(),
                rational: Some(Finding::Yes),
                alternative: Some(Alternative::Reasonable),
                weighed: "代替措置により、想定される被害はほぼ防げる。".to_owned(),
                reason: "業務上の必要があり、代替の方法がない。".to_owned(),
                ..DecideException::default()
            };
            stage.act(Part::Approver, moment, grant)
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
