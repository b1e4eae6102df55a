//! `daicho recover`: a new vault of what can be saved of a damaged one.

use super::args::Recover;
use super::check::{said, uncounted};
use super::open::{Site, WORK_FACTOR, hardening_with, terminal};
use super::out::{self, Progress};
use super::stop::{Exit, Stop, eprintln_all};
use crate::desk::declare::cells;
use crate::desk::{CheckStep, Lang, Recovered, recover, say_detail};
use serde_json::json;
use std::path::Path;

/// How many entries are named one by one; all of them stand in the JSON.
const NAMED: usize = 50;

/// Saves what can be saved.
///
/// # Errors
/// Why nothing was saved; the damaged folder is as it was in any case.
pub fn run(args: &Recover, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let opener = site.opener(args.user.as_deref())?;
    // What is made stands beside the new vault, too.
    let above = args.to.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    hardening_with(&args.to, above);
    let terminal = terminal(&args.to, WORK_FACTOR);
    let mut progress = Progress::new();
    let mut say = |step: CheckStep, done: u64, total: u64| progress.say(&said(step, done, total, lang));
    let recovered =
        recover(&args.from, &args.to, &opener.checker(), args.keys.as_deref(), &terminal, &mut say);
    progress.done();
    let recovered = recovered.map_err(|failure| uncounted(&failure, lang))?;
    if args.json {
        out::json(&as_json(&recovered, &args.to), lang)?;
    } else {
        out::text(&report(&recovered, &args.to, lang), lang)?;
    }
    if recovered.kept.is_some() {
        return Ok(Exit::Done);
    }
    eprintln_all(&[lang.pick(
        "最初の証跡から続く記録を取り出せなかったため、新しい保管庫は作っていません。控えから復元してください。",
        "Not even the first entry could be saved, so there is no new vault. Restore from a copy.",
    )]);
    Ok(Exit::Damaged)
}

fn as_json(recovered: &Recovered, to: &Path) -> serde_json::Value {
    let kept = recovered.kept.as_ref();
    let behind: Vec<serde_json::Value> = recovered
        .behind
        .iter()
        .map(|e| json!({"seq": e.seq, "time": e.time, "kind": e.kind, "actor": e.actor}))
        .collect();
    json!({
        "ok": kept.is_some(),
        "vault": kept.map(|_| to.display().to_string()),
        "kept": kept.map(|(seq, ..)| seq),
        "root": kept.map(|(_, _, root)| root),
        "epoch_entry": recovered.epoch_entry,
        "lost": recovered.lost,
        "without_text": recovered.without_text,
        "behind": behind,
        "saved_to": recovered.saved_to.as_ref().map(|path| path.display().to_string()),
        "copied_to": recovered.copied_to.display().to_string(),
        "findings": recovered.findings,
        "users": recovered.users,
        "without_key": recovered.without_key,
    })
}

fn report(recovered: &Recovered, to: &Path, lang: Lang) -> String {
    let mut lines = Vec::new();
    let copied = recovered.copied_to.display();
    lines.push(match lang {
        Lang::Ja => {
            format!("壊れた保管庫は、そのまま {copied} に写しました。元のフォルダーには書いていません。")
        }
        Lang::En => format!("The damaged vault was copied to {copied} as it is. Nothing was written to it."),
    });
    if !recovered.findings.is_empty() {
        lines.push(lang.pick("壊れていたところ:", "What does not hold:").to_owned());
        lines.extend(
            recovered.findings.iter().take(NAMED).map(|found| format!("  {}", say_detail(found, lang))),
        );
    }
    if let Some((seq, time, root)) = &recovered.kept {
        let time = time.map(|time| cells::stamp(time, lang)).unwrap_or_default();
        let (to, epoch) = (to.display(), recovered.epoch_entry);
        lines.push(match lang {
            Lang::Ja => format!(
                "新しい保管庫: {to}\n証跡 #1 から #{seq}（{time}、根 {root}）までを引き継ぎ、新しい期が始まったことを #{epoch} に記録しました。"
            ),
            Lang::En => format!(
                "The new vault: {to}\nIt holds entries #1 to #{seq} ({time}, root {root}); a new epoch begins with #{epoch}."
            ),
        });
    }
    let nothing_lost =
        recovered.lost.is_empty() && recovered.behind.is_empty() && recovered.without_text.is_empty();
    if nothing_lost && recovered.kept.is_some() {
        lines.push(
            lang.pick(
                "失われた証跡はありません。壊れていたのは、証跡から作り直せる部分だけです。書きかけの下書きは残っていません。",
                "No entry is lost: only what can be made anew from the entries was damaged. Unfinished drafts are gone.",
            )
            .to_owned(),
        );
    }
    what_is_missing(recovered, lang, &mut lines);
    if !recovered.users.is_empty() {
        let users = recovered.users.join(", ");
        lines.push(match lang {
            Lang::Ja => format!("これまでのパスワードで開ける利用者: {users}"),
            Lang::En => format!("Users whose passwords open it: {users}"),
        });
    }
    if !recovered.without_key.is_empty() {
        let users = recovered.without_key.join(", ");
        lines.push(match lang {
            Lang::Ja => format!("鍵が失われた利用者: {users}。管理者がパスワードを再発行してください。"),
            Lang::En => {
                format!("Users whose keys are lost: {users}. An administrator resets their passwords.")
            }
        });
    }
    lines.push(String::new());
    lines.join("\n")
}

/// What is in the new vault no more, each by its number, and what to do about it.
fn what_is_missing(recovered: &Recovered, lang: Lang, lines: &mut Vec<String>) {
    if !recovered.lost.is_empty() {
        let lost = &recovered.lost;
        lines.push(match lang {
            Lang::Ja => format!("取り出せなかった証跡: #{lost}。紙の控えから後追い入力してください。"),
            Lang::En => format!("Entries that are lost: #{lost}. Enter them late from paper."),
        });
    }
    if !recovered.without_text.is_empty() {
        let texts: Vec<String> = recovered.without_text.iter().map(|seq| format!("#{seq}")).collect();
        let texts = texts.join(", ");
        lines.push(match lang {
            Lang::Ja => format!(
                "文（氏名や備考など）だけが失われた証跡: {texts}。消去として理由とともに記録しました。"
            ),
            Lang::En => format!(
                "Entries whose texts alone are lost: {texts}. They are recorded as erased, with the reason."
            ),
        });
    }
    let Some(saved) = &recovered.saved_to else { return };
    let saved = saved.display();
    let count = recovered.behind.len();
    lines.push(match lang {
        Lang::Ja => format!(
            "途切れより後ろの{count}件は、署名を確かめて {saved} に保存しました（保管庫の鍵で開けます: age -d -i 鍵 {saved}）。\n\
             新しい保管庫には入っていません。次の一覧を見て、要るものを後追いか手で入力してください。"
        ),
        Lang::En => format!(
            "{count} entries behind the gap were verified and saved in {saved} (for the vault's key: age -d -i KEY {saved}).\n\
             They are not in the new vault: enter those that matter, late or by hand."
        ),
    });
    for entry in recovered.behind.iter().take(NAMED) {
        lines.push(format!("  #{} {} {} {}", entry.seq, entry.time, entry.kind, entry.actor));
    }
    if count > NAMED {
        lines.push(match lang {
            Lang::Ja => format!("  ほか{}件（--json ですべて）", count - NAMED),
            Lang::En => format!("  and {} more (all with --json)", count - NAMED),
        });
    }
}
