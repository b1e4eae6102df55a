//! `daicho rehearse`: what a new edition of the rules would do, and its adoption, as an administrator meets them.

use super::run::run;
use crate::desk::site::PASSWORD;
use crate::fixtures::{bytes_in, of_format};

#[test]
fn a_rehearsal_is_read_before_anything_is_adopted_and_the_way_back_is_printed() {
    let site = of_format(2);
    let dir = site.dir();
    let path = dir.to_str().unwrap();
    let rehearse = |user: &str, more: &[&str]| {
        let args = ["--vault", path, "--password-fd", "0", "rehearse", "--as", user];
        run(&[&args[..], more].concat(), &format!("{PASSWORD}\n"))
    };
    let before = bytes_in(&dir);
    let tried = rehearse("admin", &[]).expect(0);
    for words in ["第1版から第3版", "異常はありません", "daicho rehearse --as admin --adopt", "変わること"]
    {
        assert!(tried.out.contains(words), "{words}: {}", tried.out);
    }
    assert!(rehearse("guard", &["--adopt"]).expect(1).err.contains("not_permitted"));
    assert_eq!(bytes_in(&dir), before, "nothing was written");
    let beside = || {
        let names = std::fs::read_dir(dir.parent().unwrap()).unwrap();
        let names = names.map(|one| one.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> =
            names.filter(|name| name.starts_with(dir.file_name().unwrap().to_str().unwrap())).collect();
        names.sort();
        names.len()
    };
    assert_eq!(beside(), 1, "no folder stays");
    let adopted = rehearse("admin", &["--adopt", "--json"]).expect(0).json();
    assert_eq!((&adopted["ok"], &adopted["to"]), (&true.into(), &3.into()));
    let copy = format!("{path}.format-2");
    assert_eq!(adopted["way_back"], copy.as_str());
    assert!(std::path::Path::new(&copy).join("FORMAT").exists());
    let again = rehearse("admin", &["--adopt"]).expect(1);
    assert!(again.err.contains("edition_in_force"), "{}", again.err);
    let checked = run(
        &["--vault", path, "--password-fd", "0", "check", "--as", "admin", "--json"],
        &format!("{PASSWORD}\n"),
    );
    assert_eq!(checked.expect(0).json()["ok"], true);
}
