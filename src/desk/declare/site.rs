//! The site itself: its rules, its clock, its vault, and the erasure of texts (G-9).

use super::{Field, Kind, Opens, Operation, Words};

/// What is done with the site as a whole.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "erase",
        title: Words::new("文の消去", "Erase"),
        past: Words::new("文の消去", "Erased"),
        reading: "ぶんのしょうきょ",
        doc: Words::new(
            "記録や証跡に書かれた文を、理由を付けて消します。日時、番号などの事実と、消したことは残ります。",
            "Removes the texts of a record or of one entry, with a reason. The facts stay, and so does the erasure.",
        ),
        about: None,
        register: "log",
        fields: &[
            Field::new(
                "record",
                Kind::Record,
                ("記録の番号", "Record"),
                (
                    "V-00007 のような番号です。この記録についての文をすべて消します。",
                    "A number such as V-00007: all texts about this record go.",
                ),
            ),
            Field::new(
                "entry",
                Kind::Entry,
                ("証跡の番号", "Entry"),
                ("1件の証跡だけの文を消す場合に、その番号を入力します。", "The one entry whose texts go."),
            ),
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("消す理由を入力します。", "Why they are erased."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "confirm_clock",
        title: Words::new("時計の確認", "Confirm clock"),
        past: Words::new("時計の確認", "Clock confirmed"),
        reading: "とけいのかくにん",
        doc: Words::new(
            "端末の時計が正しいことを人が確かめた、と記録します。これで期限の判定が元に戻ります。",
            "A person says that the clock is right; periods are judged again from then on.",
        ),
        about: None,
        register: "today",
        fields: &[Field::new(
            "remarks",
            Kind::Block(500),
            ("確認の方法", "How checked"),
            ("何と比べて確かめたかを入力します。", "What the time was compared with."),
        )],
        opens: Opens::Confirm,
    },
    Operation {
        command: "set_clock",
        title: Words::new("時計合わせ", "Set clock"),
        past: Words::new("時計合わせ", "Clock set"),
        reading: "とけいあわせ じこく",
        doc: Words::new(
            "端末の時計を手で直すことを記録します（15分まで）。直す前か、直したすぐ後に入力します。許可の判定は止まりません。",
            "The terminal's clock is put right by hand, by 15 minutes at most: before or right after. Nothing stops.",
        ),
        about: None,
        register: "today",
        fields: &[
            Field::new(
                "to",
                Kind::Stamp,
                ("正しい日時", "Right time"),
                ("時報や電波時計の日時を入力します。", "The time by a time signal or radio clock."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("何に合わせたか", "Compared with"),
                ("何と比べたかを入力します。", "What the time was compared with."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "adopt_profile",
        title: Words::new("規程の採用", "Adopt profile"),
        past: Words::new("規程の採用", "Profile adopted"),
        reading: "きていのさいよう",
        doc: Words::new(
            "規程の新しい版を、施行日を決めて採用します。規則の第3版からは、提案と同意の二人で行います。",
            "Brings a version of the profile into force. From edition 3 on one proposes it and another agrees.",
        ),
        about: None,
        register: "profiles",
        fields: &[
            Field::new(
                "profile",
                Kind::Profile,
                ("規程", "Profile"),
                (
                    "規程ファイル（TOML）の場所か、内蔵の規程の名前です。",
                    "Where the file is (TOML), or the name of a profile built in.",
                ),
            )
            .needed(),
            Field::new(
                "from",
                Kind::Date,
                ("施行日", "From"),
                ("この版が有効になる最初の日です。", "The first day in force."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "back_up",
        title: Words::new("控えの作成", "Back up"),
        past: Words::new("控えの作成", "Backed up"),
        reading: "ひかえのさくせい ばっくあっぷ",
        doc: Words::new(
            "保管庫の控えを別の媒体に作り、読み返して確かめます。2回目からは増えた分だけを写します。",
            "Copies the vault to another medium and reads it back. From the second time on only what is new is copied.",
        ),
        about: None,
        register: "today",
        fields: &[
            Field::new(
                "to",
                Kind::Line(400),
                ("控えの場所", "Place"),
                (
                    "控えを置くフォルダーです（例: /media/usb/daicho）。",
                    "The folder of the copy, such as /media/usb/daicho.",
                ),
            )
            .needed(),
            Field::new(
                "medium",
                Kind::Line(60),
                ("媒体の番号", "Medium"),
                ("媒体に貼った番号か名前です。", "The number or label on the medium."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("同じ装置に置く理由", "Same device"),
                (
                    "保管庫と同じディスクに置くときだけ、その理由を入力します。ディスクが壊れると両方が失われます。",
                    "Only for a copy on the vault's own disk: why. When that disk fails, both are lost.",
                ),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "rekey_vault",
        title: Words::new("保管庫の鍵の更新", "New vault key"),
        past: Words::new("保管庫の鍵の更新", "Vault re-keyed"),
        reading: "ほかんこのかぎのこうしん",
        doc: Words::new(
            "保管庫全体を新しい鍵で書き直します。閉鎖した人と期間が終わった人の鍵では、もう開けません。以前の写しは、以前の鍵で開けるままです。",
            "Writes the vault anew under a new key, without those whose IDs are closed or over. Old copies still open with old keys.",
        ),
        about: None,
        register: "users",
        fields: &[Field::new(
            "reason",
            Kind::Block(500),
            ("理由", "Reason"),
            ("鍵を新しくする理由を入力します。", "Why the vault gets a new key."),
        )
        .needed()],
        opens: Opens::Confirm,
    },
    Operation {
        command: "bind_ways_in",
        title: Words::new("鍵の一覧の確定", "Bind the ways in"),
        past: Words::new("鍵の一覧の確定", "Ways in bound"),
        reading: "かぎのいちらんのかくてい",
        doc: Words::new(
            "保管庫を開けられる鍵を、本人がログインして確かめたものだけにし、以後は記録と照らし合わせます。まだログインしていない人には、新しい仮パスワードが必要になります。",
            "From now on the vault opens only by the keys that people have proved by logging in, and these are held against the log. Whoever has not logged in yet needs a new temporary password.",
        ),
        about: None,
        register: "users",
        fields: &[],
        opens: Opens::Confirm,
    },
    Operation {
        command: "compact_vault",
        title: Words::new("保管庫の詰め直し", "Compact vault"),
        past: Words::new("保管庫の詰め直し", "Vault compacted"),
        reading: "ほかんこのつめなおし",
        doc: Words::new(
            "保管庫を詰めて書き直します。消した文は、暗号化されたファイルの中からもなくなります。",
            "Writes the vault anew, packed. What was erased is then gone from the encrypted file too.",
        ),
        about: None,
        register: "today",
        fields: &[],
        opens: Opens::Confirm,
    },
    Operation {
        command: "adopt_edition",
        title: Words::new("規則の版の採用", "Adopt edition"),
        past: Words::new("規則の版の採用", "Edition adopted"),
        reading: "きそくのはんのさいよう",
        doc: Words::new(
            "この記録から後を、新しい規則の版で判断します。前の版の daicho では開けなくなるので、今の保管庫の控えを隣に残します。",
            "From this entry on a new edition of the rules decides. The release before cannot open the vault then; a copy as it is now stays beside it.",
        ),
        about: None,
        register: "profiles",
        fields: &[Field::new(
            "edition",
            Kind::Number,
            ("規則の版", "Edition"),
            ("本日の画面に出ている版の番号です。", "The number of the edition that Today shows."),
        )
        .needed()],
        opens: Opens::Confirm,
    },
    Operation {
        command: "see_sheet",
        title: Words::new("回復用紙の所在確認", "Recovery sheet seen"),
        past: Words::new("回復用紙の所在確認", "Recovery sheet seen"),
        reading: "かいふくようしのしょざいかくにん",
        doc: Words::new(
            "回復用紙が置かれている場所を見て確かめた人が、その場所を記録します。用紙を差し替えたら、もう一度記録します。",
            "Whoever has just seen the recovery sheet in its place records where it lies. Another sheet is to be seen anew.",
        ),
        about: None,
        register: "users",
        fields: &[
            Field::new(
                "place",
                Kind::Line(200),
                ("用紙のある場所", "Place"),
                (
                    "用紙を見た場所です（例: 事務局の金庫、上段の封筒）。用紙の番号は書かないでください。",
                    "Where the sheet was seen, such as: safe of the office, upper shelf. Never write its digits here.",
                ),
            )
            .needed(),
            Field::new(
                "remarks",
                Kind::Block(500),
                ("備考", "Remarks"),
                (
                    "封筒の状態や、金庫の鍵を持つ人など、気付いたことを入力します。",
                    "What else was seen: whether its envelope is whole, who has the key of the safe.",
                ),
            ),
        ],
        opens: Opens::Form,
    },
];
