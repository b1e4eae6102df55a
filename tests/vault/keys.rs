use std::collections::BTreeMap;

use daicho::vault::{
    Disk, RecoverySecret, SheetError, SlotError, UserIdentity, VaultError, VaultIdentity, WorkFactor,
    inspect, open_slot, open_user, open_vault_key, read_key_file, reconcile_keys, rewrite_keys, seal_slot,
    seal_vault_key, slot_work, valid_user_id,
};

use super::sim::{Luck, SimDisk};
use super::{Dice, WORK, password, site};

#[test]
fn a_slot_opens_with_its_password_and_no_other() {
    let user = UserIdentity::generate();
    let slot = seal_slot(&password("ひみつ"), &user, WORK).unwrap();
    assert_eq!(slot_work(&slot), Some(12));
    let opened = open_slot(&slot, &password("ひみつ"), WorkFactor::MAX).unwrap();
    assert_eq!(opened.recipient(), user.recipient());
    let wrong = open_slot(&slot, &password("ひみつ "), WorkFactor::MAX);
    assert_eq!(wrong.err(), Some(SlotError::WrongPassword));
}

#[test]
fn a_password_in_full_width_is_the_same_password() {
    let user = UserIdentity::generate();
    let slot = seal_slot(&password("ＡＢＣ１２３ガ"), &user, WORK).unwrap();
    for typed in ["ABC123ガ", "ABC123ｶﾞ", "ＡＢＣ１２３カ\u{3099}"] {
        assert!(open_slot(&slot, &password(typed), WorkFactor::MAX).is_ok(), "{typed}");
    }
}

#[test]
fn a_slot_that_asks_for_too_much_work_is_refused_before_any() {
    let slot = seal_slot(&password("x"), &UserIdentity::generate(), WORK).unwrap();
    let text = String::from_utf8_lossy(&slot).into_owned();
    let at = text.find(" 12\n").unwrap();
    let mut greedy = slot.clone();
    greedy[at + 1..at + 3].copy_from_slice(b"63");
    let refused = open_slot(&greedy, &password("x"), WorkFactor::MAX).err();
    assert_eq!(refused, Some(SlotError::TooMuchWork { asked: 63, max: 20 }));
    let refused = open_slot(&slot, &password("x"), WorkFactor::new(11).unwrap()).err();
    assert_eq!(refused, Some(SlotError::TooMuchWork { asked: 12, max: 11 }));
}

#[test]
fn an_unknown_id_is_answered_as_a_wrong_password() {
    let disk = SimDisk::default();
    site().create(&disk.dyn_disk(), b"image");
    let max = WorkFactor::MAX;
    for id in ["nobody", "vault", "../tanaka", "", "TANAKA"] {
        let answer = open_user(&disk, id, &password("x"), max, WORK);
        assert_eq!(answer.err(), Some(SlotError::WrongPassword), "{id}");
    }
    assert_eq!(open_user(&disk, "tanaka", &password("x"), max, WORK).err(), Some(SlotError::WrongPassword));
    assert!(open_user(&disk, "tanaka", &password("正しい馬の電池"), max, WORK).is_ok());
}

#[test]
fn a_damaged_slot_is_not_a_wrong_password() {
    let disk = SimDisk::default();
    site().create(&disk.dyn_disk(), b"image");
    for at in 0..disk.get("keys/tanaka.age").len() {
        let disk = disk.copy();
        disk.edit("keys/tanaka.age", |b| b[at] ^= 1);
        match open_user(&disk, "tanaka", &password("x"), WorkFactor::MAX, WORK) {
            Err(SlotError::Vault(VaultError::Damaged { file, .. })) => assert_eq!(file, "keys/tanaka.age"),
            other => panic!("byte {at}: {other:?}"),
        }
    }
}

#[test]
fn no_secret_is_printed_by_debug() {
    let site = site();
    let secret = RecoverySecret::from_bytes(&[7; 32]).unwrap();
    let text = format!("{:?} {:?} {:?}", site.user, site.vault, secret);
    assert!(!text.to_lowercase().contains("age1") && !text.contains("AGE-"), "{text}");
}

#[test]
fn a_derived_key_depends_on_identity_and_label_only() {
    let user = UserIdentity::generate();
    let slot = seal_slot(&password("a"), &user, WORK).unwrap();
    let again = open_slot(&slot, &password("a"), WorkFactor::MAX).unwrap();
    assert_eq!(*user.derive("sign"), *again.derive("sign"));
    assert_ne!(*user.derive("sign"), *user.derive("other"));
    assert_ne!(*user.derive("sign"), *UserIdentity::generate().derive("sign"));
}

#[test]
fn the_vault_key_opens_for_each_recipient_and_no_one_else() {
    let (a, b) = (UserIdentity::generate(), UserIdentity::generate());
    let recovery = RecoverySecret::from_bytes(&[1; 20]).unwrap().identity();
    let vault = VaultIdentity::generate().with_new();
    let file = seal_vault_key(&vault, &[a.recipient(), recovery.recipient()]).unwrap();
    assert_eq!(open_vault_key(&file, &a).unwrap().count(), 2);
    assert_eq!(open_vault_key(&file, &recovery).unwrap().count(), 2);
    assert!(matches!(open_vault_key(&file, &b), Err(VaultError::WrongKey { .. })));
    assert!(matches!(seal_vault_key(&vault, &[]), Err(VaultError::Unacceptable { .. })));
    assert!(matches!(seal_vault_key(&vault, &["age1x".into()]), Err(VaultError::Unacceptable { .. })));
}

#[test]
fn user_ids_are_short_lower_case_ascii_and_never_name_another_key_file() {
    for good in ["a", "tanaka", "t-1_x", "00000000000000000000000000000000"] {
        assert!(valid_user_id(good), "{good}");
    }
    for bad in ["", "A", "vault", "site", "../x", "a b", "田中", "a.b", "000000000000000000000000000000000"]
    {
        assert!(!valid_user_id(bad), "{bad}");
    }
}

#[test]
fn a_sheet_typed_back_is_the_same_secret() {
    let mut dice = Dice::new(1);
    for len in [20, 32] {
        let bytes = dice.bytes(len);
        let secret = RecoverySecret::from_bytes(&bytes).unwrap();
        let groups: Vec<String> = secret.groups().iter().map(|g| g.to_string()).collect();
        assert_eq!(groups.len(), if len == 20 { 13 } else { 21 });
        let wide: String = groups
            .join("　")
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c })
            .collect();
        for typed in [groups.join(" "), groups.join("-"), groups.concat(), wide] {
            let back = RecoverySecret::parse(&typed).unwrap();
            assert_eq!(back.identity().recipient(), secret.identity().recipient());
            assert_eq!(*back.signing_seed(), *secret.signing_seed());
        }
    }
    assert!(RecoverySecret::from_bytes(&[0; 31]).is_none());
}

#[test]
fn every_wrong_digit_on_a_sheet_is_found_in_its_group() {
    let secret = RecoverySecret::from_bytes(&Dice::new(2).bytes(32)).unwrap();
    let groups: Vec<String> = secret.groups().iter().map(|g| g.to_string()).collect();
    for group in 0..groups.len() {
        for place in 0..5 {
            for digit in b'0'..=b'9' {
                let mut typed = groups.clone();
                let mut bytes = typed[group].clone().into_bytes();
                if bytes[place] == digit {
                    continue;
                }
                bytes[place] = digit;
                typed[group] = String::from_utf8(bytes).unwrap();
                let error = RecoverySecret::parse(&typed.join(" ")).unwrap_err();
                assert_eq!(error, SheetError::Group { number: group + 1 });
            }
        }
    }
    for (a, b) in (0..groups.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
        let mut typed = groups.clone();
        typed.swap(a, b);
        if typed != groups {
            assert!(RecoverySecret::parse(&typed.join(" ")).is_err(), "groups {a} and {b} swapped");
        }
    }
    assert_eq!(RecoverySecret::parse("").unwrap_err(), SheetError::Count { groups: 0 });
    assert_eq!(RecoverySecret::parse(&groups[1..].join(" ")).unwrap_err(), SheetError::Count { groups: 20 });
}

#[test]
fn keys_are_reconciled_to_exactly_what_is_wanted() {
    let disk = SimDisk::default();
    let mut site = site();
    site.create(&disk.dyn_disk(), b"image");
    site.keys
        .insert("suzuki.age".into(), seal_slot(&password("s"), &UserIdentity::generate(), WORK).unwrap());
    reconcile_keys(&disk, &site.keys).unwrap();
    assert_eq!(inspect(&disk).unwrap().users, ["suzuki", "tanaka"]);
    site.keys.remove("suzuki.age");
    reconcile_keys(&disk, &site.keys).unwrap();
    assert_eq!(inspect(&disk).unwrap().users, ["tanaka"]);
    assert_eq!(read_key_file(&disk, "suzuki.age"), Ok(None));
    let before = disk.steps();
    reconcile_keys(&disk, &site.keys).unwrap();
    assert!(
        disk.0.lock().unwrap().trace[before..].iter().all(|op| op.starts_with("folder")),
        "nothing to do writes nothing"
    );
    let bad = BTreeMap::from([("../x.age".to_owned(), vec![])]);
    assert!(matches!(reconcile_keys(&disk, &bad), Err(VaultError::Unacceptable { .. })));
}

#[test]
fn a_damaged_key_is_reported_and_not_overwritten_until_asked() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    disk.edit("keys/tanaka.age", |b| b[9] ^= 4);
    let damaged = disk.get("keys/tanaka.age");
    assert!(matches!(reconcile_keys(&disk, &site.keys), Err(VaultError::Damaged { .. })));
    assert_eq!(disk.get("keys/tanaka.age"), damaged);
    rewrite_keys(&disk, &site.keys).unwrap();
    reconcile_keys(&disk, &site.keys).unwrap();
    assert_eq!(disk.get("keys/tanaka.age"), site.keys["tanaka.age"]);
}

#[test]
fn power_cut_at_any_step_of_a_change_of_keys_leaves_files_that_open() {
    let start = SimDisk::default();
    let mut site = site();
    let old = site.keys.clone();
    site.create(&start.dyn_disk(), b"image");
    let other = UserIdentity::generate();
    site.keys.insert("suzuki.age".into(), seal_slot(&password("s"), &other, WORK).unwrap());
    let both = [site.user.recipient(), other.recipient()];
    site.keys.insert("vault.age".into(), seal_vault_key(&site.vault, &both).unwrap());
    let whole = start.copy();
    reconcile_keys(&whole, &site.keys).unwrap();
    let mut images = 0;
    for cut in 0..whole.steps() {
        for luck in [Luck::Nothing, Luck::Everything, Luck::Seed(cut as u64), Luck::Seed(1000 + cut as u64)] {
            let disk = start.copy();
            disk.cut_at(cut);
            let _ = reconcile_keys(&disk, &site.keys);
            let after = disk.after_cut(luck);
            for name in ["tanaka.age", "vault.age"] {
                let bytes = read_key_file(&after, name).unwrap().unwrap();
                assert!(bytes == old[name] || bytes == site.keys[name], "cut {cut} {luck:?}: {name}");
            }
            let vault = read_key_file(&after, "vault.age").unwrap().unwrap();
            open_vault_key(&vault, &site.user).unwrap();
            reconcile_keys(&after, &site.keys).unwrap();
            assert_eq!(after.list("keys").unwrap().len(), 4);
            images += 1;
        }
    }
    eprintln!("change of keys: {images} images, 0 lost");
}

#[test]
fn a_spoiled_key_file_never_panics_and_never_yields_another_identity() {
    let user = UserIdentity::generate();
    let slot = seal_slot(&password("x"), &user, WorkFactor::new(1).unwrap()).unwrap();
    let vault = VaultIdentity::generate();
    let key = seal_vault_key(&vault, &[user.recipient()]).unwrap();
    let max = WorkFactor::new(4).unwrap();
    for at in 0..slot.len() {
        let mut spoiled = slot.clone();
        spoiled[at] ^= 1;
        assert!(open_slot(&spoiled, &password("x"), max).is_err(), "slot byte {at}");
        assert!(open_slot(&slot[..at], &password("x"), max).is_err(), "slot cut to {at}");
    }
    for at in 0..key.len() {
        for mask in [1, 0x80, 0xff] {
            let mut spoiled = key.clone();
            spoiled[at] ^= mask;
            assert!(open_vault_key(&spoiled, &user).is_err(), "vault key byte {at}");
        }
        assert!(open_vault_key(&key[..at], &user).is_err(), "vault key cut to {at}");
    }
    let mut dice = Dice::new(9);
    for n in 0..300 {
        let junk = dice.bytes(n);
        assert!(open_slot(&junk, &password("x"), max).is_err());
        assert!(open_vault_key(&junk, &user).is_err());
    }
}
