//! A small founded site, and a terminal that draws into memory.

use crate::desk::{Clock, Desk, Founding, Instruction, Lang, Lookup, SeededEntropy, Terminal};
use crate::domain::{
    Appoint, BadgeKind, CheckIn, Command, Date, IssueUser, Noun, PermitByTelephone, RegisterBadge,
    RegisterCompany, RegisterEntrant, RegisterPerson, Stamp,
};
use crate::tui::input::{Input, Key, Run};
use crate::tui::model::Place;
use crate::tui::{Offscreen, Options, PrintSink};
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub const PASSWORD: &str = "Sakura-2026-mon";

/// A clock whose hands the test moves, the wall's and the monotonic one.
pub struct Hands {
    wall: Mutex<Stamp>,
    start: Instant,
    passed: Mutex<Duration>,
}

impl Hands {
    pub fn pass(&self, time: Duration) {
        *self.passed.lock().unwrap() += time;
        *self.wall.lock().unwrap() += chrono::Duration::from_std(time).unwrap();
    }
}

impl Clock for Hands {
    fn now(&self) -> Stamp {
        *self.wall.lock().unwrap()
    }
    fn instant(&self) -> Instant {
        self.start + *self.passed.lock().unwrap()
    }
}

/// What was written out.
#[derive(Clone, Default)]
pub struct Written(pub Arc<Mutex<Vec<(String, String)>>>);

impl PrintSink for Written {
    fn write(&self, name: &str, bytes: &[u8]) -> Result<String, String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.0.lock().unwrap().push((name.to_owned(), text));
        Ok(format!("/out/{name}"))
    }
}

/// A site with a few people, a card, badges and a company.
pub struct Site {
    pub folder: tempfile::TempDir,
    pub hands: Arc<Hands>,
    pub written: Written,
    entropy: Arc<SeededEntropy>,
}

/// The card of 田中 一郎, a regular entrant, and a badge to lend.
pub const CARD: &str = "C-0101";
pub const BADGE: &str = "B-017";

impl Site {
    pub fn found() -> Site {
        Site::found_where("", "")
    }

    /// The same under rules in which a passage stands in place of another.
    pub fn found_where(old: &str, new: &str) -> Site {
        let wall = Stamp::parse_from_rfc3339("2026-11-20T14:05:00+09:00").unwrap();
        let hands =
            Arc::new(Hands { wall: Mutex::new(wall), start: Instant::now(), passed: Mutex::default() });
        let site = Site {
            folder: tempfile::tempdir().unwrap(),
            hands,
            written: Written::default(),
            entropy: Arc::new(SeededEntropy::new(7)),
        };
        let founding = Founding {
            site: "test-site".to_owned(),
            site_name: "試験病院".to_owned(),
            profile: include_str!("../../../data/profiles/ishikawa.toml").replacen(old, new, 1),
            admin: "admin".to_owned(),
            name: "管理 花子".to_owned(),
            kana: "カンリ ハナコ".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let (mut desk, _) = Desk::found(&site.dir(), &founding, site.terminal()).unwrap();
        site.fill(&mut desk);
        desk.close().unwrap();
        site
    }

    fn fill(&self, desk: &mut Desk) {
        let mut run = |command: Command| desk.execute(Instruction::from(command)).unwrap();
        let day = |text: &str| Some(text.parse::<Date>().unwrap());
        let company = run(RegisterCompany {
            name: "北陸電算サービス株式会社".into(),
            kana: "ホクリクデンサンサービス".into(),
            ..RegisterCompany::default()
        }
        .into())
        .id;
        let mut person = |name: &str, kana: &str, company| {
            run(RegisterPerson {
                name: name.into(),
                kana: kana.into(),
                company,
                organisation: if company.is_none() { "情報管理室".into() } else { String::new() },
                ..RegisterPerson::default()
            }
            .into())
            .id
        };
        let tanaka = person("田中 一郎", "タナカ イチロウ", None);
        let sato = person("佐藤 美咲", "サトウ ミサキ", None);
        person("髙橋 健", "タカハシ ケン", company);
        for who in [tanaka, sato] {
            run(RegisterEntrant {
                person: who,
                zones: vec!["server_room".into()],
                from: day("2026-04-01"),
                to: day("2027-03-31"),
                escort: true,
                credential: "職員証".into(),
                ..RegisterEntrant::default()
            }
            .into());
        }
        let badge = |number: &str, kind, holder| {
            Command::from(RegisterBadge { number: number.into(), kind, zone: None, holder })
        };
        run(badge(CARD, BadgeKind::Card, tanaka));
        run(badge("C-0102", BadgeKind::Card, sato));
        run(badge(BADGE, BadgeKind::Badge, None));
        run(IssueUser {
            user: "guard".into(),
            person: sato,
            roles: vec!["guard".into()],
            ..IssueUser::default()
        }
        .into());
    }

    /// Gives 田中 an ID in a role, with everybody's password.
    pub fn issue(&self, user: &str, role: &str) {
        self.issue_in(user, role, "");
    }

    /// The same of an office that is held within a jurisdiction.
    pub fn issue_in(&self, user: &str, role: &str, jurisdiction: &str) {
        let (mut desk, _) = Desk::log_in(&self.dir(), "admin", PASSWORD, self.terminal()).unwrap();
        let person = desk.search(Noun::Person, "タナカ", 1).unwrap().first().copied();
        // An office is held since before the site was founded.
        let is_office = Lookup::profile(&desk).office(role).is_some();
        if is_office {
            let appoint = Appoint {
                role: role.into(),
                person,
                decided_by: "総務課".into(),
                jurisdiction: jurisdiction.into(),
                decided_on: Date::from_ymd_opt(2026, 4, 1),
                ..Appoint::default()
            };
            desk.execute(Instruction::from(Command::from(appoint))).unwrap();
        }
        let roles = if is_office { Vec::new() } else { vec![role.to_owned()] };
        let issue = IssueUser { user: user.into(), person, roles, ..IssueUser::default() };
        let receipt = desk.execute(Instruction::from(Command::from(issue))).unwrap();
        desk.close().unwrap();
        let temporary = receipt.temporary_password.unwrap();
        let (mut desk, _) = Desk::log_in(&self.dir(), user, &temporary, self.terminal()).unwrap();
        desk.set_password(&temporary, PASSWORD).unwrap();
        desk.close().unwrap();
    }

    /// 髙橋 comes in with the badge, under a permission by telephone, escorted by 田中, who is inside and may permit.
    pub fn visitor_in(&self, screen: &mut Screen) {
        let Place::Desk(standing) = &mut screen.model.place else { panic!("not at the desk") };
        let desk = &mut standing.desk;
        let found = |noun, typed| desk.search(noun, typed, 1).unwrap().first().copied();
        let (tanaka, visitor) = (found(Noun::Person, "タナカ"), found(Noun::Person, "タカハシ"));
        let company = found(Noun::Company, "ホクリク");
        let permit = PermitByTelephone {
            giver: tanaka,
            how_identified: "院内電話帳の番号".into(),
            company,
            workers: visitor.into_iter().collect(),
            zones: vec!["server_room".into()],
            work: "障害対応".into(),
            ..PermitByTelephone::default()
        };
        let permit = desk.execute(Instruction::from(Command::from(permit))).unwrap().id;
        let check_in = CheckIn {
            person: visitor,
            permit,
            badge: Some(BADGE.into()),
            escort: tanaka,
            zone: "server_room".into(),
            purpose: "failure".into(),
            identification: "licence".into(),
            ..CheckIn::default()
        };
        desk.execute(Instruction::from(Command::from(check_in))).unwrap();
    }

    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    pub fn terminal(&self) -> Terminal {
        Terminal {
            clock: self.hands.clone(),
            entropy: self.entropy.clone(),
            name: "test".to_owned(),
            work_factor: 2,
            hardening: "none".to_owned(),
            last_seen: None,
        }
    }

    pub fn screen(&self, lang: Lang, width: u16, height: u16) -> Screen {
        let options = Options {
            lang,
            hint: vec!["admin  Sakura-2026-mon".to_owned()],
            sink: Box::new(self.written.clone()),
        };
        let screens = Offscreen::new(&self.dir(), self.terminal(), options, (width, height));
        Screen { screens, hands: self.hands.clone() }
    }

    /// At the desk, as the administrator.
    pub fn at_desk(&self, lang: Lang, width: u16, height: u16) -> Screen {
        let mut screen = self.screen(lang, width, height);
        screen.log_in("admin", PASSWORD);
        assert!(matches!(screen.model.place, Place::Desk(_)), "{}", screen.text());
        screen
    }
}

/// The screens in memory, and the hands of their clock.
pub struct Screen {
    screens: Offscreen,
    pub hands: Arc<Hands>,
}

impl Deref for Screen {
    type Target = Offscreen;
    fn deref(&self) -> &Offscreen {
        &self.screens
    }
}

impl DerefMut for Screen {
    fn deref_mut(&mut self) -> &mut Offscreen {
        &mut self.screens
    }
}

impl Screen {
    pub fn log_in(&mut self, user: &str, password: &str) {
        self.types(user);
        self.key(Key::Enter);
        self.types(password);
        self.key(Key::Enter);
    }

    pub fn keys(&mut self, keys: &[Key]) {
        keys.iter().for_each(|key| self.key(*key));
    }

    pub fn scan(&mut self, code: &str) {
        let text = code.to_owned().into();
        self.input(Input::Run(Run { text, ended: Some(Key::Enter), sure: true }));
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.input(Input::Resize(width, height));
    }

    pub fn shows(&mut self, text: &str) {
        self.draw();
        let shown = self.text();
        assert!(shown.contains(text), "{text:?} is not on the screen:\n{shown}");
    }

    pub fn shows_not(&mut self, text: &str) {
        self.draw();
        let shown = self.text();
        assert!(!shown.contains(text), "{text:?} is on the screen:\n{shown}");
    }
}
