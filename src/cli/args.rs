//! The command line's grammar. What each subcommand does stands in its own file.

use crate::desk::declare::registers;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A login ID, as the screens read it.
#[expect(clippy::unnecessary_wraps, reason = "the shape that a parser of values has")]
fn login_id(typed: &str) -> Result<String, std::convert::Infallible> {
    Ok(crate::text::scan::login_id(typed))
}

/// What was typed.
#[derive(Debug, Parser)]
#[command(
    name = "daicho",
    version,
    about = "台帳: 拠点の台帳を、ネットワークなしで、改ざんが分かる形で保管します。\n\
             Registers of a site without a network, in one encrypted, provable vault.",
    after_help = "例 / Examples:\n  daicho demo                     見本の拠点を作って画面を開く / a sample site, ready to log in\n  \
                  daicho --vault ./site           画面を開く / the terminal screens\n  \
                  daicho query inside --as guard  在室者を表示する / who is inside\n\n\
                  保管庫 / vault: --vault DIR、なければ環境変数 DAICHO_VAULT、それもなければ ./daicho-site\n\
                  画面からの書き出し先 / where the screens write CSV and sheets: 環境変数 DAICHO_PRINT_DIR、\n                  \
                  なければ起動したフォルダー / else where it was started\n\
                  終了コード / exit: 0 完了 done, 1 拒否 refused, 2 使い方 usage, 3 開けない not opened,\n                  \
                  4 破損 damaged, 5 装置 device, 6 一部拒否 partly done"
)]
pub struct Line {
    /// 保管庫のフォルダー / the vault's folder
    #[arg(long, global = true, value_name = "DIR")]
    pub vault: Option<PathBuf>,
    /// 画面と出力の言語 / language of screen and output
    #[arg(long, global = true, value_enum, default_value_t = Language::Ja)]
    pub lang: Language,
    /// パスワードを読むファイル記述子（1行に1つ） / file descriptor to read passwords from, one a line
    #[arg(long, global = true, value_name = "N")]
    pub password_fd: Option<u32>,
    /// What to do; the screens without.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// The language, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// 日本語
    Ja,
    /// English
    En,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum What {
    /// 見本の拠点を作る（1年分の記録） / make a sample site with a year of records
    #[command(after_help = "例 / Example:\n  daicho demo\n  daicho demo --dir ./sample --headless --json")]
    Demo(Demo),
    /// 新しい拠点を開設する / found a site
    #[command(after_help = "例 / Example:\n  daicho init --vault ./site\n  \
                      daicho init --vault ./site --profile jcho --site f-chuo --site-name 中央病院 --admin tanaka \\\n    \
                      --name '田中 一郎' --kana 'タナカ イチロウ' --password-fd 3 3< password.txt > recovery-sheet.txt")]
    Init(Init),
    /// 命令をファイルから実行する（1行に1つ） / commands from a file, one a line, answers one a line
    #[command(after_help = "例 / Example:\n  daicho batch --as yamada entries.jsonl\n  \
                      echo '{\"command\":\"check_out\",\"badge\":\"B-001\"}' | daicho batch --as yamada -")]
    Batch(Batch),
    /// 既存の一覧（CSV）を取り込む / bring in existing lists from CSV
    #[command(
        after_help = "例 / Example:\n  daicho load --as tanaka --kind companies companies.csv --check\n  \
                      daicho load --as tanaka --kind persons persons.csv"
    )]
    Load(Load),
    /// 命令の一覧 / every command with its fields, kinds, roles
    #[command(after_help = "例 / Example:\n  daicho commands\n  daicho commands --json")]
    Commands {
        /// JSONで出力する / as JSON
        #[arg(long)]
        json: bool,
    },
    /// 台帳を調べる / look into a register
    #[command(after_help = "例 / Example:\n  daicho query inside --as yamada\n  \
                      daicho query visits --as yamada --from R8.11.1 --to R8.11.30 --csv > visits.csv\n  \
                      daicho query inside_at --as yamada --at '2026-11-20 14:05'\n  \
                      daicho query permits --as yamada --as-of 2026-03-31 --json")]
    Query(Query),
    /// 添付書類をファイルに書き出す / write an attachment to a file
    #[command(after_help = "例 / Example:\n  daicho attachment AT-00001 --as tanaka --to ./plan.pdf\n\n\
                      添付するには batch の attach か、画面の「書類の添付」を使います。一覧は query attachments です。\n\
                      To attach, use the command attach in a batch, or the screens. query attachments lists them.")]
    Attachment(AttachmentArgs),
    /// 保管庫全体を検査する（書き込みません） / examine the whole vault; writes nothing, needs no lock
    #[command(after_help = "例 / Example:\n  daicho check --as tanaka\n  daicho check --recovery")]
    Check(Check),
    /// 保管庫を詰めて書き直す / write the vault anew, packed, without what was erased
    #[command(after_help = "例 / Example:\n  daicho compact --as tanaka\n\n\
                      いつ中断しても、保管庫は元のままです。ディスクに、保管庫の中身の2.5倍ほどの空きが要ります。\n\
                      Broken off at any moment, the vault is as before. Needs free disk of about two and a half\n\
                      times what the vault holds.")]
    Compact(Compact),
    /// 自分のパスワードを変える / change one's own password
    #[command(after_help = "例 / Example:\n  daicho password --as yamada\n  \
                      daicho password --as tanaka --recovery    回復用紙で管理者のパスワードを作り直す / an administrator's, by the sheet\n  \
                      daicho password --as kaifuku --recovery --issue P-00003   管理できる人がいないとき / where nobody can administer\n\n\
                      --issue は、IDを発行できる人も規程を提案できる人もいなくなった拠点でだけ使えます。新しいIDを、開設時の規程で\n\
                      最初の管理者が持っていた権限で発行します。そのIDが終了するまで、全員の本日の画面に出ます。\n\
                      --issue is for a site where nobody could issue IDs or propose rules any more: a new ID with what the\n\
                      first administrator was founded with. Everybody sees it on Today until it is removed.")]
    Password {
        /// ログインID / login ID
        #[arg(long = "as", value_name = "USER", value_parser = login_id)]
        user: String,
        /// 回復用紙で管理者の新しいパスワードを決める / a new one for an administrator, by the recovery sheet
        #[arg(long)]
        recovery: bool,
        /// 管理できる人がいない拠点で、この人に新しいIDを発行する / issue a new ID to this person, where nobody can administer
        #[arg(long, value_name = "P-NNNNN", requires = "recovery")]
        issue: Option<String>,
    },
    /// 回復用紙を新しくする（保管庫の鍵も新しくなる） / another recovery sheet, and a new vault key
    #[command(after_help = "例 / Example:\n  daicho sheet --as tanaka")]
    Sheet {
        /// ログインID / login ID
        #[arg(long = "as", value_name = "USER", value_parser = login_id)]
        user: String,
    },
    /// 提案された規程の版に回復用紙で同意する / agree to a proposed version of the profile by the recovery sheet
    #[command(
        after_help = "例 / Example:\n  daicho agree --recovery            変わる点を見るだけ / only see what it changes\n  \
                      daicho agree R-00002 --recovery    同意する / agree\n\n\
                      ほかに同意できる人がいないときだけ使えます。ふだんは画面の「規程への同意」を使います。\n\
                      Only where nobody else active could agree. Otherwise agree on the screen (agree_profile)."
    )]
    Agree {
        /// 同意する版の番号。なければ内容を表示するだけ / the version; without it only what it changes is shown
        #[arg(value_name = "R-NNNNN")]
        version: Option<String>,
        /// 回復用紙を使う / by the recovery sheet
        #[arg(long, required = true)]
        recovery: bool,
    },
    /// 保管庫の鍵を新しくする / give the whole vault a new key
    #[command(
        after_help = "例 / Example:\n  daicho rekey --as tanaka --reason '控えのUSBメモリを紛失したため'\n\n\
                      以前の写しは以前の鍵で開けるままです。停電しても、続きは次のログインで行われます。\n\
                      Copies made before still open with the old keys. After a power cut the next login goes on."
    )]
    Rekey {
        /// ログインID / login ID
        #[arg(long = "as", value_name = "USER", value_parser = login_id)]
        user: String,
        /// 理由 / why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// 保管庫の控えを別の媒体に作る（使用中でもよい） / copy the vault to another medium, also while in use
    #[command(after_help = "例 / Example:\n  daicho backup /media/usb/daicho --as tanaka --medium USB-3\n  \
                      daicho backup /srv/copy --as tanaka --medium disk --same-device '外付けが届くまで'")]
    Backup(Backup),
    /// 控えから空のフォルダーに復元する / make a vault in an empty folder from a copy
    #[command(
        after_help = "例 / Example:\n  daicho restore /media/usb/daicho --vault /srv/daicho --as tanaka\n  \
                      daicho restore /media/usb/daicho --vault /srv/daicho --recovery"
    )]
    Restore(Restore),
    /// 壊れた保管庫から、確かめられる記録を新しい保管庫に移す / save what verifies of a damaged vault
    #[command(after_help = "例 / Example:\n  daicho recover /srv/daicho /srv/daicho-new --as tanaka\n  \
                      daicho recover /srv/daicho /srv/daicho-new --recovery --copy /media/usb/daicho")]
    Recover(Recover),
    /// 新しい規則の版を写しの上で試し、望めば採用する / try a new edition of the rules on a copy, and adopt it
    #[command(
        after_help = "例 / Example:\n  daicho rehearse --as tanaka            試すだけ / only try it\n  \
                      daicho rehearse --as tanaka --adopt    試して、異常がなければ採用する / adopt it if all holds\n\n\
                      採用すると前の版の daicho では開けなくなります。今の保管庫の控えが隣に残ります。\n\
                      Once adopted, the release before cannot open the vault. A copy as it was stays beside it."
    )]
    Rehearse(Rehearse),
    /// 表示された文のくわしい説明 / more about a message: what is safe, what to do
    #[command(after_help = "例 / Example:\n  daicho explain               名前の一覧 / all names\n  \
                      daicho explain damaged       文の終わりの名前 / the name that the message gives")]
    Explain {
        /// 文の名前 / the message's name
        name: Option<String>,
    },
    /// 規程と、役割ごとにできること / profiles: who may what, and how they meet their duties
    #[command(
        after_help = "例 / Example:\n  daicho profiles\n  daicho profiles jcho\n  daicho profiles ours.toml\n  \
                      daicho profiles ours.toml --against jcho    変わる点 / what it changes"
    )]
    Profiles {
        /// 組み込まれている規程の名前、またはTOMLファイル / the name of one built in, or a TOML file
        name: Option<String>,
        /// これと比べて変わる点を表示する / show what it changes, compared with this one
        #[arg(long, value_name = "NAME|FILE", requires = "name", conflicts_with_all = ["text", "json"])]
        against: Option<String>,
        /// 規程の本文（TOML）を出力する / print its text, TOML
        #[arg(long, requires = "name", conflicts_with = "json")]
        text: bool,
        /// JSONで出力する / as JSON
        #[arg(long)]
        json: bool,
    },
}

/// What a sample site is made from.
#[derive(Args, Debug)]
pub struct Demo {
    /// ここに作って残す（なければ終了時に消える一時フォルダー） / make it here and keep it
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// 作るだけで画面を開かない / make it and exit
    #[arg(long)]
    pub headless: bool,
    /// IDとパスワードをJSONで出力する / IDs and passwords as JSON
    #[arg(long, requires = "headless")]
    pub json: bool,
    /// 同じ値からは同じ記録ができる / the same seed makes the same records
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// The last day, for tests.
    #[arg(long, value_name = "DATE", hide = true)]
    pub today: Option<String>,
    /// How many days, for tests.
    #[arg(long, value_name = "N", hide = true, default_value_t = 365, value_parser = clap::value_parser!(u16).range(10..=365))]
    pub days: u16,
}

/// What founds a site; on a terminal, what is missing is asked.
#[derive(Args, Debug)]
pub struct Init {
    /// 規程: daicho profiles の名前またはTOMLファイル / profile: a name of daicho profiles, or a TOML file
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// 拠点の記号（a-z 0-9 - 32文字まで） / the site's id
    #[arg(long, value_name = "ID")]
    pub site: Option<String>,
    /// 拠点の名称 / the site's name
    #[arg(long, value_name = "NAME")]
    pub site_name: Option<String>,
    /// 最初の管理者のログインID / the first administrator's login ID
    #[arg(long, value_name = "ID")]
    pub admin: Option<String>,
    /// その氏名 / their name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// そのフリガナ / its reading
    #[arg(long, value_name = "KANA")]
    pub kana: Option<String>,
    /// 鍵の強さ（scrypt log N）。17はメモリー2 GBの端末向け / scrypt log N; 17 for terminals with 2 GB
    #[arg(long, value_name = "N", default_value_t = 18, value_parser = clap::value_parser!(u8).range(10..=20))]
    pub work_factor: u8,
    /// 回復用紙の番号をJSONで出力する / the recovery sheet as JSON
    #[arg(long)]
    pub json: bool,
}

/// Commands from a file.
#[derive(Args, Debug)]
pub struct Batch {
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id)]
    pub user: String,
    /// 命令のファイル、- は標準入力 / the file, - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// 1行でも拒否されれば何も記録しない / if one line is refused, none is done
    #[arg(long)]
    pub all_or_nothing: bool,
    /// まとめて書き込む行数 / lines written, and answered, together
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000),
          conflicts_with = "all_or_nothing")]
    pub group: u16,
}

/// The registers of which lists come in.
fn lists() -> PossibleValuesParser {
    let loaded = registers().iter().filter(|register| register.loads.is_some());
    loaded
        .map(|register| PossibleValue::new(register.name).help(register.title.ja))
        .collect::<Vec<_>>()
        .into()
}

/// A list from elsewhere.
#[derive(Args, Debug)]
pub struct Load {
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id)]
    pub user: String,
    /// 一覧の種類 / what the list holds
    #[arg(long, value_parser = lists())]
    pub kind: String,
    /// CSVファイル（UTF-8） / the file, UTF-8
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// 読むだけで記録しない / read only, record nothing
    #[arg(long)]
    pub check: bool,
    /// 行ごとの結果をJSONで出力する / the report as JSON, one object a row
    #[arg(long)]
    pub json: bool,
}

/// A question to a register.
#[derive(Args, Debug)]
pub struct Query {
    /// What is asked.
    #[arg(value_name = "REGISTER", help = format!("台帳 / registers: {}", super::question::names()))]
    pub register: String,
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id)]
    pub user: String,
    /// その日の終わり、またはその証跡の時点（who_could では、そのとき分かっていたこと） / as of a day's end, or of an entry; of who_could, as known then
    #[arg(long, value_name = "DATE|#N")]
    pub as_of: Option<String>,
    /// JSONで出力する / as JSON
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// 続きの有無も添えてJSONで出力する / as JSON in an object that says whether there are more rows
    #[arg(long, conflicts_with_all = ["csv", "json"])]
    pub json_object: bool,
    /// CSVで出力する / as CSV
    #[arg(long)]
    pub csv: bool,
    /// 人（番号または氏名） / a person, by number or name
    #[arg(long, value_name = "P-NNNNN|NAME")]
    pub person: Option<String>,
    /// 会社（番号または名称） / a company, by number or name
    #[arg(long, value_name = "C-NNNNN|NAME")]
    pub company: Option<String>,
    /// 役割（profiles の id） / a role, by its id in the profile
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// 区画 / a zone
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// 状態 / a state
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// 最初の日 / first day
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// 最後の日 / last day, inclusive
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// 氏名・フリガナ・番号の一部 / part of a name, reading or number
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// inside_at、who_could、policy の日時 / the moment of inside_at, who_could or policy
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// who_could の操作名（query:NAME も可） / the command of who_could, or query:NAME
    #[arg(long, value_name = "COMMAND")]
    pub what: Option<String>,
    /// 件数の上限 / at most so many rows
    #[arg(long, value_name = "N")]
    pub most: Option<usize>,
}

/// What is written out, and where to.
#[derive(Args, Debug)]
pub struct AttachmentArgs {
    /// 添付書類の番号 / the attachment's number
    #[arg(value_name = "AT-NNNNN")]
    pub attachment: String,
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id)]
    pub user: String,
    /// 新しいファイル（上書きしません） / a new file; nothing is written over
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// JSONで出力する / as JSON
    #[arg(long)]
    pub json: bool,
}

/// Where a copy goes.
#[derive(Args, Debug)]
pub struct Backup {
    /// 控えのフォルダー（空か、まだないか、前の控え） / the copy's folder: empty, not there yet, or an earlier copy
    #[arg(value_name = "TO")]
    pub to: PathBuf,
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id)]
    pub user: String,
    /// 媒体の番号か名前（なければ場所の名前） / the medium's number or label; the place itself without
    #[arg(long, value_name = "M")]
    pub medium: Option<String>,
    /// 保管庫と同じ装置に置くときの理由 / why on the vault's own device
    #[arg(long, value_name = "REASON")]
    pub same_device: Option<String>,
    /// JSONで出力する / as JSON
    #[arg(long)]
    pub json: bool,
}

/// A copy to be made a vault of.
#[derive(Args, Debug)]
pub struct Restore {
    /// 控えのフォルダー / the copy's folder
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id, required_unless_present = "recovery")]
    pub user: Option<String>,
    /// 回復用紙で開く / open it with the recovery sheet
    #[arg(long, conflicts_with = "user")]
    pub recovery: bool,
    /// JSONで出力する / as JSON
    #[arg(long)]
    pub json: bool,
}

/// A damaged vault, and where what is saved goes.
#[derive(Args, Debug)]
pub struct Recover {
    /// 壊れた保管庫のフォルダー（書き込みません） / the damaged vault; not written to
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    /// 新しい保管庫のフォルダー（空か、まだないもの） / the new vault's folder, empty or not there yet
    #[arg(value_name = "TO")]
    pub to: PathBuf,
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id, required_unless_present = "recovery")]
    pub user: Option<String>,
    /// 回復用紙で開く / open it with the recovery sheet
    #[arg(long, conflicts_with = "user")]
    pub recovery: bool,
    /// 同じ保管庫の控え。失われた証跡と鍵を補う。何回でも書ける / a copy of the same vault, to fill in lost entries and keys; may be repeated
    #[arg(long = "copy", value_name = "DIR")]
    pub copies: Vec<PathBuf>,
    /// JSONで出力する / as JSON
    #[arg(long)]
    pub json: bool,
}

/// Who examines the vault.
#[derive(Args, Debug)]
pub struct Check {
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id, required_unless_present = "recovery")]
    pub user: Option<String>,
    /// 回復用紙で開く / open it with the recovery sheet
    #[arg(long, conflicts_with = "user")]
    pub recovery: bool,
    /// 回復用紙などに書いてある保管庫の指紋（始めの8桁以上） / the vault's fingerprint, as on the recovery sheet: 8 digits or more
    #[arg(long, value_name = "FINGERPRINT", value_parser = hex_digits)]
    pub expect: Option<String>,
    /// 書き留めた証跡の番号と根（始めの8桁以上） / an entry's number and root, as noted: 8 digits or more
    #[arg(long, value_name = "N:ROOT", value_parser = entry_and_root)]
    pub at_least: Option<(u64, String)>,
    /// JSONで出力する / as JSON
    #[arg(long)]
    pub json: bool,
}

/// Hexadecimal digits as they are copied from paper: in groups, in capitals, of full width.
fn hex_digits(typed: &str) -> Result<String, String> {
    let folded = crate::text::scan::fold_code(typed).to_ascii_lowercase();
    let digits: String = folded.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let plain = (8..=64).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if plain {
        Ok(digits)
    } else {
        Err("8桁から64桁の16進数です / 8 to 64 hexadecimal digits".to_owned())
    }
}

/// `812:17f4d4f01bf700cc`, `#812 17f4d4f01bf700cc`.
fn entry_and_root(typed: &str) -> Result<(u64, String), String> {
    let folded = crate::text::scan::fold_code(typed);
    let parted = folded.trim_start_matches('#').split_once([':', ' ']);
    let (number, root) = parted.ok_or("番号:根 の形です / as N:ROOT")?;
    let number = number.parse().ok().filter(|number| *number > 0);
    Ok((number.ok_or("番号は1からの整数です / N is a number from 1")?, hex_digits(root)?))
}

/// An edition to be tried.
#[derive(Args, Debug)]
pub struct Rehearse {
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id)]
    pub user: String,
    /// 試すための写しを置く、空かまだないフォルダー（なければ保管庫の隣） / where it is tried: an empty folder, or none yet
    #[arg(long = "in", value_name = "DIR")]
    pub place: Option<PathBuf>,
    /// 異常がなければ採用する / adopt it if everything holds
    #[arg(long)]
    pub adopt: bool,
    /// JSONで出力する / as JSON
    #[arg(long)]
    pub json: bool,
}

/// Who has the vault written anew.
#[derive(Args, Debug)]
pub struct Compact {
    /// ログインID / login ID
    #[arg(long = "as", value_name = "USER", value_parser = login_id)]
    pub user: String,
    /// JSONで出力する / as JSON
    #[arg(long)]
    pub json: bool,
}
