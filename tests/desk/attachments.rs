//! What is attached: taken in once and whole, kept to what the books name, written out again, and gone with what is
//! erased.

use super::people::{Cast, name_of, order};
use super::site::{PASSWORD, Site, everything_holds};
use daicho::desk::declare::read::command_from_json;
use daicho::desk::{Checked, Checker, Desk, Failure, Lang, back_up_beside, check, recover, restore};
use daicho::domain::{Attach, Attachment, BackUp, Command, Id, PermitKind, Row};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const ADMIN: Checker<'static> = Checker::User("admin", PASSWORD);
const PLAN: &[u8] = b"%PDF-1.7 \x00\xff a work plan";

/// A site with an application, and a document beside the vault.
fn applied() -> (Site, Cast, Id) {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let permit = apply(&mut cast);
    std::fs::write(paper(&site, "plan.pdf"), PLAN).unwrap();
    (site, cast, permit)
}

fn apply(cast: &mut Cast) -> Id {
    let (company, worker, _) = cast.contractor();
    let line = json!({"command": "apply_visit", "kind": PermitKind::Planned.name(), "company": company,
                      "workers": [worker], "from": "2026-11-20", "to": "2026-11-20", "zones": ["server_room"],
                      "work": "空調機の点検"});
    cast.must("operator", line).id.unwrap()
}

fn paper(site: &Site, name: &str) -> PathBuf {
    site.dir().with_file_name(name)
}

fn attach(site: &Site, record: Id, file: &str) -> Value {
    json!({"command": "attach", "record": record, "title": "作業計画書", "file": paper(site, file)})
}

fn checked(dir: &Path) -> Checked {
    check(dir, &ADMIN, &mut |_, _, _| {}).unwrap()
}

/// The files of attachments that lie in a vault.
fn files(dir: &Path) -> BTreeSet<PathBuf> {
    let Ok(listed) = std::fs::read_dir(dir.join("blobs")) else { return BTreeSet::new() };
    listed.map(|entry| entry.unwrap().path()).collect()
}

fn row(desk: &Desk, id: Id) -> Attachment {
    match desk.record(id, None).unwrap() {
        Some(Row::Attachment(row)) => row,
        other => panic!("{id}: {other:?}"),
    }
}

#[test]
fn what_is_attached_is_written_out_again_as_it_was_and_both_are_entries() {
    let (site, mut cast, permit) = applied();
    let receipt = cast.must("operator", attach(&site, permit, "plan.pdf"));
    let id = receipt.id.unwrap();
    assert_eq!(id.to_string(), "AT-00001");
    let kept = row(&cast.desk, id);
    assert_eq!((kept.record, kept.size, kept.file.as_str()), (permit, PLAN.len() as u64, "plan.pdf"));
    assert_eq!(kept.attached_by, cast.person("operator"));
    // The name on the disk has nothing to do with the document: not its digest, nor the same one twice.
    assert_ne!(kept.blob, kept.digest);
    let lying: Vec<_> = files(&site.dir()).into_iter().collect();
    assert_eq!(lying, [site.dir().join(format!("blobs/{}.age", kept.blob))]);
    let sealed = std::fs::read(&lying[0]).unwrap();
    assert!(!sealed.windows(8).any(|part| part == &PLAN[..8]), "it is sealed");
    let page = cast.desk.attached_to(permit).unwrap();
    assert_eq!(page, std::slice::from_ref(&kept));
    let to = paper(&site, "again.pdf");
    let written = json!({"command": "write_attachment", "attachment": id, "to": to});
    cast.must("approver", written.clone());
    assert_eq!(std::fs::read(&to).unwrap(), PLAN);
    let again = cast.ask("approver", written).unwrap_err();
    assert_eq!(name_of(&again), "to_exists", "nothing is written over");
    let entries = cast.sit("admin").log(None, Some("attachment_written"), 9, Lang::Ja).unwrap();
    assert_eq!(entries.len(), 1);
    let history = cast.sit("admin").history(permit, Lang::Ja).unwrap();
    assert!(history.iter().any(|line| line.kind == "attached"), "it stands in the application's history");
    cast.close();
    everything_holds(&site);
}

#[test]
fn who_applies_attaches_to_applications_and_who_reads_them_writes_out() {
    let (site, mut cast, permit) = applied();
    let denied = cast.ask("auditor", attach(&site, permit, "plan.pdf")).unwrap_err();
    assert_eq!(name_of(&denied), "not_permitted");
    assert_eq!(files(&site.dir()).len(), 0, "what was refused leaves nothing");
    let id = cast.must("guard", attach(&site, permit, "plan.pdf")).id.unwrap();
    let to = |name: &str| json!({"command": "write_attachment", "attachment": id, "to": paper(&site, name)});
    cast.must("auditor", to("auditor.pdf"));
    assert_eq!(std::fs::read(paper(&site, "auditor.pdf")).unwrap(), PLAN);
    cast.close();
    everything_holds(&site);
}

#[test]
fn files_that_will_not_do_are_refused_by_name_and_nothing_is_kept() {
    let (site, mut cast, permit) = applied();
    let at = |name: &str| paper(&site, name);
    symlink(at("plan.pdf"), at("link.pdf")).unwrap();
    std::fs::create_dir(at("folder.pdf")).unwrap();
    std::fs::write(at("empty.pdf"), b"").unwrap();
    std::fs::write(at("large.pdf"), vec![7; (10 << 20) + 1]).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(at("pipe.pdf")).status();
    assert!(pipe.unwrap().success());
    let last = cast.desk.last_entry();
    for (file, refused) in [
        ("link.pdf", "file_not_plain"),
        ("folder.pdf", "file_not_plain"),
        ("pipe.pdf", "file_not_plain"),
        ("/dev/zero", "file_not_plain"),
        ("empty.pdf", "file_empty"),
        ("large.pdf", "file_too_large"),
        ("none.pdf", "file_missing"),
        ("plan.pdf/below", "file_missing"),
    ] {
        let answer = cast.ask("operator", attach(&site, permit, file)).unwrap_err();
        assert_eq!(name_of(&answer), refused, "{file}");
    }
    assert_eq!(cast.desk.last_entry(), last, "input that will not do is no entry");
    assert_eq!(files(&site.dir()).len(), 0);
    std::fs::write(at("most.pdf"), vec![7; 10 << 20]).unwrap();
    cast.must("operator", attach(&site, permit, "most.pdf"));
    cast.close();
    everything_holds(&site);
}

#[test]
fn the_same_document_twice_on_a_record_is_refused_and_on_another_it_is_not() {
    let (site, mut cast, permit) = applied();
    let first = cast.must("operator", attach(&site, permit, "plan.pdf")).id.unwrap();
    std::fs::copy(paper(&site, "plan.pdf"), paper(&site, "copy.pdf")).unwrap();
    let twice = cast.ask("operator", attach(&site, permit, "copy.pdf")).unwrap_err();
    assert!(
        matches!(&twice, Failure::Rejected(no, Some(_)) if no.code.name() == "already_exists"
            && no.args.iter().any(|(_, value)| *value == first.to_string())),
        "{twice:?}"
    );
    assert_eq!(files(&site.dir()).len(), 1);
    let other = apply(&mut cast);
    let second = cast.must("operator", attach(&site, other, "plan.pdf")).id.unwrap();
    let (first, second) = (row(&cast.desk, first), row(&cast.desk, second));
    assert_eq!(first.digest, second.digest);
    assert_ne!(first.blob, second.blob, "a name on the disk tells nobody that two are the same");
    let visit = cast.operator_in();
    let line = attach(&site, visit, "plan.pdf").to_string();
    let problems = command_from_json(line.as_bytes()).unwrap_err();
    assert_eq!(problems[0].name, "wrong_noun", "nothing is attached to a visit");
    let past_the_form = Attach { record: Some(visit), ..Attach::default() };
    let past_the_form = Attach {
        title: "x".to_owned(),
        file: paper(&site, "plan.pdf").display().to_string(),
        ..past_the_form
    };
    let refused = cast.sit("operator").execute(Command::from(past_the_form).into()).unwrap_err();
    assert_eq!(name_of(&refused), "field_invalid");
    cast.close();
    everything_holds(&site);
}

#[test]
fn a_retry_gets_the_first_receipt_whether_the_file_is_still_there_or_not() {
    let (site, mut cast, permit) = applied();
    let mut line = attach(&site, permit, "plan.pdf");
    line["request"] = json!("r-1");
    let first = cast.must("operator", line.clone());
    std::fs::remove_file(paper(&site, "plan.pdf")).unwrap();
    let again = cast.must("operator", line);
    assert_eq!((again.seq, again.id), (first.seq, first.id));
    assert_eq!(files(&site.dir()).len(), 1);
    cast.close();
    everything_holds(&site);
}

#[test]
fn a_group_answers_each_attachment_and_a_run_of_all_or_nothing_takes_none() {
    let (site, mut cast, permit) = applied();
    std::fs::write(paper(&site, "report.pdf"), b"another").unwrap();
    let lines = ["plan.pdf", "none.pdf", "report.pdf"].map(|file| order(attach(&site, permit, file)));
    let answers = cast.sit("operator").execute_group(lines.to_vec());
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert_eq!(name_of(answers[1].as_ref().unwrap_err()), "file_missing");
    let all = vec![order(attach(&site, permit, "report.pdf"))];
    let (at, failure) = cast.sit("operator").execute_all_or_nothing(all).unwrap_err();
    assert_eq!((at, name_of(&failure).as_str()), (0, "stands_alone"));
    cast.close();
    everything_holds(&site);
}

#[test]
fn erasing_a_record_takes_what_is_attached_and_leaves_the_facts() {
    let (site, mut cast, permit) = applied();
    cast.must("approver", json!({"command": "decide_visit", "permit": permit, "granted": true}));
    let id = cast.must("operator", attach(&site, permit, "plan.pdf")).id.unwrap();
    let before = row(&cast.desk, id);
    cast.must("admin", json!({"command": "erase", "record": permit, "reason": "保存期間の満了"}));
    assert_eq!(files(&site.dir()).len(), 0);
    let after = row(&cast.desk, id);
    assert_eq!((after.size, &after.digest), (before.size, &before.digest));
    assert!(after.trace.erased.is_some());
    assert_ne!((after.title, after.file), (before.title, before.file));
    let to = json!({"command": "write_attachment", "attachment": id, "to": paper(&site, "gone.pdf")});
    let gone = cast.ask("admin", to).unwrap_err();
    assert_eq!(name_of(&gone), "wrong_state");
    assert!(!paper(&site, "gone.pdf").exists());
    let late = cast.ask("operator", attach(&site, permit, "plan.pdf")).unwrap_err();
    assert_eq!(name_of(&late), "wrong_state", "nothing more is attached to what was erased");
    cast.close();
    everything_holds(&site);
}

#[test]
fn an_attachment_or_its_entry_alone_can_be_erased() {
    let (site, mut cast, permit) = applied();
    std::fs::write(paper(&site, "report.pdf"), b"another").unwrap();
    let first = cast.must("operator", attach(&site, permit, "plan.pdf"));
    let second = cast.must("operator", attach(&site, permit, "report.pdf"));
    cast.must("admin", json!({"command": "erase", "record": first.id, "reason": "誤りのため"}));
    assert_eq!(files(&site.dir()).len(), 1);
    cast.must("admin", json!({"command": "erase", "entry": second.seq, "reason": "誤りのため"}));
    assert_eq!(files(&site.dir()).len(), 0);
    // Once it is gone, the same document may come again.
    cast.must("operator", attach(&site, permit, "plan.pdf"));
    cast.close();
    everything_holds(&site);
}

#[test]
fn missing_exchanged_and_half_there_are_findings_with_file_and_record() {
    let (site, mut cast, permit) = applied();
    std::fs::write(paper(&site, "report.pdf"), vec![3; 100_000]).unwrap();
    let (first, second) = (
        cast.must("operator", attach(&site, permit, "plan.pdf")).id.unwrap(),
        cast.must("operator", attach(&site, permit, "report.pdf")).id.unwrap(),
    );
    let (first, second) = (row(&cast.desk, first), row(&cast.desk, second));
    cast.close();
    let root = checked(&site.dir()).root;
    let file = |dir: &Path, row: &Attachment| dir.join(format!("blobs/{}.age", row.blob));
    type Harm<'h> = (&'h str, &'h str, &'h dyn Fn(&Path));
    let harms: [Harm<'_>; 3] = [
        ("missing", "the file is missing", &|dir| std::fs::remove_file(file(dir, &second)).unwrap()),
        ("exchanged", "not what was attached", &|dir| {
            std::fs::copy(file(dir, &first), file(dir, &second)).unwrap();
        }),
        ("half there", "do not match their seal", &|dir| {
            let bytes = std::fs::read(file(dir, &second)).unwrap();
            std::fs::write(file(dir, &second), &bytes[..bytes.len() / 2]).unwrap();
        }),
    ];
    for (what, said, harm) in harms {
        let spoiled = site.copy();
        harm(&spoiled.dir());
        let found = checked(&spoiled.dir());
        let [finding] = found.findings.as_slice() else { panic!("{what}: {:?}", found.findings) };
        let english = finding.to_string();
        assert!(english.contains(&format!("{}, attached to {permit}", second.id)), "{what}: {finding}");
        assert!(english.contains(&second.blob) && english.contains(said), "{what}: {finding}");
        assert_eq!(found.root, root, "{what}: the books are told to be whole");
        let japanese = daicho::desk::say_detail(finding, Lang::Ja);
        assert!(japanese.contains("添付書類") && !japanese.contains("attached"), "{what}: {japanese}");
        // Never shown as what it is not.
        let mut desk = spoiled.log_in("admin");
        let to = paper(&spoiled, "out.pdf");
        let asked = json!({"command": "write_attachment", "attachment": second.id, "to": to});
        let answer = desk.execute(order(asked)).unwrap_err();
        assert!(
            matches!(&answer, Failure::Damaged(place) if place.to_string().contains(&second.blob)),
            "{what}: {answer:?}"
        );
        assert!(!to.exists(), "{what}");
        desk.close().unwrap();
    }
}

#[test]
fn what_no_entry_names_is_no_damage_and_goes_with_the_next_login() {
    let (site, mut cast, permit) = applied();
    cast.must("operator", attach(&site, permit, "plan.pdf"));
    cast.close();
    let kept = files(&site.dir());
    let stray = site.dir().join(format!("blobs/{}.age", "5c".repeat(32)));
    std::fs::copy(kept.iter().next().unwrap(), &stray).unwrap();
    let half = stray.with_extension("age.tmp");
    std::fs::write(&half, b"half").unwrap();
    let found = checked(&site.dir());
    assert_eq!(found.findings, []);
    assert_eq!(found.unlisted, [format!("blobs/{}.age", "5c".repeat(32))]);
    assert!(stray.exists() && half.exists(), "a check writes nothing");
    // As soon as the books are proved: what they name stays.
    let mut desk = site.log_in("admin");
    desk.prove().unwrap();
    desk.close().unwrap();
    assert_eq!(files(&site.dir()), kept);
    assert_eq!(checked(&site.dir()).unlisted, Vec::<String>::new());
}

#[test]
fn copies_hold_what_is_attached_and_a_restored_vault_shows_it() {
    let (site, mut cast, permit) = applied();
    let id = cast.must("operator", attach(&site, permit, "plan.pdf")).id.unwrap();
    let place = paper(&site, "copy");
    let asked = |to: &Path| BackUp {
        to: to.to_str().unwrap().to_owned(),
        medium: "USB-3".to_owned(),
        reason: "試験のため".to_owned(),
        ..BackUp::default()
    };
    cast.sit("admin").back_up(Command::from(asked(&place)).into(), &mut |_, _| {}).unwrap();
    assert_eq!(files(&place).len(), 1);
    assert_eq!(checked(&place).findings, []);
    // Beside a session, too.
    let beside = paper(&site, "beside");
    back_up_beside(&site.dir(), "admin", PASSWORD, &asked(&beside), &site.terminal(), &mut |_, _| {})
        .unwrap();
    assert_eq!(checked(&beside).findings, []);
    let new = paper(&site, "restored");
    restore(&place, &new, &ADMIN, &site.terminal(), &mut |_, _, _| {}).unwrap();
    assert_eq!(checked(&new).findings, []);
    let (mut desk, _) = Desk::log_in(&new, "admin", PASSWORD, site.terminal()).unwrap();
    let to = paper(&site, "out.pdf");
    desk.execute(order(json!({"command": "write_attachment", "attachment": id, "to": to}))).unwrap();
    desk.close().unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), PLAN);
    // A vault in which it rotted does not take the place of the copy in which it did not.
    let file = files(&site.dir()).into_iter().next().unwrap();
    std::fs::remove_file(file).unwrap();
    let refused = cast.sit("admin").back_up(Command::from(asked(&place)).into(), &mut |_, _| {});
    assert!(matches!(refused, Err(Failure::Damaged(_))), "{refused:?}");
    assert_eq!(checked(&place).findings, []);
    cast.close();
}

#[test]
fn a_new_key_seals_attachments_anew() {
    let (site, mut cast, permit) = applied();
    cast.must("operator", attach(&site, permit, "plan.pdf"));
    let file = files(&site.dir()).into_iter().next().unwrap();
    let before = std::fs::read(&file).unwrap();
    cast.must("admin", json!({"command": "rekey_vault", "reason": "控えを紛失"}));
    assert_ne!(std::fs::read(&file).unwrap(), before);
    cast.close();
    everything_holds(&site);
}

#[test]
fn recovery_saves_what_is_whole_also_from_a_copy_and_names_and_erases_what_is_lost() {
    let (site, mut cast, permit) = applied();
    for n in 0..3 {
        std::fs::write(paper(&site, &format!("{n}.pdf")), vec![n; 500]).unwrap();
        cast.must("operator", attach(&site, permit, &format!("{n}.pdf")));
    }
    let rows: Vec<Attachment> = cast.desk.attached_to(permit).unwrap();
    cast.close();
    let copy = site.copy();
    let lose =
        |n: usize| std::fs::remove_file(site.dir().join(format!("blobs/{}.age", rows[n].blob))).unwrap();
    let spoil =
        |n: usize, dir: &Path| std::fs::write(dir.join(format!("blobs/{}.age", rows[n].blob)), b"x").unwrap();
    lose(0);
    spoil(1, &site.dir());
    spoil(1, &copy.dir());
    let new = paper(&site, "new");
    let copies = [copy.dir()];
    let done = recover(&site.dir(), &new, &ADMIN, &copies, &site.terminal(), &mut |_, _, _| {}).unwrap();
    assert_eq!(done.lost_attachments, [format!("{} 1.pdf ({permit})", rows[1].id)]);
    assert_eq!(done.lost, "", "no entry is lost");
    assert_eq!(checked(&new).findings, []);
    let (mut desk, _) = Desk::log_in(&new, "admin", PASSWORD, site.terminal()).unwrap();
    for n in [0, 2] {
        let to = paper(&site, &format!("out-{n}.pdf"));
        let asked = json!({"command": "write_attachment", "attachment": rows[n].id, "to": to});
        desk.execute(order(asked)).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), vec![n as u8; 500]);
    }
    assert_eq!(row(&desk, rows[1].id).digest, rows[1].digest, "the facts are still there");
    desk.close().unwrap();
}

#[test]
fn a_place_that_will_not_do_is_refused_before_there_is_an_entry() {
    let (site, mut cast, permit) = applied();
    let id = cast.must("operator", attach(&site, permit, "plan.pdf")).id.unwrap();
    let last = cast.desk.last_entry();
    for (to, refused) in [
        (paper(&site, "no/such/folder.pdf"), "to_not_written"),
        (paper(&site, "plan.pdf"), "to_exists"),
        (PathBuf::from("/"), "to_not_a_file"),
    ] {
        let line = json!({"command": "write_attachment", "attachment": id, "to": to});
        assert_eq!(name_of(&cast.ask("operator", line).unwrap_err()), refused, "{}", to.display());
    }
    let within = json!({"command": "write_attachment", "attachment": id, "to": site.dir().join("x.pdf")});
    cast.ask("operator", within).unwrap_err();
    assert!(!site.dir().join("x.pdf").exists(), "nothing is written into the vault");
    assert_eq!(cast.desk.last_entry(), last);
    let none = json!({"command": "write_attachment", "attachment": "AT-00009", "to": paper(&site, "x.pdf")});
    assert_eq!(name_of(&cast.ask("operator", none).unwrap_err()), "no_such_record");
    assert!(!paper(&site, "x.pdf").exists());
    cast.close();
    everything_holds(&site);
}

#[test]
fn before_the_edition_that_knows_attachments_they_are_refused_and_the_release_before_opens_the_vault() {
    let site = crate::fixtures::of_format(2);
    let mut cast = Cast::gather_again(&site);
    std::fs::write(paper(&site, "plan.pdf"), PLAN).unwrap();
    let permit: Id = "A-00001".parse().unwrap();
    let early = cast.ask("operator", attach(&site, permit, "plan.pdf")).unwrap_err();
    assert_eq!(name_of(&early), "needs_edition");
    assert!(
        !site.dir().join("blobs").exists(),
        "to the release before, that folder is foreign once it holds a file"
    );
    cast.must("admin", json!({"command": "adopt_edition", "edition": 2}));
    cast.must("operator", attach(&site, permit, "plan.pdf"));
    cast.close();
    assert_eq!(files(&site.dir()).len(), 1);
    everything_holds(&site);
}
