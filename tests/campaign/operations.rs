//! What people do at a site, each as one row of a table: a campaign plays all of them and cuts the power in each.

use super::play::{Half, Play};
use daicho::desk::Failure;
use daicho::domain::{Command, ResetPassword};
use serde_json::json;

/// One thing that people do.
pub type Does = fn(&mut Play);

/// All of them. A new one is a row here, and what it promises where it is written.
pub const OPERATIONS: &[(&str, Does)] = &[
    ("one command", |play| drop(play.must(person("一人")))),
    ("a group of commands", |play| drop(play.all(vec![person("三人"), person("四人"), person("五人")]))),
    ("all or nothing", all_or_nothing),
    ("a document attached", |play| drop(attached(play))),
    ("a document erased with what it is attached to", |play| {
        let permit = attached(play);
        play.must(json!({"command": "withdraw_visit", "permit": permit, "reason": "中止"}));
        play.must(json!({"command": "erase", "record": permit, "reason": "保存期間の満了"}));
    }),
    ("a new key for a vault with a document", |play| {
        attached(play);
        play.must(json!({"command": "rekey_vault", "reason": "控えを紛失"}));
    }),
    ("a refused command", refused),
    ("a command that was not understood", not_understood),
    ("a draft", |play| play.draft("check_in", Some("書きかけ".to_owned()))),
    ("a draft that is too long for the journal as it is", |play| {
        let length = 20_000 + play.dice.roll(20_000) as usize;
        play.draft("apply_visit", Some("長".repeat(length)));
    }),
    ("a draft thrown away", |play| play.draft("check_in", None)),
    ("a reading recorded", |play| {
        play.does(Half::Never, |desk| desk.record_reading("visits", "csv", 3, "")).unwrap();
    }),
    ("a user issued, with a password of their own", user_issued),
    ("a password reset by the administrator", password_reset),
    ("a user suspended and let in again", suspended),
    ("a password of one's own", own_password),
    ("a user closed, their way in ended, and opened again", closed_and_opened_again),
    ("a user removed", user_removed),
    ("a new key for the vault", |play| {
        play.must(json!({"command": "rekey_vault", "reason": "控えを紛失"}));
    }),
    ("the recovery sheet used", |play| {
        let new = play.new_password("Suisen");
        play.use_sheet(&new);
    }),
    ("the vault written anew without what was erased", |play| {
        drop(play.must(json!({"command": "compact_vault"})))
    }),
    ("a copy made in another place", copied),
    ("another recovery sheet", Play::replace_sheet),
    ("a checkpoint", |play| {
        play.does(Half::Never, |desk| {
            desk.checkpoint_now();
            Ok(())
        })
        .unwrap();
    }),
    ("a login", |play| {
        play.leave();
        play.log_in();
    }),
    ("a login that failed, and the next one", |play| {
        play.fail_a_login("admin");
        play.log_in();
    }),
];

fn person(name: &str) -> serde_json::Value {
    json!({"command": "register_person", "name": name, "kana": "ヒト", "organisation": "情報課"})
}

/// To a new application; gives that. The document itself stays where it is: whoever asks again reads it again.
pub fn attached(play: &mut Play) -> String {
    static PAPER: std::sync::OnceLock<tempfile::NamedTempFile> = std::sync::OnceLock::new();
    let paper = PAPER.get_or_init(|| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [7; 1500]).unwrap();
        file
    });
    let company = play.must(json!({"command": "register_company", "name": "電機", "kana": "デンキ"})).id;
    let mut worker = person("作業者");
    worker["company"] = json!(company);
    let worker = play.must(worker).id;
    let day = &play.owed.now[..10].to_owned();
    let apply = json!({"command": "apply_visit", "kind": "visit", "company": company, "workers": [worker], "from": day,
                       "to": day, "zones": ["server_room"], "work": "見学"});
    let permit = play.must(apply).id;
    play.must(json!({"command": "attach", "record": permit, "title": "計画書", "file": paper.path()}));
    permit.unwrap().to_string()
}

fn all_or_nothing(play: &mut Play) {
    let orders = vec![super::owed::order(&person("六人")), super::owed::order(&person("七人"))];
    let receipts = play.does(Half::Never, |desk| desk.execute_all_or_nothing(orders).map_err(|(_, why)| why));
    assert_eq!(receipts.unwrap().len(), 2);
}

fn refused(play: &mut Play) {
    let order = super::owed::order(&json!({"command": "check_out", "badge": "B-404"}));
    let answer = play.does(Half::Never, |desk| desk.execute(order));
    assert!(matches!(answer, Err(Failure::Rejected(_, Some(_)))), "{answer:?}");
}

/// Refused before anything is written, and no entry.
fn not_understood(play: &mut Play) {
    let before = play.desk().last_entry();
    let command = ResetPassword { user: "../admin".to_owned(), ..ResetPassword::default() };
    let answer = play.does(Half::Never, |desk| desk.execute(Command::from(command).into()));
    assert!(matches!(answer, Err(Failure::Malformed(_))), "{answer:?}");
    assert_eq!(play.desk().last_entry(), before);
}

fn user_issued(play: &mut Play) {
    let user = play.name("u");
    let id = play.must(person("新任")).id.unwrap();
    let line = json!({"command": "issue_user", "user": user, "person": id, "roles": ["guard"]});
    let given = play.must(line).temporary_password.unwrap();
    play.first_login(&user, &given, "Kikyou-2027-tue");
}

fn password_reset(play: &mut Play) {
    let Some((user, _)) = play.owed.opens.get(1).cloned() else { return user_issued(play) };
    let line = json!({"command": "reset_password", "user": user});
    let given = play.must(line).temporary_password.unwrap();
    let own = play.new_password("Yamabuki");
    play.first_login(&user, &given, &own);
}

fn suspended(play: &mut Play) {
    if play.owed.opens.len() < 2 {
        user_issued(play);
    }
    let user = play.owed.opens[1].0.clone();
    play.must(json!({"command": "suspend_user", "user": user, "reason": "休職"}));
    play.must(json!({"command": "resume_user", "user": user}));
}

fn closed_and_opened_again(play: &mut Play) {
    if play.owed.opens.len() < 2 {
        user_issued(play);
    }
    // Nobody is promised to get in by that name until it is open again, and by a password of before never.
    let (user, passwords) = play.owed.opens.remove(1);
    play.must(json!({"command": "close_user", "user": user, "reason": "契約の終了"}));
    play.must(json!({"command": "rekey_vault", "reason": "IDの閉鎖"}));
    let old: Vec<_> = passwords.into_iter().map(|password| (user.clone(), password)).collect();
    play.sure(Half::Never, |owed| owed.shut.extend(old));
    let line = json!({"command": "reopen_user", "user": user, "reason": "再契約"});
    let given = play.must(line).temporary_password.unwrap();
    let own = play.new_password("Hinageshi");
    play.first_login(&user, &given, &own);
}

fn user_removed(play: &mut Play) {
    if play.owed.opens.len() < 2 {
        user_issued(play);
    }
    // From the beginning nobody is promised to get in by that name, and at the end nobody does.
    let (user, passwords) = play.owed.opens.remove(1);
    play.must(json!({"command": "remove_user", "user": user, "reason": "退職"}));
    let old: Vec<_> = passwords.into_iter().map(|password| (user.clone(), password)).collect();
    play.sure(Half::Never, |owed| owed.shut.extend(old));
}

/// The copy itself is a folder of the machine, and not cut here: what the vault says of it is.
fn copied(play: &mut Play) {
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("copy");
    let line = json!({"command": "back_up", "to": to, "medium": "USB-3", "reason": "試験のため"});
    play.does(Half::Never, |desk| desk.execute(super::owed::order(&line))).unwrap();
}

fn own_password(play: &mut Play) {
    let new = play.new_password("Asagao");
    play.set_password(&new);
}
