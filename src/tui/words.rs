//! The screens' own words, in both languages. What operations, fields and registers are called stands in
//! [`crate::desk::declare`].
//!
//! No character here may be of ambiguous width (arrows, dots, circles, rules): terminals differ about them.

/// Names and sentences of the screens.
pub mod ui {
    use crate::desk::declare::Words;

    macro_rules! words {
        ($($(#[$doc:meta])* $name:ident = $ja:literal, $en:literal;)*) => {
            $(#[doc = concat!("「", $ja, "」")] pub const $name: Words = Words { ja: $ja, en: $en };)*
            /// All of them, for tests.
            #[cfg(test)]
            pub const ALL: &[Words] = &[$($name),*];
        };
    }

    words! {
        APP = "台帳", "daicho";
        SELECT = "選ぶ", "select";
        EDIT = "文字の編集", "edit";
        BACK = "戻る", "back";
        HELP = "説明", "help";
        INSIDE = "在室者", "inside";
        PALETTE = "さがす", "find";
        LOCK = "画面ロック", "lock";
        OPEN = "開く", "open";
        REGISTERS = "台帳一覧", "registers";
        DETAIL = "詳細", "detail";
        OPERATIONS = "操作", "operations";
        NEW = "新しく記録", "new";
        FILTER = "絞り込み", "filter";
        CSV = "CSVに書く", "CSV";
        PRINT = "文字で書き出す", "plain text";
        SCROLL = "送る", "scroll";
        NEXT_FIELD = "項目を移る", "next field";
        NEXT_PART = "内容・履歴・経過", "content/history/thread";
        NEXT = "次へ", "next";
        CHOOSE_NUMBER = "番号で選ぶ", "choose by number";
        PICK = "一覧から選ぶ", "pick from list";
        TOGGLE = "印を付け外し", "mark";
        SUBMIT = "登録", "submit";
        SUBMIT_BUTTON = "[ 登録する ]", "[ Submit ]";
        LATE = "紙から後で記入", "late entry";
        DISCARD = "下書きを捨てる", "discard draft";
        LEAVE_DRAFT = "下書きを残して戻る", "leave, keep draft";
        CONFIRM_KEY = "実行", "confirm";
        CANCEL_KEY = "やめる", "cancel";
        CANCEL_BUTTON = "[ やめる ]", "[ Cancel ]";
        CONFIRM_BUTTON = "[ 実行する ]", "[ Confirm ]";
        WRONG_PERSON = "人を訂正", "wrong person";
        MOMENT = "時点を変える", "other time";
        LANGUAGE = "English", "日本語";
        QUIT = "終了", "quit";
        LOG_OUT = "ログアウト", "log out";
        UNLOCK = "解除", "unlock";
        TAKE = "決める", "take";
        ZONE_KEY = "区画を変える", "zone";
        CHECK_IN_KEY = "入室を記録", "check in";
        ALL_FIELDS = "すべての項目", "all fields";

        LOGIN_TITLE = "ログイン", "Log in";
        LOGIN_ID = "ID", "ID";
        LOGIN_PASSWORD = "パスワード", "Password";
        LOGIN_ASK = "IDとパスワードを入力してください。", "Enter your ID and password.";
        CHECKING = "確認しています。しばらくお待ちください。", "Checking. Please wait.";
        WORKING = "処理しています。しばらくお待ちください。", "Working. Please wait.";
        SAMPLE = "見本のIDとパスワード", "IDs and passwords of the sample";
        FULL_LOCKED = "操作がなかったため、完全にロックしました。もう一度ログインしてください。", "Locked after a long idle time. Please log in again.";
        THREE_TRIES = "3回続けて違ったため、完全にロックしました。もう一度ログインしてください。", "Three wrong tries: fully locked. Please log in again.";
        READ_FIRST = "はじめに読んでください", "Read this first";
        SEEN_FURTHER = "この端末が前に見た証跡が、いま開いた保管庫にありません。保管庫のフォルダーが古い写しに置き換えられたか、別の保管庫です。控えから復元したあとなら、復元の証跡が理由になるので、この知らせは出ません。元のフォルダーに戻したときと、控えのフォルダーを直接開いたときは出ます。管理者に知らせ、前に控えた最後の証跡の番号・根と見比べてください。確かめるまで、一覧を信用しないでください。", "An entry that this terminal saw before is not in the vault that was just opened. The folder of the vault was put back as it was earlier, or it is another vault. A restoration from a copy leaves an entry that says why, and does not lead here; going back to the folder of before does, and so does a copy that is opened itself. Tell the administrator, and compare the number and root of the last entry with what was noted on paper. Until that is settled, do not trust the lists.";
        LOGGED_OUT = "ログアウトしました。", "Logged out.";
        SCREEN_LOCKED = "画面ロック中", "Screen locked";
        LOCK_ASK = "パスワードか、決めてある暗証番号で解除します。", "Unlock with your password, or with your PIN.";
        LOCK_CARD = "カードやバッジの番号では解除できません。", "The number of a card or badge unlocks nothing.";
        LOCK_WRONG = "違います。残りの回数:", "Wrong. Tries left:";
        LOCK_WHO = "ロックした人", "Locked by";

        GO_PIN = "画面ロックの暗証番号を決める", "Set a PIN for the screen lock";
        PIN_HELP = "ログアウトするまで、画面ロックの解除に使えます。どこにも保存しません。4桁から8桁の数字です。", "It opens the screen lock until you log out, and is kept nowhere: 4 to 8 digits.";
        PIN_NEW = "暗証番号", "PIN";
        PIN_AGAIN = "暗証番号（もう一度）", "PIN again";
        PIN_SET = "暗証番号を決めました。ログアウトすると消えます。", "Your PIN is set until you log out.";
        PASSWORD_TITLE = "パスワードの設定", "Set your password";
        RULE_MET = "[済]", "[met]";
        RULE_OPEN = "[まだ]", "[not]";
        PASSWORD_FORCED = "仮のパスワードです。新しいパスワードを決めるまで、ほかの操作はできません。", "This password is provisional. Set your own before anything else.";
        PASSWORD_OLD = "今のパスワード", "Current password";
        PASSWORD_NEW = "新しいパスワード", "New password";
        PASSWORD_AGAIN = "新しいパスワード（もう一度）", "New password again";
        PASSWORD_DIFFERS = "2回の入力が違います。もう一度入力してください。", "The two entries differ. Enter them again.";
        PASSWORD_SET = "新しいパスワードを設定しました。", "Your new password is set.";

        TODAY = "本日", "Today";
        TODAY_QUIET = "本日の要対応はありません。", "Nothing is open today.";
        URGENT = "要対応", "ACTION";
        COUNT = "件", "";
        CODE_LINE = "バッジ・カード・鍵の番号", "Badge, card or key";
        LAST_ENTRY = "最後の証跡", "Last entry";
        FINGERPRINT = "指紋", "id";
        ROOT = "根", "root";
        OLD_WRONG = "今のパスワードが違います。3つとも入力し直してください。", "The current password is wrong. Type all three again.";
        NOT_YET = "まだ来ていない日時です。今より前の日時を入力してください。", "That is still to come. Type a day or time before now.";
        DISCARD_ASK = "もう一度 F8 を押すと、書いた内容を捨てます。", "Press F8 once more to discard what was written.";
        BEFORE_LOGIN = "ログイン前の最後の証跡", "Before this login";
        FAILED_BEFORE = "前回のログイン以後に失敗した試行", "Failed logins since the last good one";
        CLOCK_UNCONFIRMED = "時計の確認が必要です（期間の判定を止めています）", "The clock must be confirmed (periods are not judged)";
        TORN_TAIL = "記録の末尾に書きかけがありました", "A torn record was found at the end of the journal";
        AS_SEEN = "現在", "as of";
        LOW_DISK = "ディスク残少", "DISK LOW";

        INSIDE_TITLE = "在室者", "Inside now";
        INSIDE_AT = "在室者（過去の時点）", "Who was inside";
        NOBODY = "在室者はいません。", "Nobody is inside.";
        PEOPLE = "人", "";
        UNCERTAIN = "退室未記録", "exit not recorded";
        OUTSIDER = "外部", "outsider";
        ESCORT = "付添", "escort";
        NO_ESCORT = "付添なし", "no escort";
        READ_ONLY = "読み取り専用", "read-only";

        QUICK_TITLE = "入室", "Check in";
        PURPOSE = "目的", "Purpose";
        IDENTIFIED_BY = "本人確認", "Identified by";
        ASKED_ALREADY = "この人の入室は、いま目的を尋ねています。", "This person's purpose is being asked now.";
        CHOOSE_ANEW = "目的を番号で選び直してください。まだ入室を記録していない人", "Choose the purpose again. Not recorded yet";
        GAVE_WAY = "前の人の入室は、まだ記録していません", "Not recorded yet, the one before";
        PURPOSE_ASK = "目的を番号で選び、Enterを押してください。", "Choose a purpose by number, then press Enter.";
        OTHER_CARD = "別のカード・バッジ番号", "Another card or badge";
        LOOK_UP = "この番号を調べる", "look it up";
        ERASE_TYPED = "番号を消す", "erase it";
        CAME_IN = "入室", "In";
        WENT_OUT = "退室", "Out";
        SCAN_IS_RECORD = "台帳の番号です。バッジやカードに書かれた番号を読み取ってください", "This is the number of a record. Scan the number that stands on the badge or card";
        NAME_UNKNOWN = "この番号や氏名は登録されていません", "No such number or name";
        NAME_UNKNOWN_DO = "氏名は一部だけでも、カナでもさがせます。", "A part of the name, or its reading, will do.";
        SCAN_UNKNOWN = "登録されていない番号です", "This number is not registered";
        SCAN_UNKNOWN_DO = "番号を確かめるか、台帳一覧のバッジで登録してください。", "Check the number, or register it under badges.";
        SCAN_UNUSABLE = "このバッジは使えない状態です", "This badge cannot be used";
        SCAN_NOT_HERE = "この画面では読み取りを使えません。Escで戻ってから読み取ってください。", "Scans do nothing on this screen. Press Esc first, then scan.";
        MORE_OPERATIONS = "ほかの操作", "more operations";
        SCAN_TAIL = "続けて届いた文字は使いませんでした。もう一度、読み取るか選んでください。", "What followed without a pause does nothing. Scan or choose again.";
        ONE_NUMBER = "間を置かずに届いた2文字以上は、読み取りとして扱います。番号で選ぶときは1文字だけ押してください。", "Two or more characters without a pause count as a scan. To choose by number, press one key.";
        ONLY_SEARCHED = "入力された番号でさがしました。選ぶには、もう一度Enterを押してください。", "Searched for the number. Press Enter once more to take it.";
        SCAN_NOT_YOURS = "この役割では入退室を記録できません。", "Your role does not record visits.";
        NO_LAST_VISIT = "この画面で記録した入退室がまだありません。入退室の詳細から訂正してください。", "No visit was recorded here yet. Correct it from the visit's detail.";
        SCAN_NOT_OFFERED = "このカードの人は、この項目では選べません。", "The person of this card cannot be picked here.";
        CORRECTS = "訂正する入室", "Visit to correct";
        RIGHT_PERSON = "正しい人", "Right person";
        PERSON = "人", "Person";
        ZONE = "区画", "Zone";
        WHO_REALLY = "正しい人を選んでください", "Pick the right person";
        WHY_WRONG = "訂正の理由を選んでください", "Pick the reason";
        WHY_1 = "受付で選び間違えた", "Picked the wrong person at the desk";
        WHY_2 = "別の人のカードを読み取った", "The card of somebody else was scanned";
        WHY_3 = "同姓の人と取り違えた", "Taken for a person of the same name";
        WHY_4 = "本人の申し出で誤りが分かった", "The person pointed out the mistake";
        CORRECTED = "訂正しました", "Corrected";

        SEARCH = "検索", "Search";
        NO_ROWS = "該当する記録はありません。", "No records.";
        NONE_SO_FAR = "ここまでに該当する記録はありません。PgDnでさらに古い記録を調べます。", "Nothing so far. PgDn looks into older records.";
        MORE_CHOICES = "ほかにもあります。続けて入力すると絞り込めます。", "There are more. Type on to narrow them.";
        MORE_ENTRIES = "これより古い証跡があります。番号を入力すると、その前後から続きを見られます。", "There are older entries. Type a number to go on from there.";
        MORE_ROWS = "さらに古い記録があります。期間で絞り込んでください。", "There are older records. Filter by period.";
        ROWS = "行", "rows";
        FILTERED = "絞り込み中", "filtered";
        FILTER_TITLE = "絞り込み", "Filter";
        FILTER_APPLY = "[ この条件で表示 ]", "[ Show ]";
        AS_OF = "時点", "as of";
        PERIOD = "期間", "Period";
        NOTHING_TO_WRITE = "該当する記録がないため、書き出しませんでした。", "There are no records: nothing was written.";
        NOT_SELECTED = "行が選ばれていません。", "No row is selected.";
        NO_NEW = "この台帳には、ここから新しく記録する操作がありません。", "Nothing new can be recorded in this register from here.";
        NO_RECORD = "この記録は見つかりません。", "This record was not found.";
        WRITTEN = "書き出しました", "Written";
        NOT_WRITTEN = "書き出せませんでした", "Could not be written";
        CUT_AT = "行までで打ち切りました。期間で絞り込んでください。", "rows were written, then cut off. Filter by period.";

        KNOWN_NOW = "現在の記録", "as it stands now";
        CONTENT = "内容", "Content";
        HISTORY = "履歴", "History";
        THREAD = "経過", "Thread";
        RESTS = "関係", "Rests on it";
        OWN_JURISDICTION = "自分の管轄の中だけを表示しています。管轄の外のものは出ません。", "Within your own jurisdiction alone: what lies outside is not shown.";
        MORE_BELOW = "この下にも続きます", "more below";
        ENDS = "終わるもの", "Ends";
        ENDS_OUTSIDE = "管轄の外にあるもの", "outside your jurisdiction:";
        RESTS_NONE = "有効なもの、手続き中のものはありません。", "Nothing is in force, and nothing waits.";
        CLOSED = "不可", "not open";
        ENTRY = "証跡", "Entry";
        HAPPENED = "実際の日時", "Happened at";

        DRAFT = "下書き", "Draft";
        DRAFT_FOUND = "下書きがあります", "There is a draft";
        DRAFT_ASK = "1 続きから書く   2 捨てて新しく書く", "1 go on with it   2 discard it and begin anew";
        DRAFT_CONTINUE = "続きから書く", "go on";
        DRAFT_NEW = "捨てて新しく書く", "begin anew";
        DRAFT_KEPT = "下書きを残しました。", "The draft was kept.";
        DRAFT_DROPPED = "下書きを捨てました。", "The draft was discarded.";
        RECORDED = "記録しました", "Recorded";
        CONTRADICTS = "同じ時間に別の入退室", "In two places at once";
        YES = "はい", "Yes";
        NO = "いいえ", "No";
        TOO_LATE = "紙から後で記入する操作ではありません。", "This operation cannot be entered late.";
        LATE_ON = "紙から後で記入します。実際の日時を入力してください。", "Late entry from paper: enter when it really happened.";
        LATE_OFF = "今の時刻で記録します。", "It is recorded with the present time.";
        AT_HELP = "紙の記録にある、実際に行われた日時を入力します。", "When it really happened, as the paper says.";
        FIX_FIELDS = "入力を直してください。", "Please correct the fields.";
        NOT_IN_FONTS = "印刷の書体にない文字があります", "Not in the print fonts";
        TYPE_TO_SEARCH = "文字を入力すると検索できます。", "Type to search.";

        CONFIRM_TITLE = "確認", "Confirm";
        CONFIRM_ASK = "この操作を実行しますか。取り消しはできません（訂正は新しい記録になります）。", "Do this? It is not undone; a correction is a new entry.";
        CANCELLED = "やめました。何も変わっていません。", "Cancelled. Nothing was changed.";

        SHIFT_INSIDE = "在室者", "Inside";
        SHIFT_BADGES = "貸出中のバッジ", "Badges out";
        AND_MORE = "ほか", "and";
        SHIFT_OPEN = "未処理", "Open";
        SHIFT_BY = "引き継ぐ人のID", "Taken over by (ID)";
        SHIFT_REMARKS = "引継ぎ事項", "Remarks";
        SHIFT_ASK = "内容を確かめ、引き継ぐ人のIDとパスワードを入力して F10 を押します。", "Look it over, enter the ID and password of who takes over, and press F10.";
        NONE = "なし", "none";

        LOG_OUT_ASK = "ログアウトしますか。ログアウトは F9、続けるには Enter を押します。", "Log out? F9 logs out, Enter stays.";
        QUIT_ASK = "終了しますか。終了は F9、続けるには Enter を押します。", "Quit? F9 quits, Enter stays.";
        NOT_YOURS = "この役割では見られません。", "Your role may not see this.";
        PALETTE_TITLE = "操作と画面をさがす", "Find an operation or screen";
        PALETTE_NONE = "見つかりません。", "Nothing found.";
        SCREEN = "画面", "screen";
        OPERATION = "操作", "operation";
        GO_LOG = "証跡の一覧", "Log";
        GO_REFUSED = "拒否された操作の一覧", "Refused attempts";
        GO_AS_OF = "過去の時点で台帳を見る", "A register as of a past day";
        GO_INSIDE_AT = "過去の時点の在室者", "Who was inside at a moment";
        GO_WHO_COULD = "権限のあった人", "Who could do something";
        GO_IN_FORCE = "適用中の例外措置", "Exceptions in force";
        GO_POLICY = "人の権限", "What somebody may do";
        NOTHING_THEIRS = "この人にできることは、いまありません。", "There is nothing that this person may do now.";
        NOBODY_COULD = "その時にできた人はいません。", "Nobody could then.";
        GO_PASSWORD = "パスワードを変える", "Change my password";
        GO_LANGUAGE = "English screens", "画面を日本語にする";
        ASK_DAY = "いつの時点ですか（その日の終わりの状態を表示します）", "As of which day (its end)?";
        ASK_MOMENT = "いつの時点ですか（例: 11/20 14:05）", "At which moment (such as 11/20 14:05)?";
        SHOW = "表示", "show";

        ENTRY_NUMBER = "証跡の番号", "Entry no.";
        GO_TO_NUMBER = "その証跡へ", "go to it";
        NO_ENTRY = "その番号の証跡は、この一覧にありません。", "No entry of that number is in this list.";
        LOG_TITLE = "証跡", "Log";
        HELP_TITLE = "説明", "Help";
        HELP_KEYS = "この画面のキー", "Keys of this screen";
        HELP_REGISTERS = "台帳", "Registers";
        HELP_OPERATIONS = "操作", "Operations";
        HELP_SCANNING = "読み取り", "Scanning";
        HELP_SCAN_TEXT = "本日と在室者の画面では、いつでもカードやバッジを読み取れます。外にいる人のカードは入室、中にいる人のカードと貸出中のバッジは退室、空いているバッジは来訪者の入室になります。番号を入力してEnterを押しても同じです。", "On Today and on the list of who is inside you can scan at any time. The card of a person outside checks in, the card of a person inside or a lent badge checks out, a free badge checks a visitor in. Typing the number and Enter does the same.";
        ONCE_ID = "利用者ID", "User ID";
        ONCE_RULES = "新しいパスワードの規則", "What a new password must be";
        PRINT_SLIP = "渡す紙を書き出す", "slip as text";
        SLIP_WRITTEN = "印刷したら、このファイルは消してください。", "Delete this file once it is printed.";
        WRITTEN_DOWN = "書き写したので閉じる", "written down, close";
        ONCE_TITLE = "仮パスワード", "Temporary password";
        ONCE_TEXT = "仮パスワードは一度だけ表示します。書き写すか印刷して、本人に渡してください。最初のログインで本人が新しいパスワードを決めます。", "The temporary password is shown once. Write it down or print it, and hand it over; the person sets their own at the first login.";
        SIZE_ASSUMED = "端末の大きさが分からないため、次の大きさで表示しています", "The terminal does not say its size; assumed";
        TOO_SMALL = "画面が小さすぎます。60桁15行以上にしてください。", "The terminal is too small: 60 x 15 or more, please.";
        READ_ERROR = "読み取れませんでした", "Could not be read";
        NOT_A_TERMINAL = "画面の操作は端末で行ってください（標準入力が端末ではありません）。", "The screens need a terminal (standard input is none).";
    }
}

/// How the name of a screen is read, in hiragana: the palette finds it by that and by romaji. Operations and registers
/// say theirs where they are declared. Empty where the name has no kanji.
pub fn reading(name: &str) -> &'static str {
    READINGS.iter().find(|(known, _)| *known == name).map_or("", |(_, reading)| reading)
}

/// Readings by the stable name of a screen.
const READINGS: &[(&str, &str)] = &[
    ("today", "ほんじつ"),
    ("inside", "ざいしつしゃ"),
    ("inside_at", "かこのじてんのざいしつしゃ"),
    ("as_of", "かこのじてん"),
    ("registers", "だいちょういちらん"),
    ("help", "せつめい へるぷ"),
    ("lock", "がめんろっく"),
    ("pin", "あんしょうばんごうをきめる"),
    ("password", "ぱすわーどをかえる"),
    ("language", "げんご えいご にほんご"),
    ("log_out", "ろぐあうと"),
    ("quit", "しゅうりょう"),
    ("log", "しょうせき いちらん"),
    ("refused", "きょひされたそうさ"),
    ("who_could", "けんげんのあったひと"),
    ("in_force", "てきようちゅうのれいがいそち"),
    ("policy", "ひとのけんげん できること"),
];
