//! Plain text: tables whose columns stand under each other in Japanese too, and the sheet of who is inside.

use crate::desk::declare::standing::say_concerns;
use crate::desk::{Lang, Lookup, Present};
use crate::domain::{Id, Row, Stamp};
use crate::text::wareki::wareki_with_weekday;
use crate::text::width;

/// Cells between two columns.
const GAP: usize = 2;
/// No column is cut narrower than this when a table must fit into a room.
const LEAST: usize = 6;

/// A table of texts: headings, a rule, rows. Columns are as wide as their widest cell; where `room` says how
/// many cells a line may have, the widest columns give way first. Line breaks inside a cell become ` / `.
pub fn table(headings: &[String], rows: &[Vec<String>], room: Option<usize>) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| flat(cell)).collect()).collect();
    let mut widths: Vec<usize> = headings.iter().map(|heading| width::cells(heading)).collect();
    for row in &rows {
        for (wide, cell) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(width::cells(cell));
        }
    }
    if let Some(room) = room {
        shrink(&mut widths, room);
    }
    let mut lines = vec![line(headings, &widths)];
    lines.push(widths.iter().map(|wide| "-".repeat(*wide)).collect::<Vec<_>>().join(&" ".repeat(GAP)));
    lines.extend(rows.iter().map(|row| line(row, &widths)));
    lines.join("\n") + "\n"
}

/// Takes cells from the widest column until the line fits, or nothing more can be taken.
fn shrink(widths: &mut [usize], room: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > LEAST => *widest -= 1,
            _ => return,
        }
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (n, (cell, wide)) in cells.iter().zip(widths).enumerate() {
        if n > 0 {
            line.push_str(&" ".repeat(GAP));
        }
        line.push_str(&width::pad_right(cell, *wide));
    }
    line.truncate(line.trim_end_matches(' ').len());
    line
}

/// One line of a text: what was cleaned at the boundary holds no control but the line break.
fn flat(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines.join(" / ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A moment as a sheet says it: `令和8年11月21日（土） 09:05`.
pub fn moment(at: Stamp, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("{} {}", wareki_with_weekday(at.date_naive()), at.format("%H:%M")),
        Lang::En => at.format("%Y-%m-%d %H:%M").to_string(),
    }
}

/// The sheet of who is inside: site, time, count, the people, and the last entry it rests on.
///
/// `asked` is the moment it speaks of; `last` the last entry's number, time and short root.
pub fn inside_sheet(
    people: &[Present],
    at: &dyn Lookup,
    asked: Stamp,
    last: &(u64, Stamp, String),
    lang: Lang,
) -> String {
    let site = match at.row(Id::SITE) {
        Some(Row::Site(site)) if !site.name.is_empty() => site.name,
        Some(Row::Site(site)) => site.site,
        _ => String::new(),
    };
    let uncertain = people.iter().filter(|presence| presence.uncertain).count();
    let mut sheet = String::new();
    sheet.push_str(&format!("{}  {site}\n", lang.pick("在室者一覧", "People inside")));
    sheet.push_str(&match lang {
        Lang::Ja => format!("{} 現在  {}名", moment(asked, lang), people.len()),
        Lang::En => format!("as of {}  {} inside", moment(asked, lang), people.len()),
    });
    if uncertain > 0 {
        sheet.push_str(&match lang {
            Lang::Ja => format!("（うち退室の記録がないもの {uncertain}名）"),
            Lang::En => format!(" ({uncertain} of them without a recorded exit)"),
        });
    }
    let to_check = people.iter().filter(|presence| !presence.concerns.is_empty()).count();
    if to_check > 0 {
        sheet.push_str(&match lang {
            Lang::Ja => format!("（うち付添・許可・登録を欠くもの {to_check}名）"),
            Lang::En => format!(" ({to_check} of them without escort, permit or registration)"),
        });
    }
    sheet.push_str("\n\n");
    if people.is_empty() {
        sheet.push_str(lang.pick("在室者はいません。\n", "Nobody is inside.\n"));
    } else {
        sheet.push_str(&table(&inside_headings(lang), &inside_rows(people, at, lang), None));
    }
    let (seq, time, root) = last;
    sheet.push_str(&match lang {
        Lang::Ja => format!("\n最終の証跡 #{seq}  {}  {root}\n", moment(*time, lang)),
        Lang::En => format!("\nlast entry #{seq}  {}  {root}\n", moment(*time, lang)),
    });
    sheet
}

/// The headings of a table, in Japanese and English, in one of the two.
pub fn headings(words: &[(&str, &str)], lang: Lang) -> Vec<String> {
    words.iter().map(|(ja, en)| lang.pick(ja, en).to_owned()).collect()
}

/// Headings of the list of who is inside.
pub fn inside_headings(lang: Lang) -> Vec<String> {
    let words: [(&str, &str); 9] = [
        ("番号", "visit"),
        ("氏名", "name"),
        ("所属・会社", "organisation"),
        ("区画", "zone"),
        ("目的", "purpose"),
        ("バッジ・カード", "badge or card"),
        ("入室", "in"),
        ("付添者", "escort"),
        ("備考", "note"),
    ];
    headings(&words, lang)
}

/// Rows of the list of who is inside, under [`inside_headings`].
pub fn inside_rows(people: &[Present], at: &dyn Lookup, lang: Lang) -> Vec<Vec<String>> {
    let profile = at.profile();
    let row = |presence: &Present| {
        let visit = &presence.visit;
        let zone = profile.zone(&visit.zone).map(|zone| lang.pick(&zone.label.ja, &zone.label.en));
        let purpose =
            profile.purpose(&visit.purpose).map(|found| lang.pick(&found.label.ja, &found.label.en));
        let organisation = match (visit.company, at.row(visit.person)) {
            (Some(company), _) => at.name(company),
            (None, Some(Row::Person(person))) => person.organisation,
            _ => String::new(),
        };
        // What somebody must see to stands first.
        let mut notes = say_concerns(&presence.concerns, lang);
        if visit.is_from_outside() {
            notes.push(lang.pick("外部", "outside").to_owned());
        }
        if presence.uncertain {
            notes.push(lang.pick("退室の記録なし", "no exit recorded").to_owned());
        }
        vec![
            visit.id.to_string(),
            at.name(visit.person),
            organisation,
            zone.unwrap_or(&visit.zone).to_owned(),
            purpose.unwrap_or(&visit.purpose).to_owned(),
            visit.badge.or(visit.card).map(|id| at.name(id)).unwrap_or_default(),
            visit.came.format("%m-%d %H:%M").to_string(),
            visit.escorts.last().map(|(_, escort)| at.name(*escort)).unwrap_or_default(),
            notes.join(lang.pick("、", ", ")),
        ]
    };
    people.iter().map(row).collect()
}
