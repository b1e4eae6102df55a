//! What KeePass-like stores do: everything in memory, and at each commit the whole file encrypted and written anew.

use crate::engine::{Engine, SHOWN};
use crate::world::{Person, Record, Visit};
use age::x25519;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

#[derive(Default, Serialize, Deserialize)]
struct Everything {
    people: BTreeMap<u32, (Person, [String; 3])>,
    visits: BTreeMap<u32, Visit>,
}

pub struct Books {
    folder: PathBuf,
    identity: x25519::Identity,
    all: Everything,
}

pub fn create(folder: &Path) {
    let identity = x25519::Identity::generate();
    let text = age::secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned();
    fs::write(folder.join("identity"), text).expect("the key is written");
    let books = Books { folder: folder.to_owned(), identity, all: Everything::default() };
    books.save();
}

impl Books {
    pub fn open(folder: &Path) -> Books {
        let identity = fs::read_to_string(folder.join("identity")).expect("the key").parse().expect("a key");
        let file = File::open(folder.join("books.age")).expect("the books");
        let decryptor = age::Decryptor::new(file).expect("an age file");
        let mut bytes = Vec::new();
        decryptor
            .decrypt(std::iter::once(&identity as &dyn age::Identity))
            .and_then(|mut reader| Ok(reader.read_to_end(&mut bytes)?))
            .expect("the books are read");
        let all = serde_json::from_slice(&bytes).expect("the books");
        Books { folder: folder.to_owned(), identity, all }
    }

    fn save(&self) {
        let bytes = serde_json::to_vec(&self.all).expect("the books");
        let path = self.folder.join("books.age");
        let tmp = path.with_extension("tmp");
        let file = File::create(&tmp).expect("a file");
        let recipient = self.identity.to_public();
        let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient));
        let mut writer = encryptor.expect("a recipient").wrap_output(BufWriter::new(file)).expect("a header");
        writer.write_all(&bytes).expect("written");
        let file = writer.finish().expect("written").into_inner().map_err(|e| e.into_error());
        file.and_then(|file| file.sync_data()).expect("synced");
        fs::rename(&tmp, &path).expect("renamed");
        File::open(&self.folder).and_then(|folder| folder.sync_all()).expect("synced");
    }
}

impl Engine for Books {
    fn write(&mut self, records: &[Record]) {
        for record in records {
            match record {
                Record::Register(_, person) => {
                    self.all.people.insert(person.id, (person.clone(), person.folded()));
                }
                Record::Enter(visit) => {
                    self.all.visits.insert(visit.id, visit.clone());
                }
                Record::Leave { visit, at, carried_out, .. } => {
                    let visit = self.all.visits.get_mut(visit).expect("there");
                    visit.left = Some(*at);
                    visit.carried_out.clone_from(carried_out);
                }
            }
        }
        self.save();
    }

    fn visit(&mut self, id: u32) -> Option<Visit> {
        self.all.visits.get(&id).cloned()
    }

    fn days(&mut self, from: NaiveDate, to: NaiveDate) -> Vec<Visit> {
        let within = |visit: &&Visit| (from..=to).contains(&visit.came.date_naive());
        self.all.visits.values().filter(within).cloned().collect()
    }

    fn search(&mut self, keys: &[String]) -> Vec<Person> {
        let holds =
            |folded: &[String; 3]| keys.iter().any(|key| folded.iter().any(|text| text.contains(key)));
        let found = self.all.people.values().filter(|(_, folded)| holds(folded));
        found.take(SHOWN).map(|(person, _)| person.clone()).collect()
    }

    fn checkpoint(&mut self) -> bool {
        false
    }

    fn close(self: Box<Self>) {}
}
