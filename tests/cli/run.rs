//! How these tests run the program, and the sites they run it on.

use serde_json::Value;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// Passwords of the sample's users.
pub fn password(user: &str) -> &'static str {
    match user {
        "guard1" => "Keibi-1-asa",
        "guard2" => "Keibi-2-hiru",
        "operator" => "Tanto-4-sagyo",
        "admin" => "Kanri-5-daicho",
        "approver" => "Kyoka-6-sekinin",
        "officer" => "Kojin-7-joho",
        "auditor" => "Kansa-8-kiroku",
        other => panic!("no such user of the sample: {other}"),
    }
}

/// What a run of the program gave.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// The answers, one a line.
    pub fn answers(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daicho"));
    command.env("DAICHO_STATE", "off");
    command.env_remove("DAICHO_VAULT").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program with lines on standard input, which is where passwords are read from.
pub fn run(args: &[&str], input: &str) -> Ran {
    let mut child = start(args);
    // A program that asks for no password may end before it is told one.
    match child.stdin.take().unwrap().write_all(input.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("{error}"),
        _ => {}
    }
    child.wait_with_output().unwrap().into()
}

pub fn start(args: &[&str]) -> Child {
    program().args(args).stdin(Stdio::piped()).spawn().unwrap()
}

/// A vault's folder that goes when the test ends.
pub struct Site {
    _folder: TempDir,
    pub dir: PathBuf,
}

impl Site {
    /// A folder that is not there yet.
    pub fn none() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("site");
        Site { _folder: folder, dir }
    }

    /// A copy of the small sample: twelve days that end now.
    pub fn sample() -> Site {
        static MADE: OnceLock<Site> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let site = Site::none();
            let dir = site.dir.to_str().unwrap();
            let args = ["demo", "--dir", dir, "--headless", "--days", "12"];
            run(&args, "").expect(0);
            site
        });
        let site = Site::none();
        copy(&made.dir, &site.dir);
        site
    }

    /// A site just founded by flags, with administrator `tanaka`; its recovery sheet is what was printed.
    pub fn founded() -> (Site, String) {
        let site = Site::none();
        let args = [
            "--vault",
            site.dir(),
            "init",
            "--profile",
            "jcho",
            "--site",
            "f-chuo",
            "--site-name",
            "中央病院",
            "--admin",
            "tanaka",
            "--name",
            "田中 一郎",
            "--kana",
            "タナカ イチロウ",
            "--work-factor",
            "10",
            "--password-fd",
            "0",
        ];
        let sheet = run(&args, "Hiraku-2026!\n").expect(0).out;
        (site, sheet)
    }

    pub fn dir(&self) -> &str {
        self.dir.to_str().unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.parent().unwrap().join(name)
    }

    /// Writes a file beside the vault.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program on this vault as a user of the sample.
    pub fn run(&self, user: &str, args: &[&str]) -> Ran {
        self.run_with(user, password(user), args)
    }

    pub fn run_with(&self, user: &str, password: &str, args: &[&str]) -> Ran {
        let mut all = vec!["--vault", self.dir(), "--password-fd", "0"];
        all.extend_from_slice(args);
        all.extend_from_slice(&["--as", user]);
        run(&all, &format!("{password}\n"))
    }

    /// Runs lines as a batch.
    pub fn batch(&self, user: &str, lines: impl AsRef<[u8]>, more: &[&str]) -> Ran {
        let file = self.file("lines.jsonl", lines);
        let mut args = vec!["batch", &file];
        args.extend_from_slice(more);
        self.run(user, &args)
    }

    /// The rows of a register.
    pub fn rows(&self, user: &str, register: &str) -> Vec<Value> {
        let ran = self.run(user, &["query", register, "--json"]).expect(0);
        ran.json().as_array().unwrap().clone()
    }

    /// The number of the last entry.
    pub fn last_entry(&self) -> u64 {
        let log = self.run("auditor", &["query", "log", "--json", "--most", "1"]).expect(0).json();
        log[0]["seq"].as_u64().unwrap()
    }

    /// Entries of a kind after an entry.
    pub fn entries_since(&self, seq: u64, kind: &str) -> Vec<Value> {
        let log = self.rows("auditor", "log");
        log.into_iter().filter(|entry| entry["seq"].as_u64() > Some(seq) && entry["kind"] == kind).collect()
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
