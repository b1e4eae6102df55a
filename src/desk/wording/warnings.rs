//! What somebody should know of a vault that opened all the same, by the stable names of [`crate::desk::Welcome`].

use super::sentences::shown;
use crate::desk::{Lang, Upgraded};

/// A warning in words; its stable name where it is not known.
pub fn say_warning(name: &str, lang: Lang) -> String {
    if let Some((days, medium)) = name.strip_prefix("backup_due/").and_then(|rest| rest.split_once('/')) {
        let medium = shown(medium);
        return match lang {
            Lang::Ja => format!("最後の控えは{days}日前です（媒体 {medium}）。控えを作ってください。"),
            Lang::En => format!("The last backup was {days} days ago (medium {medium}). Make one."),
        };
    }
    if let Some(kept) = name.strip_prefix("epoch_begun/") {
        return match lang {
            Lang::Ja => format!(
                "この保管庫は、控えから、または壊れた保管庫から戻されました。証跡 #{kept} より後に記録したものは、ここにありません。"
            ),
            Lang::En => format!(
                "This vault was restored or recovered. What was recorded after entry #{kept} is not here."
            ),
        };
    }
    let said = match name {
        "disk_low" => lang.pick(
            "ディスクの空きが少なくなっています。管理者に知らせてください。",
            "The disk is nearly full. Tell the administrator.",
        ),
        "swap_on" => {
            lang.pick("スワップが有効です。管理者に知らせてください。", "Swap is on. Tell the administrator.")
        }
        "sheet_used" => lang.pick(
            "回復用紙が使われ、まだ差し替えられていません。管理者は daicho sheet で新しくしてください。",
            "The recovery sheet was used and is not replaced yet. An administrator should run daicho sheet.",
        ),
        "rekey_unfinished" => lang.pick(
            "保管庫の鍵の更新が途中です。ディスクの空きを確かめて、ログインし直してください。",
            "The new vault key is not everywhere yet. Check the disk's space and log in again.",
        ),
        "backup_never" => lang.pick(
            "この保管庫の控えは、まだ一度も作られていません。控えを作ってください。",
            "No backup of this vault was ever made. Make one.",
        ),
        other => other,
    };
    said.to_owned()
}

/// That a vault got the format of this release, and where it is as it was.
pub fn say_upgraded(upgraded: &Upgraded, lang: Lang) -> String {
    let copy = shown(&upgraded.copy);
    match lang {
        Lang::Ja => format!(
            "保管庫を新しい版の形式にしました。前の版の daicho では開けません。前の形式の控え: {copy}（要らなくなったら消去してください）"
        ),
        Lang::En => format!(
            "The vault got the format of this release; older ones do not open it any more. As it was before: {copy} (destroy it once it is not needed)"
        ),
    }
}
