//! Editions (規則の版): the rules as a release decides them.
//!
//! `check` decides every past command again. So a rule that is mended stays as it was for what was decided before,
//! and which edition held when is a fact of the log: the founding entry names the first, an `adopt_edition` entry
//! each later one. Only [`super::decide`] asks `context.edition >= Edition::X`; [`super::fold`] and
//! [`super::touches`] see the outcome alone. The list is only ever added to.

use serde::{Deserialize, Serialize};

macro_rules! editions {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, [$(($ja:literal, $en:literal)),* $(,)?];)*) => {
        /// An edition of the rules.
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Edition { $($(#[$doc])* $variant,)* }

        impl Edition {
            /// Every edition that this program knows, the oldest first.
            pub const ALL: &'static [Edition] = &[$(Edition::$variant),*];

            /// The number under which the log names it, from 1.
            pub fn number(self) -> u32 {
                match self { $(Edition::$variant => $number,)* }
            }

            /// What it decides otherwise than the one before, in Japanese and English: for whoever is to adopt it.
            pub fn changes(self) -> &'static [(&'static str, &'static str)] {
                match self { $(Edition::$variant => &[$(($ja, $en)),*],)* }
            }
        }
    };
}

editions! {
    /// The rules of releases 0.1 and 0.2.
    #[default]
    One = 1, [];
    /// Who may decide, permit or give a permission by telephone is asked of users in force alone.
    Two = 2, [
        ("停止・終了したID、仮パスワードのままのIDの人は、許可した人・承認した人として数えません。",
         "Whoever is suspended, removed or still has a temporary password counts no more as one who permits."),
        ("電話で許可した人がもう権限を持たないとき、電話で許可できるほかの人が、その許可を否認できます。",
         "Where whoever gave a permission by telephone has no such authority any more, another who has may disown it."),
        ("記録する日時は、拠点の時差で書いたものだけを受け付けます（入力された日時は拠点の時差に直して記録します）。",
         "A recorded time has the site's offset; what is given in another is turned into it first."),
        ("申請・許可と作業記録に、書類のファイルを添付できます。",
         "Documents can be attached to applications, permits and work records."),
    ];
    /// Two books more: devices, and the keys of doors, racks and cabinets.
    Three = 3, [
        ("機器の台帳が加わり、申請・許可と作業記録で機器を選べます。",
         "A list of devices is kept, and applications, permits and work records name devices from it."),
        ("鍵の台帳が加わります。貸出中の鍵は当直の引継ぎで数えます。",
         "A ledger of keys is kept; a takeover of the desk counts keys that are lent."),
        ("入室より後の登録・許可は、後からの記録や訂正でも認めません。電話の許可は、許可した時刻に権限のあった人のものだけを\
          認めます。付添いは拠点の職員だけです。終了したIDの権限は、新しいIDの権限と衝突しません。個人情報の通知は、作業を記録した\
          人も訪問した人も受けられません。作業者は、その訪問の間に入室していた人だけです。",
         "A registration or permit made after an entry covers it no more, recorded late or corrected. A permission by \
          telephone counts by what its giver was when giving it. Only the site's own staff escort. Roles of removed IDs \
          clash with none. Nobody takes the notice of a work they recorded, or of their own visit. Workers of a record \
          were inside during its visit."),
        ("採用や終了のあとに、利用者の発行・規程の採用・鍵の更新・待っている決定をできる人がいなくなる規程や終了は、受け付けません。停止は          いつでもできます。一人が同時に2か所にいることになる日時も受け付けません。",
         "A profile or a removal after which nobody active could issue users, adopt a profile, change the keys or settle what           waits is refused; a suspension never is. Nobody is in two places at once."),
        ("保管庫を開ける鍵（鍵ファイル・回復用紙）を、作った記録・変えた記録・終えた記録と照らし合わせます。許容より時刻が戻った記録は、\
          時計のずれの記録がなければ照合で指摘します。",
         "What opens the vault, key files and recovery sheet, is held against the entries that make, change or end it. An \
          entry whose time lies before earlier ones, beyond the tolerance and with no entry saying so, is a finding."),
        ("電話での許可は、許可した人が署名するまで、電話で許可できるほかの人も否認できます。決定した許可は、入室中の人がいても、決定できる人が\
          取り消せます。",
         "Until its giver signs it, whoever else may give a permission by telephone can disown it. Whoever may decide an \
          application can take a permit back while somebody is inside by it."),
        ("規程の新しい版は、一人が改正の手続の日付を添えて提案し、別の人が同意して施行日から有効になります。ほかに同意できる人がいない\
          ときだけ回復用紙で同意できます。同じ番号の版は二度採用できません。",
         "A version of the profile is proposed by one person, with the days of the regulation's own procedure, and agreed to \
          by another; by the recovery sheet only where nobody else could. No number of a version is used twice."),
        ("紙から後で記入する入室では、退室日時も一度に記録でき、その日の資格で認めます。退室日時のない後からの入室は、いまの資格も必要です。",
         "A stay entered from paper takes its end along, and is judged by the rights of its day. Without an end it leaves \
          somebody inside, and needs the rights of today as well."),
        ("作業記録では、個人情報の閲覧があったかどうかに必ず答えます。",
         "A work record always answers whether personal information was seen."),
        ("規程が期限を定めると、期限の過ぎたパスワードと、漏えいのおそれを届け出たパスワードは、変更のほかに使えません。",
         "Where the profile says how long, a password that is due, or that its owner reported, opens nothing but its change."),
        ("利用申請の台帳が加わります。期間のあるIDは、開始日の前と終了日の翌日からは使えません。規程が求めるときは、申請のないIDを発行しません。",
         "Applications for accounts are kept. An ID with a period gives nothing before its first day and after its last. Where the \
          profile asks it, no ID is issued that nobody applied for."),
    ];
}

impl Edition {
    /// The edition of this release: a new site begins with it.
    pub const NEWEST: Edition = match Edition::ALL {
        [.., newest] => *newest,
        [] => Edition::One,
    };

    /// The edition of a number; `None` for one that this program does not know.
    pub fn of(number: u32) -> Option<Edition> {
        Edition::ALL.iter().copied().find(|edition| edition.number() == number)
    }

    /// The edition that a founding entry names: entries of before editions name none, which is the first.
    pub fn founded(number: u32) -> Option<Edition> {
        if number == 0 { Some(Edition::One) } else { Edition::of(number).filter(|one| *one > Edition::One) }
    }

    /// The number by which a founding entry names this edition.
    pub fn founding(self) -> u32 {
        if self == Edition::One { 0 } else { self.number() }
    }
}
