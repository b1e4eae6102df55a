//! One record of every register, every field filled, and a profile to name them by.

use daicho::desk::declare::register_of;
use daicho::desk::{Lookup, Viewer};
use daicho::domain::*;
use std::collections::BTreeMap;

pub fn stamp(text: &str) -> Stamp {
    Stamp::parse_from_rfc3339(text).unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn label(ja: &str, en: &str) -> Label {
    Label { ja: ja.to_owned(), en: en.to_owned() }
}

pub struct Books {
    pub profile: Profile,
    pub now: Stamp,
    pub rows: BTreeMap<Id, Row>,
    pub staff: Id,
}

/// Whether a record belongs under a state, for somebody who holds no role.
pub fn is_in(row: &Row, state: &str, books: &Books) -> bool {
    let mut view = Registers::new();
    books.rows.iter().for_each(|(id, row)| view.put(*id, row.clone()));
    let viewer = Viewer { at: books, view: &view, actor: &Actor::recovery() };
    (register_of(row.noun()).unwrap().is_in)(row, state, &viewer)
}

impl Lookup for Books {
    fn profile(&self) -> &Profile {
        &self.profile
    }
    fn now(&self) -> Stamp {
        self.now
    }
    fn row(&self, id: Id) -> Option<Row> {
        self.rows.get(&id).cloned()
    }
    fn attached(&self, record: Id) -> Vec<Attachment> {
        let all = self.rows.values().cloned().filter_map(|row| Attachment::try_from(row).ok());
        all.filter(|row| row.record == record).collect()
    }
}

fn profile() -> Profile {
    Profile {
        name: "sample".to_owned(),
        version: 1,
        roles: vec![
            Role {
                id: "guard".to_owned(),
                label: label("警備員", "Guard"),
                may: vec!["check_in".to_owned(), "query:visits".to_owned()],
                ..Role::default()
            },
            Role { id: "officer".to_owned(), label: label("責任者", "Officer"), ..Role::default() },
        ],
        zones: vec![
            Zone {
                id: "server_room".to_owned(),
                label: label("サーバ室", "Server room"),
                racks: vec!["R-01".to_owned()],
                ..Zone::default()
            },
            Zone {
                id: "tape_vault".to_owned(), label: label("テープ庫", "Tape vault"), ..Zone::default()
            },
        ],
        purposes: vec![Purpose {
            id: "backup".to_owned(),
            label: label("バックアップ", "Backup"),
            ..Purpose::default()
        }],
        identifications: vec![Item { id: "staff_card".to_owned(), label: label("職員証", "Staff card") }],
        periods: Periods { exit_hours: 12, soon_days: 30, telephone_hours: 24, ..Periods::default() },
        ..Profile::default()
    }
}

fn trace() -> Trace {
    Trace { made: 1, made_for: None, changed: 2, erased: None }
}

fn person(n: u32, name: &str, kana: &str, company: Option<Id>) -> Row {
    Row::Person(Person {
        id: Id::new(Noun::Person, n),
        trace: trace(),
        name: name.to_owned(),
        kana: kana.to_owned(),
        company,
        organisation: "情報管理課".to_owned(),
        contact: "内線4411".to_owned(),
        identity: "人事台帳で確認".to_owned(),
        joined_to: None,
        joined: Vec::new(),
        apart: Vec::new(),
        left: Some(Ending {
            by: Id::new(Noun::Person, 1),
            on_behalf: None,
            on: stamp("2026-11-20T08:30:00+09:00"),
            reason: "契約の終了".to_owned(),
        }),
    })
}

impl Books {
    pub fn new() -> Books {
        let staff = Id::new(Noun::Person, 1);
        let guard = Id::new(Noun::Person, 2);
        let outsider = Id::new(Noun::Person, 3);
        let company = Id::new(Noun::Company, 1);
        let sub = Id::new(Noun::Company, 2);
        let badge = Id::new(Noun::Badge, 1);
        let card = Id::new(Noun::Badge, 2);
        let visit = Id::new(Noun::Visit, 1);
        let permit = Id::new(Noun::Permit, 1);
        let work = Id::new(Noun::Work, 1);
        let came = stamp("2026-11-20T14:05:00+09:00");
        let ending = |reason: &str| {
            Some(Ending {
                by: staff,
                on_behalf: None,
                on: stamp("2026-11-19T10:30:00+09:00"),
                reason: reason.to_owned(),
            })
        };
        let rows = [
            person(1, "佐藤 花子", "サトウ ハナコ", None),
            person(2, "山田 太郎", "ヤマダ タロウ", None),
            person(3, "外山 次郎", "トヤマ ジロウ", Some(sub)),
            Row::Company(Company {
                id: company,
                trace: trace(),
                name: "北陸電算株式会社".to_owned(),
                kana: "ホクリクデンサン".to_owned(),
                contact: "076-000-0000".to_owned(),
                address: "金沢市広坂1-1".to_owned(),
                secretariat: true,
                outsourced_by: None,
            }),
            Row::Company(Company {
                id: sub,
                trace: trace(),
                name: "加賀保守工業".to_owned(),
                kana: "カガホシュコウギョウ".to_owned(),
                contact: "0761-00-0000".to_owned(),
                address: "小松市小馬出町91".to_owned(),
                secretariat: false,
                outsourced_by: Some(company),
            }),
            Row::Badge(Badge {
                id: badge,
                trace: trace(),
                number: "B-017".to_owned(),
                kind: BadgeKind::Badge,
                zone: Some("server_room".to_owned()),
                holder: None,
                state: BadgeState::Out,
                visit: Some(visit),
                since: came,
                remarks: "紐を交換済み".to_owned(),
            }),
            Row::Badge(Badge {
                id: card,
                trace: trace(),
                number: "CARD-3".to_owned(),
                kind: BadgeKind::Card,
                zone: None,
                holder: Some(outsider),
                state: BadgeState::In,
                visit: None,
                since: came,
                remarks: String::new(),
            }),
            Row::Entrant(Entrant {
                id: Id::new(Noun::Entrant, 1),
                trace: trace(),
                person: outsider,
                zones: vec!["server_room".to_owned(), "tape_vault".to_owned()],
                permitted_by: staff,
                from: date("2026-04-01"),
                to: date("2027-03-31"),
                escort: true,
                credential: "指静脈".to_owned(),
                revoked: ending("契約の終了"),
                registered: stamp("2026-03-25T10:00:00+09:00"),
            }),
            Row::Visit(Visit {
                id: visit,
                trace: Trace { erased: Some(77), ..trace() },
                person: outsider,
                company: Some(sub),
                outsider: true,
                zone: "server_room".to_owned(),
                rack: Some("R-01".to_owned()),
                purpose: "backup".to_owned(),
                badge: Some(badge),
                card: Some(card),
                identification: "staff_card".to_owned(),
                came,
                left: None,
                admitted_by: guard,
                released_by: Some(staff),
                escorts: vec![(came, staff), (stamp("2026-11-20T16:00:00+09:00"), guard)],
                permit: Some(permit),
                visited: "医事課の鈴木係長".to_owned(),
                carried_in: "検査用ノートPC".to_owned(),
                carried_out: "故障したディスク".to_owned(),
                remarks: "工具箱は預かり".to_owned(),
                state: VisitState::ExitUnknown,
                badge_kept: true,
                settled: Some(Settled {
                    last_evidence: stamp("2026-11-20T18:40:00+09:00"),
                    evidence: "廊下の録画に姿".to_owned(),
                    by: guard,
                    on: stamp("2026-11-21T08:31:00+09:00"),
                }),
                entered_late: Some(stamp("2026-11-20T15:02:00+09:00")),
                left_late: Some(stamp("2026-11-21T08:33:00+09:00")),
                clock_unconfirmed: true,
                corrections: vec![Correction {
                    seq: 41,
                    field: "zone".to_owned(),
                    was: "tape_vault".to_owned(),
                    reason: "押し間違い".to_owned(),
                    by: guard,
                }],
                report: ReportState::Due,
            }),
            Row::Permit(Permit {
                devices: vec![],
                emergency: None,
                id: permit,
                trace: trace(),
                kind: PermitKind::Failure,
                applicant: staff,
                entered_by: guard,
                company: sub,
                workers: vec![outsider],
                from: date("2026-11-18"),
                to: date("2026-11-22"),
                zones: vec!["tape_vault".to_owned()],
                racks: "ラックT-9".to_owned(),
                work: "テープ装置の修理".to_owned(),
                escort: Some(guard),
                things: "交換部品".to_owned(),
                conditions: "撮影は禁止".to_owned(),
                applied: stamp("2026-11-17T09:12:00+09:00"),
                state: PermitState::Granted,
                decided: ending("緊急のため"),
                withdrawn: ending("工事の延期"),
                telephone: Some(Telephone {
                    giver: staff,
                    given: stamp("2026-11-17T03:14:00+09:00"),
                    how_identified: "登録番号へ折り返し".to_owned(),
                    taken_by: guard,
                }),
            }),
            Row::Work(Work {
                devices: vec![],
                id: work,
                trace: trace(),
                visit,
                permit: Some(permit),
                date: date("2026-11-20"),
                server: "電子カルテDB2".to_owned(),
                work: "電源装置の交換".to_owned(),
                workers: vec![outsider],
                result: "正常に起動".to_owned(),
                pi_seen: true,
                pi_detail: "画面の患者一覧".to_owned(),
                recorded_by: guard,
                recorded: stamp("2026-11-20T17:45:00+09:00"),
                state: WorkState::Returned,
                decided: ending("型番が足りない"),
            }),
            Row::EmergencyAct(EmergencyAct {
                id: Id::new(Noun::EmergencyAct, 1),
                trace: trace(),
                record: permit,
                by: guard,
                done: came,
                reason: "記憶装置の故障".to_owned(),
                tried: "病院長に2回電話".to_owned(),
                reviewed: ending("やむを得ない"),
            }),
            Row::Contradiction(Contradiction {
                id: Id::new(Noun::Contradiction, 1),
                trace: trace(),
                person: staff,
                visit,
                met: vec![Id::new(Noun::Visit, 8)],
                found: came,
                by: guard,
                settled: ending("紙の書き違い"),
            }),
            Row::Notice(Notice {
                id: Id::new(Noun::Notice, 1),
                trace: trace(),
                work,
                visit,
                opened: stamp("2026-11-20T17:46:00+09:00"),
                taken: ending("聞き取り済み"),
            }),
            Row::User(User {
                id: Id::new(Noun::User, 1),
                trace: trace(),
                user: "toyama".to_owned(),
                person: outsider,
                roles: vec!["guard".to_owned(), "officer".to_owned()],
                jurisdiction: "north".to_owned(),
                state: UserState::Suspended,
                keys: vec![UserKey { key: "0a1b2c".to_owned(), since: 3, provisional: true }],
                issued_by: staff,
                basis: Basis::CarriedOver,
                application: Some(Id::new(Noun::UserApplication, 1)),
                decided_before: Some(DecidedBefore {
                    by: "情報企画課長".to_owned(),
                    on: date("2025-04-01"),
                    number: "情企第12号".to_owned(),
                }),
                from: Some(date("2026-04-01")),
                until: Some(date("2027-03-31")),
                duty: "サーバの運用".to_owned(),
                conditions: "夜間は使わない".to_owned(),
                terms: vec![Term {
                    ended: stamp("2026-10-01T08:00:00+09:00"),
                    roles: vec!["guard".to_owned()],
                    from: Some(date("2026-04-01")),
                    until: None,
                    jurisdiction: "south".to_owned(),
                }],
                stops: vec![Stop {
                    change: Id::new(Noun::PlannedChange, 1),
                    kind: ChangeKind::Leave,
                    told: stamp("2026-11-01T08:00:00+09:00"),
                    from: date("2026-12-10"),
                    until: Some(date("2027-03-31")),
                    ended: None,
                }],
                altered: ending("担当の変更").map(Box::new),
                issued: stamp("2026-04-01T08:00:00+09:00"),
                last_login: Some(stamp("2026-11-01T07:59:00+09:00")),
                password_set: Some(stamp("2026-04-02T08:10:00+09:00")),
                reported: Some(Reported {
                    entry: 12,
                    told: ending("席を離れた間に見られた").unwrap(),
                    measures: ending("使用の記録を確かめた"),
                }),
                suspended: ending("長期の休み").map(Box::new),
                closed: ending("契約の終了").map(Box::new),
                removed: None,
                stood: vec![(stamp("2026-04-01T08:00:00+09:00"), UserState::Suspended)],
                way_in: None,
                way_before: None,
            }),
            Row::UserApplication(UserApplication {
                id: Id::new(Noun::UserApplication, 1),
                trace: trace(),
                person: outsider,
                roles: vec!["guard".to_owned()],
                jurisdiction: "north".to_owned(),
                scope: "入退室の記録".to_owned(),
                duty: "当直".to_owned(),
                reason: "委託の開始".to_owned(),
                asked_by: AskedBy::Deemed,
                department: "医療情報課".to_owned(),
                applicant: staff,
                entered_by: guard,
                from: date("2026-12-01"),
                to: Some(date("2027-03-31")),
                applied: stamp("2026-11-20T10:00:00+09:00"),
                state: ApplicationState::Received,
                received: ending("郵送"),
                check: Some(ApplicationCheck {
                    done: ending("押印なし").unwrap(),
                    complete: false,
                    single: true,
                    genuine: true,
                    reachable: true,
                }),
                decided: ending("不許可の理由"),
                withdrawn: ending("取下げの理由"),
                existing: Some(Id::new(Noun::User, 1)),
                account: Some(Id::new(Noun::User, 1)),
            }),
            Row::Appointment(Appointment {
                id: Id::new(Noun::Appointment, 1),
                trace: trace(),
                role: "officer".to_owned(),
                person: outsider,
                kind: AppointmentKind::Deputy,
                jurisdiction: "north".to_owned(),
                task: "外部委託の窓口".to_owned(),
                from: Some(date("2026-10-01")),
                to: Some(date("2027-09-30")),
                appointed: Ending { on_behalf: Some(guard), ..ending("").unwrap() },
                decided: Some(DecidedBefore {
                    by: "理事長".to_owned(),
                    on: date("2026-09-20"),
                    number: "人発第8号".to_owned(),
                }),
                former: Some(guard),
                state: AppointmentState::Standing,
                ended: ending("異動の内示"),
                told: ending("文書で"),
                told_to: Some(staff),
                told_on: Some(date("2026-10-02")),
            }),
            Row::Delegation(Delegation {
                id: Id::new(Noun::Delegation, 1),
                trace: trace(),
                from_whom: staff,
                to_whom: outsider,
                what: vec!["issue_user".to_owned(), "query:visits".to_owned()],
                clerk: false,
                from: Some(date("2026-11-18")),
                to: date("2026-11-30"),
                made: ending("海外への出張").unwrap(),
                ended: ending("早く戻った"),
            }),
            Row::OrganisationId(OrganisationId {
                id: Id::new(Noun::OrganisationId, 1),
                trace: trace(),
                user: "uketsuke".to_owned(),
                division: "受付業務".to_owned(),
                roles: vec!["guard".to_owned()],
                jurisdiction: "north".to_owned(),
                made: ending("窓口の交代勤務").unwrap(),
                members: vec![Member {
                    person: outsider,
                    from: Some(date("2026-11-01")),
                    to: Some(date("2027-03-31")),
                    added: ending("").unwrap(),
                    ended: ending("期間の短縮"),
                    broken_off: false,
                }],
                closed: ending("窓口の廃止"),
            }),
            Row::EmergencyAccount(EmergencyAccount {
                id: Id::new(Noun::EmergencyAccount, 1),
                trace: trace(),
                user: "kinkyu".to_owned(),
                roles: vec!["manager".to_owned()],
                jurisdiction: "north".to_owned(),
                made: ending("夜間に管理者が不在のため").unwrap(),
                openings: vec![Opening {
                    opened: Ending { by: outsider, ..ending("空調の停止").unwrap() },
                    tried: "課長に2回電話".to_owned(),
                    last: date("2026-11-21"),
                    closed: ending("業者を入室させた"),
                    reviewed: ending("やむを得ない"),
                }],
                withdrawn: ending("夜間の体制の変更"),
            }),
            Row::PlannedChange(PlannedChange {
                id: Id::new(Noun::PlannedChange, 1),
                trace: trace(),
                person: outsider,
                kind: ChangeKind::Leave,
                day: date("2026-12-10"),
                until: Some(date("2027-03-31")),
                announced_by: staff,
                announced: ending("電話で届出").unwrap(),
                late: true,
                state: PlannedState::PassedOn,
                to_whom: Some(guard),
                passed_on: ending("書面で連絡"),
                left: vec![Id::new(Noun::User, 1)],
                carried_out: ending("処理の理由"),
                cancelled: ending("取りやめ"),
            }),
            Row::Shift(Shift {
                id: Id::new(Noun::Shift, 1),
                trace: trace(),
                by: guard,
                at: stamp("2026-11-20T08:30:00+09:00"),
                from: Some(staff),
                counts: vec![3, 21, 44],
                remarks: "空調の音に注意".to_owned(),
            }),
            Row::Attachment(Attachment {
                id: Id::new(Noun::Attachment, 1),
                trace: trace(),
                record: permit,
                title: "作業計画書".to_owned(),
                file: "keikaku.pdf".to_owned(),
                size: 204_800,
                digest: "3c9e".repeat(16),
                blob: "a5".repeat(32),
                attached_by: guard,
                attached: stamp("2026-11-20T08:30:00+09:00"),
            }),
            Row::ProfileVersion(ProfileVersion {
                id: Id::new(Noun::Profile, 1),
                trace: trace(),
                text: "name = \"jcho\"\nversion = 5\n".to_owned(),
                from: date("2026-10-01"),
                by: staff,
                adopted: stamp("2026-09-15T11:11:00+09:00"),
                proposed: Some("4b1d".repeat(16)),
                steps: vec![StepTaken {
                    step: "council".to_owned(),
                    on: date("2026-09-10"),
                    vote: Some(Vote { in_favour: 7, of: 12 }),
                }],
                agreed: Some(Hand { by: guard, on: stamp("2026-09-16T10:00:00+09:00"), sheet: false }),
                withdrawn: None,
            }),
        ];
        let mut rows: BTreeMap<Id, Row> = rows.into_iter().map(|row| (row.id(), row)).collect();
        // A book that came later has the row that its family keeps.
        for (_, line) in crate::golden::of_families("rows.jsonl").filter(|(_, line)| !line.is_empty()) {
            let row: Row = serde_json::from_str(&line).unwrap();
            if register_of(row.noun()).is_some() && rows.keys().all(|id| id.noun != row.noun()) {
                rows.insert(row.id(), row);
            }
        }
        Books { profile: profile(), now: stamp("2026-11-20T18:00:00+09:00"), rows, staff }
    }

    /// The first record of a noun.
    pub fn first(&self, noun: Noun) -> Row {
        self.rows.values().find(|row| row.noun() == noun).cloned().unwrap()
    }
}
