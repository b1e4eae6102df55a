use redb::StorageBackend;

use daicho::vault::{CheckpointError, VaultError, inspect, verify};

use super::sim::SimDisk;
use super::{Dice, all_frames, site};

fn image_of(backend: &daicho::vault::Backend) -> Vec<u8> {
    let mut out = vec![0; backend.len().unwrap() as usize];
    backend.read(0, &mut out).unwrap();
    out
}

#[test]
fn an_image_reads_as_what_was_written_through_any_number_of_checkpoints() {
    let site = site();
    for seed in 0..12 {
        let mut dice = Dice::new(seed);
        let disk = SimDisk::default();
        let size = dice.roll(200_000) as usize + 1;
        let mut model = dice.bytes(size);
        site.create(&disk.dyn_disk(), &model);
        let opened = site.write(&disk.dyn_disk()).unwrap();
        let (vault, backend) = (&opened.vault, &opened.backend);
        let mut job = None;
        for _ in 0..150 {
            match dice.roll(12) {
                0 if job.is_none() => job = Some((vault.begin_checkpoint().unwrap(), model.clone())),
                1 => {
                    if let Some((job, frozen)) = job.take() {
                        let done = job.run(&mut |_, _| {}).unwrap();
                        vault.finish_checkpoint(Ok(done)).unwrap().remove().unwrap();
                        assert_eq!(image_of(&site.read(&disk.dyn_disk()).unwrap().backend), frozen);
                    }
                }
                2 => {
                    if let Some((job, _)) = job.take() {
                        vault.stop_checkpoint();
                        let stopped = job.run(&mut |_, _| {});
                        assert_eq!(vault.finish_checkpoint(stopped).err(), Some(CheckpointError::Stopped));
                    }
                }
                3 => {
                    let len = dice.roll(260_000) as usize + 1;
                    backend.set_len(len as u64).unwrap();
                    model.resize(len, 0);
                }
                _ => {
                    let at = dice.roll(model.len() as u64) as usize;
                    let n = if dice.roll(2) == 0 { 4096 } else { dice.roll(9000) as usize };
                    let n = n.min(model.len() - at);
                    let data = dice.bytes(n);
                    backend.write(at as u64, &data).unwrap();
                    model[at..at + n].copy_from_slice(&data);
                }
            }
            let at = dice.roll(model.len() as u64) as usize;
            let mut out = vec![0; (dice.roll(20_000) as usize).min(model.len() - at)];
            backend.read(at as u64, &mut out).unwrap();
            assert_eq!(out, model[at..at + out.len()], "seed {seed}");
        }
        assert_eq!(image_of(backend), model, "seed {seed}");
        assert!(backend.read(model.len() as u64, &mut [0]).is_err());
    }
}

#[test]
fn appending_goes_on_while_a_checkpoint_runs_and_its_frames_are_replayed_after_it() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), &Dice::new(1).bytes(400_000));
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let vault = &opened.vault;
    vault.append(b"before").unwrap();
    opened.backend.write(0, b"before").unwrap();
    let job = vault.begin_checkpoint().unwrap();
    assert_eq!(vault.begin_checkpoint().err(), Some(VaultError::Busy));
    let done = std::thread::scope(|scope| {
        let (tell, told) = std::sync::mpsc::channel();
        let (go, gone) = std::sync::mpsc::channel();
        let worker = scope.spawn(move || {
            let mut first = true;
            job.run(&mut |_, _| {
                if std::mem::take(&mut first) {
                    tell.send(()).unwrap();
                    gone.recv().unwrap();
                }
            })
        });
        told.recv().unwrap();
        vault.append(b"during").unwrap();
        opened.backend.write(0, b"during").unwrap();
        go.send(()).unwrap();
        worker.join().unwrap()
    });
    assert_eq!(vault.frames_since_checkpoint(), 2);
    vault.finish_checkpoint(done).unwrap().remove().unwrap();
    assert_eq!((vault.frames_since_checkpoint(), vault.base_generation()), (1, 2));
    vault.append(b"after").unwrap();
    let names = disk.names();
    let kept: Vec<&str> = names.iter().map(String::as_str).filter(|n| n.contains('0')).collect();
    assert_eq!(kept, ["base.000002.age", "journal.000003"]);
    drop(opened);
    let again = site.write(&disk.dyn_disk()).unwrap();
    let mut front = [0; 6];
    again.backend.read(0, &mut front).unwrap();
    assert_eq!(&front, b"before", "the base is the frozen image, without what came during");
    assert_eq!(all_frames(again).unwrap(), [b"during".to_vec(), b"after".to_vec()]);
}

#[test]
fn a_checkpoint_stopped_or_failed_changes_nothing_that_opens() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), &Dice::new(1).bytes(400_000));
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let mut expected = Vec::new();
    for n in 0..4u8 {
        opened.vault.append(&[n]).unwrap();
        expected.push(vec![n]);
        let job = opened.vault.begin_checkpoint().unwrap();
        let result = match n {
            0 => job.run(&mut |done, _| {
                if done > 100_000 {
                    opened.vault.stop_checkpoint();
                }
            }),
            1 => {
                drop(job);
                Err(CheckpointError::Stopped)
            }
            _ => {
                disk.fail_at(disk.steps() + usize::from(n), std::io::ErrorKind::StorageFull, false);
                job.run(&mut |_, _| {})
            }
        };
        assert!(result.is_err(), "round {n}");
        opened.vault.finish_checkpoint(result).unwrap_err();
        assert!(!opened.vault.checkpoint_is_running());
        assert_eq!(opened.vault.frames_since_checkpoint(), u64::from(n) + 1);
        assert!(disk.names().iter().all(|name| !name.ends_with(".tmp")), "round {n}: {:?}", disk.names());
    }
    assert_eq!(all_frames(site.read(&disk.dyn_disk()).unwrap()).unwrap(), expected);
    assert_eq!(verify(&disk, &site.vault, &mut |_| {}).findings, []);
    let job = opened.vault.begin_checkpoint().unwrap();
    opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
    drop(opened);
    let found = inspect(&disk).unwrap();
    assert_eq!((found.base, found.newest), (6, 7));
    assert_eq!(all_frames(site.write(&disk.dyn_disk()).unwrap()).unwrap().len(), 0);
}

#[test]
fn a_new_vault_key_takes_over_at_a_checkpoint_and_the_old_one_ends() {
    let disk = SimDisk::default();
    let mut site = site();
    site.create(&disk.dyn_disk(), &[1; 100_000]);
    site.write(&disk.dyn_disk()).unwrap().vault.append(b"old").unwrap();
    let old = site.vault.clone();
    site.vault = old.with_new();
    let opened = site.write(&disk.dyn_disk()).unwrap();
    opened.vault.append(b"new").unwrap();
    let job = opened.vault.begin_checkpoint().unwrap();
    opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
    opened.vault.append(b"only new").unwrap();
    drop(opened);
    site.vault = site.vault.newest();
    assert_eq!(all_frames(site.write(&disk.dyn_disk()).unwrap()).unwrap(), [b"only new"]);
    site.vault = old;
    assert!(matches!(site.write(&disk.dyn_disk()), Err(VaultError::WrongKey { .. })));
}
