//! What is said to a person whose text or date was refused: what is wrong, where, and what to do.
//!
//! The one place on this floor that knows wording.

use super::clean::{MAX_MARKS, TextProblem, Why};
use super::date::{DateProblem, YEARS};
use super::wareki::{wareki, wareki_with_weekday};

impl TextProblem {
    /// One or two sentences in Japanese.
    pub fn ja(&self) -> String {
        let (why, at) = match self {
            TextProblem::Refused { why, at, .. } => (*why, *at),
            TextProblem::TooLong { limit } => {
                return format!("長すぎます。{limit}文字以内で入力してください。");
            }
            TextProblem::TooManyBytes { limit } => {
                return format!("長すぎます。UTF-8で{limit}バイト以内にしてください。");
            }
            TextProblem::NotUtf8 { byte } => {
                return format!(
                    "文字コードがUTF-8ではありません（先頭から{byte}バイトの次）。UTF-8で保存し直してください。"
                );
            }
        };
        let point = self.code_point().unwrap_or_default();
        match why {
            Why::LineBreak => {
                format!("{at}文字目に改行があります。1行で入力してください。")
            }
            Why::PrivateUse => format!(
                "外字（{point}）が{at}文字目にあります。ほかの端末では表示できません。別の漢字かカナで入力してください。"
            ),
            Why::Control | Why::Separator | Why::BidiControl | Why::Invisible | Why::Tag => format!(
                "使えない文字（{point}、目に見えない文字）が{at}文字目にあります。消してからもう一度入力してください。"
            ),
            Why::Noncharacter | Why::Unassigned => {
                format!("使えない文字（{point}）が{at}文字目にあります。消してからもう一度入力してください。")
            }
            Why::VariationSelector => format!(
                "異体字の指定（{point}）が漢字の直後ではない{at}文字目にあります。消してからもう一度入力してください。"
            ),
            Why::CombiningPile => format!(
                "{at}文字目で、1つの文字に記号が{MAX_MARKS}個より多く付いています。余分な記号を消してください。"
            ),
            Why::CombiningAlone => format!(
                "{at}文字目の記号（{point}）の前に文字がありません。記号を消してからもう一度入力してください。"
            ),
            Why::Replacement => {
                format!("{at}文字目が文字化けしています（{point}）。元の文字を確かめて入力し直してください。")
            }
        }
    }

    /// One or two sentences in English.
    pub fn en(&self) -> String {
        let (why, at) = match self {
            TextProblem::Refused { why, at, .. } => (*why, *at),
            TextProblem::TooLong { limit } => {
                return format!("Too long. Enter at most {limit} characters.");
            }
            TextProblem::TooManyBytes { limit } => {
                return format!("Too long. Enter at most {limit} bytes of UTF-8.");
            }
            TextProblem::NotUtf8 { byte } => {
                return format!("Not UTF-8 (byte offset {byte}). Save the file as UTF-8 and try again.");
            }
        };
        let point = self.code_point().unwrap_or_default();
        match why {
            Why::LineBreak => format!("Character {at} is a line break. Enter a single line."),
            Why::PrivateUse => format!(
                "Character {at} is a private-use character ({point}), which other terminals cannot show. \
                 Enter another kanji or kana."
            ),
            Why::Control | Why::Separator | Why::BidiControl | Why::Invisible | Why::Tag => format!(
                "Character {at} is an invisible character ({point}) that is not accepted. Delete it and \
                 try again."
            ),
            Why::Noncharacter | Why::Unassigned => {
                format!("Character {at} ({point}) is not accepted. Delete it and try again.")
            }
            Why::VariationSelector => format!(
                "Character {at} is a variation selector ({point}) that does not follow a kanji. Delete \
                 it and try again."
            ),
            Why::CombiningPile => format!(
                "At character {at}, more than {MAX_MARKS} marks sit on one letter. Delete the surplus marks."
            ),
            Why::CombiningAlone => format!(
                "Character {at} is a combining mark ({point}) without a letter before it. Delete it and \
                 try again."
            ),
            Why::Replacement => format!(
                "Character {at} was damaged before it came here ({point}). Look up the original and \
                 enter it again."
            ),
        }
    }
}

impl DateProblem {
    /// One or two sentences in Japanese.
    pub fn ja(&self) -> String {
        match self {
            DateProblem::Empty => "入力がありません。入力してください。".to_string(),
            DateProblem::NotADate => {
                "日付として読めません。R6.11.20、2024-11-20、11/20、+7d、今日 のように入力してください。"
                    .to_string()
            }
            DateProblem::NoSuchDay { year, month, day } => {
                format!("{year}年{month}月{day}日という日はありません。日付を確かめてください。")
            }
            DateProblem::EraEnded { era, last } => format!(
                "{}は{}（{last}）までです。次の元号か西暦で入力してください。",
                era.name(),
                wareki(*last)
            ),
            DateProblem::EraNotBegun { era, first } => format!(
                "{}は{}（{first}）からです。前の元号か西暦で入力してください。",
                era.name(),
                wareki(*first)
            ),
            DateProblem::YearOutOfRange => {
                format!("{}年から{}年までの日付を入力してください。", YEARS.start(), YEARS.end())
            }
            DateProblem::YearUnclear => {
                "西暦か和暦か分かりません。西暦は4桁で、和暦は R6 のように元号を付けて入力してください。"
                    .to_string()
            }
            DateProblem::WrongWeekday { date } => {
                format!(
                    "曜日が合いません。この日は{}です。日付を確かめてください。",
                    wareki_with_weekday(*date)
                )
            }
            DateProblem::NotATime => {
                "時刻として読めません。9:05、0905、9時5分 のように入力してください。".to_string()
            }
            DateProblem::NoSuchTime { hour, minute } => {
                format!("{hour}時{minute}分という時刻はありません。0:00から23:59までで入力してください。")
            }
        }
    }

    /// One or two sentences in English.
    pub fn en(&self) -> String {
        match self {
            DateProblem::Empty => "Nothing was entered. Please enter a value.".to_string(),
            DateProblem::NotADate => {
                "This is not a date. Enter it like R6.11.20, 2024-11-20, 11/20, +7d or today.".to_string()
            }
            DateProblem::NoSuchDay { year, month, day } => {
                format!("There is no day {year:04}-{month:02}-{day:02}. Check the date.")
            }
            DateProblem::EraEnded { era, last } => {
                format!("{} ended on {last}. Use the next era or the western year.", era.name_en())
            }
            DateProblem::EraNotBegun { era, first } => {
                format!("{} began on {first}. Use the era before it or the western year.", era.name_en())
            }
            DateProblem::YearOutOfRange => {
                format!("Enter a date from the years {} to {}.", YEARS.start(), YEARS.end())
            }
            DateProblem::YearUnclear => {
                "The year is unclear. Enter four digits, or an era as in R6.".to_string()
            }
            DateProblem::WrongWeekday { date } => {
                format!("The weekday does not match: {date} is a {}. Check the date.", date.format("%A"))
            }
            DateProblem::NotATime => "This is not a time. Enter it like 9:05 or 0905.".to_string(),
            DateProblem::NoSuchTime { hour, minute } => {
                format!("There is no time {hour}:{minute:02}. Enter 0:00 to 23:59.")
            }
        }
    }
}

impl std::fmt::Display for TextProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for TextProblem {}

impl std::fmt::Display for DateProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for DateProblem {}
