use daicho::domain::{ChangePerson, ERASED, Erase, Id, LogIn, Noun, Person, RegisterPerson};

use daicho::text::find::Wanted;

use super::world::*;

fn erase(record: Option<Id>, entry: Option<u64>) -> Erase {
    Erase { record, entry, reason: "本人の求め".to_owned() }
}

/// A person with texts in every place where texts can stand.
fn with_a_person() -> (World, Id) {
    let mut world = World::open();
    let id = world.register("秘密 名前", "ヒミツ ナマエ");
    // The change below is an entry after which rows are kept as snapshots.
    while world.store.head().seq < 33 {
        world.must(
            GUARD,
            LogIn { terminal: "受付".to_owned(), hardening: "full".to_owned(), ..LogIn::default() },
        );
    }
    world.must(
        ADMIN,
        ChangePerson {
            person: Some(id),
            contact: Some("秘密の電話".to_owned()),
            reason: "秘密の理由".to_owned(),
            ..ChangePerson::default()
        },
    );
    world.must_not(GUARD, check_in(id, "秘密の持ち物"));
    world.must_not(
        GUARD,
        ChangePerson {
            person: Some(id),
            name: Some("秘密 改名".to_owned()),
            reason: "秘密".to_owned(),
            ..ChangePerson::default()
        },
    );
    world
        .group(|writing, _, _| {
            writing.put_draft("keibi", "change_person", Some("{\"name\":\"秘密 名前\"}".as_bytes())).unwrap();
            writing.put_draft("keibi", &format!("change_person:{id}"), Some(b"{}")).unwrap();
            writing.put_draft("keibi", "check_in", Some("{\"remarks\":\"別件\"}".as_bytes())).unwrap();
        })
        .unwrap();
    (world, id)
}

#[test]
fn erasing_a_record_leaves_its_texts_in_no_table() {
    let (mut world, id) = with_a_person();
    let places = holds_text(&world.memory, "秘密");
    // Searched, and so held in memory, while the texts go.
    let wanted = Wanted::of_query("ひみつ");
    assert_eq!(world.store.read().unwrap().search(Noun::Person, &wanted, &[], u64::MAX).unwrap().len(), 1);
    for table in ["sealed", "rows", "snapshots", "drafts", "texts"] {
        assert!(
            places.iter().any(|place| place.starts_with(table)),
            "{table} has the text before: {places:?}"
        );
    }
    world.must(ADMIN, erase(Some(id), None));
    assert_eq!(holds_text(&world.memory, "秘密"), Vec::<String>::new());
    assert_eq!(holds_text(&world.memory, "ひみつ"), Vec::<String>::new(), "nor in the search index");
    let reading = world.store.read().unwrap();
    let person: Person = reading.get_as(id).unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.contact.as_str()), (ERASED, ERASED));
    assert_eq!(person.trace.erased, Some(world.store.head().seq));
    let forms = reading.drafts_of("keibi").unwrap();
    assert_eq!(
        forms,
        ["check_in"],
        "drafts with the erased texts or the record's number are gone, others stay"
    );
    for seq in 0..=reading.last_seq().unwrap() {
        let hits = reading.search(Noun::Person, &Wanted::of_query("ひみつ"), &[], seq).unwrap();
        assert!(hits.is_empty(), "not by the name of before either: {seq}");
    }
    let reason = reading.log(u64::MAX, Some("erased"), 1).unwrap().entries;
    assert!(!reason[0].entry.is_erased(), "who erased, and why, stays");
    drop(reading);
    whole_world_check(&world.store);
}

#[test]
fn after_erasing_replay_rebuild_and_the_running_books_are_the_same() {
    let (mut world, id) = with_a_person();
    world.must(ADMIN, erase(Some(id), None));
    world.must(GUARD, check_in(STAFF[0], ""));
    world
        .group(|writing, _, _| writing.put_draft("keibi", &format!("about:{id}"), Some(b"{}")).unwrap())
        .unwrap();
    let base = World::empty().base;
    open(&base, &world.journal.frames).close().unwrap();
    world.store.rebuild(&mut |_, _, _| ()).unwrap();
    let (memory, _) = world.closed();
    assert_eq!(dump(&memory), dump(&base));
}

#[test]
fn erasing_one_entry_takes_its_texts_and_no_others() {
    let mut world = World::open();
    let id = world.register("残る 名前", "ノコル ナマエ");
    let changed = world.must(
        ADMIN,
        ChangePerson {
            person: Some(id),
            contact: Some("消える電話".to_owned()),
            reason: "消える理由".to_owned(),
            ..ChangePerson::default()
        },
    );
    world.must(ADMIN, erase(None, Some(changed.seq)));
    assert_eq!(holds_text(&world.memory, "消える"), Vec::<String>::new());
    let person: Person = world.store.read().unwrap().get_as(id).unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.contact.as_str()), ("残る 名前", ERASED));
    whole_world_check(&world.store);
    whole_world_check(&world.reopened());
}

#[test]
fn texts_of_other_records_outlive_an_erasure() {
    let (mut world, id) = with_a_person();
    world.must(GUARD, check_in(STAFF[0], "残る備考"));
    let before = holds_text(&world.memory, "残る備考").len();
    world.must(ADMIN, erase(Some(id), None));
    assert_eq!(holds_text(&world.memory, "残る備考").len(), before);
    let other =
        RegisterPerson {
            name: "後の 人".to_owned(), kana: "アト".to_owned(), ..RegisterPerson::default()
        };
    world.must(ADMIN, other);
    whole_world_check(&world.store);
}

#[test]
fn an_entry_that_is_still_to_come_is_not_erased() {
    // Broken by: no look at how far the log goes; the entry that would erase itself.
    let (mut world, _) = with_a_person();
    let last = world.store.head().seq;
    for beyond in [last + 1, last + 2, u64::MAX] {
        let refused = world.must_not(ADMIN, erase(None, Some(beyond)));
        assert!(format!("{refused:?}").contains("NoSuchRecord"), "{beyond}: {refused:?}");
    }
    world.must(ADMIN, erase(None, Some(last)));
}
