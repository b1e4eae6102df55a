//! What there is to say about a stable name: whatever name a message ends with, it leads somewhere.

use super::manual::{ManualPage, folded, manual_page, manual_pages, manual_pages_near};
use super::sentences::{refusal, unfilled};
use crate::desk::Lang;
use crate::domain::{Code, Denied};
use crate::text::near::nearest;
use crate::text::width::wrap;

/// Cells of a line, as of the manual's pages.
const CELLS: usize = 78;

/// The name that the message of a failed device ends with, whatever became of the last command.
const DEVICE_FAILED: &str = "device_failed";

/// The page of everything that is wrong with an input.
const MALFORMED: &str = "malformed";

/// The names of what can be wrong with an input: their messages say where and why, and the page on input the rest.
/// Tests hold that none of the source is missing.
pub const INPUT_PROBLEMS: &[&str] = &[
    "auditor_may_change",
    "authority_cannot_act",
    "bad_duty",
    "bad_id",
    "bad_request",
    "bidi_control",
    "cells_wrong",
    "circular_group",
    "circular_jurisdiction",
    "clerk_decides",
    "combining_alone",
    "combining_pile",
    "command_missing",
    "control_character",
    "date_empty",
    "duplicate",
    "duplicate_field",
    "empty_group",
    "empty_list",
    "empty_text",
    "era_ended",
    "era_not_begun",
    "file_changed",
    "file_empty",
    "file_missing",
    "file_not_plain",
    "file_not_read",
    "file_not_readable",
    "file_too_large",
    "file_too_long",
    "group_taken",
    "heading_missing",
    "heading_twice",
    "invisible_character",
    "late_not_allowed",
    "limits_reversed",
    "line_break",
    "line_separator",
    "line_too_long",
    "listed_twice",
    "missing_field",
    "no_headings",
    "no_steps",
    "no_such_day",
    "no_such_entry",
    "no_such_field",
    "no_such_name",
    "no_such_time",
    "nobody_agrees",
    "nobody_founds",
    "noncharacter",
    "not_a_code",
    "not_a_date",
    "not_a_number",
    "not_a_stamp",
    "not_a_time",
    "not_a_user_id",
    "not_an_id",
    "not_an_object",
    "not_csv",
    "not_in_list",
    "not_json",
    "not_kana",
    "not_toml",
    "not_utf8",
    "out_of_range",
    "password_control",
    "password_kinds",
    "password_long",
    "password_run",
    "password_same",
    "password_short",
    "private_use",
    "profile_not_text",
    "profile_too_large",
    "purpose_contradicts",
    "quote_open",
    "refused_in_the_group",
    "replacement_character",
    "report_missing",
    "role_above_itself",
    "several_of_that_name",
    "sheet_mistyped",
    "stands_alone",
    "step_not_read",
    "step_without_day",
    "still_to_come",
    "tag_character",
    "text_too_long",
    "to_exists",
    "to_full",
    "to_not_a_file",
    "to_not_written",
    "too_deep",
    "too_large",
    "too_long",
    "too_many",
    "too_many_bytes",
    "unassigned_character",
    "unclean_text",
    "unknown_command",
    "unknown_field",
    "unknown_group",
    "unknown_heading",
    "unknown_jurisdiction",
    "unknown_query",
    "unknown_role",
    "user_id_invalid",
    "variation_selector",
    "wrong_kind",
    "wrong_noun",
    "wrong_type",
    "wrong_weekday",
    "year_out_of_range",
    "year_unclear",
];

/// The names of the refusals by the policy and the rules, in order of precedence.
fn refusals() -> impl Iterator<Item = &'static str> {
    std::iter::once(Denied::NAME).chain(Code::ALL.iter().map(|code| code.name()))
}

/// What there is to say about a name, as somebody types it; `None` for one that no message ends with.
pub fn explained(typed: &str, lang: Lang) -> Option<String> {
    let name = folded(typed);
    if let Some(page) = manual_page(typed) {
        return Some(page.text(lang).to_owned());
    }
    if name == DEVICE_FAILED {
        return Some(of_a_device(lang));
    }
    if let Some(name) = refusals().find(|known| *known == name) {
        return of_a_refusal(name, lang);
    }
    let name = INPUT_PROBLEMS.iter().find(|known| **known == name)?;
    let page = manual_page(MALFORMED)?.text(lang);
    Some(match lang {
        Lang::Ja => {
            format!("{name} は入力の誤りの一つです。どこがどう違うかは、表示された文のとおりです。\n\n{page}")
        }
        Lang::En => {
            format!("{name} is something wrong with an input; the message says where and why.\n\n{page}")
        }
    })
}

/// The pages beside their titles, then the names that have no page of their own.
pub fn explained_names(lang: Lang) -> String {
    let mut text = titles(manual_pages().iter(), lang);
    text.push_str(lang.pick("\n規則や役割による拒否:\n", "\nRefusals by the rules and the roles:\n"));
    let refusals: Vec<&str> = refusals().collect();
    for line in wrap(&refusals.join(" "), CELLS - 2) {
        text.push_str(&format!("  {line}\n"));
    }
    text.push_str(lang.pick(
        "\n入力の誤り（password_short など）の名前も、同じように調べられます。\n",
        "\nNames of what is wrong with an input (password_short, for example) do as well.\n",
    ));
    text
}

/// The names that may be meant by one that is none.
pub fn names_near(typed: &str) -> Vec<&'static str> {
    let mut near: Vec<&str> = manual_pages_near(typed).iter().map(|page| page.name).collect();
    let others = refusals().chain(INPUT_PROBLEMS.iter().copied()).chain([DEVICE_FAILED]);
    if let Some(name) = nearest(&folded(typed), others)
        && !near.contains(&name)
    {
        near.push(name);
    }
    near
}

fn titles<'p>(pages: impl Iterator<Item = &'p ManualPage> + Clone, lang: Lang) -> String {
    let longest = pages.clone().map(|page| page.name.len()).max().unwrap_or_default();
    pages.map(|page| format!("{:<longest$}  {}\n", page.name, page.title(lang))).collect()
}

fn of_a_device(lang: Lang) -> String {
    let pages = titles(manual_pages().iter().filter(|page| page.name.starts_with("device_")), lang);
    format!(
        "{}{pages}",
        lang.pick(
            "最後の操作がどうなったかで、説明が分かれています。daicho explain に次の名前を付けてください。\n",
            "What is said depends on what became of the last command. Give daicho explain one of these names.\n",
        )
    )
}

/// A page like the manual's, of the sentences that the refusal itself is told in.
fn of_a_refusal(name: &str, lang: Lang) -> Option<String> {
    let (message, advice) = refusal(name, lang)?;
    let lines = |text: &str| wrap(&unfilled(text, lang), CELLS).join("\n");
    let safe = lang.pick(
        "台帳の記録は変わっていません。規則や役割による拒否は、拒否されたこととして証跡に残ります。",
        "No record was changed. What the rules or the roles refuse stands in the log as refused.",
    );
    let (message, advice, safe) = (lines(message), lines(advice), lines(safe));
    Some(match lang {
        Lang::Ja => format!(
            "# 規則や役割により拒否されました（{name}）\n\n## 何が起きたか\n{message}\n\n## 何が無事か\n{safe}\n\n\
             ## すること\n{advice}\n\n## 終了コード\n1（ほかの行が記録されたファイルでは 6）\n"
        ),
        Lang::En => format!(
            "# Refused by the rules or the roles ({name})\n\n## What happened\n{message}\n\n## What is safe\n{safe}\n\n\
             ## What to do\n{advice}\n\n## Exit code\n1 (6 for a file of which other lines were recorded)\n"
        ),
    })
}
