//! What these checks need from the machine, and how they run it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Says aloud that a check is left out, and why.
pub fn skipped(what: &str, why: &str) {
    println!("skipped: {what}: {why}");
}

fn answers(tool: &str, argument: &str) -> bool {
    let ran = Command::new(tool).arg(argument).stdin(Stdio::null()).output();
    ran.is_ok_and(|ran| ran.status.success())
}

/// Whether calls of a program can be counted and changed here.
pub fn strace(what: &str) -> bool {
    // Names of calls differ elsewhere, and with them what is counted.
    let can = cfg!(target_arch = "x86_64") && answers("strace", "-V") && answers("timeout", "--version");
    if !can {
        skipped(what, "strace and timeout on x86_64 are wanted");
    }
    can
}

/// Whether the size of a program's files can be limited here.
pub fn prlimit(what: &str) -> bool {
    let can = answers("prlimit", "--version") && answers("timeout", "--version");
    if !can {
        skipped(what, "prlimit and timeout are wanted");
    }
    can
}

/// Whether file systems can be mounted here.
pub fn mounts(what: &str) -> bool {
    if !rustix::process::geteuid().is_root() {
        skipped(what, "mounting needs root");
        return false;
    }
    let place = tempfile::tempdir().unwrap();
    match Mount::tmpfs(place.path(), 1 << 20) {
        Ok(_) => true,
        Err(why) => {
            skipped(what, &format!("nothing can be mounted here ({why})"));
            false
        }
    }
}

/// Whether there is an ext4 to cut the power of.
pub fn ext4(what: &str) -> bool {
    let can =
        answers("mkfs.ext4", "-V") && answers("losetup", "--version") && answers("python3", "--version");
    if !can {
        skipped(what, "mkfs.ext4, losetup and python3 are wanted");
    }
    can && mounts(what)
}

/// Runs a tool that must succeed.
pub fn tool(name: &str, args: &[&str]) -> Result<Output, String> {
    let ran = Command::new(name).args(args).stdin(Stdio::null()).output();
    let ran = ran.map_err(|error| format!("{name}: {error}"))?;
    if ran.status.success() {
        return Ok(ran);
    }
    Err(format!("{name} {args:?}: {}", String::from_utf8_lossy(&ran.stderr).trim()))
}

/// Something mounted, until dropped.
#[derive(Debug)]
pub struct Mount {
    at: String,
    mounted: bool,
}

impl Mount {
    /// A file system in memory, of so many bytes.
    pub fn tmpfs(at: &Path, bytes: u64) -> Result<Mount, String> {
        let at = at.to_str().unwrap().to_owned();
        tool("mount", &["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs", &at])?;
        Ok(Mount { at, mounted: true })
    }

    /// A file system in a file.
    pub fn image(image: &Path, at: &Path) -> Result<Mount, String> {
        let at = at.to_str().unwrap().to_owned();
        tool("mount", &["-o", "loop", image.to_str().unwrap(), &at])?;
        Ok(Mount { at, mounted: true })
    }

    /// Another size for a file system in memory.
    pub fn resize(&self, bytes: u64) -> Result<(), String> {
        tool("mount", &["-o", &format!("remount,size={bytes}"), &self.at]).map(drop)
    }

    /// Takes it down: fails while anybody still holds a file of it.
    pub fn take_down(mut self) -> Result<(), String> {
        self.mounted = false;
        tool("umount", &[&self.at]).map(drop)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        if self.mounted {
            // A failed check must not keep its file systems: whoever holds a file of it lets go of it later.
            let _ = tool("umount", &["-l", &self.at]);
        }
    }
}
