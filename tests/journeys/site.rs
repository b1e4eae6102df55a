//! A small site for the journeys, under the terminal's own clock: the binary has no other.

use chrono::Days;
use daicho::desk::{Clock, Desk, Founding, Instruction, SystemClock, SystemEntropy, Terminal};
use daicho::domain::{BadgeKind, Command, RegisterBadge, RegisterEntrant, RegisterPerson};
use std::path::PathBuf;
use std::sync::Arc;

pub const PASSWORD: &str = "Sakura-2026-mon";
pub const CARD: &str = "C-0101";

pub struct Site {
    folder: tempfile::TempDir,
}

fn terminal() -> Terminal {
    Terminal {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        name: "test".to_owned(),
        work_factor: 2,
        hardening: "none".to_owned(),
        last_seen: None,
    }
}

impl Site {
    pub fn found() -> Site {
        let site = Site { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(site.print_dir()).unwrap();
        let founding = Founding {
            site: "test-site".to_owned(),
            site_name: "見本中央病院".to_owned(),
            profile: daicho::profile::builtin("ishikawa").unwrap().to_owned(),
            admin: "admin".to_owned(),
            name: "管理 花子".to_owned(),
            kana: "カンリ ハナコ".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let (mut desk, _) = Desk::found(&site.dir(), &founding, terminal()).unwrap();
        let today = SystemClock.now().date_naive();
        let mut run = |command: Command| desk.execute(Instruction::from(command)).unwrap();
        for (name, kana, card) in
            [("田中 一郎", "タナカ イチロウ", CARD), ("佐藤 美咲", "サトウ ミサキ", "C-0102")]
        {
            let person = RegisterPerson {
                name: name.into(),
                kana: kana.into(),
                organisation: "情報管理室".into(),
                ..RegisterPerson::default()
            };
            let person = run(person.into()).id;
            let entrant = RegisterEntrant {
                person,
                zones: vec!["server_room".into()],
                from: Some(today),
                to: today.checked_add_days(Days::new(30)),
                escort: true,
                credential: "職員証".into(),
                ..RegisterEntrant::default()
            };
            run(entrant.into());
            let card =
                RegisterBadge { number: card.into(), kind: BadgeKind::Card, zone: None, holder: person };
            run(card.into());
        }
        desk.close().unwrap();
        site
    }

    /// Logs in without screens.
    pub fn log_in(&self, user: &str, password: &str) -> Desk {
        Desk::log_in(&self.dir(), user, password, terminal()).unwrap().0
    }

    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    pub fn print_dir(&self) -> PathBuf {
        self.folder.path().join("printed")
    }

    /// The one file that was written out.
    pub fn printed(&self) -> String {
        let file = std::fs::read_dir(self.print_dir()).unwrap().next().unwrap().unwrap();
        std::fs::read_to_string(file.path()).unwrap()
    }
}
