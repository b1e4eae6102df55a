//! `daicho attachment`: what was attached, written out to a file.

use super::args::AttachmentArgs;
use super::open::{Site, hardening_with};
use super::out;
use super::stop::{Exit, Stop};
use crate::desk::{Instruction, Lang, Lookup};
use crate::domain::{Command, Id, Row, WriteAttachment};
use crate::text::{Limit, clean_line};
use serde_json::json;

/// Writes an attachment out.
///
/// # Errors
/// Why it did not; nothing is ever written over.
pub fn run(args: &AttachmentArgs, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let id: Id = args.attachment.to_uppercase().parse().map_err(|_| {
        Stop::usage(lang, "添付書類の番号は AT-00001 の形です。", "An attachment's number is like AT-00001.")
    })?;
    let path = args.to.to_str().ok_or_else(|| {
        Stop::usage(lang, "書き出し先の名前を文字として読めません。", "The place's name is no text.")
    })?;
    let to =
        clean_line(path, Limit::of(1000)).map_err(|problem| Stop::usage(lang, problem.ja(), problem.en()))?;
    hardening_with(&site.dir, &args.to);
    let (mut desk, _) = site.log_in(&args.user)?;
    let command = WriteAttachment { attachment: Some(id), to: to.clone() };
    let done = desk.execute(Instruction::from(Command::from(command)));
    let done = done.map_err(|failure| Stop::failed(&failure, Some(&desk), lang));
    let row = desk.row(id);
    let closed = site.close(desk);
    let receipt = done?;
    closed?;
    let (size, digest) = match row {
        Some(Row::Attachment(row)) => (row.size, row.digest),
        _ => (0, String::new()),
    };
    let seq = receipt.seq;
    let report = match lang {
        Lang::Ja => {
            format!(
                "{id} を {to} に書き出し、読み直して確かめました（証跡 #{seq}）。\n{size}バイト、SHA-256 {digest}\n"
            )
        }
        Lang::En => format!(
            "{id} was written to {to} and read back (entry #{seq}).\n{size} bytes, SHA-256 {digest}\n"
        ),
    };
    let said = if args.json {
        let answer =
            json!({"ok": true, "seq": seq, "id": id.to_string(), "to": to, "size": size, "digest": digest});
        out::json(&answer, lang)
    } else {
        out::text(&report, lang)
    };
    said.map(|()| Exit::Done).map_err(|stop| stop.after(report.trim_end(), lang))
}
