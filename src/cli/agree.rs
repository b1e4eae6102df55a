//! `daicho agree --recovery`: what a proposed version of the profile changes, and the recovery sheet's agreement to it
//! where nobody else could agree.

use super::open::{Site, WORK_FACTOR, terminal};
use super::out;
use super::sheet::ask_for_sheet;
use super::stop::{Exit, Stop, eprintln_all};
use crate::desk::declare::cells;
use crate::desk::{Lang, SheetBooks, shown};
use crate::domain::Id;

/// Shows the version that waits; agrees to it where its number was given.
///
/// # Errors
/// Why the vault was not opened, or the sheet does not agree.
pub fn run(version: Option<&str>, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let named: Option<Id> = match version.map(|typed| typed.trim().to_ascii_uppercase().parse()) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => {
            return Err(Stop::usage(
                lang,
                "版の番号は R-00002 の形で指定してください。",
                "Give the version's number as R-00002.",
            ));
        }
    };
    let typed = ask_for_sheet(site)?;
    let books = SheetBooks::open(&site.dir, &typed, terminal(&site.dir, WORK_FACTOR));
    let books = books.map_err(|failure| Stop::failed(&failure, None, lang))?;
    let Some(row) = books.waits() else {
        return Err(Stop::usage(
            lang,
            "同意を待つ規程の版はありません。",
            "No version of the profile waits.",
        ));
    };
    let (id, from) = (row.id, cells::day(row.from, lang));
    let mut text = match lang {
        Lang::Ja => format!("{id}  施行日 {from}  変わる点:\n"),
        Lang::En => format!("{id}  in force from {from}. It changes:\n"),
    };
    for line in books.changes(lang) {
        text.push_str(&format!("  {}\n", shown(&line)));
    }
    out::text(&text, lang)?;
    if named.is_none() {
        eprintln_all(&[&match lang {
            Lang::Ja => format!("まだ同意していません。同意するには: daicho agree {id} --recovery"),
            Lang::En => format!("Not agreed to yet. To agree: daicho agree {id} --recovery"),
        }]);
        return Ok(Exit::Done);
    }
    if named != Some(id) {
        return Err(Stop::usage(
            lang,
            format!("同意を待っているのは {id} です。何も記録していません。"),
            format!("The version that waits is {id}. Nothing was recorded."),
        ));
    }
    let receipt = books.agree().map_err(|failure| Stop::failed(&failure, None, lang))?;
    eprintln_all(&[&match lang {
        Lang::Ja => format!(
            "回復用紙で {id} に同意しました（証跡 #{}）。全員の本日の画面に出ます。\n\
             使った用紙は新しくしてください: daicho sheet --as 管理者のID",
            receipt.seq
        ),
        Lang::En => format!(
            "Agreed to {id} by the recovery sheet (entry #{}). Everybody sees it on Today.\n\
             Replace the sheet that was used: daicho sheet --as ID-OF-AN-ADMINISTRATOR",
            receipt.seq
        ),
    }]);
    Ok(Exit::Done)
}
