//! `daicho rehearse`: the newest edition of the rules, tried on a copy, and adopted where that is asked for.

use super::args::Rehearse;
use super::check::{said, uncounted};
use super::open::{Site, WORK_FACTOR, hardening_with, remarks, terminal};
use super::out::{self, Progress, counted, in_english};
use super::stop::{Exit, Stop, eprintln_all};
use crate::desk::{
    CheckStep, Desk, Instruction, Lang, Receipt, Rehearsed, Upgraded, rehearse, say_detail, say_upgraded,
};
use crate::domain::{AdoptEdition, Command, Edition};
use serde_json::json;
use std::path::PathBuf;

/// What the folder is called in which it is tried, beside the vault.
const BESIDE: &str = ".rehearsal";

/// Tries the newest edition, and adopts it where that is asked for and nothing speaks against it.
///
/// # Errors
/// Why it could not be tried, or was not adopted.
pub fn run(args: &Rehearse, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let place = args.place.clone().unwrap_or_else(|| {
        let mut beside = site.dir.as_os_str().to_owned();
        beside.push(BESIDE);
        PathBuf::from(beside)
    });
    let password = site.password_of(&args.user)?;
    hardening_with(&site.dir, &place);
    let terminal = terminal(&site.dir, WORK_FACTOR);
    let mut progress = Progress::new();
    let mut say = |step: CheckStep, done: u64, total: u64| progress.say(&said(step, done, total, lang));
    let tried = rehearse(&site.dir, &place, (&args.user, &password), &terminal, &mut say);
    progress.done();
    // Empty by now; one that was there before the rehearsal stays, if the system says so.
    for folder in [place.join("keys"), place.join("blobs"), place] {
        drop(std::fs::remove_dir(folder));
    }
    let rehearsed = tried.map_err(|failure| uncounted(&failure, lang))?;
    let holds = rehearsed.findings.is_empty();
    let adopted = if args.adopt && holds {
        let (mut desk, welcome) = Desk::log_in(&site.dir, &args.user, &password, terminal)
            .map_err(|failure| Stop::failed(&failure, None, lang))?;
        for line in remarks(&welcome, lang) {
            eprintln_all(&[&line]);
        }
        let command = Command::from(AdoptEdition { edition: Edition::NEWEST.number() });
        let made = desk.adopt_edition(Instruction::from(command));
        let made = made.map_err(|failure| Stop::failed(&failure, Some(&desk), lang));
        let closed = site.close(desk);
        let made = made?;
        closed?;
        Some(made)
    } else {
        None
    };
    let report = report(&rehearsed, adopted.as_ref(), args, lang);
    let said = if args.json {
        let seconds = |time: std::time::Duration| time.as_secs_f64();
        out::json(
            &json!({
                "ok": holds, "from": rehearsed.from.number(), "to": rehearsed.to.number(),
                "entries": rehearsed.entries, "findings": in_english(&rehearsed.findings), "bytes": rehearsed.bytes,
                "count_no_more": rehearsed.count_no_more.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>(),
                "seconds": {"copying": seconds(rehearsed.copying), "adopting": seconds(rehearsed.adopting),
                            "checking": seconds(rehearsed.checking)},
                "adopted": adopted.as_ref().map(|(receipt, _)| receipt.seq),
                "way_back": adopted.as_ref().and_then(|(_, copy)| copy.as_ref()).map(|copy| &copy.copy),
            }),
            lang,
        )
    } else {
        out::text(&report, lang)
    };
    said.map_err(|stop| if adopted.is_some() { stop.after(report.trim_end(), lang) } else { stop })?;
    Ok(if holds { Exit::Done } else { Exit::Damaged })
}

fn report(
    rehearsed: &Rehearsed,
    adopted: Option<&(Receipt, Option<Upgraded>)>,
    args: &Rehearse,
    lang: Lang,
) -> String {
    let Rehearsed { from, to, entries, findings, count_no_more, bytes, copying, adopting, checking } =
        rehearsed;
    let (from, number) = (from.number(), to.number());
    let [copying, adopting, checking] = [copying, adopting, checking].map(|time| time.as_secs_f64());
    let mut text = match lang {
        Lang::Ja => format!(
            "写しの上で、規則を第{from}版から第{number}版にして試しました。元の保管庫には何も書いていません。\n\
             証跡 {entries}件をそれぞれの日の版で判断し直しました。\n\
             所要時間: 写しと照合 {copying:.1}秒、採用 {adopting:.1}秒、検査 {checking:.1}秒\n\
             採用すると、今の保管庫の控えが隣に残ります（{bytes}バイト）。\n"
        ),
        Lang::En => format!(
            "Tried on a copy: the rules from edition {from} to edition {number}. Nothing was written into the vault.\n\
             {} decided again, each by the edition of its day.\n\
             It took {copying:.1} s to copy and read back, {adopting:.1} s to adopt, {checking:.1} s to check.\n\
             Adopted, a copy of the vault as it is stays beside it ({bytes} bytes).\n",
            counted(*entries, "entry", "entries"),
        ),
    };
    let mut line = |said: String| {
        text.push_str(&said);
        text.push('\n');
    };
    line(lang.pick("変わること:", "What changes:").to_owned());
    for edition in Edition::ALL.iter().filter(|edition| edition.number() > from && *edition <= to) {
        for (ja, en) in edition.changes() {
            line(format!("- {}", lang.pick(ja, en)));
        }
    }
    if !count_no_more.is_empty() {
        line(lang.pick("許可した人として数えなくなる人:", "Who would count no more:").to_owned());
        for (id, name) in count_no_more {
            line(format!("- {name} ({id})"));
        }
    }
    match (findings.is_empty(), adopted) {
        (false, _) => {
            line(
                lang.pick(
                    "異常があります。採用しないでください。",
                    "Something does not hold. Do not adopt it.",
                )
                .to_owned(),
            );
            for finding in findings {
                line(format!("- {}", say_detail(finding, lang)));
            }
        }
        (true, None) => {
            line(lang.pick("異常はありません。", "Everything holds.").to_owned());
            line(
                lang.pick("採用するには: ", "To adopt it: ").to_owned()
                    + &format!("daicho rehearse --as {} --adopt", args.user),
            );
        }
        (true, Some((receipt, copy))) => {
            line(match lang {
                Lang::Ja => format!("第{number}版を採用しました（証跡 #{}）。", receipt.seq),
                Lang::En => format!("Edition {number} is in force (entry #{}).", receipt.seq),
            });
            for said in copy.iter().flat_map(|copy| say_upgraded(copy, lang)) {
                line(said);
            }
            line(
                lang.pick(
                    "前の版に戻るには: 前の版の daicho で、その控えのフォルダーを開きます。採用のあとの記録は入っていません。",
                    "The way back: open that copy with the release before. What is recorded from now on is not in it.",
                )
                .to_owned(),
            );
        }
    }
    text
}
