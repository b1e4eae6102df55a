//! A command line that the grammar does not take, in Japanese. English says what the parser says.

use super::args::Line;
use super::stop::eprintln_all;
use crate::desk::Lang;
use crate::text::{Limit, clean_line};
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::ffi::OsString;

/// Says what is wrong with a command line, on standard error.
pub fn say(error: &Error, typed: &[OsString]) {
    match lang_of(typed) {
        // That standard error may be closed is nobody's concern.
        Lang::En => drop(error.print()),
        Lang::Ja => {
            eprintln_all(&[&format!("daicho: {}", said(error)), &format!("使い方: {}", help_of(typed))])
        }
    }
}

/// The language of a line that could not be read, as far as it says one.
fn lang_of(typed: &[OsString]) -> Lang {
    let words = || typed.iter().skip(1).take_while(|word| *word != "--");
    let after = words().zip(words().skip(1)).any(|(flag, value)| flag == "--lang" && value == "en");
    if after || words().any(|word| word == "--lang=en") { Lang::En } else { Lang::Ja }
}

/// The help that is about what was typed.
fn help_of(typed: &[OsString]) -> String {
    let grammar = Line::command();
    // `--vault check` names a folder.
    let is_value = |before: &OsString| {
        let flag = before.to_str().and_then(|word| word.strip_prefix("--"));
        let mut arguments = grammar.get_arguments();
        arguments.any(|argument| argument.get_long() == flag && argument.get_action().takes_values())
    };
    let words = typed.iter().zip(typed.iter().skip(1)).filter(|(before, _)| !is_value(before));
    let named = words.map(|(_, word)| word).find_map(|word| grammar.find_subcommand(word));
    match named {
        Some(subcommand) => format!("daicho {} --help", subcommand.get_name()),
        None => "daicho --help".to_owned(),
    }
}

fn said(error: &Error) -> String {
    let of = |kind| error.get(kind).map(listed).filter(|text| !text.is_empty());
    let argument = of(ContextKind::InvalidArg).unwrap_or_else(|| "引数".to_owned());
    let value = of(ContextKind::InvalidValue);
    let meant = |kind| of(kind).map(|near| format!("近いもの: {near}")).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::UnknownArgument => {
            format!("「{argument}」という指定はありません。{}", meant(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => {
            let name = of(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("「{name}」という命令はありません。{}", meant(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "命令を指定してください。".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("次の指定が足りません: {argument}"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let known = of(ContextKind::ValidValue).map(|known| format!("使えるもの: {known}"));
            let known = known.unwrap_or_default();
            match value {
                Some(value) => format!("「{argument}」に「{value}」は使えません。{known}"),
                None => format!("「{argument}」に値を指定してください。{known}"),
            }
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            format!("「{argument}」の値の数が違います。")
        }
        ErrorKind::TooManyValues => match value {
            Some(value) => format!("「{argument}」の値が多すぎます（{value}）。"),
            None => format!("「{argument}」の値が多すぎます。"),
        },
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            Some(other) if other != argument => {
                format!("「{argument}」と「{other}」は同時に指定できません。")
            }
            _ => format!("「{argument}」は1回だけ指定できます。"),
        },
        ErrorKind::InvalidUtf8 => {
            "UTF-8ではない文字があります。端末の文字コードを確かめてください。".to_owned()
        }
        _ => "命令の書き方が違います。".to_owned(),
    };
    what.trim_end().to_owned()
}

/// A value of the parser, fit to be shown: what could move a terminal's cursor is written out.
fn listed(value: &ContextValue) -> String {
    let text = match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    };
    clean_line(&text, Limit::LINE).unwrap_or_else(|_| text.escape_default().take(200).collect())
}
