//! What a vault, a store or a device said of a failure, in Japanese: the place stays as it is, what is wrong with
//! it is put into words. What is not known here stays in English, rather than being left out.

use super::sentences::shown;
use crate::desk::Lang;
use crate::desk::declare::cells;
use crate::domain::Stamp;
use std::io::ErrorKind;

/// What can be wrong with bytes at rest, and what stands after an entry's number.
const FAULTS: &[(&str, &str)] = &[
    ("the file is missing", "ファイルがありません"),
    ("the file is cut short", "ファイルが途中で切れています"),
    ("not what was attached", "添付したときの内容と違います"),
    ("larger than any attachment", "添付書類としては大きすぎるファイルです"),
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
    ("its facts are not the ones that were signed", "内容が、署名されたものと違います"),
    ("its sealed text is not the one that was signed", "文が、署名されたものと違います"),
    ("it is signed by a key that was not enrolled by then", "その時点で登録されていない鍵で署名されています"),
    ("it is signed by a key of someone other than its actor", "操作者のものではない鍵で署名されています"),
    ("its signature does not hold", "署名が正しくありません"),
    ("no header", "先頭の部分がありません"),
    ("the line is longer than 1 MiB", "証跡が長すぎます"),
    ("it is not one JSON value", "証跡の形式ではありません"),
    ("it is nested too deeply", "証跡の形式ではありません"),
    ("it is not spelled in the one permitted way", "書き方が決まりと違います"),
    ("its version is unknown to this program", "この版では読めない証跡です"),
    ("the sealed text does not fit what the facts say of it", "文が、内容に書かれているものと合いません"),
    ("missing", "ありません"),
    ("not readable", "読み取れません"),
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
    ("the books cannot be reached", "台帳を読み書きできません"),
    ("this key may not sign that", "この鍵では署名できません"),
    ("this cannot stand in the log", "証跡に記録できない内容です"),
    ("there is no folder at this place", "フォルダーがありません"),
    ("this vault was written by a newer version", "より新しい版の daicho で作られた保管庫です"),
    ("this is a copy that a backup made", "バックアップで作った控えです"),
    ("this is no copy", "控えではありません"),
    ("another session has this vault open", "保管庫をほかで使用中です"),
    ("not acceptable: ", "受け付けられない値です"),
    ("the work factor must be", "鍵の強さの指定が範囲の外です"),
    ("the recovery secret has a wrong length", "回復用紙の番号を作れませんでした"),
    ("this release cannot do that yet", "この版ではまだできません"),
    ("the desk gave no answer", "応答がありませんでした"),
    ("the registers contradict themselves", "台帳の記録どうしが矛盾しています"),
];

/// Parts that only say what the sentence around them says already.
const REPEATED: &[&str] = &[
    "not recorded: ",
    "not written: ",
    "it is not known whether this was recorded: ",
    "unknown whether written: ",
    "damaged: ",
    "the copy before the new format could not be made: ",
];

/// What stands where a file is named and is none.
const PLACES: &[(&str, &str)] = &[
    ("a file", "ファイル"),
    ("the folder", "フォルダー"),
    ("the folder above", "一つ上のフォルダー"),
    ("the copy", "控え"),
    ("the vault", "保管庫"),
    ("base", "本体のファイル"),
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

/// What the system says of a file or a device, by its kind. The one place that puts it into words.
const KINDS: &[(ErrorKind, &str, &str)] = &[
    (ErrorKind::NotFound, "見つかりません", "it is not there"),
    (ErrorKind::PermissionDenied, "許可がありません", "permission is denied"),
    (ErrorKind::AlreadyExists, "同じ名前のものがすでにあります", "there is something of that name already"),
    (ErrorKind::NotADirectory, "フォルダーではありません", "it is not a folder"),
    (ErrorKind::IsADirectory, "フォルダーです", "it is a folder"),
    (ErrorKind::DirectoryNotEmpty, "フォルダーが空ではありません", "the folder is not empty"),
    (ErrorKind::ReadOnlyFilesystem, "書き込みのできないディスクです", "the disk is read-only"),
    (ErrorKind::StorageFull, "ディスクの空きがありません", "the disk is full"),
    (ErrorKind::QuotaExceeded, "使えるディスクの量を超えています", "the disk quota is exceeded"),
    (ErrorKind::FileTooLarge, "ファイルが大きすぎます", "the file is too large"),
    (ErrorKind::ResourceBusy, "ほかで使用中です", "it is in use elsewhere"),
    (ErrorKind::ExecutableFileBusy, "ほかで使用中です", "it is in use elsewhere"),
    (ErrorKind::CrossesDevices, "別の装置をまたいでいます", "it is on another device"),
    (ErrorKind::TooManyLinks, "リンクが多すぎます", "there are too many links"),
    (
        ErrorKind::InvalidFilename,
        "名前が長すぎるか、使えない名前です",
        "the name is too long or not acceptable",
    ),
    (ErrorKind::StaleNetworkFileHandle, "装置が外れています", "the device has gone away"),
    (ErrorKind::TimedOut, "時間切れ", "it took too long"),
    (ErrorKind::WriteZero, "書き込めません", "nothing could be written"),
    (ErrorKind::BrokenPipe, "受け取る側が終了しました", "whoever reads it has gone away"),
    (ErrorKind::UnexpectedEof, "ファイルが途中で終わっています", "the file ends too soon"),
    (ErrorKind::InvalidData, "書き込んだ内容と違います", "the contents are not as written"),
    (ErrorKind::InvalidInput, "使えない指定です", "the request is not acceptable"),
    (ErrorKind::NotSeekable, "途中から読み書きできません", "it cannot be read from the middle"),
    (ErrorKind::Unsupported, "この場所ではできません", "it cannot be done in this place"),
    (ErrorKind::Interrupted, "中断されました", "it was interrupted"),
    (ErrorKind::OutOfMemory, "メモリーが足りません", "there is too little memory"),
];

/// What is said of a kind that is none of these: the device itself, as a rule.
const OTHER_KIND: (&str, &str) = ("装置の入出力エラー", "the device failed");

/// What the system said of a file or a device, in words.
pub fn say_io(error: &std::io::Error, lang: Lang) -> String {
    let kind = error.kind();
    let (ja, en) = KINDS.iter().find(|(known, ..)| *known == kind).map_or(OTHER_KIND, |(_, ja, en)| (ja, en));
    lang.pick(ja, en).to_owned()
}

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
    message(detail)
        .or_else(|| holder(detail))
        .or_else(|| attached(detail))
        .or_else(|| damage(detail))
        .or_else(|| room(detail))
        .or_else(|| device(detail))
        .or_else(|| entry(detail))
        .or_else(|| of_a_file(detail))
        .or_else(|| fault(detail))
        .or_else(|| PLACES.iter().find(|(known, _)| *known == detail).map(|(_, ja)| (*ja).to_owned()))
}

fn message(detail: &str) -> Option<String> {
    MESSAGES.iter().find(|(begins, _)| detail.starts_with(begins)).map(|(_, ja)| (*ja).to_owned())
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
    // Who comes with the recovery sheet has no ID yet.
    let user = if user.is_empty() { "不明" } else { user };
    Some(format!("利用者 {user}、プロセス {process}、端末 {host}、{since} から"))
}

/// A place by its name with a blank behind it, or by what it is where it has none.
fn spaced(file: &str) -> String {
    let known = PLACES.iter().find(|(known, _)| *known == file);
    known.map_or_else(|| format!("{file} "), |(_, ja)| (*ja).to_owned())
}

/// What is said of something that is attached.
fn attached(detail: &str) -> Option<String> {
    let (place, what) = detail.split_once(": ")?;
    let (id, record) = place.split_once(", attached to ")?;
    let what = japanese(what).unwrap_or_else(|| what.to_owned());
    Some(format!("添付書類 {id}（添付先 {record}） {what}"))
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
    let known = KINDS.iter().find(|(known, ..)| known.to_string() == kind);
    let kind = known.map_or(OTHER_KIND.0, |(_, ja, _)| ja);
    let doing = DOINGS.iter().find_map(|(doing, ja)| Some((what.strip_prefix(doing)?.trim_start(), ja)));
    Some(match doing {
        Some((file, doing)) => format!("{}の{doing}: {kind}", spaced(file)),
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
    let known = fault(what).or_else(|| record(what));
    let what = known.or_else(|| message(what)).unwrap_or_else(|| what.to_owned());
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
    if let Some(index) = what.strip_prefix("the ").and_then(|rest| rest.strip_suffix(" is wrong")) {
        let (_, of) = index.split_once(" of ")?;
        let (id, _) = of.split_once(" under ")?;
        return Some(format!("記録 {id} の索引が違います"));
    }
    if what.starts_with("what the table ") {
        return Some("保存された表の内容が、証跡から導かれる内容と違います".to_owned());
    }
    if let Some(found) =
        what.strip_prefix("entry ").and_then(|rest| rest.strip_suffix(" stands in its place"))
    {
        return Some(format!("ここに証跡 #{found} があります"));
    }
    if what.starts_with("it says epoch ") {
        return Some("期の番号が合いません".to_owned());
    }
    let unreadable = ["it cannot be read: ", "the line cannot be read: "]
        .iter()
        .find_map(|begins| what.strip_prefix(begins));
    unreadable.map(|why| match fault(why) {
        Some(why) => format!("読み取れません（{why}）"),
        None => "読み取れません".to_owned(),
    })
}

fn of_a_file(detail: &str) -> Option<String> {
    if let Some(rest) = detail.strip_prefix("only part of a vault is here (") {
        let (file, _) = rest.split_once(" is missing)")?;
        return Some(format!("{}がなく、保管庫の一部しかありません", spaced(file)));
    }
    if let Some((name, _)) = detail.split_once(" is already here") {
        return Some(format!("{}がすでにあります", spaced(name)));
    }
    if let Some(count) = detail.strip_prefix("and ").and_then(|rest| rest.strip_suffix(" more")) {
        return Some(format!("ほか{count}件"));
    }
    if let Some(rest) = detail.strip_prefix("profile ") {
        let (id, what) = rest.split_once(": ")?;
        return Some(format!("規程 {id}: {}", fault(what)?));
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
        return Some(format!("{}を読む許可がありません", spaced(file)));
    }
    if let Some((place, _)) =
        detail.strip_prefix("the folder in which ").and_then(|rest| rest.split_once(" is to be made "))
    {
        return Some(format!("{place} の一つ上のフォルダーがありません"));
    }
    if detail.starts_with("there is no folder at this place") {
        return Some("フォルダーがありません".to_owned());
    }
    if let Some((place, _)) =
        detail.strip_prefix("what was to be made in ").and_then(|rest| rest.split_once(" was never finished"))
    {
        return Some(format!("{place} では、作成が途中で止まっています"));
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
    FAULTS.iter().chain(PLACES).find(|(known, _)| *known == what).map(|(_, ja)| (*ja).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Holder, VaultError};
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    /// Words of Latin letters that are neither a file's name nor the program's.
    fn latin(text: &str) -> Vec<String> {
        let spared = ["daicho", "tanaka", "FORMAT", "MiB"];
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-/".contains(c)));
        let plain = words.filter(|word| word.chars().any(|c| c.is_ascii_alphabetic()));
        let named = |word: &&str| !word.contains(['.', '/', '-']) && !spared.contains(word);
        plain.filter(named).map(str::to_owned).collect()
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    /// The literals that stand behind a beginning in the vault's source.
    fn literals(begins: &str, last: bool) -> BTreeSet<&'static str> {
        let mut paths = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/vault"), &mut paths);
        let mut found = BTreeSet::new();
        for path in paths {
            let source: &'static str = std::fs::read_to_string(path).unwrap().leak();
            for (_, rest) in source.match_indices(begins).map(|(at, _)| source.split_at(at + begins.len())) {
                let call = rest.split([';', '}']).next().unwrap_or_default();
                let mut quoted = call.split('"').skip(1).step_by(2);
                found.extend(if last { quoted.last() } else { quoted.next() });
            }
        }
        found
    }

    #[test]
    fn whatever_a_vault_says_is_told_in_japanese_without_a_word_of_english() {
        let file = || "journal.000007".to_owned();
        let mut holder = Holder::this("tanaka", "2026-11-20T09:00:00+09:00");
        holder.host = "terminal-1".to_owned();
        let mut said: Vec<VaultError> = vec![
            VaultError::Missing { place: "/srv/9".to_owned() },
            VaultError::NoPlace { place: "/srv/9".to_owned() },
            VaultError::NotReadable { file: file() },
            VaultError::NotReadable { file: "the vault".to_owned() },
            VaultError::NeverFinished { place: "/srv/9".to_owned() },
            VaultError::NotAVault,
            VaultError::HalfThere { what: file() },
            VaultError::HalfThere { what: "base".to_owned() },
            VaultError::NewerFormat { found: "9".to_owned() },
            VaultError::NotCopied { why: Box::new(VaultError::DiskFull) },
            VaultError::Foreign { name: "letter.txt".to_owned() },
            VaultError::Occupied { name: "letter.txt".to_owned() },
            VaultError::ReadOnly,
            VaultError::IsACopy,
            VaultError::Held { by: holder },
            VaultError::WrongKey { file: "keys/tanaka.age".to_owned() },
            VaultError::DiskFull,
            VaultError::NoRoom { need: 9, free: 1 },
            VaultError::Poisoned,
            VaultError::Busy,
        ];
        said.extend(PLACES.iter().map(|(name, _)| VaultError::Occupied { name: (*name).to_owned() }));
        let doings: BTreeSet<&str> =
            literals("from_io(", false).into_iter().chain(literals("doing: ", false)).collect();
        assert!(doings.len() > 8 && doings.contains("listing"), "{doings:?}");
        let kinds: BTreeSet<ErrorKind> =
            (1..134).map(|n| std::io::Error::from_raw_os_error(n).kind()).collect();
        for doing in doings {
            for kind in kinds.iter().chain(&[ErrorKind::InvalidData, ErrorKind::UnexpectedEof]) {
                for file in std::iter::once("base.000001.age").chain(PLACES.iter().map(|(name, _)| *name)) {
                    said.push(VaultError::Device { doing, file: file.to_owned(), kind: *kind });
                }
            }
        }
        let whats = literals("damaged(", true).into_iter().filter(|what| what.contains(' '));
        let whats: Vec<&str> = whats.filter(|what| !what.contains("daicho")).collect();
        assert!(whats.len() > 15, "{whats:?}");
        said.extend(whats.iter().map(|what| VaultError::damaged("keys/tanaka.age", 0, what)));
        for error in said {
            let japanese = say_detail(&error.to_string(), Lang::Ja);
            assert!(latin(&japanese).is_empty(), "{error}: {japanese}");
        }
    }

    #[test]
    fn what_the_system_says_is_told_in_the_language() {
        for number in 1..134 {
            let error = std::io::Error::from_raw_os_error(number);
            let (ja, en) = (say_io(&error, Lang::Ja), say_io(&error, Lang::En));
            assert!(latin(&ja).is_empty() && ja.chars().count() > 1, "{number}: {ja}");
            assert!(en.is_ascii() && !en.contains("os error"), "{number}: {en}");
        }
    }
}
