//! `daicho compact`: the vault written anew, packed, without what was erased.

use super::args::Compact;
use super::open::Site;
use super::out::{self, Progress};
use super::stop::{Exit, Stop};
use crate::desk::{CompactStep, Compacted, Instruction, Lang};
use crate::domain::{Command, CompactVault};
use serde_json::json;

/// Writes the vault anew.
///
/// # Errors
/// Why it was not; the vault then is as it was.
pub fn run(args: &Compact, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let (mut desk, _) = site.log_in(&args.user)?;
    let mut progress = Progress::new();
    let mut say = |step, done, total| progress.say(&said(step, done, total, lang));
    let order = Instruction::from(Command::from(CompactVault {}));
    let compacted = desk.compact(order, &mut say);
    progress.done();
    let compacted = compacted.map_err(|failure| Stop::failed(&failure, Some(&desk), lang));
    let closed = site.close(desk);
    let compacted = compacted?;
    closed?;
    let report = report(&compacted, lang);
    let said = if args.json {
        let Compacted { receipt, before, live, after } = compacted;
        out::json(
            &json!({"ok": true, "seq": receipt.seq, "before_bytes": before, "live_bytes": live, "after_bytes": after}),
            lang,
        )
    } else {
        out::text(&report, lang)
    };
    said.map(|()| Exit::Done).map_err(|stop| stop.after(report.trim_end(), lang))
}

fn said(step: CompactStep, done: u64, total: u64, lang: Lang) -> String {
    let what = match step {
        CompactStep::Copy => lang.pick("記録", "rows"),
        CompactStep::Write => lang.pick("書き込み（バイト）", "bytes written"),
    };
    format!("{what} {done} / {total}")
}

fn report(compacted: &Compacted, lang: Lang) -> String {
    let Compacted { receipt, before, live, after } = compacted;
    match lang {
        Lang::Ja => format!(
            "保管庫を詰めて書き直しました（証跡 #{}）。\n{before}バイト → {after}バイト（中身 {live}バイト）\n\
             以前に作った控えには、消去した文が残っています。\n",
            receipt.seq
        ),
        Lang::En => format!(
            "The vault was written anew (entry #{}).\n{before} bytes -> {after} bytes (contents {live})\n\
             Copies made before still hold what was erased since.\n",
            receipt.seq
        ),
    }
}
