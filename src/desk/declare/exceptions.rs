//! Exceptions (例外措置): applied for, decided, in force, ended (例外措置手順書).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Values, Words,
    cells, months, standing,
};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{
    Alternative, AppliedFor, Date, ERASED, EndReport, Exception, ExceptionDecision, ExceptionState, Id,
    InForce, MonthLine, Noun, Owed, PassageKind, Pending, PhaseKind, Row, Touches, Wanted, month_of,
};

fn of(row: &Row, say: impl Fn(&Exception) -> String) -> String {
    match row {
        Row::Exception(row) => say(row),
        _ => String::new(),
    }
}

/// What a grant says, or what is applied for where there is none.
fn of_wanted(row: &Row, say: impl Fn(&Wanted) -> String) -> String {
    of(row, |row| say(row.wanted()))
}

/// States of an application and of the permit that it becomes.
const STATES: Choices = &[
    ("open", Words::new("処理中", "open")),
    ("mine", Words::new("処理中・自分が担当", "open, mine")),
    ("others", Words::new("処理中・他者が担当", "open, others'")),
    ("applied", Words::new("申請", "applied")),
    ("received", Words::new("受付", "received")),
    ("returned", Words::new("返戻", "returned")),
    ("to_come", Words::new("許可・開始前", "granted, to come")),
    ("uncovered", Words::new("延長の開始前", "extension to come")),
    ("granted", Words::new("許可", "granted")),
    ("of_permit", Words::new("延長・修正の申請", "of a permit")),
    ("in_force", Words::new("適用中", "in force")),
    ("interrupted", Words::new("中断中", "interrupted")),
    ("expired", Words::new("期間終了", "expired")),
    ("not_begun", Words::new("失効・未開始", "void, not begun")),
    ("interrupted_too_long", Words::new("失効・中断", "void, interrupted")),
    ("ended", Words::new("終了", "ended")),
    ("revoked", Words::new("取消", "revoked")),
    ("refused", Words::new("不許可", "refused")),
    ("withdrawn", Words::new("取下げ", "withdrawn")),
    ("unreported", Words::new("終了報告なし", "end not reported")),
    ("unconfirmed", Words::new("終了報告が未確認", "report unconfirmed")),
    ("confirm_mine", Words::new("自分が確認する報告", "reports to confirm")),
    ("recorded", Words::new("記録・審査前", "recorded")),
    ("reviewed", Words::new("審査済", "reviewed")),
    ("unreviewed", Words::new("審査されていない利用", "to be reviewed")),
    ("review_mine", Words::new("自分が審査する利用", "yours to review")),
    ("untold", Words::new("報告していない決定", "not told")),
    ("not_gone", Words::new("消去を未確認", "not confirmed gone")),
    ("nothing_owed", Words::new("残る手続なし", "nothing owed")),
    ("unamended", Words::new("修正申請のない措置", "measure unapproved")),
    ("originals", Words::new("自分の役職の正本", "own originals")),
    ("to_settle", Words::new("月末の確認待ち", "lines to settle")),
    ("settle_mine", Words::new("自分が確認する行", "yours to settle")),
    ("to_close", Words::new("締めていない月の行", "months to close")),
    ("confirmed", Words::new("終了を確認済", "end confirmed")),
    ("copy_due", Words::new("副本が未交付", "copy not given")),
    ("copy_mine", Words::new("自分の副本が未受領", "own copy not taken")),
    ("copy_given", Words::new("副本を交付済", "copy given")),
];

/// How an end is reported.
const END_REPORT: Choices = &[
    ("form", Words::new("報告書提出", "by form")),
    ("mail", Words::new("メール連絡", "by mail")),
    ("other", Words::new("その他", "otherwise")),
];

/// The same, and that it need not be.
const END_REPORT_GRANTED: Choices = &[
    ("form", Words::new("報告書提出", "by form")),
    ("mail", Words::new("メール連絡", "by mail")),
    ("other", Words::new("その他", "otherwise")),
    ("waived", Words::new("報告不要", "waived")),
];

/// Whether it touches other organisations.
const OTHERS: Choices = &[
    ("nobody", Words::new("関連なし", "touches nobody")),
    ("others", Words::new("関連あり", "touches others")),
];

/// A finding.
const FINDING: Choices = &[("yes", Words::new("ある", "yes")), ("no", Words::new("ない", "no"))];

/// Whether something is affected.
const FINDING_UNAFFECTED: Choices =
    &[("yes", Words::new("影響を及ぼさない", "not affected")), ("no", Words::new("影響がある", "affected"))];

/// What is held of the alternative.
const ALTERNATIVE: Choices = &[
    ("reasonable", Words::new("採用・合理的", "adopted, reasonable")),
    ("unreasonable", Words::new("採用・合理的でない", "adopted, not so")),
    ("none", Words::new("採用しない", "none adopted")),
];

/// Steps on the way of an application.
const PASSAGES: Choices = &[
    ("received", Words::new("受付", "received")),
    ("returned", Words::new("返戻", "returned")),
    ("resubmitted", Words::new("再申請", "resubmitted")),
    ("forwarded", Words::new("上位へ回付", "passed on")),
];

/// What is asked for.
const APPLIED_FOR: Choices = &[
    ("new", Words::new("新規", "new")),
    ("extension", Words::new("延長", "extension")),
    ("amendment", Words::new("修正", "amendment")),
];

/// What a permit came to.
const PHASES: Choices = &[
    ("begun", Words::new("開始", "begun")),
    ("interrupted", Words::new("中断", "interrupted")),
    ("resumed", Words::new("再開", "resumed")),
];

/// Where it stands: by its dates, where it was granted.
fn stands(row: &Exception, at: &dyn Lookup) -> &'static str {
    match (row.state, row.in_force(at.now().date_naive())) {
        (ExceptionState::Granted, Some(stands)) => stands.name(),
        (state, _) => state.name(),
    }
}

fn is_in(row: &Exception, state: &str, viewer: &Viewer<'_>) -> bool {
    match state {
        "open" => row.state.is_open(),
        "mine" | "others" => row.state.is_open() && is_mine(row, viewer) == (state == "mine"),
        "unreported" => row.is_report_due(viewer.at.now().date_naive()),
        "unconfirmed" => row.is_confirmation_due(),
        "confirm_mine" => row.is_confirmation_due() && takes(viewer, "confirm_end", row),
        "confirmed" => row.confirmed.is_some(),
        "copy_given" => row.handed_over.is_some(),
        "unreviewed" => row.owes(Owed::Review),
        "review_mine" => row.owes(Owed::Review) && takes(viewer, "review_emergency", row),
        "untold" => row.owes(Owed::Telling),
        "originals" => row.decision.is_some() && viewer.is_one_of(&row.decided_by),
        "to_settle" => open_lines(row, viewer.at).iter().any(|(_, line)| line.is_unsettled()),
        "settle_mine" => {
            takes(viewer, "settle_line", row)
                && open_lines(row, viewer.at).iter().any(|(_, line)| line.is_unsettled())
        }
        "to_close" => {
            let this = month_of(viewer.at.now().date_naive());
            let closes = viewer.holds("close_month") && viewer.may("close_month", Id::SITE);
            closes && open_lines(row, viewer.at).iter().any(|(month, _)| *month < this)
        }
        "unamended" => {
            row.is_unamended() && row.in_force(viewer.at.now().date_naive()).is_some_and(InForce::holds)
        }
        "not_gone" => row.is_gone_due(viewer.at.now().date_naive()),
        "nothing_owed" => Owed::ALL.iter().all(|what| !row.owes(*what)),
        "copy_due" => row.is_copy_due(),
        "copy_mine" => row.is_copy_due() && row.is_of(viewer.actor.person),
        _ => standing::takes_in(state, stands(row, viewer.at)),
    }
}

/// What it is in each month whose review is open.
fn open_lines(row: &Exception, at: &dyn Lookup) -> Vec<(Date, MonthLine)> {
    let closed_to = match at.row(Id::SITE) {
        Some(Row::Site(site)) => site.closed_to,
        _ => None,
    };
    row.open_lines(closed_to, at.now().date_naive())
}

/// What it is, and was, in the reviews of months, and what was said of it.
fn in_months(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let settled = row.settled.iter().map(|settled| {
        let said = standing::words(months::SETTLEMENTS, settled.said.name(), lang);
        format!(
            "{} {said} ({})",
            cells::month(settled.month, lang),
            cells::ending(Some(&settled.done), at, lang)
        )
    });
    let open = open_lines(row, at);
    let open = open
        .iter()
        .map(|(month, line)| format!("{} {}", cells::month(*month, lang), months::line(line, lang)));
    cells::joined(open.chain(settled), lang)
}

/// Whether it waits for whoever looks: to be received, put right or decided.
fn is_mine(row: &Exception, viewer: &Viewer<'_>) -> bool {
    let next: &[&str] = match row.state {
        ExceptionState::Returned => &["resubmit_exception"],
        ExceptionState::Applied => &["receive_exception", "decide_exception"],
        _ => &["decide_exception"],
    };
    next.iter().any(|command| takes(viewer, command, row))
}

fn takes(viewer: &Viewer<'_>, command: &str, row: &Exception) -> bool {
    viewer.holds(command) && viewer.may(command, row.id)
}

/// The rule, as granted or as applied for: 規程名称 規程項番 内容.
fn clause(id: &str, at: &dyn Lookup, lang: Lang) -> String {
    cells::clause(id, at.profile(), lang)
}

/// The machines and the system it is for.
fn target(system: &str, row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let devices = row.wanted().devices.iter().map(|id| cells::name(*id, at, lang));
    let system = Some(cells::text(system, lang)).filter(|system| !system.is_empty());
    cells::joined(devices.chain(system), lang)
}

/// Days left of a permit in force.
fn days_left(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let today = at.now().date_naive();
    let Some(last) = row.runs_until(today).filter(|_| stands(row, at) == "in_force") else {
        return String::new();
    };
    match (last.signed_duration_since(today).num_days(), lang) {
        (0, _) => lang.pick("本日まで", "last day").to_owned(),
        (days, Lang::Ja) => format!("あと{days}日"),
        (days, Lang::En) => format!("{days} d left"),
    }
}

/// What was done of something that is owed; that it was not yet, where it is.
fn done(row: &Exception, what: Owed, not_yet: (&str, &str), at: &dyn Lookup, lang: Lang) -> String {
    match row.done.iter().find(|(done, _)| *done == what) {
        Some((_, done)) => cells::ending(Some(done), at, lang),
        None if row.owes(what) => lang.pick(not_yet.0, not_yet.1).to_owned(),
        None => String::new(),
    }
}

/// As a permit is called: by its number.
fn called(row: &Exception, _: Lang) -> String {
    row.permit().map_or_else(|| row.id.to_string(), |permit| permit.number.clone())
}

/// How often a permit was extended, and how often it may be at most.
fn extensions(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let Some(permit) = row.permit() else { return String::new() };
    let times = row.extensions();
    if times == 0 && !permit.extendable {
        return String::new();
    }
    let most = at.profile().exceptions.as_ref().and_then(|rules| rules.most_extensions);
    match (most, lang) {
        (None, Lang::Ja) => format!("{times}回"),
        (None, Lang::En) => times.to_string(),
        (Some(most), Lang::Ja) => format!("{times}回（上限 {most}回）"),
        (Some(most), Lang::En) => format!("{times} of at most {most}"),
    }
}

/// The periods of a permit that was extended or amended, and the days between them that none covers.
fn terms(row: &Exception, lang: Lang) -> String {
    let Some(permit) = row.permit().filter(|_| !row.terms.is_empty()) else { return String::new() };
    let mut said = vec![format!(
        "{} {}",
        standing::words(APPLIED_FOR, AppliedFor::New.name(), lang),
        cells::period(permit.from, permit.to, lang)
    )];
    let mut covered = permit.to;
    for term in &row.terms {
        let between = (covered.succ_opt().unwrap_or(covered), term.from.pred_opt().unwrap_or(term.from));
        if between.0 <= between.1 {
            let none = lang.pick("許可のない期間", "without permission");
            said.push(format!("{none} {}", cells::period(between.0, between.1, lang)));
        }
        covered = covered.max(term.to);
        said.push(format!(
            "{} {} ({})",
            standing::words(APPLIED_FOR, term.applied_for.name(), lang),
            cells::period(term.from, term.to, lang),
            term.application
        ));
    }
    cells::joined(said.into_iter(), lang)
}

/// The further measures of a permit, and whether somebody approved them.
fn further(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let said = row.further.iter().map(|further| {
        let granted = row.terms.iter().any(|term| Some(term.application) == further.amendment);
        let stands = match (granted, further.amendment) {
            (true, _) => lang.pick("承認済", "approved"),
            (false, Some(_)) => lang.pick("使用中・修正申請を審査中", "in use, amendment applied for"),
            (false, None) => lang.pick("使用中・未承認、修正申請なし", "in use, not approved, no amendment"),
        };
        let damage = cells::text(&further.damage, lang);
        format!("{} / {damage} [{stands}]", cells::ending(Some(&further.done), at, lang))
    });
    cells::joined(said, lang)
}

/// What stands already in the form of an application that goes on from a record: what was applied for there.
fn as_applied(row: &Row, _: &dyn Lookup) -> Values {
    let Row::Exception(row) = row else { return Vec::new() };
    let wanted = row.wanted();
    let text = |text: &String| if text == ERASED { Vec::new() } else { one(text) };
    vec![
        ("clause", one(&wanted.clause)),
        ("system", one(&wanted.system)),
        ("devices", wanted.devices.iter().map(|id| id.to_string()).collect()),
        ("network", one(if wanted.network { "true" } else { "" })),
        ("from", one(&wanted.from.to_string())),
        ("to", one(&wanted.to.to_string())),
        ("reason", text(&wanted.reason)),
        ("damage", text(&wanted.damage)),
        ("measures", text(&wanted.measures)),
        ("end_report", one(wanted.end_report.map_or("", EndReport::name))),
        ("others", one(wanted.others.map_or("", Touches::name))),
        ("consulted", text(&wanted.consulted)),
        ("consulted_on", one(&wanted.consulted_on.map(|day| day.to_string()).unwrap_or_default())),
        ("consultation", text(&wanted.consultation)),
        ("account", text(&wanted.account)),
        ("unavoidable", text(&wanted.unavoidable)),
        ("form_of_use", text(&wanted.form_of_use)),
        ("protection", text(&wanted.protection)),
        ("contact", text(&wanted.contact)),
    ]
}

fn one(text: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { vec![text.to_owned()] }
}

/// The same of an extension: as it was granted last, from the day behind it on.
fn as_extended(row: &Row, at: &dyn Lookup) -> Values {
    of_permit(row, at, |permit, today| {
        let (_, last) = permit.period();
        let from = last.succ_opt().unwrap_or(last);
        let over = last < today;
        vec![("from", one(&from.to_string())), ("to", Vec::new()), ("reason", Vec::new())]
            .into_iter()
            .chain((!over).then(|| ("account", Vec::new())))
            .collect()
    })
}

/// The same of an amendment: from today on, as long as what was granted; the further measures that are in use with it.
fn as_amended(row: &Row, at: &dyn Lookup) -> Values {
    of_permit(row, at, |permit, today| {
        let (first, _) = permit.period();
        let last = permit.runs_until(today.max(first)).unwrap_or(today);
        vec![
            ("from", one(&today.max(first).to_string())),
            ("to", one(&last.to_string())),
            ("reason", Vec::new()),
            ("account", Vec::new()),
            ("unavoidable", Vec::new()),
        ]
    })
}

/// What stands already in the form of an application on a permit: as the permit was granted, and otherwise as it was applied for.
fn of_permit(row: &Row, at: &dyn Lookup, anew: impl Fn(&Exception, Date) -> Values) -> Values {
    let Row::Exception(permit) = row else { return Vec::new() };
    let mut fields = as_applied(row, at);
    let mut put = |name: &'static str, values: Vec<String>| {
        fields.retain(|(other, _)| *other != name);
        fields.push((name, values));
    };
    put("clause", one(permit.clause()));
    let measures = now_granted(row, at, |decision, _| decision.measures.clone());
    let further = permit.further.iter().filter(|further| further.amendment.is_none());
    let measures = std::iter::once(measures).chain(further.map(|further| further.done.reason.clone()));
    let measures = measures.filter(|text| !text.is_empty() && text != ERASED).collect::<Vec<_>>().join("\n");
    if !measures.is_empty() {
        put("measures", one(&measures));
    }
    put("system", one(&now_granted(row, at, |decision, _| decision.system.clone())));
    for (name, values) in anew(permit, at.now().date_naive()) {
        put(name, values);
    }
    fields
}

/// How long a permit is over.
fn since_end(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let last = row.held_until(at.now().date_naive());
    last.map(|day| cells::waiting(day, at, lang)).unwrap_or_default()
}

fn path(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let step = |kind: PassageKind| standing::words(PASSAGES, kind.name(), lang);
    let steps = row.path.iter().map(|passage| {
        let done = cells::ending(Some(&passage.done), at, lang);
        let done = format!("{} {done}", step(passage.what));
        match passage.what {
            PassageKind::Forwarded | PassageKind::Resubmitted => {
                format!("{done} ({})", cells::roles(&passage.decided_by, at.profile(), lang))
            }
            PassageKind::Received | PassageKind::Returned => done,
        }
    });
    cells::joined(steps, lang)
}

fn phases(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let name = |kind: PhaseKind| standing::words(PHASES, kind.name(), lang);
    let said = row.phases.iter().map(|phase| {
        let done = cells::ending(Some(&phase.done), at, lang);
        format!("{} {} ({done})", name(phase.what), cells::day(phase.day, lang))
    });
    cells::joined(said, lang)
}

/// The versions before the one that is applied for now: what was wanted, and why.
fn earlier(row: &Exception, at: &dyn Lookup, lang: Lang) -> String {
    let (_, before) = row.versions.split_last().unwrap_or((row.wanted(), &[]));
    let said = before.iter().enumerate().map(|(n, wanted)| {
        let period = cells::period(wanted.from, wanted.to, lang);
        let clause = clause(&wanted.clause, at, lang);
        let told = [&wanted.reason, &wanted.damage, &wanted.measures].map(|text| cells::text(text, lang));
        let told = told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" / ");
        format!("{}: {period} {clause} {} {told}", n + 1, cells::text(&wanted.system, lang))
    });
    cells::joined(said, lang)
}

fn decision(row: &Row, say: impl Fn(&ExceptionDecision, &Exception) -> String) -> String {
    of(row, |row| row.decision.as_ref().map(|decision| say(decision, row)).unwrap_or_default())
}

fn granted(row: &Row, say: impl Fn(&ExceptionDecision, &Exception) -> String) -> String {
    decision(row, |decision, row| if decision.granted { say(decision, row) } else { String::new() })
}

/// The same by the terms that hold now: of a permit that was extended or amended, as that was granted.
fn now_granted(row: &Row, at: &dyn Lookup, say: impl Fn(&ExceptionDecision, &Exception) -> String) -> String {
    let changed = match row {
        Row::Exception(row) => {
            let today = at.now().date_naive();
            let day = row.held_until(today).map_or(today, |last| last.min(today));
            row.term_on(day).map(|term| term.application)
        }
        _ => None,
    };
    let changed = changed.and_then(|id| at.row(id)).and_then(|row| Exception::try_from(row).ok());
    match changed.as_ref().and_then(Exception::granted) {
        Some(decision) => of(row, |row| say(decision, row)),
        None => granted(row, say),
    }
}

fn end_report(how: Option<EndReport>, lang: Lang) -> String {
    how.map(|how| standing::words(END_REPORT_GRANTED, how.name(), lang)).unwrap_or_default()
}

/// The register of exceptions.
pub const REGISTER: Register = Register {
    name: "exceptions",
    noun: Noun::Exception,
    title: Words::new("例外措置", "Exceptions"),
    reading: "れいがいそち きょか",
    doc: Words::new(
        "規則の例外の申請と許可です。だれが、どの規則を、なぜ、いつまで外れてよいかを残します。",
        "Applications for exceptions and permits: who is excused from which rule, why and until when.",
    ),
    columns: &[
        // What nobody granted has no number but the record's own.
        Column::new("number", ("許可番号", "Number"), 9, |row, _, _| {
            of(row, |row| row.permit().map_or_else(|| row.id.to_string(), |permit| permit.number.clone()))
        })
        .always(),
        Column::new("applicant", ("申請者", "Applicant"), 12, |row, at, lang| {
            of(row, |row| cells::name(row.applicant, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(cells::is_outsider(row.applicant, at), lang))
        }),
        Column::new("clause", ("対象規定", "Rule"), 0, |row, at, lang| {
            of(row, |row| {
                let kind = cells::exception_kind(&row.kind, at.profile(), lang);
                let clause = clause(row.clause(), at, lang);
                let of = if clause.is_empty() { kind } else { clause };
                match row.applied_for {
                    AppliedFor::New => of,
                    other => format!("[{}] {of}", standing::words(APPLIED_FOR, other.name(), lang)),
                }
            })
        }),
        Column::new("period", ("期間", "Period"), 21, |row, _, lang| {
            of(row, |row| {
                let (from, to) = row.period();
                cells::period(from, to, lang)
            })
        }),
        // The mark of what began before it was applied for stands with it wherever it stands (5.2).
        Column::new("state", ("状態", "State"), 16, |row, at, lang| {
            of(row, |exception| {
                let said = standing::said(row, at, lang);
                match (exception.is_after_the_fact(), lang) {
                    (false, _) => said,
                    (true, Lang::Ja) => format!("事後・{said}"),
                    (true, Lang::En) => format!("after: {said}"),
                }
            })
        })
        .always(),
    ],
    detail: &[
        Column::line("target", ("対象", "Target"), |row, at, lang| {
            of(row, |row| target(row.system(), row, at, lang))
        }),
        Column::line("after_the_fact", ("事後申請", "After the fact"), |row, _, lang| {
            of(row, |row| {
                if row.is_after_the_fact() { lang.pick("事後", "after").to_owned() } else { String::new() }
            })
        }),
        Column::line("kind", ("種類", "Kind"), |row, at, lang| {
            of(row, |row| cells::exception_kind(&row.kind, at.profile(), lang))
        }),
        Column::line("reason", ("申請理由", "Reason"), |row, _, lang| {
            of_wanted(row, |wanted| cells::text(&wanted.reason, lang))
        }),
        Column::line("damage", ("想定される被害", "Damage foreseen"), |row, _, lang| {
            of_wanted(row, |wanted| cells::text(&wanted.damage, lang))
        }),
        Column::line("measures", ("申請した代替措置", "Measures applied for"), |row, _, lang| {
            of_wanted(row, |wanted| cells::text(&wanted.measures, lang))
        }),
        Column::line("left", ("残り", "Left"), |row, at, lang| of(row, |row| days_left(row, at, lang))),
        Column::line(
            "measures_granted",
            ("暫定的な代替措置", "Provisional measures"),
            |row, at, lang| {
                now_granted(row, at, |decision, row| {
                    if decision.alternative == Some(Alternative::None) || decision.measures.is_empty() {
                        return lang.pick("採用しない", "none adopted").to_owned();
                    }
                    let until = row.runs_until(at.now().date_naive()).filter(|until| *until < decision.to);
                    let end = cells::day(until.unwrap_or(decision.to), lang);
                    format!(
                        "{}{}",
                        cells::text(&decision.measures, lang),
                        match lang {
                            Lang::Ja => format!("（{end}まで）"),
                            Lang::En => format!(" (until {end})"),
                        }
                    )
                })
            },
        ),
        Column::line("conditions", ("条件", "Conditions"), |row, at, lang| {
            now_granted(row, at, |decision, _| cells::text(&decision.conditions, lang))
        }),
        Column::line("further", ("追加の措置", "Further measures"), |row, at, lang| {
            of(row, |row| further(row, at, lang))
        }),
        Column::line("of_permit", ("対象の許可", "Of the permit"), |row, at, lang| {
            of(row, |row| {
                let permit =
                    row.of_permit.and_then(|id| at.row(id)).and_then(|row| Exception::try_from(row).ok());
                permit.map(|permit| called(&permit, lang)).unwrap_or_default()
            })
        }),
        Column::line("pending", ("審査中の申請", "Applied for"), |row, _, lang| {
            of(row, |row| {
                let said = |pending: &Pending| {
                    format!(
                        "{} {}",
                        standing::words(APPLIED_FOR, pending.applied_for.name(), lang),
                        pending.application
                    )
                };
                row.pending.as_ref().map(said).unwrap_or_default()
            })
        }),
        Column::line("extensions", ("延長", "Extensions"), |row, at, lang| {
            of(row, |row| extensions(row, at, lang))
        }),
        Column::line("terms", ("期間の経過", "Periods"), |row, _, lang| of(row, |row| terms(row, lang))),
        Column::line("affiliation", ("所属", "Affiliation"), |row, at, lang| {
            of(row, |row| cells::affiliation(row.applicant, at, lang))
        }),
        Column::line("contact", ("連絡先", "Contact"), |row, at, lang| {
            of(row, |row| match (&row.wanted().contact, at.row(row.applicant)) {
                (told, Some(Row::Person(person))) if told.is_empty() && !row.is_brief() => {
                    cells::text(&person.contact, lang)
                }
                (told, _) => cells::text(told, lang),
            })
        }),
        Column::line("wanted", ("希望した期間", "Period wanted"), |row, _, lang| {
            of_wanted(row, |wanted| cells::period(wanted.from, wanted.to, lang))
        }),
        Column::line("wanted_clause", ("申請した規定", "Rule applied for"), |row, at, lang| {
            of_wanted(row, |wanted| clause(&wanted.clause, at, lang))
        }),
        Column::line("wanted_system", ("申請した対象", "Target applied for"), |row, at, lang| {
            of(row, |row| target(&row.wanted().system, row, at, lang))
        }),
        Column::line("network", ("専用の網", "Network"), |row, at, lang| {
            of(row, |row| {
                let rules = at.profile().exceptions.as_ref().filter(|_| row.wanted().network);
                let network = rules.and_then(|rules| rules.network.as_ref());
                network
                    .map(|network| lang.pick(&network.label.ja, &network.label.en).to_owned())
                    .unwrap_or_default()
            })
        }),
        Column::line("end_report", ("希望する終了報告", "End report wanted"), |row, _, lang| {
            of_wanted(row, |wanted| end_report(wanted.end_report, lang))
        }),
        Column::line("others", ("他の組織", "Others"), |row, _, lang| {
            of_wanted(row, |wanted| {
                let said = wanted.others.map(|others| standing::words(OTHERS, others.name(), lang));
                let on = wanted.consulted_on.map(|day| cells::day(day, lang));
                let told = [&wanted.consulted, &wanted.consultation].map(|text| cells::text(text, lang));
                let parts = said.into_iter().chain(on).chain(told).filter(|part| !part.is_empty());
                parts.collect::<Vec<_>>().join(" ")
            })
        }),
        Column::line("account", ("経緯", "Account of events"), |row, _, lang| {
            of(row, |row| {
                let decided = row.decision.as_ref().map(|decision| &decision.account);
                let told = [Some(&row.wanted().account), Some(&row.wanted().unavoidable), decided];
                let told = told.into_iter().flatten().map(|text| cells::text(text, lang));
                told.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" / ")
            })
        }),
        Column::line("form_of_use", ("利用形態", "Form of use"), |row, _, lang| {
            of_wanted(row, |wanted| cells::text(&wanted.form_of_use, lang))
        }),
        Column::line("protection", ("データの保全", "Data protection"), |row, _, lang| {
            of_wanted(row, |wanted| cells::text(&wanted.protection, lang))
        }),
        Column::line("applied", ("申請日時", "Applied"), |row, _, lang| {
            of(row, |row| cells::stamp(row.applied, lang))
        }),
        Column::line("entered_by", ("申請の入力者", "Typed by"), |row, at, lang| {
            of(row, |row| cells::name(row.entered_by, at, lang))
        }),
        Column::line("decided_by", ("許可権限者", "Authority"), |row, at, lang| {
            of(row, |row| {
                let mut roles = cells::roles(&row.decided_by, at.profile(), lang);
                if row.raised {
                    roles += lang.pick(
                        "（申請者本人が権限者のため、上位）",
                        " (above: the applicant is the authority)",
                    );
                }
                let vacant =
                    row.state.is_open() && at.holders(&row.decided_by).is_some_and(|who| who.is_empty());
                if vacant {
                    roles += lang.pick("【今、この役割の人がいない】", " [nobody holds this role now]");
                }
                roles
            })
        }),
        Column::line("path", ("経過", "Path"), |row, at, lang| of(row, |row| path(row, at, lang))),
        Column::line("earlier", ("前の版", "Earlier versions"), |row, at, lang| {
            of(row, |row| earlier(row, at, lang))
        }),
        Column::line("decided", ("決定", "Decided"), |row, at, lang| {
            decision(row, |decision, _| {
                let said = if decision.granted {
                    lang.pick("許可", "granted")
                } else {
                    lang.pick("不許可", "refused")
                };
                format!("{said} {}", cells::ending(Some(&decision.done), at, lang))
            })
        }),
        Column::line("decider", ("決定者の所属", "Decider's affiliation"), |row, at, lang| {
            decision(row, |decision, row| {
                let contact = match at.row(decision.done.by) {
                    Some(Row::Person(person)) if !row.is_brief() => cells::text(&person.contact, lang),
                    _ => String::new(),
                };
                format!("{} {contact}", cells::affiliation(decision.done.by, at, lang)).trim().to_owned()
            })
        }),
        Column::line("risk", ("リスク分析", "Risk analysis"), |row, _, lang| {
            decision(row, |decision, _| cells::text(&decision.risk, lang))
        }),
        Column::line("opinion", ("意見", "Opinion"), |row, _, lang| {
            decision(row, |decision, _| cells::text(&decision.opinion, lang))
        }),
        Column::line("findings", ("判断", "Findings"), |row, _, lang| {
            granted(row, |decision, _| {
                // What is a decision in itself has none.
                if decision.alternative.is_none() {
                    return String::new();
                }
                let rational = if decision.rational { "yes" } else { "no" };
                let rational = standing::words(FINDING, rational, lang);
                let alternative =
                    decision.alternative.map(|one| standing::words(ALTERNATIVE, one.name(), lang));
                let weighed = Some(cells::text(&decision.weighed, lang)).filter(|text| !text.is_empty());
                let rational = format!("{} {rational}", lang.pick("合理的理由", "rational reason:"));
                let alternative =
                    alternative.map(|said| format!("{} {said}", lang.pick("代替措置", "alternative:")));
                let unaffected =
                    decision.unaffected.map(|one| standing::words(FINDING_UNAFFECTED, one.name(), lang));
                let said = [Some(rational), alternative, weighed, unaffected];
                cells::joined(said.into_iter().flatten(), lang)
            })
        }),
        Column::line("report_granted", ("終了報告の方法", "End report"), |row, _, lang| {
            granted(row, |decision, row| end_report(row.end_report().or(decision.end_report), lang))
        }),
        Column::line("extendable", ("適用延長", "Extension"), |row, _, lang| {
            granted(row, |decision, _| {
                lang.pick(
                    if decision.extendable { "有" } else { "無" },
                    if decision.extendable { "may be extended" } else { "none" },
                )
                .to_owned()
            })
        }),
        Column::line("begin_by", ("開始の期限", "Begin by"), |row, _, lang| {
            granted(row, |decision, row| match decision.begin_by {
                Some(day) if row.phases.is_empty() => cells::day(day, lang),
                _ => String::new(),
            })
        }),
        Column::line("phases", ("実施", "Used"), |row, at, lang| of(row, |row| phases(row, at, lang))),
        Column::line("last", ("適用終了日", "Held until"), |row, at, lang| {
            of(row, |row| {
                let today = at.now().date_naive();
                let over = row.in_force(today).is_some_and(|stands| !stands.holds());
                row.held_until(today).filter(|_| over).map(|day| cells::day(day, lang)).unwrap_or_default()
            })
        }),
        Column::line("report", ("終了報告", "End reported"), |row, at, lang| {
            of(row, |row| match &row.report {
                Some(report) => format!(
                    "{} {} {}",
                    cells::day(report.came, lang),
                    end_report(Some(report.how), lang),
                    cells::ending(Some(&report.done), at, lang)
                ),
                None if row.is_report_due(at.now().date_naive()) => {
                    format!(
                        "{} {}",
                        lang.pick("未提出、終了から", "missing, ended for"),
                        since_end(row, at, lang)
                    )
                }
                None => String::new(),
            })
        }),
        Column::line("confirmed", ("終了の確認", "End confirmed"), |row, at, lang| {
            of(row, |row| {
                if row.is_confirmation_due() {
                    return format!(
                        "{} {}",
                        lang.pick("未確認、終了から", "due, ended for"),
                        since_end(row, at, lang)
                    );
                }
                cells::ending(row.confirmed.as_ref(), at, lang)
            })
        }),
        Column::line("revoked", ("取消", "Revoked"), |row, at, lang| {
            of(row, |row| cells::ending(row.revoked.as_ref(), at, lang))
        }),
        Column::line("review", ("審査", "Review"), |row, at, lang| {
            of(row, |row| done(row, Owed::Review, ("未実施", "not yet"), at, lang))
        }),
        Column::line("telling", ("報告", "Told"), |row, at, lang| {
            of(row, |row| done(row, Owed::Telling, ("未報告", "not yet"), at, lang))
        }),
        Column::line("gone", ("消去の確認", "Confirmed gone"), |row, at, lang| {
            of(row, |row| match row.is_gone_due(at.now().date_naive()) {
                true => format!(
                    "{} {}",
                    lang.pick("未確認、終了から", "due, ended for"),
                    since_end(row, at, lang)
                ),
                false => done(row, Owed::Gone, ("終了後に確認", "after its end"), at, lang),
            })
        }),
        Column::line("notes", ("リスクの記録", "Notes on risks"), |row, at, lang| {
            of(row, |row| {
                cells::joined(row.notes.iter().map(|note| cells::ending(Some(note), at, lang)), lang)
            })
        }),
        Column::line("months", ("月末の確認", "Months"), |row, at, lang| {
            of(row, |row| in_months(row, at, lang))
        }),
        Column::line("withdrawn", ("取下げ", "Withdrawn"), |row, at, lang| {
            of(row, |row| cells::ending(row.withdrawn.as_ref(), at, lang))
        }),
        Column::line("copy", ("副本", "Copy"), |row, at, lang| {
            of(row, |row| cells::ending(row.handed_over.as_ref(), at, lang))
        }),
        Column::line("id", ("台帳の番号", "Record"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &[
        "applicant",
        "affiliation",
        "months",
        "report",
        "clause",
        "target",
        "period",
        "after_the_fact",
        "reason",
        "damage",
        "measures",
        "end_report",
        "others",
        "account",
        "form_of_use",
        "protection",
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::Exception(row) => stands(row, at),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::Exception(row) if is_in(row, state, viewer)),
    whom: |row, at, lang| of(row, |row| cells::name(row.applicant, at, lang)),
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["open"]),
            ..Open::new(
                "exceptions_mine",
                ("自分が処理する例外措置", "Exceptions for you"),
                Place::Mine,
                "mine",
            )
        },
        Open {
            does: Some("confirm_end"),
            urgent: Urgent::Always,
            among: Among::States(&["standing"]),
            ..Open::new(
                "exceptions_to_confirm",
                ("自分が確認する終了報告", "Reports to confirm"),
                Place::Mine,
                "confirm_mine",
            )
        },
        Open {
            does: Some("review_emergency"),
            urgent: Urgent::Always,
            among: Among::States(&["owed"]),
            ..Open::new(
                "exceptions_to_review",
                ("自分が審査する利用", "Uses to review"),
                Place::Mine,
                "review_mine",
            )
        },
        Open {
            does: Some("settle_line"),
            urgent: Urgent::Always,
            among: Among::States(&["to_review"]),
            ..Open::new(
                "exceptions_to_settle",
                ("自分が確認する月末の行", "Month lines for you"),
                Place::Mine,
                "settle_mine",
            )
        },
        Open {
            among: Among::States(&["to_review"]),
            ..Open::new(
                "exceptions_to_close",
                ("締めていない月の行", "Lines of open months"),
                Place::Mine,
                "to_close",
            )
        },
        Open {
            does: Some("hand_over_copy"),
            among: Among::States(&["copy_due"]),
            ..Open::new(
                "exceptions_copy",
                ("自分の申請の決定（副本）", "Decisions for you (copy)"),
                Place::Mine,
                "copy_mine",
            )
        },
        Open {
            among: Among::States(&["open"]),
            ..Open::new(
                "exceptions_others",
                ("他の人を待つ例外措置", "Exceptions for others"),
                Place::Others,
                "others",
            )
        },
        Open {
            among: Among::States(&["owed"]),
            ..Open::new(
                "exceptions_unreviewed",
                ("審査を待つ利用", "Uses not reviewed"),
                Place::Due,
                "unreviewed",
            )
        },
        Open {
            among: Among::States(&["owed"]),
            ..Open::new(
                "exceptions_untold",
                ("報告していない決定", "Decisions not told"),
                Place::Due,
                "untold",
            )
        },
        Open {
            among: Among::States(&["owed"]),
            ..Open::new(
                "exceptions_not_gone",
                ("消去を確認していない保存", "Not confirmed gone"),
                Place::Due,
                "not_gone",
            )
        },
        Open {
            among: Among::States(&["unamended"]),
            ..Open::new(
                "exceptions_unamended",
                ("修正申請のない追加の措置", "Measures not applied for"),
                Place::Due,
                "unamended",
            )
        },
        Open {
            among: Among::States(&["standing"]),
            ..Open::new(
                "exceptions_unreported",
                ("終了報告のない例外措置", "Ends not reported"),
                Place::Due,
                "unreported",
            )
        },
    ],
    ..Register::PLAIN
};

const EXCEPTION: Field = Field::new(
    "exception",
    Kind::Ref(Noun::Exception),
    ("例外措置", "Exception"),
    ("どの申請または許可かを選びます。", "Which application or permit."),
)
.needed();

const CLAUSE: Field = Field::new(
    "clause",
    Kind::Clause,
    ("対象規定", "Rule"),
    ("例外とする規定を、規程名称と項番で選びます。", "The rule from which it is to be an exception."),
);
const SYSTEM: Field = Field::new(
    "system",
    Kind::Line(200),
    ("対象システム", "System"),
    (
        "対象のシステム名やソフトウェア名です。機器は下の欄で選びます。",
        "The system or software it is for; machines are picked below.",
    ),
);
const DEVICES: Field = Field::new(
    "devices",
    Kind::Refs(Noun::Device),
    ("対象の機器", "Machines"),
    ("対象の機器を台帳から選びます。", "The machines it is for, from the list of devices."),
);
const NETWORK: Field = Field::new(
    "network",
    Kind::Flag,
    ("専用の網に関わる", "Of the network"),
    (
        "専用の網（JCHOnet など）に関わるときは「はい」。許可権限者が変わります。",
        "Yes where it concerns the network (JCHOnet), which has an authority of its own.",
    ),
);
const FROM: Field = Field::new(
    "from",
    Kind::Date,
    ("開始希望日", "From"),
    (
        "適用を始めたい日です。今日より前なら事後申請となり、経緯書が必要です。",
        "The first day wanted. Before today, the account of events is needed.",
    ),
)
.needed();
const TO: Field =
    Field::new("to", Kind::Date, ("終了希望日", "Until"), ("適用する最後の日です。", "The last day wanted."))
        .needed();
const REASON_WANTED: Field = Field::new(
    "reason",
    Kind::Block(2000),
    ("申請理由", "Reason"),
    ("なぜ規定どおりにできないかを入力します。", "Why the rule cannot be followed."),
)
.needed();
const DAMAGE: Field = Field::new(
    "damage",
    Kind::Block(1000),
    ("想定される被害", "Damage foreseen"),
    ("被害の大きさと影響を入力します。", "The extent and effect of the damage that is foreseen."),
);
const MEASURES: Field = Field::new(
    "measures",
    Kind::Block(1000),
    ("代替措置", "Measures"),
    (
        "代わりにとる措置です。とらないときは「なし」と入力します。",
        "What is done instead; write \"none\" where nothing is.",
    ),
);
const END_REPORT_WANTED: Field = Field::new(
    "end_report",
    Kind::Choice(END_REPORT),
    ("終了報告の方法", "End report"),
    ("終わったことをどう報告するかを選びます。", "How its end is to be reported."),
);
const OTHERS_TOUCHED: Field = Field::new(
    "others",
    Kind::Choice(OTHERS),
    ("他の組織", "Others"),
    (
        "他の組織と関連があれば、申請の前に協議します。",
        "Whether it touches others; it is settled with them before.",
    ),
);
const CONSULTED: Field = Field::new(
    "consulted",
    Kind::Line(200),
    ("協議の相手", "Settled with"),
    ("関連ありのとき、協議した相手です。", "With whom it was settled, where it touches others."),
);
const CONSULTED_ON: Field = Field::new(
    "consulted_on",
    Kind::Date,
    ("協議の日", "Settled on"),
    ("協議した日です。申請より後にはできません。", "On which day; not after the application."),
);
const CONSULTATION: Field = Field::new(
    "consultation",
    Kind::Block(500),
    ("協議の結果", "Result"),
    ("調整の結果です。", "With what result."),
);
const ACCOUNT: Field = Field::new(
    "account",
    Kind::Block(2000),
    ("経緯書", "Account of events"),
    ("開始日が今日より前のとき、経緯を入力します。", "What happened, where it begins before today."),
);
const UNAVOIDABLE: Field = Field::new(
    "unavoidable",
    Kind::Block(500),
    ("やむを得ない事情", "Why unavoidable"),
    ("事前に申請できなかった事情です。", "Why it could not be applied for before."),
);
const FORM_OF_USE: Field = Field::new(
    "form_of_use",
    Kind::Block(1000),
    ("利用形態", "Form of use"),
    ("接続するシステム等の利用形態です（様式3）。", "How what is connected is to be used."),
);
const PROTECTION: Field = Field::new(
    "protection",
    Kind::Block(2000),
    ("データの保全", "Data protection"),
    ("データの保全に係る設計と実装の方法です（様式3）。", "Its design and implementation."),
);
const CONTACT: Field = Field::new(
    "contact",
    Kind::Line(100),
    ("連絡先", "Contact"),
    (
        "電話番号やメールアドレスです。人の記録にあれば空欄でかまいません。",
        "Telephone or e-mail; nothing where the person's record tells it.",
    ),
);

const REMARKS: Field = Field::new(
    "remarks",
    Kind::Block(500),
    ("備考", "Remarks"),
    ("伝えることがあれば入力します。", "What else there is to say."),
);
const DAY: Field = Field::new("day", Kind::Date, ("日", "Day"), ("空欄なら今日です。", "Today where empty."));

const fn reason(help: (&'static str, &'static str)) -> Field {
    Field::new("reason", Kind::Block(1000), ("理由", "Reason"), help).needed()
}

/// The fields of what is applied for, between others.
macro_rules! wanted_fields {
    (before { $($before:expr),* $(,)? } behind { $($behind:expr),* $(,)? }) => {
        &[
            $($before,)*
            CLAUSE,
            SYSTEM,
            DEVICES,
            FROM,
            TO,
            REASON_WANTED,
            DAMAGE,
            MEASURES,
            END_REPORT_WANTED,
            OTHERS_TOUCHED,
            CONSULTED,
            CONSULTED_ON,
            CONSULTATION,
            NETWORK,
            ACCOUNT,
            UNAVOIDABLE,
            FORM_OF_USE,
            PROTECTION,
            CONTACT,
            $($behind,)*
        ]
    };
}

/// An operation about an exception.
const PLAIN: Operation = Operation {
    command: "",
    title: Words::new("", ""),
    past: Words::new("", ""),
    reading: "",
    doc: Words::new("", ""),
    about: Some((Noun::Exception, "exception")),
    register: "exceptions",
    fields: &[],
    opens: Opens::Form,
};

/// What is done with exceptions.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "apply_exception",
        title: Words::new("例外措置の申請", "Apply for exception"),
        past: Words::new("例外措置の申請", "Exception applied for"),
        reading: "れいがいそちのしんせい",
        doc: Words::new(
            "規則の例外を申請します。許可権限者は規程から決まり、自分の申請は自分では決められません。",
            "Applies to be excused from a rule. The rules say who decides, and nobody decides their own.",
        ),
        about: None,
        fields: wanted_fields! {
            before {
            Field::new(
                "kind",
                Kind::ExceptionKind,
                ("種類", "Kind"),
                ("何の例外かを選びます。", "What kind of exception."),
            )
            .needed(),
            }
            behind {
            Field::new(
                "applicant",
                Kind::Ref(Noun::Person),
                ("申請者", "Applicant"),
                (
                    "担当者が代わりに入力するとき、申請した人を選びます。",
                    "Who applied, where a clerk types it for them.",
                ),
            ),
            }
        },
        ..PLAIN
    },
    Operation {
        command: "apply_extension",
        title: Words::new("延長の申請", "Apply for extension"),
        past: Words::new("延長の申請", "Extension applied for"),
        reading: "えんちょうのしんせい てきようきかん",
        doc: Words::new(
            "許可の期間を延ばす申請です。許可の内容が入力済みです。決まるまで、許可は元の期間で終わります。",
            "Applies for a permit to hold for longer; the form is filled. Undecided, the permit ends as it is.",
        ),
        fields: wanted_fields! { before { EXCEPTION } behind {} },
        opens: Opens::Filled(as_extended),
        ..PLAIN
    },
    Operation {
        command: "apply_amendment",
        title: Words::new("修正の申請", "Apply for amendment"),
        past: Words::new("修正の申請", "Amendment applied for"),
        reading: "しゅうせいのしんせい だいたいそちのへんこう",
        doc: Words::new(
            "許可の代替措置などを変える申請です。決まるまでは元の条件が続きます。規定と機器は変えられません。",
            "Applies for other terms of a permit. Undecided the old ones hold. Rule and machines stay.",
        ),
        fields: wanted_fields! { before { EXCEPTION } behind {} },
        opens: Opens::Filled(as_amended),
        ..PLAIN
    },
    Operation {
        command: "receive_exception",
        title: Words::new("例外措置の受付", "Receive exception"),
        past: Words::new("例外措置の受付", "Exception received"),
        reading: "れいがいそちのうけつけ けいしき",
        doc: Words::new(
            "申請を受け付け、形式が整っていることを確かめたと記録します。",
            "Records that it has come in and that its form is in order.",
        ),
        fields: &[EXCEPTION, REMARKS],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "return_for_correction",
        title: Words::new("例外措置の返戻", "Return for correction"),
        past: Words::new("例外措置の返戻", "Returned for correction"),
        reading: "れいがいそちのへんれい さしもどし",
        doc: Words::new(
            "申請を申請者に戻します。直して再申請できます。前の版も残ります。",
            "Gives it back to be put right. What was applied for before stays readable.",
        ),
        fields: &[EXCEPTION, reason(("何を直すかを入力します。", "What is to be put right."))],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "resubmit_exception",
        title: Words::new("例外措置の再申請", "Resubmit exception"),
        past: Words::new("例外措置の再申請", "Exception resubmitted"),
        reading: "れいがいそちのさいしんせい",
        doc: Words::new("戻された申請を直して、もう一度出します。", "Applies again with what was put right."),
        fields: wanted_fields! { before { EXCEPTION } behind {} },
        opens: Opens::Filled(as_applied),
        ..PLAIN
    },
    Operation {
        command: "forward_exception",
        title: Words::new("上位への回付", "Pass on upwards"),
        past: Words::new("上位への回付", "Passed on upwards"),
        reading: "じょういへのかいふ",
        doc: Words::new(
            "自分では決めず、上位の許可権限者に回します。以後は上位だけが決められます。",
            "Leaves the decision to those above. They alone decide it then.",
        ),
        fields: &[EXCEPTION, reason(("回付する理由を入力します。", "Why it is passed on."))],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "decide_exception",
        title: Words::new("例外措置の決定", "Decide exception"),
        past: Words::new("例外措置の決定", "Exception decided"),
        reading: "れいがいそちのけってい きょか ふきょか",
        doc: Words::new(
            "申請を許可または不許可にします。空欄の項目は申請のとおりになります。決定は後から変えられません。",
            "Grants or refuses it. What is left empty is as applied for. A decision is never changed.",
        ),
        fields: &[
            EXCEPTION,
            Field::new(
                "granted",
                Kind::Verdict(Words::new("許可", "granted"), Words::new("不許可", "refused")),
                ("決定", "Decision"),
                ("許可か不許可かを選びます。", "Granted or refused."),
            )
            .needed(),
            Field::new(
                "risk",
                Kind::Block(1000),
                ("リスク分析", "Risk analysis"),
                (
                    "許可した場合のリスクを分析します。必ず入力します。",
                    "What risk a grant would bring; always.",
                ),
            )
            .needed(),
            reason(("決定の理由を入力します。", "Why it is decided so.")),
            Field::new(
                "rational",
                Kind::Choice(FINDING),
                ("合理的な理由", "Rational reason"),
                (
                    "規定どおりにしない合理的な理由があるか。許可のとき必要です。",
                    "Whether there is one not to comply; for a grant.",
                ),
            ),
            Field::new(
                "alternative",
                Kind::Choice(ALTERNATIVE),
                ("代替措置の判断", "The alternative"),
                (
                    "代替措置を採用するか、内容と期間が合理的か。許可のとき必要です。",
                    "Whether one is adopted, and reasonable; for a grant.",
                ),
            ),
            Field::new(
                "unaffected",
                Kind::Choice(FINDING_UNAFFECTED),
                ("影響の判断", "Effect"),
                (
                    "外部システムの接続などで、影響を及ぼさないか。許可のとき必要です。",
                    "Whether nothing is affected, where the kind asks it; for a grant.",
                ),
            ),
            Field::new(
                "weighed",
                Kind::Block(1000),
                ("比較の内容", "Weighed"),
                (
                    "代替措置を採用するとき、採用しない場合と被害を比べた結果です。",
                    "The damage weighed against not adopting it, where one is adopted.",
                ),
            ),
            Field::new(
                "from",
                Kind::Date,
                ("許可の開始日", "From"),
                ("空欄なら申請のとおりです。", "As applied for where empty."),
            ),
            Field::new(
                "to",
                Kind::Date,
                ("許可の終了日", "Until"),
                ("空欄なら申請のとおりです。", "As applied for where empty."),
            ),
            Field::new(
                "clause",
                Kind::Clause,
                ("許可する規定", "Rule granted"),
                ("空欄なら申請のとおりです。", "As applied for where empty."),
            ),
            Field::new(
                "system",
                Kind::Line(200),
                ("許可するシステム", "System granted"),
                ("空欄なら申請のとおりです。", "As applied for where empty."),
            ),
            Field::new(
                "measures",
                Kind::Block(1000),
                ("許可する代替措置", "Measures granted"),
                (
                    "空欄なら申請のとおりです。採用しないときは入力しません。",
                    "As applied for where empty; nothing where none is adopted.",
                ),
            ),
            Field::new(
                "conditions",
                Kind::Block(1000),
                ("条件", "Conditions"),
                ("許可に付ける条件です。", "Conditions of the grant."),
            ),
            Field::new(
                "end_report",
                Kind::Choice(END_REPORT_GRANTED),
                ("終了報告の方法", "End report"),
                (
                    "空欄なら申請のとおりです。不要とすることもできます。",
                    "As applied for where empty; it can be waived.",
                ),
            ),
            Field::new(
                "extendable",
                Kind::Flag,
                ("適用延長", "Extension"),
                ("延長を認めるときは「はい」。", "Yes where it may be extended."),
            ),
            Field::new(
                "opinion",
                Kind::Block(1000),
                ("意見", "Opinion"),
                ("疑問や意見があれば入力します（意見書）。", "Doubts and opinions, if any."),
            ),
            Field::new(
                "account",
                Kind::Block(2000),
                ("経緯", "Account of events"),
                (
                    "許可の開始日が今日より前で、申請に経緯書がないときに入力します。",
                    "Where the grant begins before today and the application has none.",
                ),
            ),
        ],
        ..PLAIN
    },
    Operation {
        command: "withdraw_exception",
        title: Words::new("例外措置の取下げ", "Withdraw exception"),
        past: Words::new("例外措置の取下げ", "Exception withdrawn"),
        reading: "れいがいそちのとりさげ",
        doc: Words::new("決まる前の申請を取り下げます。", "Takes an application back before it is decided."),
        fields: &[EXCEPTION, reason(("取り下げる理由を入力します。", "Why it is taken back."))],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "hand_over_copy",
        title: Words::new("副本の交付・受領", "Give or take copy"),
        past: Words::new("副本の交付・受領", "Copy given"),
        reading: "ふくほんのこうふじゅりょう",
        doc: Words::new(
            "決定の副本を申請者が受け取ったと記録します。副本は後からいつでも読めます。",
            "Records that the applicant has the copy of the decision. It can be read ever after.",
        ),
        fields: &[EXCEPTION, REMARKS],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "begin_exception",
        title: Words::new("例外措置の開始", "Begin exception"),
        past: Words::new("例外措置の開始", "Exception begun"),
        reading: "れいがいそちのかいし じっし",
        doc: Words::new(
            "許可された例外措置を始めた日を記録します。期限までに始めないと失効します。",
            "Records on which day it was begun. Not begun in time it is void.",
        ),
        fields: &[EXCEPTION, DAY, REMARKS],
        ..PLAIN
    },
    Operation {
        command: "interrupt_exception",
        title: Words::new("例外措置の中断", "Interrupt exception"),
        past: Words::new("例外措置の中断", "Exception interrupted"),
        reading: "れいがいそちのちゅうだん",
        doc: Words::new(
            "中断した日を記録します。中断が長く続くと失効します。",
            "Records from which day on it is interrupted. Interrupted for too long it is void.",
        ),
        fields: &[EXCEPTION, DAY, REMARKS],
        ..PLAIN
    },
    Operation {
        command: "resume_exception",
        title: Words::new("例外措置の再開", "Resume exception"),
        past: Words::new("例外措置の再開", "Exception resumed"),
        reading: "れいがいそちのさいかい",
        doc: Words::new("再開した日を記録します。", "Records from which day on it goes on."),
        fields: &[EXCEPTION, DAY, REMARKS],
        ..PLAIN
    },
    Operation {
        command: "report_end",
        title: Words::new("例外措置の終了報告", "Report end"),
        past: Words::new("例外措置の終了報告", "End reported"),
        reading: "れいがいそちのしゅうりょうほうこく",
        doc: Words::new(
            "例外措置が終わったことを報告します。期間の途中なら、その日で終わります。",
            "Reports that it is over. Before its last day it ends with the day that is told.",
        ),
        fields: &[
            EXCEPTION,
            Field::new(
                "last",
                Kind::Date,
                ("適用終了日", "Last day"),
                (
                    "最後に適用した日です。空欄なら期間の終わり（今日まで）です。",
                    "The last day on which it was used.",
                ),
            ),
            Field::new(
                "how",
                Kind::Choice(END_REPORT),
                ("報告の方法", "How"),
                ("空欄なら許可のとおりです。", "As the grant says where empty."),
            ),
            Field::new(
                "came",
                Kind::Date,
                ("報告の日", "Came on"),
                ("報告が届いた日です。空欄なら今日です。", "On which day it came; today where empty."),
            ),
            Field::new(
                "remarks",
                Kind::Block(1000),
                ("報告の内容", "Report"),
                ("報告する内容を入力します。", "What is reported."),
            ),
        ],
        ..PLAIN
    },
    Operation {
        command: "confirm_end",
        title: Words::new("終了報告の確認", "Confirm end"),
        past: Words::new("終了報告の確認", "End confirmed"),
        reading: "しゅうりょうほうこくのかくにん",
        doc: Words::new(
            "終了報告を許可権限者が確認します。報告した本人は確認できません。",
            "The authority confirms the report. Whoever reported it does not.",
        ),
        fields: &[EXCEPTION, REMARKS],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "review_emergency",
        title: Words::new("緊急利用の審査", "Review emergency use"),
        past: Words::new("緊急利用の審査", "Emergency use reviewed"),
        reading: "きんきゅうりようのしんさ さいがい どういなし",
        doc: Words::new(
            "緊急時や災害時の利用を後から審査し、所見を残します。許可も不許可もありません。利用した本人は審査できません。",
            "Notes what a review of a use in an emergency found. Nothing is granted or refused. Not by who did it.",
        ),
        fields: &[
            EXCEPTION,
            Field::new(
                "finding",
                Kind::Block(1000),
                ("所見", "Finding"),
                ("審査の所見を入力します。", "What the review found."),
            )
            .needed(),
        ],
        opens: Opens::Form,
        ..PLAIN
    },
    Operation {
        command: "tell_council",
        title: Words::new("決定の報告", "Tell decision"),
        past: Words::new("決定の報告", "Decision told"),
        reading: "けっていのほうこく きょうぎかい",
        doc: Words::new(
            "決定を、規程の定める相手（協議会など）に報告したと記録します。",
            "Records that a decision was told to whom the rules name (the council).",
        ),
        fields: &[EXCEPTION, REMARKS],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "confirm_gone",
        title: Words::new("消去の確認", "Confirm gone"),
        past: Words::new("消去の確認", "Confirmed gone"),
        reading: "しょうきょのかくにん ほぞん",
        doc: Words::new(
            "許可の終了後に、保存していた情報が端末からなくなったことを確認します。本人は確認できません。",
            "Confirms after its end that what was stored is gone from the terminal. Not by who has it.",
        ),
        fields: &[EXCEPTION, REMARKS],
        opens: Opens::Confirm,
        ..PLAIN
    },
    Operation {
        command: "apply_measure",
        title: Words::new("追加の措置", "Further measure"),
        past: Words::new("追加の措置", "Further measure entered"),
        reading: "ついかのそち だいたいそち ただちに",
        doc: Words::new(
            "想定される被害が変わったとき、追加の代替措置をすぐに入力します。承認には、修正の申請が必要です。",
            "Enters a further measure at once where the damage foreseen has changed. An amendment approves it.",
        ),
        fields: &[
            EXCEPTION,
            Field::new(
                "measure",
                Kind::Block(1000),
                ("措置", "Measure"),
                ("追加でとる代替措置です。", "What is done besides from now on."),
            )
            .needed(),
            Field::new(
                "damage",
                Kind::Block(1000),
                ("想定される被害", "Damage foreseen"),
                ("どう変わったかを入力します。", "How what is foreseen has changed."),
            )
            .needed(),
        ],
        ..PLAIN
    },
    Operation {
        command: "note_risk",
        title: Words::new("リスクの記録", "Note risk"),
        past: Words::new("リスクの記録", "Risk noted"),
        reading: "りすくのきろく",
        doc: Words::new(
            "適用中に気付いたリスクを記録します。許可権限者が読めます。",
            "Notes a risk met while it is in force. The authority can read it.",
        ),
        fields: &[
            EXCEPTION,
            Field::new(
                "note",
                Kind::Block(1000),
                ("内容", "Note"),
                ("気付いたことを入力します。", "What was met."),
            )
            .needed(),
        ],
        opens: Opens::Form,
        ..PLAIN
    },
    Operation {
        command: "settle_line",
        title: Words::new("月末の確認", "Settle month line"),
        past: Words::new("月末の確認", "Month line settled"),
        reading: "げつまつのかくにん",
        doc: Words::new(
            "終わった月の行に一言を付けて確認します。許可権限者が確認し、本人は確認できません。",
            "Settles its line of a month with a word. The authority does, and never whose own it is.",
        ),
        fields: &[
            EXCEPTION,
            Field::new(
                "said",
                Kind::Choice(months::SETTLEMENTS),
                ("一言", "Word"),
                ("どう確認したかを選びます。", "What is said of it."),
            )
            .needed(),
            Field::new(
                "month",
                Kind::Date,
                ("月", "Month"),
                (
                    "その月のどの日でも。空欄なら最も古い未確認の月です。",
                    "Any day of it; the oldest where empty.",
                ),
            ),
            REMARKS,
        ],
        ..PLAIN
    },
    Operation {
        command: "revoke_exception",
        title: Words::new("例外措置の取消", "Revoke exception"),
        past: Words::new("例外措置の取消", "Exception revoked"),
        reading: "れいがいそちのとりけし",
        doc: Words::new(
            "許可を取り消します。今日から無効になります。",
            "Takes a permit away: void from today on.",
        ),
        fields: &[EXCEPTION, reason(("取り消す理由を入力します。", "Why it is taken away."))],
        opens: Opens::Confirm,
        ..PLAIN
    },
];
