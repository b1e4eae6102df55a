//! `daicho explain`: what there is to say about the name that a message ends with. Needs no vault.

use super::out;
use super::stop::{Exit, Stop};
use crate::desk::{Lang, explained, explained_names, names_near};
use crate::text::{Limit, clean_line};

/// Characters shown of a name that is none.
const SHOWN: usize = 40;

/// Prints what is said of a name, or what names there are.
///
/// # Errors
/// [`Stop::Usage`] for a name that no message ends with, with those that may be meant; the output's.
pub fn run(name: Option<&str>, lang: Lang) -> Result<Exit, Stop> {
    let Some(name) = name else {
        return out::text(&explained_names(lang), lang).map(|()| Exit::Done);
    };
    let text = explained(name, lang).ok_or_else(|| unknown(name, lang))?;
    out::text(&text, lang).map(|()| Exit::Done)
}

fn unknown(name: &str, lang: Lang) -> Stop {
    let short: String = name.chars().take(SHOWN).collect();
    // It is said on a terminal: what could move its cursor is written out.
    let short = clean_line(&short, Limit::CODE).unwrap_or_else(|_| short.escape_default().to_string());
    let near = names_near(name).join(" ");
    if near.is_empty() {
        return Stop::usage(
            lang,
            format!("「{short}」の説明はありません。名前の一覧: daicho explain"),
            format!("There is no page \"{short}\". All names: daicho explain --lang en"),
        );
    }
    Stop::usage(
        lang,
        format!("「{short}」の説明はありません。近い名前: {near}"),
        format!("There is no page \"{short}\". Near it: {near}"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::args::Line;
    use super::super::stop::exit_of;
    use super::*;
    use crate::desk::{
        Failure, Fault, FieldProblem, Holder, Last, NoCopy, NotOpened, manual_page, manual_pages,
        say_failure, say_uncounted, say_unread,
    };
    use crate::fault::fault;
    use clap::Parser;

    const LANGS: [Lang; 2] = [Lang::Ja, Lang::En];

    /// The command lines that a text quotes.
    fn quoted(text: &'static str) -> impl Iterator<Item = &'static str> {
        text.split('`').skip(1).step_by(2).filter(|span| span.split(' ').next() == Some("daicho"))
    }

    #[test]
    fn every_command_line_of_a_page_is_one_of_the_grammar() {
        let mut seen = 0;
        for page in manual_pages() {
            for line in LANGS.into_iter().flat_map(|lang| quoted(page.text(lang))) {
                seen += 1;
                let words: Vec<&str> = line.split(' ').collect();
                if let Err(error) = Line::try_parse_from(&words) {
                    assert!(!error.use_stderr(), "{}: {line}: {error}", page.name);
                }
            }
        }
        assert!(seen > manual_pages().len(), "the pages quote commands");
    }

    #[test]
    fn the_name_that_a_page_sends_on_to_is_a_page() {
        for text in LANGS.into_iter().flat_map(|lang| manual_pages().iter().map(move |page| page.text(lang)))
        {
            for line in quoted(text) {
                if let Some(name) = line.strip_prefix("daicho explain ") {
                    assert!(manual_page(name).is_some(), "{line}");
                }
            }
        }
    }

    fn own(name: &str) -> Failure {
        Failure::Malformed(vec![FieldProblem {
            field: String::new(),
            name: name.to_owned(),
            ja: String::new(),
            en: String::new(),
        }])
    }

    fn any() -> Fault {
        Fault::named("vault_busy")
    }

    fn device(last: Last) -> Failure {
        Failure::Device { last, detail: any() }
    }

    /// A page's exit code: the first letter of its last section.
    fn code_of(name: &str, lang: Lang) -> String {
        let page = manual_page(name).unwrap();
        page.text(lang).lines().last().unwrap().chars().take(1).collect()
    }

    #[test]
    fn the_exit_code_of_a_page_is_the_one_that_the_program_has() {
        let failures = [
            ("malformed", own("field_missing")),
            ("password_provisional", own("password_provisional")),
            ("not_done", own("not_done")),
            ("wrong_credentials", NotOpened::Credentials.into()),
            ("password_replaced", NotOpened::PasswordReplaced.into()),
            ("wrong_sheet", NotOpened::Sheet.into()),
            ("wait", NotOpened::Wait(5).into()),
            ("in_use", NotOpened::InUse(Holder::default()).into()),
            ("no_vault", NotOpened::Missing("x".into()).into()),
            ("no_place", NotOpened::NoPlace("x".into()).into()),
            ("not_readable", NotOpened::NotReadable("x".into()).into()),
            ("never_finished", NotOpened::NeverFinished("x".into()).into()),
            ("inside_vault", NotOpened::InsideVault(String::new()).into()),
            ("recover_not_damaged", NoCopy::NotDamaged.into()),
            ("not_a_vault", NotOpened::NotAVault(any()).into()),
            ("newer_format", NotOpened::Newer(9).into()),
            ("newer_rules", NotOpened::NewerRules(12).into()),
            ("not_copied", NotOpened::NotCopied(any()).into()),
            ("read_only", NotOpened::ReadOnly.into()),
            ("not_empty", NotOpened::NotEmpty("x".into()).into()),
            ("not_opened", NotOpened::Other(any()).into()),
            ("damaged", Failure::Damaged(any())),
            ("device_written", device(Last::Written)),
            ("device_not_written", device(Last::NotWritten)),
            ("device_unknown", device(Last::Unknown)),
            ("no_room", Failure::NoRoom { need: 2, free: 1 }),
            ("books_differ", Failure::Damaged(fault!("books_differ", what = any()))),
            ("entry_does_not_hold", Failure::Damaged(fault!("entry_does_not_hold", what = any()))),
            ("comparing", Failure::Comparing { done: 1, total: 2 }),
        ];
        for lang in LANGS {
            for (name, failure) in &failures {
                assert_eq!(say_failure(failure, None, lang).page, Some(*name), "{failure:?}");
                let code = (exit_of(failure) as u8).to_string();
                assert_eq!(code_of(name, lang), code, "{name}");
            }
            let uncounted = say_uncounted(lang).page.unwrap();
            assert_eq!(code_of(uncounted, lang), (Exit::NotOpened as u8).to_string());
            let unread = say_unread(&any(), lang).page.unwrap();
            assert_eq!(code_of(unread, lang), (Exit::Device as u8).to_string());
        }
    }
}
