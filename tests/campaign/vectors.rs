//! R13: vectors that others share, against our readers and our limits: age's own, and Wycheproof's for Ed25519.

use super::figure::write;
use crate::vault::sim::SimDisk;
use age::secrecy::SecretString;
use daicho::log::{key_from_hex, signature_holds};
use daicho::vault::{
    Mode, SlotError, UserIdentity, Vault, VaultError, VaultIdentity, WorkFactor, open_for, open_slot,
    open_vault_key, seal_for, seal_slot, slot_work, verify,
};
use redb::StorageBackend;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;

/// Passwords are opened with no more work than this in these vectors: one of them asks for 2^23.
const MOST: u8 = 18;

/// Headers without the short last line of a stanza.
const EARLY: [&str; 2] = ["stanza_missing_body", "stanza_missing_final_line"];

/// The folder of age's vectors: they come with the very release of age that is built in.
fn testkit() -> Option<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let asked = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let metadata: Value = serde_json::from_slice(&asked.stdout).ok()?;
    let age = metadata["packages"].as_array()?.iter().find(|package| package["name"] == "age")?;
    let folder = PathBuf::from(age["manifest_path"].as_str()?).parent()?.join("tests/testdata/testkit");
    folder.is_dir().then_some(folder)
}

/// One of age's vectors: what is said of it, and the file.
struct Vector {
    name: String,
    said: BTreeMap<String, Vec<String>>,
    file: Vec<u8>,
}

impl Vector {
    fn read(name: String, bytes: &[u8]) -> Vector {
        let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut rest = bytes;
        loop {
            let end = rest.iter().position(|b| *b == b'\n').unwrap();
            let line = String::from_utf8(rest[..end].to_vec()).unwrap();
            rest = &rest[end + 1..];
            let Some((key, value)) = line.split_once(": ") else { break };
            said.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        let file = match said.contains_key("compressed") {
            true => miniz_oxide::inflate::decompress_to_vec_zlib(rest).unwrap(),
            false => rest.to_vec(),
        };
        Vector { name, said, file }
    }

    fn all() -> Option<Vec<Vector>> {
        let mut all: Vec<Vector> = std::fs::read_dir(testkit()?)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                Vector::read(name, &std::fs::read(entry.path()).unwrap())
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Some(all)
    }

    fn one(&self, key: &str) -> &str {
        self.said.get(key).and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn expects(&self) -> &str {
        self.one("expect")
    }

    fn keys(&self) -> impl Iterator<Item = &String> {
        self.said.get("identity").into_iter().flatten()
    }

    /// Users' identities that are the vector's, read as ours are stored: from a slot under a password.
    fn users(&self) -> Vec<UserIdentity> {
        let of = |text: &String| {
            let secret = SecretString::from("x");
            let mut recipient = age::scrypt::Recipient::new(secret.clone());
            recipient.set_work_factor(1);
            let sealed = age::encrypt(&recipient, format!("{text}\n").as_bytes()).unwrap();
            open_slot(&sealed, &secret, WorkFactor::DEMO).unwrap()
        };
        let users: Vec<UserIdentity> = self.keys().map(of).collect();
        // One without a key is for nobody.
        if users.is_empty() { vec![UserIdentity::generate()] } else { users }
    }

    /// The vault's identity that is the vector's, read as ours is stored: from a file sealed to a user.
    fn vault(&self) -> Option<VaultIdentity> {
        let user = UserIdentity::generate();
        let sealed = seal_for(self.keys().next()?.as_bytes(), &[user.recipient()]).unwrap();
        Some(open_vault_key(&sealed, &user).unwrap())
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A vault whose base is the vector, as somebody without our program would put one together (the journal's
/// first sector: magic, generation, how the one before ended, the base's id, the sum of these).
fn vault_around(vector: &Vector, identity: &VaultIdentity) -> SimDisk {
    let disk = SimDisk::default();
    let site = crate::vault::site();
    Vault::create(&disk.dyn_disk(), identity, &site.keys, b"").unwrap();
    let file = &vector.file;
    let end = file.windows(5).position(|w| w == b"\n--- ").and_then(|mac| {
        let line = file[mac + 5..].iter().position(|b| *b == b'\n')?;
        Some(mac + 5 + line + 1 + 16)
    });
    let front = end.and_then(|end| file.get(..end)).unwrap_or_default();
    let mut header = b"daichoJ1".to_vec();
    header.extend_from_slice(&2u64.to_be_bytes());
    header.extend_from_slice(&[0; 8 + 8 + 32 + 32]);
    header.extend_from_slice(&Sha256::digest(front));
    header.extend_from_slice(&Sha256::digest(&header));
    header.resize(512, 0);
    disk.edit("journal.000002", |journal| journal[..512].copy_from_slice(&header));
    disk.put("base.000001.age", file.clone());
    disk
}

/// The seekable reader of the base, which reads the end first.
fn by_base(vector: &Vector) -> Option<Verdict> {
    let identity = vector.vault()?;
    let disk = vault_around(vector, &identity);
    let findings = verify(&disk, &identity, &mut |_| {}).findings;
    let opened = match Vault::open(&disk.dyn_disk(), identity, Mode::Read, 1 << 20) {
        Ok(opened) => opened,
        Err(VaultError::WrongKey { .. }) => return Some(Verdict::Wrong),
        Err(VaultError::Damaged { .. }) => return Some(Verdict::Refused),
        Err(other) => panic!("{}: {other:?}", vector.name),
    };
    let mut plain = vec![0; opened.backend.len().unwrap() as usize];
    let read = opened.backend.read(0, &mut plain);
    assert_eq!(read.is_err(), !findings.is_empty(), "{}: {findings:?}", vector.name);
    Some(if read.is_ok() { Verdict::Opened(digest(&plain)) } else { Verdict::Refused })
}

/// What a reader of ours made of a vector.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// These bytes.
    Opened(String),
    Refused,
    /// Another key, or another password.
    Wrong,
}

fn by_key(vector: &Vector) -> Verdict {
    let mut verdict = Verdict::Wrong;
    for identity in vector.users() {
        match open_for("vector", &vector.file, &identity) {
            Ok(plain) => return Verdict::Opened(digest(&plain)),
            Err(VaultError::WrongKey { .. }) => {}
            Err(VaultError::Damaged { .. }) => verdict = Verdict::Refused,
            Err(other) => panic!("{}: {other:?}", vector.name),
        }
        // The same bytes where a vault key is read: never two identities, never anything but a refusal.
        assert!(open_vault_key(&vector.file, &identity).is_err(), "{}", vector.name);
    }
    verdict
}

fn by_password(vector: &Vector) -> Verdict {
    let password = SecretString::from(vector.one("passphrase").to_owned());
    match open_slot(&vector.file, &password, WorkFactor::new(MOST).unwrap()) {
        Ok(_) => panic!("{}: what it holds is no identity", vector.name),
        Err(SlotError::WrongPassword) => Verdict::Wrong,
        Err(SlotError::TooMuchWork { .. }) => Verdict::Refused,
        // An identity is what must stand in a slot: a vector holds something else, and comes this far when it is good.
        Err(SlotError::Vault(VaultError::Damaged { what, .. })) if what.name() == "bytes_no_identity" => {
            Verdict::Opened(String::new())
        }
        Err(SlotError::Vault(VaultError::Damaged { .. })) => Verdict::Refused,
        Err(other) => panic!("{}: {other:?}", vector.name),
    }
}

/// Whether the verdict is the right one.
fn judge(vector: &Vector) -> Result<(), String> {
    let wants_password = vector.said.contains_key("passphrase");
    let answer =
        catch_unwind(AssertUnwindSafe(|| if wants_password { by_password(vector) } else { by_key(vector) }));
    let verdict = answer.map_err(|_| format!("{}: it panicked", vector.name))?;
    right(vector, &verdict, wants_password)?;
    if wants_password {
        return Ok(());
    }
    let answer = catch_unwind(AssertUnwindSafe(|| by_base(vector)));
    match answer.map_err(|_| format!("{}: the base panicked", vector.name))? {
        Some(verdict) => right(vector, &verdict, false).map_err(|what| format!("as a base, {what}")),
        None => Ok(()),
    }
}

fn right(vector: &Vector, verdict: &Verdict, wants_password: bool) -> Result<(), String> {
    // What is compressed or in armor is age all the same, and not a form that we write or read: refused.
    let armored = vector.said.contains_key("armored");
    let right = match vector.expects() {
        _ if armored => *verdict == Verdict::Refused,
        "success" => match verdict {
            Verdict::Opened(digest) => wants_password || digest == vector.one("payload"),
            _ => false,
        },
        // What is under no password at all is no slot: that is said, and not that the password is wrong.
        "no match" => *verdict == Verdict::Wrong || (wants_password && *verdict == Verdict::Refused),
        // age reads these all the same, as its earliest releases wrote them; the header's seal holds.
        "header failure" if EARLY.contains(&vector.name.as_str()) => matches!(verdict, Verdict::Opened(_)),
        // A header, its seal or the contents are wrong: refused, as damage or as no key of ours.
        "header failure" | "HMAC failure" | "payload failure" => !matches!(verdict, Verdict::Opened(_)),
        "armor failure" => *verdict == Verdict::Refused,
        _ => false,
    };
    if right { Ok(()) } else { Err(format!("{}: {} and not {verdict:?}", vector.name, vector.expects())) }
}

/// Work is refused before it is done: whoever reads the header knows how much it would be.
#[test]
fn a_slot_that_asks_for_more_work_than_allowed_is_refused_before_any_of_it() {
    let identity = UserIdentity::generate();
    let secret = SecretString::from("x");
    let sealed = seal_slot(&secret, &identity, WorkFactor::new(3).unwrap()).unwrap();
    for asked in [19u8, 23, 30, 63, 64, 99, 255] {
        let text = String::from_utf8_lossy(&sealed).into_owned();
        let line = text.lines().find(|line| line.starts_with("-> scrypt")).unwrap().to_owned();
        let (front, _) = line.rsplit_once(' ').unwrap();
        let at = sealed.windows(line.len()).position(|w| w == line.as_bytes()).unwrap();
        let asking =
            [&sealed[..at], format!("{front} {asked}").as_bytes(), &sealed[at + line.len()..]].concat();
        assert_eq!(slot_work(&asking), Some(asked));
        let answer = open_slot(&asking, &secret, WorkFactor::new(MOST).unwrap()).err();
        assert_eq!(answer, Some(SlotError::TooMuchWork { asked, max: MOST }));
    }
}

/// What Wycheproof says of each signature, and what we say. Ours may be the stricter one, never the other way round.
fn wycheproof() -> (usize, Vec<String>) {
    let text = include_str!("vectors/ed25519_test.json");
    let tests: Value = serde_json::from_str(text).unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for group in tests["testGroups"].as_array().unwrap() {
        let key = key_from_hex(group["publicKey"]["pk"].as_str().unwrap());
        for test in group["tests"].as_array().unwrap() {
            let bytes = |field: &str| -> Vec<u8> {
                let hex = test[field].as_str().unwrap().as_bytes();
                let digit = |d: u8| char::from(d).to_digit(16).unwrap() as u8;
                hex.chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
            };
            let signature: Option<[u8; 64]> = bytes("sig").try_into().ok();
            let holds = key
                .zip(signature)
                .is_some_and(|(key, signature)| signature_holds(&key, &bytes("msg"), &signature));
            count += 1;
            if holds != (test["result"] == "valid") {
                wrong.push(format!("{}: {}, and we say {holds}", test["tcId"], test["result"]));
            }
        }
    }
    assert_eq!(count as u64, tests["numberOfTests"].as_u64().unwrap());
    (count, wrong)
}

#[test]
fn every_signature_of_wycheproof_gets_the_verdict_it_should() {
    let (count, wrong) = wycheproof();
    assert!(count > 100 && wrong.is_empty(), "{count}: {wrong:?}");
}

#[test]
fn campaign_every_vector_of_age_and_wycheproof_gets_the_right_verdict() {
    let (signatures, wrong) = wycheproof();
    assert_eq!(wrong, Vec::<String>::new());
    let Some(vectors) = Vector::all() else {
        println!("skipped: the vectors of age are not in the sources of this build");
        return;
    };
    let wrong: Vec<String> = vectors.iter().filter_map(|vector| judge(vector).err()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
    let detail = format!(
        "{} of age (armor and work above 2^{MOST} refused, as we write neither; {} opened, as age itself does: {}), \
         {signatures} of Wycheproof ed25519",
        vectors.len(),
        EARLY.len(),
        EARLY.join(" and ")
    );
    write("R13", (vectors.len() + signatures) as u64, "vectors, each with the right verdict", 0, &detail);
}
