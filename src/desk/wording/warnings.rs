//! What somebody should know of a vault that opened all the same, by the stable names of [`crate::desk::Welcome`].

use super::refusal::titles;
use super::sentences::shown;
use crate::desk::declare::cells;
use crate::desk::{Lang, LowDisk, Upgraded};
use crate::domain::{Date, Label};

/// Bytes of a unit in which room on a disk is told.
pub(super) const MIB: u64 = 1 << 20;

/// A day of a warning's name, as the language writes it.
fn said_day(text: &str, lang: Lang) -> String {
    text.parse::<Date>().map_or_else(|_| shown(text), |day| cells::day(day, lang))
}

/// A warning in words; its stable name where it is not known.
pub fn say_warning(name: &str, lang: Lang) -> String {
    if let Some((days, medium)) = name.strip_prefix("backup_due/").and_then(|rest| rest.split_once('/')) {
        let medium = shown(medium);
        return match lang {
            Lang::Ja => format!("最後の控えは{days}日前です（媒体 {medium}）。控えを作ってください。"),
            Lang::En => format!("The last backup was {days} days ago (medium {medium}). Make one."),
        };
    }
    if let Some(kind) = name.strip_prefix("shared_disk/") {
        let kind = shown(kind);
        return match lang {
            Lang::Ja => format!("共有のディスク（{kind}）です。2台から同時に使わないでください。"),
            Lang::En => format!("A shared disk ({kind}): never use it from two machines at once."),
        };
    }
    if let Some(edition) = name.strip_prefix("edition_waits/") {
        return match lang {
            Lang::Ja => format!("規則の第{edition}版を採用できます。先に daicho rehearse で試してください。"),
            Lang::En => format!("Edition {edition} of the rules can be adopted: try daicho rehearse first."),
        };
    }
    if let Some(commands) = name.strip_prefix("nobody_may/") {
        let titles = titles(commands.split('/'), lang);
        return match lang {
            Lang::Ja => format!("規程がだれにも認めていない操作があります: {titles}"),
            Lang::En => format!("The profile lets nobody: {titles}. Adopt a version that does."),
        };
    }
    if let Some(commands) = name.strip_prefix("nobody_can/") {
        let titles = titles(commands.split('/'), lang);
        return match lang {
            Lang::Ja => format!("今できる人がいない操作があります: {titles}"),
            Lang::En => format!("Nobody active can now: {titles}."),
        };
    }
    if let Some((day, commands)) = name.strip_prefix("nobody_soon/").and_then(|rest| rest.split_once('/')) {
        let titles = titles(commands.split('/'), lang);
        let day = said_day(day, lang);
        return match lang {
            Lang::Ja => format!("利用期間が終わるため、{day}からできる人がいなくなる操作: {titles}"),
            Lang::En => format!("Accounts end; from {day} on nobody can: {titles}."),
        };
    }
    if let Some(due) = name.strip_prefix("password_soon/") {
        let due = said_day(due, lang);
        return match lang {
            Lang::Ja => format!("あなたのパスワードは{due}に期限が切れます。その前に変えてください。"),
            Lang::En => format!("Your password is due on {due}. Change it before."),
        };
    }
    if let Some(user) = name.strip_prefix("led_back/") {
        return match lang {
            Lang::Ja => format!("回復用紙で発行したID {user} が、開設時の権限で有効です。"),
            Lang::En => format!("ID {user}, issued by the recovery sheet, has the founding powers."),
        };
    }
    if let Some(kept) = name.strip_prefix("epoch_begun/") {
        return match lang {
            Lang::Ja => format!("戻された保管庫です。証跡 #{kept} より後の記録はここにありません。"),
            Lang::En => format!("A restored vault: records after entry #{kept} are not here."),
        };
    }
    if let Some(entry) = name.strip_prefix("seen_further/") {
        return match lang {
            Lang::Ja => format!("保管庫が古い状態に戻っています（端末が見た証跡 #{entry} がない）。"),
            Lang::En => {
                format!("The vault was put back: entry #{entry}, which a terminal had seen, is missing.")
            }
        };
    }
    if let Some(count) = name.strip_prefix("ways_differ/") {
        return match lang {
            Lang::Ja => format!(
                "保管庫を開ける鍵に、記録と違うものが{count}件あります。daicho check で確かめてください。"
            ),
            Lang::En => format!("Keys that open the vault differ from the log: {count}. Run daicho check."),
        };
    }
    if let Some(unproved) = name.strip_prefix("ways_not_bound/") {
        return match lang {
            Lang::Ja => format!("保管庫を開ける鍵の一覧が未確定です（未ログインのID {unproved}件）。"),
            Lang::En => {
                format!("Keys that open the vault are not bound yet (IDs still to log in: {unproved}).")
            }
        };
    }
    if let Some(users) = name.strip_prefix("no_way_in/") {
        let users = users.replace('/', lang.pick("、", ", "));
        return match lang {
            Lang::Ja => format!("新しい仮パスワードが必要なIDがあります: {users}"),
            Lang::En => format!("These IDs need a new temporary password: {users}"),
        };
    }
    if let Some(days) = name.strip_prefix("sheet_seen_before/") {
        return match lang {
            Lang::Ja => format!("回復用紙を最後に見たのは{days}日前です。所在を確かめてください。"),
            Lang::En => format!("The recovery sheet was last seen {days} days ago. Look, and record it."),
        };
    }
    let said = match name {
        "books_differ" => lang.pick(
            "台帳が証跡と食い違っています。管理者に知らせ、daicho check で確かめてください。",
            "The books differ from the log. Tell the administrator, and run daicho check.",
        ),
        "notes_not_kept" => lang.pick(
            "この端末に最後の証跡の覚えを書けません。置き換えられた保管庫に気付けません。",
            "This terminal cannot note the last entry: a vault put back would go unnoticed.",
        ),
        "swap_on" => {
            lang.pick("スワップが有効です。管理者に知らせてください。", "Swap is on. Tell the administrator.")
        }
        "sheet_used" => lang.pick(
            "使われた回復用紙がそのままです。daicho sheet で新しくしてください。",
            "The recovery sheet was used: replace it with daicho sheet.",
        ),
        "sheet_unseen" => lang.pick(
            "回復用紙の場所が未記録です。見て、所在確認を記録してください。",
            "Nobody has said where the recovery sheet lies. Look, and record it.",
        ),
        "rekey_unfinished" => lang.pick(
            "鍵の更新が途中です。ディスクの空きを見て、再度ログインしてください。",
            "The new key is not everywhere yet. Make room and log in again.",
        ),
        "backup_never" => lang.pick(
            "控えがまだ一度も作られていません。控えを作ってください。",
            "No backup of this vault was ever made. Make one.",
        ),
        other => other,
    };
    said.to_owned()
}

/// That a vault got the format of this release, and where it is as it was: a line each.
pub fn say_upgraded(upgraded: &Upgraded, lang: Lang) -> [String; 2] {
    let copy = shown(&upgraded.copy);
    match lang {
        Lang::Ja => [
            "保管庫を新しい版の形式にしました。前の版の daicho では開けません。".to_owned(),
            format!("前の形式の控え（要らなくなったら消去）: {copy}"),
        ],
        Lang::En => [
            "The vault got the format of this release; older ones cannot open it.".to_owned(),
            format!("As it was (destroy once not needed): {copy}"),
        ],
    }
}

/// That the disk is nearly full, and what the site's rules say to do then; where they say nothing, whom to tell.
pub fn say_low_disk(low: &LowDisk, lang: Lang) -> Vec<String> {
    let (free, wanted) = (low.free / MIB, low.wanted.div_ceil(MIB));
    let left = match lang {
        Lang::Ja => format!("ディスクの空きは残り{free} MiBです（{wanted} MiB以上が必要）。"),
        Lang::En => format!("The disk is nearly full: {free} MiB are free, {wanted} MiB are wanted."),
    };
    match &low.policy {
        Some(policy) => vec![left, say_policy(policy, lang)],
        None => {
            let tell = lang.pick("管理者に知らせてください。", " Tell the administrator.");
            vec![format!("{left}{tell}")]
        }
    }
}

/// What the site's rules say to do when the trail cannot be written (対処方針).
pub(super) fn say_policy(policy: &Label, lang: Lang) -> String {
    let text = shown(lang.pick(&policy.ja, &policy.en));
    match lang {
        Lang::Ja => format!("対処方針: {text}"),
        Lang::En => format!("The rules say: {text}"),
    }
}
