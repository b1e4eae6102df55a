//! `daicho backup`: a copy of the vault in another place, in a session of its own or beside one.

use super::args::Backup;
use super::open::{Site, WORK_FACTOR, hardening_with, remarks, terminal};
use super::out::{self, Progress};
use super::stop::{Exit, Stop, eprintln_all};
use crate::desk::{Desk, Failure, Instruction, Lang, NotOpened, Receipt, back_up_beside};
use crate::domain::{BackUp, Command};
use crate::text::{Limit, TextProblem, clean_block, clean_line};
use serde_json::json;

/// Makes a copy, or brings the one that is there up to date.
///
/// # Errors
/// Why there is no new copy; an older one at the place still counts.
pub fn run(args: &Backup, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let asked = asked(args).map_err(|problem| Stop::usage(lang, problem.ja(), problem.en()))?;
    let password = site.password_of(&args.user)?;
    hardening_with(&site.dir, &args.to);
    let terminal = terminal(&site.dir, WORK_FACTOR);
    let mut progress = Progress::new();
    let mut say = |done: u64, total: u64| progress.say(&said(done, total, lang));
    let (receipt, done) = match Desk::log_in(&site.dir, &args.user, &password, terminal.clone()) {
        Ok((mut desk, welcome)) => {
            for line in remarks(&welcome, lang) {
                eprintln_all(&[&line]);
            }
            let made = desk.back_up(Instruction::from(Command::from(asked)), &mut say);
            progress.done();
            let made = made.map_err(|failure| Stop::failed(&failure, Some(&desk), lang));
            let closed = site.close(desk);
            let (receipt, done) = made?;
            closed?;
            (Some(receipt), done)
        }
        Err(Failure::NotOpened(NotOpened::InUse(_))) => {
            let made = back_up_beside(&site.dir, &args.user, &password, &asked, &terminal, &mut say);
            progress.done();
            (None, made.map_err(|failure| Stop::failed(&failure, None, lang))?)
        }
        Err(failure) => return Err(Stop::failed(&failure, None, lang)),
    };
    let report = report(receipt.as_ref(), &done, lang);
    let said = if args.json {
        out::json(
            &json!({"ok": true, "to": done.to, "medium": done.medium, "bytes": done.bytes, "fresh": done.fresh,
                    "last": done.last, "root": done.root, "seq": receipt.as_ref().map(|receipt| receipt.seq)}),
            lang,
        )
    } else {
        out::text(&report, lang)
    };
    said.map(|()| Exit::Done).map_err(|stop| stop.after(report.trim_end(), lang))
}

fn asked(args: &Backup) -> Result<BackUp, TextProblem> {
    let to = clean_line(&args.to.to_string_lossy(), Limit { graphemes: 400, bytes: 3200 })?;
    let medium = match &args.medium {
        Some(medium) => clean_line(medium, Limit::CODE)?,
        None => to.clone(),
    };
    let reason = clean_block(args.same_device.as_deref().unwrap_or_default(), Limit::BLOCK)?;
    Ok(BackUp { to, medium, reason, ..BackUp::default() })
}

fn said(done: u64, total: u64, lang: Lang) -> String {
    let (done, total) = (done >> 20, total >> 20);
    match lang {
        Lang::Ja => format!("控えを作成・照合中 {done} / {total} MiB"),
        Lang::En => format!("copied and read back {done} of {total} MiB"),
    }
}

fn report(receipt: Option<&Receipt>, done: &BackUp, lang: Lang) -> String {
    let BackUp { to, medium, bytes, fresh, last, root, .. } = done;
    let mut text = match lang {
        Lang::Ja => format!(
            "控えを作り、読み返して確かめました: {to}（媒体 {medium}）\n\
             証跡 #{last} まで、根 {root}。{bytes}バイトのうち{fresh}バイトを書きました。\n"
        ),
        Lang::En => format!(
            "The copy is made and was read back: {to} (medium {medium})\n\
             It holds entries up to #{last}, root {root}. {fresh} of its {bytes} bytes were written.\n"
        ),
    };
    text.push_str(&match (lang, receipt) {
        (Lang::Ja, Some(receipt)) => format!("証跡 #{} に記録しました。\n", receipt.seq),
        (Lang::En, Some(receipt)) => format!("Recorded as entry #{}.\n", receipt.seq),
        (Lang::Ja, None) => {
            "保管庫は使用中のため、この控えは、次に管理者がログインしたときに「届け」として証跡に記録されます。\n"
                .to_owned()
        }
        (Lang::En, None) => {
            "The vault is in use: the copy is recorded, as a claim, when an administrator logs in next.\n".to_owned()
        }
    });
    text
}
