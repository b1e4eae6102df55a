//! What a vault, a store or a device said of a failure, in Japanese: the place stays as it is, what is wrong with
//! it is put into words. What is not known here stays in English, rather than being left out.

use super::sentences::shown;
use crate::desk::Lang;
use crate::desk::declare::cells;
use crate::domain::Stamp;

/// What can be wrong with bytes at rest, and what stands after an entry's number.
const FAULTS: &[(&str, &str)] = &[
    ("the file is missing", "ファイルがありません"),
    ("the file is cut short", "ファイルが途中で切れています"),
    (
        "the file is cut short or something was added to it",
        "ファイルが途中で切れているか、何かが書き足されています",
    ),
    (
        "the last part does not match its seal: cut short, or changed",
        "最後の部分が途中で切れているか、書き換えられています",
    ),
    ("an earlier part of the file could not be read", "ファイルの前の部分を読めません"),
    ("the device does not read this place", "装置がこの部分を読めません"),
    (
        "this user's key was not in force at the last entry that was saved: use another user or the recovery sheet",
        "取り出せた最後の証跡の時点では、この利用者の鍵は有効ではありません。ほかの利用者か回復用紙を使ってください",
    ),
    (
        "this user may not make a vault of what was saved: use an administrator or the recovery sheet",
        "この利用者には、取り出した記録から保管庫を作る権限がありません。管理者か回復用紙で行ってください",
    ),
    ("the vault", "保管庫"),
    ("not as it was written", "書き込んだときの内容と違います"),
    ("the contents do not match their seal", "内容が書き換えられているか、壊れています"),
    ("the header does not match its seal", "先頭の部分が書き換えられているか、壊れています"),
    ("the header is not one of age", "先頭の部分が保管庫の形式ではありません"),
    ("the contents are not an identity", "鍵の内容が正しくありません"),
    ("the contents are not identities", "鍵の内容が正しくありません"),
    ("the contents are not one or two identities", "鍵の内容が正しくありません"),
    ("not a key file under a password", "パスワードで守られた鍵ファイルではありません"),
    ("its sum is not the one in keys/SHA256SUMS", "keys/SHA256SUMS の値と合いません"),
    ("this is not the base that the journal follows", "ジャーナルと組になるファイルではありません"),
    ("a segment of another generation", "別の世代のファイルです"),
    ("the segment's first sector is not as written", "最初の部分が書き込んだときの内容と違います"),
    ("it does not end as the next segment says", "次のファイルが示す終わりと合いません"),
    ("the bytes behind the last frame were changed", "最後の記録の後ろが書き換えられています"),
    ("bytes where nothing was ever written", "何も書いていないはずの場所に内容があります"),
    ("a frame is cut short", "記録が途中で切れています"),
    ("a frame that was written for another place", "別の場所に書いた記録が置かれています"),
    ("a frame that does not follow the one before it", "前の記録に続いていません"),
    ("the header of a frame is not as written", "記録の先頭が書き込んだときの内容と違います"),
    ("the end of a frame is not as written", "記録の終わりが書き込んだときの内容と違います"),
    ("the contents of a frame do not match their hash", "記録の内容が検証値と合いません"),
    ("its facts are not spelled as they are written", "内容の書き方が決まりと違います"),
    (
        "its head and its facts name different subjects, actors or roles",
        "見出しと内容で、対象、操作者、または役割が違います",
    ),
    (
        "the key it is signed with was not in force for its actor",
        "署名した鍵が、操作者の有効な鍵ではありません",
    ),
    ("a provisional key signed more than its own replacement", "仮の鍵で、許されない署名がされています"),
    ("the actor was suspended", "停止中の利用者による操作です"),
    ("the actor did not hold the role", "操作者がその役割を持っていません"),
    ("the rules make something else of the command", "規則から導かれる結果と違います"),
    ("no readable profile was in force", "有効な規程を読み取れません"),
    ("its text was erased, and is still there", "消去されたはずの文が残っています"),
    ("its text is gone, and nobody erased it", "消去されていない文がなくなっています"),
    ("the stored leaf is another", "保存された検証値が違います"),
    ("what is kept of the log's end is not its end", "保存された証跡の終わりが、実際の終わりと違います"),
    (
        "an entry before it was changed after it was signed",
        "これより前の証跡が、署名のあとで書き換えられています",
    ),
    ("it belongs to the log of another site", "別の拠点の証跡です"),
];

/// Whole messages, by how they begin.
const MESSAGES: &[(&str, &str)] = &[
    ("the device is full", "ディスクの空きがありません"),
    ("the device did not confirm an earlier write", "前の書き込みを装置が確認していません"),
    ("this place cannot be written to", "書き込めない場所です"),
    ("a copy with the ending", "隣に同じ名前の控えが多すぎます"),
    ("this folder is not a vault", "保管庫のファイルがありません"),
    ("a checkpoint is already running", "保管庫の整理が実行中です"),
    ("a key file asks for more work than is accepted", "鍵ファイルの強さが上限を超えています"),
    ("the books must be opened again", "保管庫を開き直す必要があります"),
    ("the new key is not the one in force", "新しい鍵が有効になっていません"),
    ("the books hold no", "台帳に拠点または規程の記録がありません"),
];

/// Parts that only say what the sentence around them says already.
const REPEATED: &[&str] = &[
    "not recorded: ",
    "not written: ",
    "it is not known whether this was recorded: ",
    "unknown whether written: ",
    "damaged: ",
];

/// What was being done when a device failed.
const DOINGS: &[(&str, &str)] = &[
    ("syncing the folder of", "フォルダーの書き込みの確定"),
    ("syncing", "書き込みの確定"),
    ("writing", "書き込み"),
    ("reading back", "書き込んだ内容の読み返し"),
    ("extending", "書き込み"),
    ("reading", "読み取り"),
    ("listing", "一覧の読み取り"),
    ("opening", "ファイルを開く処理"),
    ("creating", "作成"),
    ("removing", "削除"),
    ("cutting", "書き込み"),
    ("clearing", "消去"),
    ("locking", "使用中の印を付ける処理"),
];

/// The detail of a failure in the language, cleaned so that it can be shown.
pub fn say_detail(detail: &str, lang: Lang) -> String {
    match lang {
        Lang::Ja => shown(&japanese(detail).unwrap_or_else(|| detail.to_owned())),
        Lang::En => shown(detail),
    }
}

fn japanese(detail: &str) -> Option<String> {
    if let Some(rest) = REPEATED.iter().find_map(|part| detail.strip_prefix(part)) {
        return Some(japanese(rest).unwrap_or_else(|| rest.to_owned()));
    }
    let known =
        MESSAGES.iter().find(|(begins, _)| detail.starts_with(begins)).map(|(_, ja)| (*ja).to_owned());
    known
        .or_else(|| holder(detail))
        .or_else(|| damage(detail))
        .or_else(|| room(detail))
        .or_else(|| device(detail))
        .or_else(|| entry(detail))
        .or_else(|| of_a_file(detail))
        .or_else(|| fault(detail))
}

/// Who has the vault open, as they said when opening it.
fn holder(detail: &str) -> Option<String> {
    let (user, rest) = detail.strip_prefix("user ")?.split_once(", process ")?;
    let (process, rest) = rest.split_once(" on ")?;
    let (host, since) = rest.split_once(", since ")?;
    let since = match Stamp::parse_from_rfc3339(since) {
        Ok(since) => cells::stamp(since, Lang::Ja),
        Err(_) => since.to_owned(),
    };
    Some(format!("利用者 {user}、プロセス {process}、端末 {host}、{since} から"))
}

fn damage(detail: &str) -> Option<String> {
    let (file, rest) = detail.split_once(" is damaged at byte ")?;
    let (offset, rest) = rest.split_once(": ")?;
    let what = rest.split_once("; ").map_or(rest, |(what, _)| what);
    let what = fault(what).unwrap_or_else(|| what.to_owned());
    Some(format!("{file} の {offset} バイト目: {what}"))
}

fn room(detail: &str) -> Option<String> {
    let (free, rest) = detail.strip_prefix("the device has room for ")?.split_once(" bytes, and ")?;
    let (need, _) = rest.split_once(' ')?;
    Some(format!("ディスクの空きは{free}バイトで、{need}バイト必要です"))
}

fn device(detail: &str) -> Option<String> {
    let (what, rest) = detail.strip_prefix("the device failed while ")?.split_once(" (")?;
    let kind = rest.split_once(')').map_or(rest, |(kind, _)| kind);
    let kind = match kind {
        "other error" | "uncategorized error" => "装置の入出力エラー",
        "entity not found" => "ファイルがありません",
        "unexpected end of file" => "ファイルが途中で終わっています",
        "timed out" => "時間切れ",
        "invalid data" => "書き込んだ内容と違います",
        kind => kind,
    };
    let doing = DOINGS.iter().find_map(|(doing, ja)| Some((what.strip_prefix(doing)?.trim_start(), ja)));
    Some(match doing {
        Some((file, doing)) => format!("{file} の{doing}: {kind}"),
        None => format!("{what}: {kind}"),
    })
}

/// What is said of an entry, or of the books as a whole.
fn entry(detail: &str) -> Option<String> {
    let (place, what) = match detail.strip_prefix("the books: ") {
        Some(what) => ("台帳".to_owned(), what),
        None => {
            let (seq, what) = detail.strip_prefix("entry ")?.split_once(": ")?;
            (format!("証跡 #{seq}"), what)
        }
    };
    let what = fault(what).or_else(|| record(what)).unwrap_or_else(|| what.to_owned());
    Some(format!("{place}: {what}"))
}

/// What is said of one stored record.
fn record(what: &str) -> Option<String> {
    if let Some(id) = what.strip_prefix("the stored record ") {
        let id = id.strip_suffix(" is not what its entries make of it")?;
        return Some(format!("保存された記録 {id} が、証跡から導かれる内容と違います"));
    }
    if let Some(id) = what.strip_prefix("no entry made the stored record ") {
        return Some(format!("証跡にない記録 {id} が保存されています"));
    }
    if let Some(why) = what.strip_prefix("the rules forbid it: ") {
        return Some(format!("規則で認められない操作です（{why}）"));
    }
    what.strip_prefix("it cannot be read: ").map(|why| format!("読み取れません（{why}）"))
}

fn of_a_file(detail: &str) -> Option<String> {
    if let Some(rest) = detail.strip_prefix("only part of a vault is here (") {
        let (file, _) = rest.split_once(" is missing)")?;
        return Some(format!("{file} がなく、保管庫の一部しかありません"));
    }
    if let Some((file, _)) = detail.split_once(" does not belong in a vault") {
        return Some(format!("{file} は保管庫のファイルではありません"));
    }
    if let Some((file, _)) =
        detail.strip_prefix("this key does not open ").and_then(|rest| rest.split_once(": "))
    {
        return Some(format!(
            "{file} がこの鍵では開けません。先頭の部分が壊れているか、別の保管庫や別の時のファイルです"
        ));
    }
    if let Some((file, _)) =
        detail.strip_prefix("this account may not read ").and_then(|rest| rest.split_once("; "))
    {
        return Some(format!("{file} を読む許可がありません"));
    }
    if let Some((place, _)) =
        detail.strip_prefix("the folder in which ").and_then(|rest| rest.split_once(" is to be made "))
    {
        return Some(format!("{place} の一つ上のフォルダーがありません"));
    }
    if detail.starts_with("there is no folder at this place") {
        return Some("フォルダーがありません".to_owned());
    }
    if let Some((file, rest)) = detail.split_once(" @ ")
        && let Some((offset, bytes)) = rest.split_once(", ")
        && let Some(bytes) = bytes.strip_suffix(" bytes")
    {
        return Some(format!("{file} の {offset} バイト目から {bytes} バイト"));
    }
    detail.strip_suffix(" is missing").map(|file| format!("{file} がありません"))
}

fn fault(what: &str) -> Option<String> {
    FAULTS.iter().find(|(known, _)| *known == what).map(|(_, ja)| (*ja).to_owned())
}
