//! Passwords from a descriptor that somebody else has opened, and limits that somebody else has set.

use super::run::{Ran, Site, password, program};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

/// Runs a line of the shell, in which `$0` is the program, `$1` the vault and `$2` a file.
fn shell(line: &str, site: &Site, file: &str) -> Ran {
    let exe = program().get_program().to_owned();
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(line)
        .arg(exe)
        .args([site.dir(), file])
        .env_remove("DAICHO_VAULT")
        .env("DAICHO_STATE", "off");
    command.stdin(Stdio::null()).output().unwrap().into()
}

const QUERY: &str = "\"$0\" --vault \"$1\" --password-fd 3 query inside --as guard1";

#[test]
fn a_descriptor_is_read_on_where_it_stands() {
    let site = Site::sample();
    let file = site.file("words", format!("not the password\n{}\n", password("guard1")));
    shell(&format!("exec 3<\"$2\"; read -r first <&3; {QUERY}"), &site, &file).expect(0);
    // From the beginning it is another password.
    shell(&format!("{QUERY} 3<\"$2\""), &site, &file).expect(3);
}

#[test]
fn the_mark_of_an_editor_and_its_line_ends_are_no_part_of_a_password() {
    let site = Site::sample();
    let file = site.file("words", format!("\u{feff}{}\r\n", password("guard1")));
    shell(&format!("{QUERY} 3<\"$2\""), &site, &file).expect(0);
}

#[test]
fn a_socket_gives_a_password_as_a_pipe_does() {
    let site = Site::sample();
    let (mut here, there) = UnixStream::pair().unwrap();
    there.set_nonblocking(true).unwrap();
    let mut command = program();
    command.args(["--vault", site.dir(), "--password-fd", "0", "query", "inside", "--as", "guard1"]);
    let child = command.stdin(OwnedFd::from(there)).spawn().unwrap();
    drop(command);
    writeln!(here, "{}", password("guard1")).unwrap();
    drop(here);
    Ran::from(child.wait_with_output().unwrap()).expect(0);
}

#[test]
fn a_limit_on_the_size_of_files_is_told_as_a_full_disk_and_leaves_the_vault_whole() {
    let site = Site::sample();
    let file = site.file("words", format!("{}\n", password("guard1")));
    let lines = r#"{"command":"take_over_shift"}"#;
    let line = format!(
        "ulimit -f 1; echo '{lines}' | \"$0\" --vault \"$1\" --lang en --password-fd 3 batch --as guard1 - 3<\"$2\""
    );
    let ran = shell(&line, &site, &file).expect(5);
    assert!(ran.err.contains("full"), "{}", ran.err);
    site.run("auditor", &["check"]).expect(0);
}
