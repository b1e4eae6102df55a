//! A folder for one case: the vault, the lines and passwords that the program is given, and how it is run there.

use super::operations::Operation;
use serde_json::Value;
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Seconds after which a run counts as one that never ends.
const NEVER_S: &str = "120";

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// With this exit code.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// Not by itself.
    Never,
}

/// What a run of the program gave.
#[derive(Debug, Clone)]
pub struct Ended {
    pub how: How,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// Answers, one a line; of a run that was killed the last may be cut.
    pub fn answers(&self) -> Vec<Value> {
        self.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// Harm that the kernel does to a run.
#[derive(Debug, Clone)]
pub enum Harm {
    None,
    /// Injected by strace: `pwrite64:signal=SIGKILL:when=3`, counting calls on this path only, where one is given.
    Inject {
        what: String,
        on: Option<PathBuf>,
    },
    /// No file grows beyond so many bytes: a write across that is a short one.
    FileSize(u64),
}

/// A folder for one case.
#[derive(Debug)]
pub struct Place {
    /// Goes with the case, where the case has a folder of its own.
    _folder: Option<tempfile::TempDir>,
    pub root: PathBuf,
    /// What strace saw of the last run.
    pub log: PathBuf,
}

/// Where cases stand that need no real disk: in memory, if there is room for them.
fn memory() -> PathBuf {
    let shm = Path::new("/dev/shm");
    if shm.is_dir() { shm.to_owned() } else { std::env::temp_dir() }
}

impl Place {
    /// A folder that goes with the case.
    pub fn new() -> Place {
        let folder = tempfile::Builder::new().prefix("daicho-real").tempdir_in(memory()).unwrap();
        let root = folder.path().to_owned();
        Place { log: root.join("strace.log"), root, _folder: Some(folder) }
    }

    /// A folder that is there already, with what is said about a run written beside it.
    pub fn at(root: &Path, beside: &Path) -> Place {
        Place { _folder: None, root: root.to_owned(), log: beside.join("strace.log") }
    }

    pub fn vault(&self) -> PathBuf {
        self.root.join("site")
    }

    /// Where a backup puts its copy.
    pub fn copy(&self) -> PathBuf {
        self.root.join("copy")
    }

    /// Puts the site there that an operation begins with, and its copy if it has one.
    pub fn prepare(&self, operation: &Operation) {
        if let Some(start) = operation.start.site() {
            if start.join("site").exists() {
                copy(&start.join("site"), &self.vault());
            }
            if start.join("copy").exists() {
                copy(&start.join("copy"), &self.copy());
            }
        }
        std::fs::write(self.beside("lines"), (operation.lines)()).unwrap();
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.log.parent().unwrap().join(name)
    }

    /// Runs an operation as it is meant to be run.
    pub fn run(&self, operation: &Operation, harm: &Harm) -> Ended {
        let args = self.arguments(operation);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        self.daicho(&self.vault(), &args, &(operation.passwords)(), harm)
    }

    /// Asks something of the program that nothing harms.
    pub fn ask(&self, args: &[&str], password: &str) -> Ended {
        self.ask_of(&self.vault(), args, password)
    }

    /// The same, of the vault in another folder.
    pub fn ask_of(&self, vault: &Path, args: &[&str], password: &str) -> Ended {
        self.daicho(vault, args, password, &Harm::None)
    }

    /// An operation's arguments with the paths that they stand for here.
    fn arguments(&self, operation: &Operation) -> Vec<String> {
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        let of = |arg: &&str| match *arg {
            "LINES" => path(self.beside("lines")),
            "SITE" => path(self.vault()),
            "COPY" => path(self.copy()),
            other => other.to_owned(),
        };
        operation.args.iter().map(of).collect()
    }

    fn daicho(&self, vault: &Path, args: &[&str], passwords: &str, harm: &Harm) -> Ended {
        let secret = self.beside("passwords");
        std::fs::write(&secret, format!("{passwords}\n")).unwrap();
        let mut command = match harm {
            Harm::None | Harm::Inject { .. } => Command::new("timeout"),
            Harm::FileSize(_) => {
                // The signal that comes with the limit is ignored, so that the program sees the error.
                let mut shell = Command::new("sh");
                shell.args(["-c", "trap '' XFSZ; exec timeout \"$@\"", "sh"]);
                shell
            }
        };
        command.args(["-s", "KILL", NEVER_S]);
        match harm {
            Harm::None => {}
            Harm::Inject { what, on } => {
                command.args(["strace", "-f", "-qq", "-y", "-o"]).arg(&self.log);
                if let Some(path) = on {
                    command.arg("-P").arg(path);
                }
                let call = what.split(':').next().unwrap();
                command.args(["-e", &format!("trace={call}"), "-e", &format!("inject={what}")]);
            }
            Harm::FileSize(bytes) => {
                command.args(["prlimit", &format!("--fsize={bytes}")]);
            }
        }
        command.arg(env!("CARGO_BIN_EXE_daicho")).env("DAICHO_STATE", "off");
        ended(command.args(common(vault)).args(args), &secret)
    }

    /// As [`Place::run`], with every call that harm could be done to in the log.
    pub fn trace(&self, operation: &Operation, calls: &str) -> Ended {
        let secret = self.beside("passwords");
        std::fs::write(&secret, format!("{}\n", (operation.passwords)())).unwrap();
        let mut command = Command::new("timeout");
        command.args(["-s", "KILL", NEVER_S, "strace", "-f", "-y", "-s", "0", "-o"]).arg(&self.log);
        command
            .args(["-e", &format!("trace={calls}"), env!("CARGO_BIN_EXE_daicho")])
            .env("DAICHO_STATE", "off")
            .args(common(&self.vault()));
        ended(command.args(self.arguments(operation)), &secret)
    }

    /// The command line of an operation whose lines come one by one, passwords by descriptor 3.
    pub fn line_by_line(&self, operation: &Operation) -> Command {
        let secret = self.beside("passwords");
        std::fs::write(&secret, format!("{}\n", (operation.passwords)())).unwrap();
        let mut command = Command::new("sh");
        // The shell gives its process to the program: the password comes by a descriptor, never by an argument.
        command.args(["-c", "secret=\"$1\"; shift; exec \"$@\" 3<\"$secret\"", "sh"]).arg(&secret);
        command.args(["timeout", "-s", "KILL", NEVER_S]);
        command.arg(env!("CARGO_BIN_EXE_daicho")).args(["--lang", "en", "--vault"]).arg(self.vault());
        command.env("DAICHO_STATE", "off");
        command.args(["--password-fd", "3"]);
        for (arg, path) in operation.args.iter().zip(self.arguments(operation)) {
            let by_line = *arg == "LINES" && operation.args[0] == "batch";
            command.arg(if by_line { "-" } else { &path });
        }
        command
            .current_dir(self.beside("."))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Every file of the vault with its bytes, to see that nothing was written.
    pub fn bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        bytes(&self.vault())
    }

    /// Removes the vault and what stands beside it under its name: all that making it leaves behind.
    pub fn clear(&self) {
        for entry in std::fs::read_dir(&self.root).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_str().unwrap().starts_with("site") {
                std::fs::remove_dir_all(entry.path()).unwrap();
            }
        }
    }
}

fn common(vault: &Path) -> [String; 6] {
    ["--lang", "en", "--vault", vault.to_str().unwrap(), "--password-fd", "0"].map(str::to_owned)
}

fn ended(command: &mut Command, secret: &Path) -> Ended {
    // Where it was started is a place that the program may write to: a case leaves nothing elsewhere.
    command.current_dir(secret.parent().unwrap()).env_remove("DAICHO_VAULT");
    let secret = File::open(secret).unwrap();
    let output = command.stdin(Stdio::from(secret)).output().unwrap();
    output.into()
}

impl From<std::process::Output> for Ended {
    fn from(output: std::process::Output) -> Ended {
        let how = match (output.status.code(), output.status.signal()) {
            // What `timeout` says when it had to kill.
            (Some(137), _) => How::Never,
            (Some(code), _) => How::Exit(code),
            (None, signal) => How::Signal(signal.unwrap_or_default()),
        };
        Ended {
            how,
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Every file of a vault or copy, by its path from there.
pub fn bytes(vault: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for folder in ["", "keys", "blobs"].map(|sub| vault.join(sub)) {
        // Attachments have a folder once there are any.
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.push((path.strip_prefix(vault).unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

/// Copies a folder of files and folders.
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
