use std::fs;

use daicho::vault::{LandlockLevel, harden};

#[test]
fn hardening_confines_writing_to_the_given_folders_and_says_how_far_it_got() {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("inside");
    let outside = dir.path().join("outside");
    fs::create_dir(&inside).unwrap();
    fs::create_dir(&outside).unwrap();
    let absent = dir.path().join("absent");
    let wanted = vec![inside.clone(), absent.clone()];
    // On a thread of its own: the limits on writing end with it.
    std::thread::spawn(move || {
        let report = harden(&wanted);
        assert!(report.core_off && report.not_dumpable);
        assert_eq!(report.absent, [absent]);
        assert_eq!(rustix::process::getrlimit(rustix::process::Resource::Core).current, Some(0));
        let line = report.to_string();
        assert!(line.starts_with("core=off dump=off landlock="), "{line}");
        fs::write(inside.join("file"), b"x").unwrap();
        fs::rename(inside.join("file"), inside.join("other")).unwrap();
        let refused = fs::write(outside.join("file"), b"x").is_err();
        assert_eq!(
            refused,
            matches!(report.landlock, LandlockLevel::Full | LandlockLevel::Partial),
            "{line}"
        );
        assert!(fs::read_dir(&outside).is_ok(), "reading stays as it was");
        if !refused {
            eprintln!("landlock is not enforced by this kernel: {line}");
        }
    })
    .join()
    .unwrap();
}

#[test]
fn an_empty_list_leaves_the_kernels_file_rules_alone() {
    std::thread::spawn(|| {
        let report = harden(&[]);
        assert_eq!(report.landlock, LandlockLevel::Unasked);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), b"x").unwrap();
    })
    .join()
    .unwrap();
}
