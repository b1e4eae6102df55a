//! What somebody should know of a vault that opened all the same, by the stable names of [`crate::desk::Welcome`].

use crate::desk::Lang;

/// A warning in words; its stable name where it is not known.
pub fn say_warning(name: &str, lang: Lang) -> &str {
    match name {
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
        other => other,
    }
}
