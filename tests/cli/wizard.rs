//! On a terminal: `daicho init` asks what is missing and has the recovery sheet typed back; a sample goes again.

use super::run::Site;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longest wait for something that must come; nothing is judged by how long it took.
const PATIENCE: Duration = Duration::from_secs(60);

struct Terminal {
    keys: Box<dyn Write + Send>,
    bytes: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Terminal {
    fn start(args: &[&str]) -> Terminal {
        Terminal::start_in(args, &std::env::temp_dir())
    }

    fn start_in(args: &[&str], temporary: &std::path::Path) -> Terminal {
        let size = PtySize { rows: 60, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_daicho"));
        command.args(args);
        command.env("TMPDIR", temporary);
        command.env("DAICHO_STATE", "off");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (send, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read) = reader.read(&mut buffer) {
                if read == 0 || send.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keys = pty.master.take_writer().unwrap();
        let screen = vt100::Parser::new(60, 120, 0);
        Terminal { keys, bytes, screen, child, _master: pty.master }
    }

    fn shown(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until a text stands on the screen.
    fn wait(&mut self, text: &str) {
        while !self.shown().contains(text) {
            match self.bytes.recv_timeout(PATIENCE) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!("{text} did not come:\n{}", self.shown()),
            }
        }
    }

    fn answer(&mut self, question: &str, keys: &str) {
        self.wait(question);
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.write_all(b"\r").unwrap();
    }

    fn ends(&mut self) -> u32 {
        while let Ok(bytes) = self.bytes.recv_timeout(PATIENCE) {
            self.screen.process(&bytes);
        }
        self.child.wait().unwrap().exit_code()
    }
}

fn begin(site: &Site) -> Terminal {
    let mut terminal = Terminal::start(&["init", "--vault", site.dir(), "--work-factor", "10"]);
    terminal.answer("規程（番号", "1");
    terminal.answer("拠点の記号", "f-chuo");
    terminal.answer("拠点の名称", "中央病院");
    terminal.answer("最初の管理者のログインID", "tanaka");
    terminal.answer("管理者の氏名", "田中 一郎");
    terminal.answer("管理者のフリガナ", "タナカ イチロウ");
    terminal
}

#[test]
fn everything_is_asked_and_a_wrong_group_of_the_sheet_is_named() {
    let site = Site::none();
    let mut terminal = begin(&site);
    terminal.answer("tanaka のパスワード", "Hiraku-2026!");
    terminal.answer("もう一度入力してください", "Hiraku-2026?");
    terminal.wait("2回の入力が違います");
    terminal.answer("2回の入力が違います。\ntanaka のパスワード", "Hiraku-2026!");
    terminal.wait("2回の入力が違います。\ntanaka のパスワード: \nもう一度入力してください");
    terminal.answer("もう一度入力してください", "Hiraku-2026!");
    terminal.wait("書き写したらEnter");
    let shown = terminal.shown();
    assert!(!shown.contains("Hiraku"), "{shown}");
    let groups = super::init::groups(&shown);
    assert_eq!(groups.len(), 13, "{shown}");
    terminal.answer("書き写したらEnter", "");
    terminal.wait("用紙の1番目の番号");
    assert!(
        groups.iter().all(|group| !terminal.shown().contains(group)),
        "the sheet is gone from the screen"
    );
    for (n, group) in groups.iter().enumerate() {
        let question = format!("用紙の{}番目の番号", n + 1);
        if n == 1 {
            terminal.answer(&question, "000000");
            terminal.wait("2番目の番号が違います");
        }
        terminal.answer(&question, group);
    }
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown());
    assert!(terminal.shown().contains("回復用紙を確認しました"));
    site.run_with("tanaka", "Hiraku-2026!", &["query", "users"]).expect(0);
}

#[test]
fn whoever_gives_up_at_the_password_leaves_nothing_behind() {
    let site = Site::none();
    let mut terminal = begin(&site);
    terminal.answer("tanaka のパスワード", "Hir\u{3}");
    assert_eq!(terminal.ends(), 2);
    assert!(!site.dir.exists());
}

#[test]
fn a_sample_that_nobody_keeps_is_gone_when_its_screens_are_not_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start_in(&["demo", "--days", "10"], folder.path());
    terminal.wait("Keibi-1-asa");
    terminal.wait("Enterを押すと画面を開きます");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    terminal.keys.write_all(b"\x03").unwrap();
    assert_eq!(terminal.ends(), 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn whoever_gives_up_at_the_sheet_is_told_that_the_site_is_founded() {
    let site = Site::none();
    let mut terminal = begin(&site);
    terminal.answer("tanaka のパスワード", "Hiraku-2026!");
    terminal.answer("もう一度入力してください", "Hiraku-2026!");
    terminal.answer("書き写したらEnter", "");
    terminal.wait("用紙の1番目の番号");
    terminal.keys.write_all(b"12\x03").unwrap();
    assert_eq!(terminal.ends(), 2, "{}", terminal.shown());
    let shown = terminal.shown();
    assert!(shown.contains("開設済み") && shown.contains("sheet --as tanaka"), "{shown}");
    assert!(!shown.contains("何も変わっていません"), "{shown}");
    site.run_with("tanaka", "Hiraku-2026!", &["query", "users"]).expect(0);
}

#[test]
fn whoever_gives_up_at_a_new_sheet_is_told_that_the_one_before_is_in_force() {
    let (site, sheet) = Site::founded();
    let mut terminal = Terminal::start(&["sheet", "--vault", site.dir(), "--as", "tanaka"]);
    terminal.answer("tanaka のパスワード", "Hiraku-2026!");
    terminal.wait("書き写したらEnter");
    terminal.keys.write_all(b"\x03").unwrap();
    assert_eq!(terminal.ends(), 2, "{}", terminal.shown());
    assert!(terminal.shown().contains("これまでの用紙が有効です"), "{}", terminal.shown());
    let args = ["--vault", site.dir(), "--password-fd", "0", "check", "--recovery"];
    super::run::run(&args, &format!("{}\n", super::init::groups(&sheet).join("-"))).expect(0);
}

#[test]
fn a_new_password_that_will_not_do_is_asked_again_without_the_sheet() {
    let (site, sheet) = Site::founded();
    let args = ["password", "--vault", site.dir(), "--as", "tanaka", "--recovery"];
    let mut terminal = Terminal::start(&args);
    terminal.answer("回復用紙の番号", &super::init::groups(&sheet).join(" "));
    terminal.answer("新しいパスワード", "mijikai");
    terminal.answer("もう一度入力してください", "mijikai");
    terminal.wait("文字以上にしてください");
    terminal.answer("組み合わせてください。\n新しいパスワード", "Modoru-2027!");
    let again = "組み合わせてください。\n新しいパスワード: \nもう一度入力してください";
    terminal.answer(again, "Modoru-2027!");
    terminal.wait("tanaka の新しいパスワードを設定しました");
    terminal.wait("書き写したらEnter");
    terminal.keys.write_all(b"\x03").unwrap();
    assert_eq!(terminal.ends(), 2, "{}", terminal.shown());
    let shown = terminal.shown();
    assert!(shown.contains("設定済みです") && shown.contains("daicho sheet --as tanaka"), "{shown}");
    site.run_with("tanaka", "Modoru-2027!", &["check"]).expect(0);
}
