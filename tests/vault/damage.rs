use sha2::Digest;

use daicho::vault::{Disk, VaultError, Verified, verify};

use super::sim::SimDisk;
use super::{Dice, Site, all_frames, site};

fn whole() -> (Site, SimDisk, Vec<Vec<u8>>) {
    let disk = SimDisk::default();
    let site = site();
    let mut dice = Dice::new(5);
    site.create(&disk.dyn_disk(), &dice.bytes(900));
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let frames: Vec<Vec<u8>> = [0usize, 40, 700, 333].into_iter().map(|n| dice.bytes(n)).collect();
    for frame in &frames {
        opened.vault.append(frame).unwrap();
    }
    drop(opened);
    disk.delete_if_there("lock");
    (site, disk, frames)
}

impl SimDisk {
    pub fn delete_if_there(&self, name: &str) {
        if self.names().contains(&name.to_owned()) {
            self.delete(name);
        }
    }
}

fn check(site: &Site, disk: &SimDisk) -> Verified {
    verify(disk, &site.vault, &mut |_| {})
}

/// The bytes of a file that are all different in kind, and a share of the zeros that follow.
fn places(bytes: &[u8]) -> Vec<usize> {
    let used = bytes.iter().rposition(|b| *b != 0).map_or(0, |p| p + 1);
    (0..used.min(bytes.len())).chain((used..bytes.len()).step_by(509)).collect()
}

#[test]
fn a_whole_vault_has_no_findings_and_progress_reaches_the_end() {
    let (site, disk, frames) = whole();
    let mut last = None;
    let result = verify(&disk, &site.vault, &mut |p| last = Some(p));
    assert_eq!(result.findings, []);
    assert_eq!((result.frames, result.base_bytes, result.torn), (frames.len() as u64, 900, None));
    assert!(last.is_some_and(|p| p.done == p.total));
}

#[test]
fn every_flipped_byte_is_reported_and_never_shows_wrong_data() {
    let (site, disk, frames) = whole();
    let mut flips = 0;
    for name in disk.names() {
        let bytes = disk.get(&name);
        for at in places(&bytes) {
            for mask in [0x01, 0x80, 0xff] {
                let spoiled = disk.copy();
                spoiled.edit(&name, |b| b[at] ^= mask);
                let result = check(&site, &spoiled);
                assert!(!result.findings.is_empty(), "{name} byte {at} ^ {mask:#x} went unseen");
                let named = result.findings.iter().any(|f| match f {
                    VaultError::Damaged { file, .. } => {
                        file.contains(&name) || name == "keys/SHA256SUMS" || file == "keys/SHA256SUMS"
                    }
                    VaultError::NewerFormat { .. } => name == "FORMAT",
                    _ => false,
                });
                assert!(named, "{name} byte {at}: {:?}", result.findings);
                if name.starts_with("base") || name.starts_with("journal") {
                    let opened = site.read(&spoiled.dyn_disk()).and_then(all_frames);
                    if let Ok(shown) = opened {
                        assert_eq!(shown, frames);
                        assert!(name.starts_with("base"));
                    }
                }
                flips += 1;
            }
        }
    }
    eprintln!("flipped bytes: {flips}, all reported (every used byte 3 ways, 1 of 509 of the zeros)");
}

#[test]
fn every_truncation_and_every_appended_byte_is_reported() {
    let (site, disk, frames) = whole();
    for name in disk.names() {
        let bytes = disk.get(&name);
        for len in places(&bytes) {
            let spoiled = disk.copy();
            spoiled.edit(&name, |b| b.truncate(len));
            assert!(!check(&site, &spoiled).findings.is_empty(), "{name} cut to {len} went unseen");
        }
        for extra in [vec![0], vec![1], vec![0; 512], vec![0; 65536], vec![9; 65536], bytes.clone()] {
            let spoiled = disk.copy();
            spoiled.edit(&name, |b| b.extend_from_slice(&extra));
            let zeros_to_a_whole_length = name.starts_with("journal") && extra == [0; 65536];
            let result = check(&site, &spoiled);
            if zeros_to_a_whole_length {
                // As if it had grown for the next frame: the same contents.
                assert_eq!(all_frames(site.read(&spoiled.dyn_disk()).unwrap()).unwrap(), frames);
            } else {
                // Bytes without a single short sector, behind a zero one, are what a torn frame looks like: said, too.
                let said = !result.findings.is_empty() || result.torn.is_some();
                assert!(said, "{name} with {} more bytes went unseen", extra.len());
            }
        }
    }
}

#[test]
fn every_missing_file_is_reported() {
    let (site, disk, _) = whole();
    for name in disk.names() {
        let spoiled = disk.copy();
        spoiled.delete(&name);
        assert!(!check(&site, &spoiled).findings.is_empty(), "{name} missing went unseen");
    }
}

/// Where frames begin in a segment.
fn frame_starts(bytes: &[u8]) -> Vec<usize> {
    (512..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"daichoF1")).collect()
}

#[test]
fn frames_swapped_repeated_or_taken_out_are_reported() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let opened = site.write(&disk.dyn_disk()).unwrap();
    for n in 0..4u8 {
        opened.vault.append(&[n; 100]).unwrap();
    }
    drop(opened);
    let bytes = disk.get("journal.000002");
    let starts = frame_starts(&bytes);
    assert_eq!(starts.len(), 4);
    let size = starts[1] - starts[0];
    for (a, b) in [(0, 1), (1, 2), (2, 3), (0, 3), (3, 0), (2, 1)] {
        // b over a; then a and b exchanged; then a zeroed.
        let over = disk.copy();
        over.edit("journal.000002", |j| j.copy_within(starts[b]..starts[b] + size, starts[a]));
        let swapped = disk.copy();
        swapped.edit("journal.000002", |j| {
            for i in 0..size {
                j.swap(starts[a] + i, starts[b] + i);
            }
        });
        let gone = disk.copy();
        gone.edit("journal.000002", |j| j[starts[0]..starts[0] + size].fill(0));
        let repeated = disk.copy();
        repeated.edit("journal.000002", |j| j.copy_within(starts[b]..starts[b] + size, starts[3] + size));
        for spoiled in [over, swapped, gone, repeated] {
            let opened = site.read(&spoiled.dyn_disk()).and_then(all_frames);
            assert!(matches!(opened, Err(VaultError::Damaged { .. })), "{opened:?}");
        }
    }
}

#[test]
fn a_frame_from_an_older_copy_is_reported_even_at_its_own_place() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let run = |disk: &SimDisk, words: [&[u8]; 3]| {
        let opened = site.write(&disk.dyn_disk()).unwrap();
        words.iter().for_each(|w| opened.vault.append(w).unwrap());
    };
    let other = disk.copy();
    run(&disk, [b"one-1", b"two-1", b"three"]);
    run(&other, [b"one-2", b"two-2", b"three"]);
    let theirs = other.get("journal.000002");
    let starts = frame_starts(&theirs);
    for n in 0..3 {
        // age pads its header as it likes: a frame is as long as it is.
        let used = theirs.iter().rposition(|b| *b != 0).unwrap() + 1;
        let end = starts.get(n + 1).copied().unwrap_or(used.next_multiple_of(512));
        let spoiled = disk.copy();
        spoiled.edit("journal.000002", |j| j[starts[n]..end].copy_from_slice(&theirs[starts[n]..end]));
        let opened = site.read(&spoiled.dyn_disk());
        assert!(
            matches!(opened, Err(VaultError::Damaged { .. })),
            "frame {n}: seen before anything is decrypted"
        );
    }
}

#[test]
fn a_frame_from_an_older_copy_is_reported_even_under_a_header_made_to_fit() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let other = disk.copy();
    for (d, words) in [(&disk, ["one-1", "two-1"]), (&other, ["one-2", "two-2"])] {
        let opened = site.write(&d.dyn_disk()).unwrap();
        words.iter().for_each(|w| opened.vault.append(w.as_bytes()).unwrap());
    }
    let (ours, theirs) = (disk.get("journal.000002"), other.get("journal.000002"));
    let at = frame_starts(&ours)[1];
    let from = frame_starts(&theirs)[1];
    let body = u32::from_be_bytes(theirs[from + 48..from + 52].try_into().unwrap()) as usize;
    // Their second frame behind our first: all that needs no key is made right.
    let mut frame = theirs[from..from + frame_size(&other, 1)].to_vec();
    frame[8..48].copy_from_slice(&ours[at..][8..48]);
    let size = frame.len() as u64;
    frame[40..48].copy_from_slice(&size.to_be_bytes());
    frame[56..88].copy_from_slice(&ours[at..][56..88]);
    assert_eq!(frame[88..120], sha2::Sha256::digest(&frame[160..160 + body])[..]);
    let check = sha2::Sha256::digest(&frame[..120]);
    frame[120..152].copy_from_slice(&check);
    disk.edit("journal.000002", |j| {
        j[at..].fill(0);
        j[at..at + frame.len()].copy_from_slice(&frame);
    });
    let opened = site.read(&disk.dyn_disk()).unwrap();
    assert_eq!(opened.frames.len(), 2);
    let shown: Vec<_> = opened.frames.collect();
    assert_eq!(shown[0].as_deref(), Ok(&b"one-1"[..]));
    assert!(matches!(shown[1], Err(VaultError::Damaged { .. })), "{shown:?}");
}

#[test]
fn a_base_or_segment_of_another_history_is_reported() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), &[3; 5000]);
    let other = disk.copy();
    for d in [&disk, &other] {
        let opened = site.write(&d.dyn_disk()).unwrap();
        opened.vault.append(&Dice::new(d.steps() as u64).bytes(30)).unwrap();
        let job = opened.vault.begin_checkpoint().unwrap();
        opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
        opened.vault.append(b"later").unwrap();
    }
    for name in ["base.000002.age", "journal.000003"] {
        let spoiled = disk.copy();
        spoiled.put(name, other.get(name));
        assert!(matches!(site.read(&spoiled.dyn_disk()), Err(VaultError::Damaged { .. })), "{name}");
        assert!(!check(&site, &spoiled).findings.is_empty());
    }
}

#[test]
fn a_torn_last_frame_is_told_from_damage_by_its_zero_sectors() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let opened = site.write(&disk.dyn_disk()).unwrap();
    opened.vault.append(b"kept").unwrap();
    let start = frame_starts(&disk.get("journal.000002"))[0] + frame_size(&disk, 0);
    opened.vault.append(&Dice::new(8).bytes(1500)).unwrap();
    drop(opened);
    let whole = disk.get("journal.000002");
    let end = whole.iter().rposition(|b| *b != 0).unwrap() + 1;
    let sectors = (end - start).div_ceil(512);
    assert!(sectors >= 4);
    for lost in 1..(1u32 << sectors) {
        let torn = disk.copy();
        torn.edit("journal.000002", |j| {
            for s in (0..sectors).filter(|s| lost >> s & 1 == 1) {
                j[start + s * 512..start + s * 512 + 512].fill(0);
            }
        });
        let opened = site.write(&torn.dyn_disk()).unwrap();
        let all_lost = lost + 1 == 1 << sectors;
        assert_eq!(opened.torn.is_none(), all_lost, "sectors {lost:b}");
        if let Some(tail) = &opened.torn {
            assert_eq!((tail.file.as_str(), tail.offset), ("journal.000002", start as u64));
        }
        let bytes = torn.get("journal.000002");
        opened.vault.append(b"next").unwrap();
        drop(opened);
        if !all_lost {
            assert_eq!(torn.get("journal.000002"), bytes, "left in place");
        }
        assert_eq!(check(&site, &torn).findings, []);
        let again = site.write(&torn.dyn_disk()).unwrap();
        assert!(again.torn.is_none());
        assert_eq!(all_frames(again).unwrap(), [b"kept", b"next"]);
        if !all_lost {
            // What was left in place is sealed from now on.
            for at in [start, start + 600, end - 1, end + 5000] {
                let spoiled = torn.copy();
                spoiled.edit("journal.000002", |j| j[at] ^= 1);
                assert!(!check(&site, &spoiled).findings.is_empty(), "byte {at}");
            }
        }
    }
    // The same frame, wrong without a zero sector: damage.
    for at in [start + 3, start + 200, start + 900, end - 1] {
        let spoiled = disk.copy();
        spoiled.edit("journal.000002", |j| j[at] ^= 1);
        let steps = spoiled.steps();
        assert!(matches!(site.write(&spoiled.dyn_disk()), Err(VaultError::Damaged { .. })));
        assert!(spoiled.0.lock().unwrap().trace[steps..].iter().all(|op| op.starts_with("sync_dir")));
    }
    // A zero sector in a frame that is not the last: damage.
    let spoiled = disk.copy();
    spoiled.edit("journal.000002", |j| j[512..1024].fill(0));
    assert!(matches!(site.write(&spoiled.dyn_disk()), Err(VaultError::Damaged { .. })));
}

fn frame_size(disk: &SimDisk, n: usize) -> usize {
    let bytes = disk.get("journal.000002");
    let start = frame_starts(&bytes)[n];
    let end = bytes.iter().rposition(|b| *b != 0).unwrap() + 1;
    end.next_multiple_of(512) - start
}

#[test]
fn the_wrong_vault_key_is_said_to_be_wrong_and_nothing_else() {
    let (_, disk, _) = whole();
    let stranger = site();
    assert!(matches!(stranger.read(&disk.dyn_disk()), Err(VaultError::WrongKey { .. })));
}

#[test]
fn a_damaged_base_fails_the_read_and_is_named_with_its_place() {
    use redb::StorageBackend;
    let disk = SimDisk::default();
    let site = site();
    let image = Dice::new(3).bytes(300_000);
    site.create(&disk.dyn_disk(), &image);
    disk.edit("base.000001.age", |b| b[140_000] ^= 1);
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let mut out = vec![0; 4096];
    opened.backend.read(0, &mut out).unwrap();
    assert_eq!(out, image[..4096]);
    assert!(opened.backend.read(139_264, &mut out).is_err());
    let Some(VaultError::Damaged { file, offset, .. }) = opened.vault.damage() else { panic!() };
    assert_eq!(file, "base.000001.age");
    assert!((131_072..140_000).contains(&offset));
    assert!(opened.backend.read(262_144, &mut out).is_err(), "nothing new is read after damage");
    assert!(opened.vault.begin_checkpoint().is_err(), "damage is not copied into a new base");
    assert!(disk.list("").unwrap().iter().all(|l| !l.name.ends_with(".tmp")));
}
