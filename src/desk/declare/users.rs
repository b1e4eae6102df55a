//! Users (利用者): who may log in here, in which roles.

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    offices, planned_changes, standing,
};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{Date, Id, Noun, Row, User, UserState, ends_soon};

fn of(row: &Row, say: impl Fn(&User) -> String) -> String {
    match row {
        Row::User(row) => say(row),
        _ => String::new(),
    }
}

/// The day by which accounts are judged.
pub(super) fn today(at: &dyn Lookup) -> Date {
    match at.row(Id::SITE) {
        Some(Row::Site(site)) => site.accounts_on(at.now()),
        _ => at.now().date_naive(),
    }
}

/// Where a user stands: their state, and for one whose account has days of its own, or of a personnel change, `not_yet`,
/// `on_leave`, `ending_soon` or `over`.
fn stands(row: &User, at: &dyn Lookup) -> &'static str {
    if row.from.is_none() && row.until.is_none() && !row.has_stops() {
        return row.state.name();
    }
    let today = today(at);
    match row.state {
        state if state.is_barred() => state.name(),
        _ if row.from.is_some_and(|from| today < from) => "not_yet",
        _ if row.is_in_period(today) => match row.last_day(today) {
            Some(last) if row.state == UserState::Active && ends_soon(last, today, at.profile()) => {
                "ending_soon"
            }
            _ => row.state.name(),
        },
        _ if row.is_on_leave(today) => "on_leave",
        _ => "over",
    }
}

/// Whether nobody used an account for as long as the profile lets it be: never, where it was not used since its issue.
fn is_dormant(row: &User, at: &dyn Lookup) -> bool {
    let Some(days) = at.profile().accounts().dormant_days else { return false };
    let used = row.last_login.unwrap_or(row.issued).date_naive();
    row.state == UserState::Active && today(at).signed_duration_since(used).num_days() > i64::from(days)
}

/// Whether a user belongs under a filter: under the state itself, or under what its days make of it.
fn is_in(row: &User, state: &str, viewer: &Viewer<'_>) -> bool {
    match state {
        "reported" => row.is_reported(),
        "dormant" => is_dormant(row, viewer.at),
        "still_opening" => row.way_in.is_some() && row.is_done_with(today(viewer.at)),
        _ => row.state.name() == state || stands(row, viewer.at) == state,
    }
}

/// On what an account rests.
const BASES: Choices = &[
    ("application", Words::new("申請", "application")),
    ("unapplied", Words::new("申請なし", "no application")),
    ("carried_over", Words::new("開設前の決定（ここでの決定なし）", "decided before the site (not here)")),
    ("founding", Words::new("拠点の開設", "founding")),
    ("sheet", Words::new("回復用紙", "recovery sheet")),
];

/// States of a user.
const STATES: Choices = &[
    ("provisional", Words::new("仮パスワード", "provisional")),
    ("active", Words::new("利用中", "active")),
    ("not_yet", Words::new("開始前", "not begun")),
    ("ending_soon", Words::new("期限間近", "ending soon")),
    ("on_leave", Words::new("休職中", "on leave")),
    ("over", Words::new("期間終了", "period over")),
    ("still_opening", Words::new("終了・保管庫可", "ended, can open")),
    ("dormant", Words::new("長期未使用", "dormant")),
    ("reported", Words::new("漏えい届出中", "leak reported")),
    ("suspended", Words::new("停止中", "suspended")),
    ("closed", Words::new("閉鎖済", "closed")),
    ("removed", Words::new("抹消済", "removed")),
];

/// The roles of the account, and those of the offices that the person holds.
fn roles(row: &User, at: &dyn Lookup, lang: Lang) -> String {
    let own = row.roles.iter().map(|role| cells::role(role, at.profile(), lang));
    let offices = offices::held_by(row.person, at, lang).into_iter();
    cells::joined(own.chain(offices), lang)
}

/// The register of users.
pub const REGISTER: Register = Register {
    name: "users",
    noun: Noun::User,
    title: Words::new("利用者", "Users"),
    reading: "りようしゃ",
    doc: Words::new(
        "このシステムにログインできる人と、その役割です。",
        "Who may log in to this system, and in which roles.",
    ),
    columns: &[
        Column::new("user", ("利用者ID", "ID"), 12, |row, _, _| of(row, |row| row.user.clone())).always(),
        Column::new("person", ("氏名", "Name"), 14, |row, at, lang| {
            of(row, |row| cells::name(row.person, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(cells::is_outsider(row.person, at), lang))
        }),
        Column::new("roles", ("役割", "Roles"), 0, |row, at, lang| of(row, |row| roles(row, at, lang))),
        Column::new("state", ("状態", "State"), 14, |row, at, lang| {
            of(row, |row| standing::words(STATES, stands(row, at), lang))
        })
        .always(),
        Column::new("last_login", ("最終ログイン", "Last login"), 16, |row, _, lang| {
            of(row, |row| row.last_login.map(|last| cells::stamp(last, lang)).unwrap_or_default())
        }),
    ],
    detail: &[
        Column::line("kana", ("カナ", "Kana"), |row, at, lang| {
            of(row, |row| match at.row(row.person) {
                Some(Row::Person(person)) => cells::text(&person.kana, lang),
                _ => String::new(),
            })
        }),
        Column::line("organisation", ("所属", "Department"), |row, at, lang| {
            of(row, |row| match at.row(row.person) {
                Some(Row::Person(person)) => cells::text(&person.organisation, lang),
                _ => String::new(),
            })
        }),
        Column::line("contact", ("連絡先", "Contact"), |row, at, lang| {
            of(row, |row| match at.row(row.person) {
                Some(Row::Person(person)) => cells::text(&person.contact, lang),
                _ => String::new(),
            })
        }),
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(cells::company_of(row.person, at), at, lang))
        }),
        Column::line("issued", ("発行日時", "Issued"), |row, _, lang| {
            of(row, |row| cells::stamp(row.issued, lang))
        }),
        Column::line("issued_by", ("発行者", "Issued by"), |row, at, lang| {
            of(row, |row| cells::name(row.issued_by, at, lang))
        }),
        Column::line("jurisdiction", ("管轄", "Jurisdiction"), |row, at, lang| {
            of(row, |row| cells::jurisdiction(&row.jurisdiction, at.profile(), lang))
        }),
        Column::line("basis", ("根拠", "Rests on"), |row, _, lang| {
            of(row, |row| standing::words(BASES, row.basis.name(), lang))
        }),
        Column::line("application", ("利用申請", "Application"), |row, _, _| {
            of(row, |row| row.application.map(|id| id.to_string()).unwrap_or_default())
        }),
        Column::line("decided_before", ("開設前の決定", "Decided before"), |row, _, lang| {
            of(row, |row| cells::decided_before(row.decided_before.as_ref(), lang))
        }),
        Column::line("from", ("開始日", "From"), |row, _, lang| {
            of(row, |row| row.from.map(|from| cells::day(from, lang)).unwrap_or_default())
        }),
        Column::line("until", ("終了日", "Until"), |row, _, lang| {
            of(row, |row| row.until.map(|until| cells::day(until, lang)).unwrap_or_default())
        }),
        Column::line("duty", ("管理の職務", "Duty"), |row, at, lang| {
            of(row, |row| match row.application.and_then(|id| at.row(id)) {
                Some(Row::UserApplication(applied)) if row.duty.is_empty() => {
                    cells::text(&applied.duty, lang)
                }
                _ => cells::text(&row.duty, lang),
            })
        }),
        Column::line("conditions", ("条件", "Conditions"), |row, _, lang| {
            of(row, |row| cells::text(&row.conditions, lang))
        }),
        Column::line("provisional", ("仮パスワード", "Provisional"), |row, _, lang| {
            of(row, |row| cells::tick(row.keys.last().is_some_and(|key| key.provisional), lang))
        }),
        Column::line("password_set", ("パスワード変更", "Password set"), |row, _, lang| {
            of(row, |row| row.password_set.map(|set| cells::stamp(set, lang)).unwrap_or_default())
        }),
        Column::line("reported", ("漏えいのおそれ", "Reported"), |row, at, lang| {
            of(row, |row| cells::ending(row.reported.as_ref().map(|reported| &reported.told), at, lang))
        }),
        Column::line("measures", ("必要な措置", "Measures"), |row, at, lang| {
            of(row, |row| {
                let done = row.reported.as_ref().and_then(|reported| reported.measures.as_ref());
                cells::ending(done, at, lang)
            })
        }),
        Column::line("suspended", ("停止", "Suspended"), |row, at, lang| {
            of(row, |row| cells::ending(row.suspended.as_deref(), at, lang))
        }),
        Column::line("stops", ("異動等による停止", "Personnel changes"), |row, _, lang| {
            of(row, |row| cells::joined(row.stops.iter().map(|stop| planned_changes::stop(stop, lang)), lang))
        }),
        Column::line("altered", ("変更", "Changed"), |row, at, lang| {
            of(row, |row| cells::ending(row.altered.as_deref(), at, lang))
        }),
        Column::line("closed", ("閉鎖", "Closed"), |row, at, lang| {
            of(row, |row| cells::ending(row.closed.as_deref(), at, lang))
        }),
        Column::line("removed", ("抹消", "Removed"), |row, at, lang| {
            of(row, |row| cells::ending(row.removed.as_deref(), at, lang))
        }),
        Column::line("key", ("検証鍵", "Verifying key"), |row, _, _| {
            of(row, |row| row.keys.last().map(|held| held.key.clone()).unwrap_or_default())
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::User(row) => stands(row, at),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::User(row) if is_in(row, state, viewer)),
    today: &[
        Open {
            urgent: Urgent::Always,
            ..Open::new(
                "users_reported",
                ("漏えいのおそれの届出（措置の記録なし）", "IDs reported as known, no measures told"),
                Place::Wrong,
                "reported",
            )
        },
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["bounded", "closed"]),
            ..Open::new(
                "users_still_opening",
                ("終わったが、まだ保管庫を開ける利用者", "IDs that ended and still open the vault"),
                Place::Wrong,
                "still_opening",
            )
        },
        Open {
            among: Among::States(&["active"]),
            ..Open::new(
                "users_dormant",
                ("長く使われていない利用者ID", "IDs not used for long"),
                Place::Soon,
                "dormant",
            )
        },
        Open::new(
            "users_provisional",
            ("仮パスワードのままの利用者", "Users with a temporary password"),
            Place::Soon,
            "provisional",
        ),
        Open {
            among: Among::States(&["bounded"]),
            ..Open::new(
                "users_ending",
                ("まもなく期間が終わる利用者", "Accounts ending soon"),
                Place::Soon,
                "ending_soon",
            )
        },
    ],
    ..Register::PLAIN
};

const USER: Field =
    Field::new("user", Kind::User, ("利用者ID", "User ID"), ("どの利用者かを選びます。", "Whose ID."))
        .needed();

const NEW_USER: Field = Field::new(
    "user",
    Kind::NewUser,
    ("利用者ID", "User ID"),
    (
        "ログインに使うIDです。半角の小文字、数字、_、- で32文字までです。",
        "The ID to log in with: small letters, digits, _ and -, at most 32.",
    ),
)
.needed();

const USER_OF_APPLICATION: Field = Field::new(
    "user",
    Kind::User,
    ("利用者ID", "User ID"),
    ("どの利用者かを選びます。空欄なら申請のIDです。", "Whose ID; that of the application where empty."),
);

const GRANTED: Field = Field::new(
    "application",
    Kind::Ref(Noun::UserApplication),
    ("利用申請", "Application"),
    (
        "許可する申請です。選ぶと、空欄の項目は申請のとおりになります。",
        "The application that is granted; what is left empty is as it says.",
    ),
);

const NO_END: Field = Field::new(
    "no_end",
    Kind::Flag,
    ("終了日をなくす", "No last day"),
    ("終了日をなくすときに選びます。", "Where it is to have no last day any more."),
);

const TRANSFER: Field = Field::new(
    "change",
    Kind::Ref(Noun::PlannedChange),
    ("処理する異動", "Transfer"),
    (
        "異動してもこのIDを使い続けるとき、その届出を選びます。予定日からの停止がなくなります。",
        "Where the ID goes on after a transfer: it is barred by it no more.",
    ),
);

pub(super) const WHY: Field =
    Field::new("reason", Kind::Block(500), ("理由", "Reason"), ("理由を入力します。", "Why it is done."))
        .needed();

const PERSON: Field = Field::new(
    "person",
    Kind::Ref(Noun::Person),
    ("氏名", "Person"),
    ("IDを使う本人を選びます。", "Whose ID it is."),
);

const ROLES: Field = Field::new(
    "roles",
    Kind::Roles,
    ("役割", "Roles"),
    ("規程の役割から選びます。", "Roles of the profile."),
);

/// Within which jurisdiction a role is held.
pub(super) const JURISDICTION: Field = Field::new(
    "jurisdiction",
    Kind::Jurisdiction,
    ("管轄", "Jurisdiction"),
    (
        "役割を持つ範囲です。空欄なら、申請か今のとおり、または自分の管轄です。",
        "Within which the roles hold; as applied for, as it is, or your own where empty.",
    ),
);

const UNTIL: Field = Field::new(
    "to",
    Kind::Date,
    ("終了日", "Until"),
    (
        "使える最後の日です。次の日から自動的に使えなくなります。",
        "The last day; from the next on it stops by itself.",
    ),
);

const DUTY: Field = Field::new(
    "duty",
    Kind::Line(200),
    ("管理の職務", "Duty"),
    (
        "管理者権限の役割では、それが必要な職務を入力します。",
        "For administrator rights: the duty that needs them.",
    ),
);

const CONDITIONS: Field = Field::new(
    "conditions",
    Kind::Block(1000),
    ("条件", "Conditions"),
    (
        "許可に付ける条件です。IDの記録に残ります。",
        "The conditions of the permission; they stand with the account.",
    ),
);

/// What is done with users.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "issue_user",
        title: Words::new("利用者IDの発行", "Issue ID"),
        past: Words::new("利用者IDの発行", "ID issued"),
        reading: "りようしゃIDのはっこう あいでぃー",
        doc: Words::new(
            "利用者IDと仮パスワードを発行します。仮パスワードは1回だけ表示され、本人が最初のログインで変えます。",
            "Issues an ID with a provisional password, shown once; its owner replaces it at the first login.",
        ),
        about: None,
        register: "users",
        fields: &[
            NEW_USER,
            GRANTED,
            PERSON,
            ROLES,
            JURISDICTION,
            Field::new(
                "from",
                Kind::Date,
                ("開始日", "From"),
                (
                    "使い始める日です。許可の日より前にはできません。",
                    "The first day; not before the permission.",
                ),
            ),
            UNTIL,
            DUTY,
            CONDITIONS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "carry_over_user",
        title: Words::new("利用者の引継ぎ", "Carry over ID"),
        past: Words::new("利用者の引継ぎ", "ID carried over"),
        reading: "りようしゃのひきつぎ いこう",
        doc: Words::new(
            "拠点の開設より前に決まっていた人に、利用者IDと仮パスワードを発行します。ここで決めたものではないと記録します。",
            "Gives an ID to somebody whose account was decided before the site was founded, and says so.",
        ),
        about: None,
        register: "users",
        fields: &[
            NEW_USER,
            PERSON.needed(),
            ROLES,
            JURISDICTION,
            Field::new(
                "decided_by",
                Kind::Line(80),
                ("決定した人", "Decided by"),
                (
                    "それまでの台帳で、だれが決めたかを入力します。",
                    "Who decided it, as the books of then say.",
                ),
            )
            .needed(),
            Field::new(
                "decided_on",
                Kind::Date,
                ("決定日", "Decided on"),
                ("決まった日です。拠点の開設日までです。", "The day; not after the site was founded."),
            )
            .needed(),
            Field::new(
                "number",
                Kind::Line(40),
                ("決定の番号", "Number"),
                ("文書番号があれば入力します。", "Its number, where it had one."),
            ),
            UNTIL,
            DUTY,
            CONDITIONS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "reset_password",
        title: Words::new("パスワードの再発行", "Reset password"),
        past: Words::new("パスワードの再発行", "Password reset"),
        reading: "ぱすわーどのさいはっこう かりぱすわーど",
        doc: Words::new(
            "新しい仮パスワードを発行します。それまでのパスワードは使えなくなります。",
            "Sets a new provisional password; the one before does not open any more.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[USER],
        opens: Opens::Confirm,
    },
    Operation {
        command: "report_compromise",
        title: Words::new("漏えいのおそれの届出", "Report possible leak"),
        past: Words::new("漏えいのおそれの届出", "Possible leak reported"),
        reading: "ろうえいのおそれのとどけで ぱすわーどをしられた",
        doc: Words::new(
            "自分のIDやパスワードを人に知られたおそれがあるとき、届け出ます。すぐに新しいパスワードを決めます。",
            "Says that your ID or password may be known to others. You set a new password at once.",
        ),
        about: None,
        register: "today",
        fields: &[Field::new(
            "what",
            Kind::Block(500),
            ("いきさつ", "What happened"),
            (
                "いつ、どうして知られたおそれがあるかを入力します。パスワードは書きません。",
                "When and how it may have become known. Never the password itself.",
            ),
        )
        .needed()],
        opens: Opens::Confirm,
    },
    Operation {
        command: "record_measures",
        title: Words::new("必要な措置の記録", "Record measures"),
        past: Words::new("必要な措置の記録", "Measures recorded"),
        reading: "ひつようなそちのきろく ろうえい",
        doc: Words::new(
            "漏えいのおそれの届出に対して、取った措置を記録します。記録するまで本日の画面に残ります。",
            "Says what was done about such a report. Until then it stands on Today.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER,
            Field::new(
                "measures",
                Kind::Block(500),
                ("必要な措置", "Measures"),
                ("調べたことと、取った措置を入力します。", "What was looked into, and what was done."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "suspend_user",
        title: Words::new("利用者の停止", "Suspend user"),
        past: Words::new("利用者の停止", "User suspended"),
        reading: "りようしゃのていし",
        doc: Words::new(
            "利用者がログインできないようにします。再開するまで続きます。",
            "Bars a user from logging in, until resumed.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("停止する理由を入力します。", "Why the user is barred."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "change_user",
        title: Words::new("利用者IDの変更", "Change ID"),
        past: Words::new("利用者IDの変更", "ID changed"),
        reading: "りようしゃIDのへんこう あいでぃー",
        doc: Words::new(
            "役割、終了日などを変えます。空欄の項目は、申請のとおり、または今のままです。別の人のIDにはできません。",
            "Changes roles, last day and so on. What is left empty is as applied for, or as it is. Never another's.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER_OF_APPLICATION,
            GRANTED,
            ROLES,
            JURISDICTION,
            UNTIL,
            NO_END,
            DUTY,
            CONDITIONS,
            TRANSFER,
            WHY,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "close_user",
        title: Words::new("利用者IDの閉鎖", "Close ID"),
        past: Words::new("利用者IDの閉鎖", "ID closed"),
        reading: "りようしゃIDのへいさ あいでぃー",
        doc: Words::new(
            "IDを使えなくします。記録は残り、申請があればまた開けます。保管庫の鍵も取り上げるには、続けて抹消します。",
            "Ends an ID. Its record stays, and it can be opened again. To take the vault's key away too, remove it.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[USER, WHY],
        opens: Opens::Confirm,
    },
    Operation {
        command: "reopen_user",
        title: Words::new("利用者IDの再開設", "Open ID again"),
        past: Words::new("利用者IDの再開設", "ID opened again"),
        reading: "りようしゃIDのさいかいせつ あいでぃー",
        doc: Words::new(
            "閉鎖したIDを、新しい仮パスワードで開け直します。空欄の項目は、申請のとおり、または前のままです。",
            "Opens a closed ID with a new provisional password. What is left empty is as applied for, or as it was.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[USER, GRANTED, ROLES, UNTIL, DUTY, CONDITIONS, WHY],
        opens: Opens::Form,
    },
    Operation {
        command: "remove_user",
        title: Words::new("利用者の抹消", "Remove user"),
        past: Words::new("利用者の抹消", "User removed"),
        reading: "りようしゃのまっしょう さくじょ",
        doc: Words::new(
            "利用者を抹消し、保管庫の鍵を新しくします。元には戻せません。以前の保管庫の写しは、その人のパスワードで開けるままです。",
            "Closes a user for good and gives the vault a new key. Copies made before still open with their password.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("抹消する理由を入力します。", "Why the user is removed."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "resume_user",
        title: Words::new("利用者の再開", "Resume user"),
        past: Words::new("利用者の再開", "User resumed"),
        reading: "りようしゃのさいかい",
        doc: Words::new(
            "停止中の利用者が、またログインできるようにします。",
            "Lets a suspended user log in again.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("再開する理由を入力します。", "Why the user is let in again."),
            ),
        ],
        opens: Opens::Confirm,
    },
];
