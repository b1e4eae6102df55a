//! What no engine can beat: an append and its sync, the cipher alone, and stock `age`.

use crate::measure::{Numbers, quantile, timed};
use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Appends of so many bytes with a sync each, to a file that is there and zeroed.
pub fn appends(folder: &Path, bytes: usize, count: u64) -> Numbers {
    let path = folder.join("append");
    let file =
        File::options().read(true).write(true).create(true).truncate(true).open(&path).expect("a file");
    let zeros = vec![0; 1 << 20];
    let room = (bytes as u64 * count).next_multiple_of(1 << 20);
    for at in (0..room).step_by(1 << 20) {
        file.write_all_at(&zeros, at).expect("the file is written");
    }
    file.sync_all().expect("the file is synced");
    let block = vec![0xa5; bytes];
    let mut times = Vec::new();
    for n in 0..count {
        let write = || file.write_all_at(&block, n * bytes as u64).and_then(|()| file.sync_data());
        let (ms, result) = timed(write);
        result.expect("the file is written");
        times.push(ms);
    }
    fs::remove_file(path).expect("the file is removed");
    Numbers::from([
        ("commit_per_s".to_owned(), 1000.0 * count as f64 / times.iter().sum::<f64>()),
        ("commit_p50_ms".to_owned(), quantile(&mut times, 0.5)),
        ("commit_p99_ms".to_owned(), quantile(&mut times, 0.99)),
    ])
}

/// MB a second of ChaCha20-Poly1305 over chunks of 64 KiB, as age has them.
pub fn cipher() -> f64 {
    let cipher = ChaCha20Poly1305::new(Key::from_slice(&[7; 32]));
    let mut chunk = vec![0x5a; 64 << 10];
    let chunks = 2000;
    let (ms, ()) = timed(|| {
        for n in 0..chunks {
            let mut nonce = [0; 12];
            nonce[..4].copy_from_slice(&u32::to_be_bytes(n));
            let tag = cipher.encrypt_in_place_detached(Nonce::from_slice(&nonce), &[], &mut chunk);
            std::hint::black_box(tag.expect("encrypted"));
        }
    });
    f64::from(chunks) * chunk.len() as f64 / 1e6 / (ms / 1000.0)
}

/// Seconds that stock `age` takes to encrypt a file, synced at the end; none where it is not installed.
pub fn stock_age(file: &Path) -> Option<f64> {
    let identity = age::x25519::Identity::generate();
    let out = file.with_extension("stock");
    let mut age = Command::new("age");
    age.args(["-e", "-r", &identity.to_public().to_string(), "-o"]).arg(&out).arg(file);
    let (ms, status) = timed(|| {
        let status = age.stdin(Stdio::null()).status().ok()?;
        File::open(&out).and_then(|file| file.sync_all()).ok()?;
        Some(status)
    });
    let _ = fs::remove_file(&out);
    assert!(status?.success(), "age broke off");
    Some(ms / 1000.0)
}

/// Whether a tool is here.
pub fn is_here(tool: &str) -> bool {
    let version = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}
