//! `daicho recover`: a new vault of what can be saved of a damaged one.

use super::args::Recover;
use super::check::{said, uncounted};
use super::open::{Site, WORK_FACTOR, hardening_with, terminal};
use super::out::{self, Progress, in_english};
use super::stop::{Exit, Stop, eprintln_all};
use crate::desk::declare::cells;
use crate::desk::{CheckStep, Lang, Recovered, SavedEntry, recover, say_detail};
use serde_json::json;
use std::path::{Path, PathBuf};

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
    let recovered = recover(&args.from, &args.to, &opener.checker(), &args.copies, &terminal, &mut say);
    progress.done();
    let recovered = recovered.map_err(|failure| uncounted(&failure, lang))?;
    let report = report(&recovered, &args.to, lang);
    let said =
        if args.json { out::json(&as_json(&recovered, &args.to), lang) } else { out::text(&report, lang) };
    said.map_err(|stop| stop.after(report.trim_end(), lang))?;
    if recovered.kept.is_none() {
        eprintln_all(&[lang.pick(
            "最初の証跡から続く記録を取り出せなかったため、新しい保管庫は作っていません。控えから復元するか、--copy で控えを添えて、もう一度行ってください。",
            "Not even the first entry could be saved, so there is no new vault. Restore from a copy, or do it again with --copy and a copy.",
        )]);
        return Ok(Exit::Damaged);
    }
    Ok(if is_all(&recovered) { Exit::Done } else { Exit::Partly })
}

/// Whether everything that ever was in the log is in the new one.
fn is_all(recovered: &Recovered) -> bool {
    let Recovered { lost, behind, unverified, without_text, lost_attachments, end_known, .. } = recovered;
    lost_attachments.is_empty()
        && lost.is_empty()
        && behind.is_empty()
        && unverified.is_empty()
        && without_text.is_empty()
        && *end_known
}

fn as_json(recovered: &Recovered, to: &Path) -> serde_json::Value {
    let kept = recovered.kept.as_ref();
    let each = |saved: &[SavedEntry]| -> Vec<serde_json::Value> {
        let one = |e: &SavedEntry| json!({"seq": e.seq, "time": e.time, "kind": e.kind, "actor": e.actor});
        saved.iter().map(one).collect()
    };
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    json!({
        "ok": kept.is_some(),
        "vault": kept.map(|_| to.display().to_string()),
        "kept": kept.map(|(seq, ..)| seq),
        "root": kept.map(|(_, _, root)| root),
        "epoch_entry": recovered.epoch_entry,
        "lost": recovered.lost,
        "without_text": recovered.without_text,
        "lost_attachments": recovered.lost_attachments,
        "end_known": recovered.end_known,
        "from_copies": recovered.from_copies,
        "behind": each(&recovered.behind),
        "saved_to": path(&recovered.saved_to),
        "unverified": each(&recovered.unverified),
        "unverified_to": path(&recovered.unverified_to),
        "copied_to": recovered.copied_to.display().to_string(),
        "findings": in_english(&recovered.findings),
        "users": recovered.users,
        "without_key": recovered.without_key,
        "sheet_opens": recovered.sheet_opens,
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
    if !recovered.from_copies.is_empty() {
        let numbers = &recovered.from_copies;
        lines.push(match lang {
            Lang::Ja => format!("このうち、控えから補った証跡: #{numbers}"),
            Lang::En => format!("Of these the copies gave: #{numbers}"),
        });
    }
    if recovered.kept.is_some() && is_all(recovered) {
        lines.push(
            lang.pick(
                "失われた証跡はありません。書きかけの下書きは残っていません。",
                "No entry is lost. Unfinished drafts are gone.",
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
            Lang::Ja => {
                format!("新しい保管庫をまだ開けない利用者: {users}。管理者がパスワードを再発行してください。")
            }
            Lang::En => {
                format!("Users who cannot open it yet: {users}. An administrator resets their passwords.")
            }
        });
    }
    if recovered.kept.is_some() && !recovered.sheet_opens {
        lines.push(
            lang.pick(
                "今の回復用紙では、新しい保管庫を開けません。daicho sheet で新しい回復用紙を作ってください。",
                "The recovery sheet does not open the new vault: make another with daicho sheet.",
            )
            .to_owned(),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

/// What is not in the new vault, each by its number, and what to do about it.
fn what_is_missing(recovered: &Recovered, lang: Lang, lines: &mut Vec<String>) {
    if !recovered.lost.is_empty() {
        let lost = &recovered.lost;
        lines.push(match lang {
            Lang::Ja => format!(
                "取り出せなかった証跡: #{lost}。控えに入っていれば、--copy で控えを添えてやり直すと補えます。なければ、紙を見て後追い入力してください。"
            ),
            Lang::En => format!(
                "Entries that could not be saved: #{lost}. If a copy holds them, do it again with --copy; if none does, enter them late from paper."
            ),
        });
    }
    if !recovered.end_known {
        lines.push(end_unknown(recovered, lang));
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
    if !recovered.lost_attachments.is_empty() {
        let lost = recovered.lost_attachments.join(", ");
        lines.push(match lang {
            Lang::Ja => format!(
                "中身が失われた添付書類: {lost}。控えに入っていれば、--copy で控えを添えてやり直すと補えます。なければ、元の書類を添付し直してください。"
            ),
            Lang::En => format!(
                "Attachments whose contents are lost: {lost}. If a copy holds them, do it again with --copy; if none does, attach the documents again."
            ),
        });
    }
    if let Some(saved) = &recovered.saved_to {
        let (count, saved) = (recovered.behind.len(), saved.display());
        lines.push(match lang {
            Lang::Ja => format!(
                "途切れより後ろの{count}件は、署名を確かめて {saved} に保存しました（保管庫の鍵で開けます: age -d -i 鍵 {saved}）。\n\
                 新しい保管庫には入っていません。次の一覧を見て、要るものを後追いか手で入力してください。"
            ),
            Lang::En => format!(
                "Behind the gap, verified and saved in {saved} (for the vault's key: age -d -i KEY {saved}): {count}.\n\
                 They are not in the new vault: enter those that matter, late or by hand."
            ),
        });
        named(&recovered.behind, lang, lines);
    }
    if let Some(saved) = &recovered.unverified_to {
        let (count, saved) = (recovered.unverified.len(), saved.display());
        lines.push(match lang {
            Lang::Ja => format!(
                "途切れより後ろの{count}件は、署名した人の鍵の記録が失われたため、署名を確かめられません。壊れてはいない内容を {saved} に保存しました。\n\
                 新しい保管庫には入っていません。控えがあれば、--copy で添えてやり直すと確かめられます。"
            ),
            Lang::En => format!(
                "Behind the gap, whole, but of nobody's known key, as the entry that names it is lost; saved in {saved}: {count}.\n\
                 They are not in the new vault. With a copy (--copy) they can be verified: do it again."
            ),
        });
        named(&recovered.unverified, lang, lines);
    }
}

/// That there may have been more, and what to compare with.
fn end_unknown(recovered: &Recovered, lang: Lang) -> String {
    let last = recovered.kept.as_ref().map(|(seq, ..)| *seq);
    let saved = recovered.behind.iter().chain(&recovered.unverified).map(|entry| entry.seq);
    match (lang, last.into_iter().chain(saved).max()) {
        (Lang::Ja, Some(seq)) => format!(
            "#{seq} より後にも証跡があったかもしれません（記録の終わりが壊れているため、分かりません）。紙に書き留めた最後の番号や、紙の控えと比べてください。"
        ),
        (Lang::En, Some(seq)) => format!(
            "There may have been entries after #{seq}: the end of the records is damaged. Compare with the last number noted on paper, and with paper forms."
        ),
        (Lang::Ja, None) => "記録の終わりが壊れているため、最後の証跡の番号は分かりません。".to_owned(),
        (Lang::En, None) => {
            "The end of the records is damaged: nobody can say what the last entry was.".to_owned()
        }
    }
}

fn named(entries: &[SavedEntry], lang: Lang, lines: &mut Vec<String>) {
    for entry in entries.iter().take(NAMED) {
        lines.push(format!("  #{} {} {} {}", entry.seq, entry.time, entry.kind, entry.actor));
    }
    if let Some(more) = entries.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(match lang {
            Lang::Ja => format!("  ほか{more}件（--json ですべて）"),
            Lang::En => format!("  and {more} more (all with --json)"),
        });
    }
}
