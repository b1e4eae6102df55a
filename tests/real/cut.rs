//! R3: a real file system loses its power. ext4 on a loop device is shut down by its own ioctl while the program
//! writes; what it had not yet sent to the device is gone; then it is mounted again, and recovers by its journal.

use super::cases::{Outcome, Random, Tally, all_are_wanted, any_of, figure, only, run, seed, share};
use super::judge::judge;
use super::operations::{Operation, named};
use super::place::{Ended, How, Place};
use super::tools::{self, Mount, tool};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Bytes of the file system.
const IMAGE: u64 = 48 << 20;
/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: as if the power went, journal and all. Calling an ioctl
/// takes `unsafe` here, and none there.
const CUT: &str = "import fcntl, os, struct, sys
disk = os.open(sys.argv[1], os.O_RDONLY)
print('ready', flush=True)
sys.stdin.read(1)
fcntl.ioctl(disk, 0x8004587D, struct.pack('I', 2))
print('cut', flush=True)";

/// One cut: of an operation, after so many answers, and after so many millionths of what it takes as a whole.
type Case = (Operation, usize, u64);

/// File systems that are not in use.
#[derive(Default)]
struct Images {
    free: Mutex<Vec<PathBuf>>,
    made: Mutex<u32>,
}

impl Images {
    fn take(&self) -> Result<PathBuf, String> {
        if let Some(free) = self.free.lock().unwrap().pop() {
            return Ok(free);
        }
        let mut made = self.made.lock().unwrap();
        *made += 1;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let image = folder.join(format!("real-{}-{made}.ext4", std::process::id()));
        let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(IMAGE).map_err(|error| error.to_string())?;
        tool("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()])?;
        Ok(image)
    }
}

impl Drop for Images {
    fn drop(&mut self) {
        for image in self.free.lock().unwrap().drain(..) {
            let _ = std::fs::remove_file(image);
        }
    }
}

/// Whoever will cut the power, with the file system open already: it must not take time.
struct Switch(Child);

impl Switch {
    fn ready(disk: &Path) -> Result<Switch, String> {
        let mut child = Command::new("python3")
            .args(["-c", CUT])
            .arg(disk)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut ready = [0; 6];
        let out = child.stdout.as_mut().ok_or("no output")?;
        out.read_exact(&mut ready).map_err(|error| format!("python3: {error}"))?;
        Ok(Switch(child))
    }

    fn cut(mut self) -> Result<(), String> {
        if let Some(mut stdin) = self.0.stdin.take() {
            stdin.write_all(b"x").map_err(|error| error.to_string())?;
        }
        let mut said = String::new();
        self.0.stdout.as_mut().ok_or("no output")?.read_to_string(&mut said).map_err(|e| e.to_string())?;
        let ended = self.0.wait().map_err(|error| error.to_string())?;
        if ended.success() && said == "cut\n" {
            Ok(())
        } else {
            Err(format!("the power was not cut: {said}"))
        }
    }
}

/// Runs an operation and cuts the power under it. How it ended, and whether it was before that.
fn run_and_cut(place: &Place, case: &Case, takes: Duration) -> Result<(Ended, bool), String> {
    let (operation, answers, part) = case;
    let switch = Switch::ready(&place.root)?;
    let lines = (operation.lines)();
    let mut child = place.line_by_line(operation).spawn().map_err(|error| error.to_string())?;
    let stdin = child.stdin.take();
    let writer = std::thread::spawn(move || {
        // Who has lost the disk reads no further.
        let _ = stdin.map(|mut stdin| stdin.write_all(lines.as_bytes()));
    });
    let mut out = BufReader::new(child.stdout.take().ok_or("no output")?);
    let mut said = String::new();
    for _ in 0..*answers {
        if out.read_line(&mut said).map_err(|error| error.to_string())? == 0 {
            break;
        }
    }
    // Not to wait for anything: to lose the power at another moment each time.
    std::thread::sleep(takes.mul_f64(*part as f64 / 1e6));
    let over = child.try_wait().map_err(|error| error.to_string())?.is_some();
    switch.cut()?;
    out.read_to_string(&mut said).map_err(|error| error.to_string())?;
    let _ = writer.join();
    let ended = Ended::from(child.wait_with_output().map_err(|error| error.to_string())?);
    Ok((Ended { out: said, ..ended }, over))
}

/// Puts the site there that an operation begins with, as it would stand there since long.
fn begin(place: &Place, operation: &Operation) -> Result<(), String> {
    place.clear();
    if place.copy().exists() {
        std::fs::remove_dir_all(place.copy()).map_err(|error| error.to_string())?;
    }
    place.prepare(operation);
    tool("sync", &["-f", place.root.to_str().unwrap()]).map(drop)
}

fn cut(images: &Images, case: &Case, takes: Duration) -> Result<Outcome, String> {
    let beside = tempfile::tempdir().map_err(|error| error.to_string())?;
    let at = beside.path().join("disk");
    std::fs::create_dir(&at).map_err(|error| error.to_string())?;
    let image = images.take()?;
    let mount = Mount::image(&image, &at)?;
    let place = Place::at(&at, beside.path());
    begin(&place, &case.0)?;
    let (ended, over) = run_and_cut(&place, case, takes)?;
    mount.take_down()?;
    let mount = Mount::image(&image, &at)?;
    let judged = judge(&case.0, &place, &ended, true);
    mount.take_down()?;
    images.free.lock().unwrap().push(image);
    judged?;
    // A cut after its end shows that what it acknowledged at last lasts; a refusal shows that it was hit.
    let hit = !over && ended.how != How::Exit(case.0.exit);
    Ok(if hit { Outcome::Held } else { Outcome::NotReached })
}

/// How long an operation takes here, so that moments fall within it.
fn takes(images: &Images, operation: &Operation) -> Duration {
    let beside = tempfile::tempdir().unwrap();
    let at = beside.path().join("disk");
    std::fs::create_dir(&at).unwrap();
    let image = images.take().unwrap();
    let mount = Mount::image(&image, &at).unwrap();
    let place = Place::at(&at, beside.path());
    begin(&place, operation).unwrap();
    let lines = (operation.lines)();
    let mut child = place.line_by_line(operation).spawn().unwrap();
    let began = Instant::now();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let ended = Ended::from(child.wait_with_output().unwrap());
    let took = began.elapsed();
    assert_eq!(ended.how, How::Exit(operation.exit), "{}: {ended:?}", operation.name);
    mount.take_down().unwrap();
    images.free.lock().unwrap().push(image);
    took
}

fn cut_each(names: &[&str], cuts: usize) -> Tally {
    let images = Images::default();
    let mut random = Random(seed());
    let mut tally = Tally::default();
    for operation in named(names).into_iter().filter(|operation| any_of(operation.name)) {
        let took = takes(&images, &operation);
        // Lines are answered one by one where there are several of them, and the others have their moment only.
        let lines = if operation.makes.1 > 1 && operation.args[0] == "batch" { operation.makes.1 } else { 0 };
        let cases: Vec<(String, Case)> = (0..cuts)
            .map(|n| {
                // One in eight before any answer: while it opens the vault.
                let answers = if n % 8 == 0 { 0 } else { random.below(lines as u64) as usize };
                let part = if answers == 0 { random.below(1_000_000) } else { random.below(20_000) };
                (
                    format!("R3 {}: cut {n}, after {answers} answers and {part}", operation.name),
                    (operation, answers, part),
                )
            })
            .collect();
        let of = cases.len();
        let counted = run(&share(cases, cuts), of, |case| cut(&images, case, took));
        println!(
            "R3 {}: {} cuts within it, {} at its end",
            operation.name, counted.held, counted.not_reached
        );
        tally += counted;
    }
    tally
}

#[test]
#[ignore = "needs root, ext4 and some minutes"]
fn a_file_system_that_loses_power_keeps_what_was_acknowledged() {
    if !tools::ext4("R3, the power cut of a real file system") {
        return;
    }
    let names = [
        "init",
        "batch of one",
        "batch that makes the journal longer",
        "batch in groups",
        "checkpoint",
        "carry_over_user",
        "reset_password",
        "password",
        "first password",
        "password by the sheet",
        "sheet",
        "rekey",
        "remove_user",
        "compact",
        "backup",
        "backup again",
        "restore",
        "recover",
    ];
    let tally = cut_each(&names, if all_are_wanted() { 80 } else { 16 });
    tally.holds();
    let (hit, after) = (tally.held, tally.not_reached);
    let detail = format!(
        "ext4 on a loop device, shut down without flushing its log: {hit} within an operation, {after} at or after its \
         end; {} operations, export not among them yet",
        names.len()
    );
    if only().is_none() {
        assert!(hit >= 100, "{hit} within an operation");
    }
    figure("R3", hit + after, "power cuts of a real file system, 0 acknowledged commands lost", &detail);
}
