//! The people of a site, each with a password of their own, at one desk one after the other.

use super::site::{PASSWORD, Site};
use daicho::desk::declare::read::command_from_json;
use daicho::desk::{Desk, Failure, Instruction, Lookup, Receipt, Seat};
use daicho::domain::{Id, Profile, Row};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Login ID, role, name, kana. The ID is the role where that is a role of both profiles.
pub const STAFF: &[(&str, &str, &str, &str)] = &[
    ("guard", "guard", "警備 守", "ケイビ マモル"),
    ("guard2", "guard", "夜勤 誠", "ヤキン マコト"),
    ("operator", "operator", "髙橋 操", "タカハシ ミサオ"),
    ("approver", "approver", "佐藤 承子", "サトウ ショウコ"),
    ("officer", "officer", "鈴木 情一", "スズキ ジョウイチ"),
    ("auditor", "auditor", "監査 明", "カンサ アキラ"),
];

/// A line of a batch file.
pub fn order(line: Value) -> Instruction {
    match command_from_json(line.to_string().as_bytes()) {
        Ok(order) => order,
        Err(problems) => panic!("{line}: {problems:?}"),
    }
}

/// What appoints somebody who held the office when the site was founded.
pub fn carried_over(role: &str, person: Id) -> Value {
    json!({"command": "appoint", "role": role, "person": person, "task": "担当", "decided_by": "総務課",
           "decided_on": "2026-04-01"})
}

/// The first jurisdiction in which one of some roles is held, where they are held in some kind of it alone.
pub fn place_of(profile: &Profile, roles: &[&str]) -> Option<String> {
    let bound = roles.iter().filter_map(|role| profile.role(role)).find(|role| !role.held_in.is_empty())?;
    profile.jurisdictions.iter().find(|one| bound.held_in.contains(&one.kind)).map(|one| one.id.clone())
}

/// The stable name of a refusal.
pub fn name_of(failure: &Failure) -> String {
    match failure {
        Failure::Rejected(rejection, _) => rejection.code.name().to_owned(),
        Failure::Denied(..) => "not_permitted".to_owned(),
        Failure::Malformed(problems) => problems[0].name.clone(),
        other => format!("{other:?}"),
    }
}

/// Everybody at one desk.
pub struct Cast {
    pub desk: Desk,
    seats: BTreeMap<String, Seat>,
    persons: BTreeMap<String, Id>,
}

impl Cast {
    /// Registers the staff, issues their IDs, and lets each set a password. The operator may enter and escort.
    pub fn gather(site: &Site) -> Cast {
        let mut cast = Cast::of(site.log_in("admin"));
        for (user, role, name, kana) in STAFF {
            cast.employ(user, role, name, kana);
        }
        for user in ["operator", "guard"] {
            let person = cast.person(user);
            cast.must(
                "approver",
                json!({"command": "register_entrant", "person": person, "zones": ["server_room"],
                       "from": "2026-11-01", "to": "2027-03-31", "escort": true, "credential": "職員証"}),
            );
        }
        for number in ["B-001", "B-002", "B-003"] {
            cast.must("admin", json!({"command": "register_badge", "number": number, "kind": "badge"}));
        }
        let holder = cast.person("operator");
        cast.must(
            "admin",
            json!({"command": "register_badge", "number": "C-9", "kind": "card", "holder": holder}),
        );
        cast
    }

    /// The administrator alone, at a desk that they opened.
    pub fn of(desk: Desk) -> Cast {
        let admin = desk.seat_of("admin", PASSWORD).unwrap();
        let persons = BTreeMap::from([("admin".to_owned(), desk.actor().person)]);
        Cast { desk, seats: BTreeMap::from([("admin".to_owned(), admin)]), persons }
    }

    /// The same people at a desk that was opened again.
    pub fn gather_again(site: &Site) -> Cast {
        let desk = site.log_in("admin");
        let (mut seats, mut persons) = (BTreeMap::new(), BTreeMap::new());
        for user in STAFF.iter().map(|(user, ..)| *user).chain(["admin"]) {
            let seat = desk.seat_of(user, PASSWORD).unwrap();
            persons.insert(user.to_owned(), seat.actor().person);
            seats.insert(user.to_owned(), seat);
        }
        Cast { desk, seats, persons }
    }

    /// A person with an ID in a role and a password of their own.
    pub fn employ(&mut self, user: &str, role: &str, name: &str, kana: &str) {
        let person = self.register(name, kana);
        self.persons.insert(user.to_owned(), person);
        self.in_office(person, role);
        self.issue(user, person, role);
    }

    /// An ID for somebody in a role, which comes by appointment where it is an office, and a password of their own.
    pub fn issue(&mut self, user: &str, person: Id, role: &str) {
        let line = self.issuing(user, person, &[role]);
        let issued = self.must("admin", line);
        self.enrol(user, &issued.temporary_password.unwrap());
    }

    /// Somebody held a role's office when the site was founded, where it is one: as a deputy, where another has it alone.
    pub fn in_office(&mut self, person: Id, role: &str) {
        if self.desk.profile().office(role).is_none() {
            return;
        }
        let mut line = carried_over(role, person);
        if let Some(place) = place_of(self.desk.profile(), &[role]) {
            line["jurisdiction"] = json!(place);
        }
        if self.ask("admin", line.clone()).is_ok() {
            return;
        }
        line["kind"] = json!("deputy");
        line["task"] = json!("不在の間の決裁");
        let put = self.ask("admin", line);
        assert!(put.is_ok() || put.is_err_and(|no| name_of(&no) == "already_exists"), "{role} {person}");
    }

    /// What gives somebody an ID whom nobody applied for: where the rules ask for an application, one carried over. Roles
    /// that are offices come by appointment.
    pub fn issuing(&self, user: &str, person: Id, roles: &[&str]) -> Value {
        let is_office = |role: &&&str| self.desk.profile().office(role).is_some();
        let roles: Vec<&str> = roles.iter().filter(|role| !is_office(role)).copied().collect();
        let mut line = if self.desk.profile().accounts().without_application {
            json!({"command": "issue_user", "user": user, "person": person})
        } else {
            json!({"command": "carry_over_user", "user": user, "person": person, "duty": "運用",
                   "decided_by": "総務課", "decided_on": "2026-04-01"})
        };
        if let Some(place) = place_of(self.desk.profile(), &roles) {
            line["jurisdiction"] = json!(place);
        }
        if !roles.is_empty() {
            line["roles"] = json!(roles);
        }
        line
    }

    /// The first login of a user: their own password in place of the temporary one.
    pub fn enrol(&mut self, user: &str, temporary: &str) {
        let provisional = self.desk.seat_of(user, temporary).unwrap();
        self.desk.sit(&provisional);
        self.desk.set_password(temporary, PASSWORD).unwrap();
        let own = self.desk.seat_of(user, PASSWORD).unwrap();
        self.seats.insert(user.to_owned(), own);
    }

    /// Somebody whose key is another since.
    pub fn seat_again(&mut self, user: &str) {
        let seat = self.desk.seat_of(user, PASSWORD).unwrap();
        self.seats.insert(user.to_owned(), seat);
    }

    /// A person without an ID.
    pub fn register(&mut self, name: &str, kana: &str) -> Id {
        let line =
            json!({"command": "register_person", "name": name, "kana": kana, "organisation": "情報課"});
        self.must("admin", line).id.unwrap()
    }

    /// A contractor with two workers.
    pub fn contractor(&mut self) -> (Id, Id, Id) {
        let line = json!({"command": "register_company", "name": "株式会社サンプル電機", "kana": "サンプルデンキ",
                          "contact": "03-0000-0000", "secretariat": true});
        let company = self.must("guard", line).id.unwrap();
        let mut worker = |name: &str, kana: &str| {
            let line = json!({"command": "register_person", "name": name, "kana": kana, "company": company});
            self.must("guard", line).id.unwrap()
        };
        (company, worker("渡邊 修理", "ワタナベ シュウリ"), worker("齋藤 点検", "サイトウ テンケン"))
    }

    /// An application for a visit, granted.
    pub fn granted_visit(&mut self) -> Id {
        let (company, worker, _) = self.contractor();
        self.granted("visit", company, &[worker])
    }

    /// A document attached to an application.
    pub fn attach(&mut self, site: &Site) -> Id {
        let (company, worker, _) = self.contractor();
        let line = json!({"command": "apply_visit", "kind": "visit", "company": company, "workers": [worker],
                          "from": "2026-11-20", "to": "2026-11-20", "zones": ["server_room"], "work": "見学"});
        let permit = self.must("operator", line).id;
        let file = site.dir().with_file_name("paper.pdf");
        std::fs::write(&file, b"a paper of a few bytes").unwrap();
        let line = json!({"command": "attach", "record": permit, "title": "申請書", "file": file});
        self.must("operator", line).id.unwrap()
    }

    pub fn person(&self, user: &str) -> Id {
        self.persons[user]
    }

    /// The first of the staff, but these, who holds one of some roles.
    pub fn holder(&self, roles: &[String], but: &[&str]) -> String {
        let of = |(user, role, ..): &&(&str, &str, &str, &str)| {
            roles.iter().any(|held| held == role) && !but.contains(user)
        };
        STAFF.iter().find(of).map(|(user, ..)| (*user).to_owned()).unwrap()
    }

    pub fn sit(&mut self, user: &str) -> &mut Desk {
        self.desk.sit(&self.seats[user]);
        &mut self.desk
    }

    /// What the desk answers to a user.
    pub fn ask(&mut self, user: &str, line: Value) -> Result<Receipt, Failure> {
        self.sit(user).execute(order(line))
    }

    /// A command that must be accepted.
    pub fn must(&mut self, user: &str, line: Value) -> Receipt {
        let said = line.to_string();
        self.ask(user, line).unwrap_or_else(|failure| panic!("{user} {said}: {failure:?}"))
    }

    /// A command that must be refused; the refusal's name.
    pub fn no(&mut self, user: &str, line: Value) -> String {
        let said = line.to_string();
        match self.ask(user, line) {
            Ok(_) => panic!("accepted: {user} {said}"),
            Err(failure) => name_of(&failure),
        }
    }

    /// What proposes a version of the rules from a day, every step of the regulation's own procedure taken today.
    pub fn proposal(&self, profile: &str, from: &str) -> Value {
        let today = self.desk.now().date_naive().to_string();
        let steps = self.desk.profile().adoption_steps.iter().map(|step| {
            let vote = step.vote.then(|| json!({"in_favour": 7, "of": 12}));
            json!({"step": step.id, "on": today, "vote": vote})
        });
        let steps: Vec<Value> = steps.collect();
        json!({"command": "propose_profile", "profile": profile, "from": from, "steps": steps})
    }

    /// The staff who may agree to a version of the rules, besides the administrator.
    pub fn agrees(&mut self) -> String {
        let may = |role: &str| {
            daicho::domain::policy::role_for(self.desk.profile(), &[role.to_owned()], "agree_profile").is_ok()
        };
        STAFF.iter().find(|(_, role, ..)| may(role)).map(|(user, ..)| (*user).to_owned()).unwrap()
    }

    /// Brings a version of the rules into force from a day, by two people; its record.
    pub fn brings(&mut self, profile: &str, from: &str) -> Id {
        let line = self.proposal(profile, from);
        let version = self.must("admin", line).id.unwrap();
        let second = self.agrees();
        self.must(&second, json!({"command": "agree_profile", "version": version}));
        version
    }

    /// A record as it stands.
    pub fn row(&self, id: Id) -> Row {
        Lookup::row(&self.desk, id).unwrap_or_else(|| panic!("no {id}"))
    }

    /// An application for planned work that covers today, granted by whoever the profile names.
    pub fn granted(&mut self, kind: &str, company: Id, workers: &[Id]) -> Id {
        let permit = self.must(
            "guard",
            json!({"command": "apply_visit", "kind": kind, "company": company, "workers": workers,
                   "from": "2026-11-20", "to": "2026-11-20", "zones": ["server_room"], "work": "記憶装置の交換",
                   "racks": "R03"}),
        );
        let permit = permit.id.unwrap();
        let authority = self.desk.profile().authority.clone();
        let roles = if kind == "planned" { authority.planned } else { authority.failure };
        let decider = self.holder(&roles, &[]);
        self.must(&decider, json!({"command": "decide_visit", "permit": permit, "granted": true}));
        permit
    }

    /// The operator goes in, for whoever is to be escorted.
    pub fn operator_in(&mut self) -> Id {
        let line =
            json!({"command": "check_in", "card": "C-9", "zone": "server_room", "purpose": "operation"});
        self.must("guard", line).id.unwrap()
    }

    /// A worker goes in with a permit, a badge and the operator as escort.
    pub fn worker_in(&mut self, worker: Id, permit: Id, badge: &str, purpose: &str) -> Id {
        let escort = self.person("operator");
        let line = json!({"command": "check_in", "person": worker, "permit": permit, "badge": badge,
                          "zone": "server_room", "purpose": purpose, "escort": escort,
                          "identification": "company_card", "rack": "R03"});
        self.must("guard", line).id.unwrap()
    }

    pub fn close(self) {
        self.desk.close().unwrap();
    }
}
