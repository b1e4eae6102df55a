//! `daicho restore`: a vault in an empty folder, made from a copy.

use super::args::Restore;
use super::check::{said, uncounted};
use super::open::{Site, WORK_FACTOR, terminal};
use super::out::{self, Progress};
use super::stop::{Exit, Stop};
use crate::desk::declare::cells;
use crate::desk::{CheckStep, Lang, Restored, restore};
use serde_json::json;

/// Makes a vault from a copy.
///
/// # Errors
/// Why it was not made.
pub fn run(args: &Restore, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let opener = site.opener(args.user.as_deref())?;
    let terminal = terminal(&site.dir, WORK_FACTOR);
    let mut progress = Progress::new();
    let mut say = |step: CheckStep, done: u64, total: u64| progress.say(&said(step, done, total, lang));
    let restored = restore(&args.from, &site.dir, &opener.checker(), &terminal, &mut say);
    progress.done();
    let restored = restored.map_err(|failure| uncounted(&failure, lang))?;
    let report = report(&restored, site, lang);
    let said = if args.json {
        let (seq, time, root) = &restored.kept;
        out::json(
            &json!({"ok": true, "vault": site.dir.display().to_string(), "kept": seq, "root": root,
                    "time": time.map(|time| time.to_rfc3339()), "epoch_entry": restored.epoch_entry,
                    "bytes": restored.bytes}),
            lang,
        )
    } else {
        out::text(&report, lang)
    };
    said.map(|()| Exit::Done).map_err(|stop| stop.after(report.trim_end(), lang))
}

fn report(restored: &Restored, site: &Site, lang: Lang) -> String {
    let Restored { kept: (seq, time, root), epoch_entry, bytes } = restored;
    let dir = site.dir.display();
    let time = time.map(|time| cells::stamp(time, lang)).unwrap_or_default();
    match lang {
        Lang::Ja => format!(
            "復元しました: {dir}（{bytes}バイト）\n\
             最後の証跡は #{seq}（{time}、根 {root}）です。紙の控えと比べてください。\n\
             これより後に記録したものは、ここにはありません。紙の控えから後追い入力してください。\n\
             新しい期が始まったことを、証跡 #{epoch_entry} に記録しました。元の保管庫は、もう使わないでください。\n"
        ),
        Lang::En => format!(
            "Restored: {dir} ({bytes} bytes)\n\
             The last entry is #{seq} ({time}, root {root}). Compare it with what is on paper.\n\
             What was recorded after it is not here: enter it late from paper.\n\
             A new epoch begins with entry #{epoch_entry}. Do not go on with the old vault.\n"
        ),
    }
}
