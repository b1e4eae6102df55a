//! The descriptor that was given for passwords. It is read on where it stands: opened anew by its name, a half-read file
//! would begin again, a socket would be none, and a pipe of somebody else's would be closed to us.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{ForeignRawFd, PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use zeroize::Zeroizing;

/// A descriptor of this process, owned by us beside whoever else has it: both read on from the same place.
///
/// # Errors
/// What the system says: there is no such descriptor, or it cannot be had.
pub fn take(descriptor: u32) -> io::Result<File> {
    let number = ForeignRawFd::try_from(descriptor).map_err(|_| io::Error::from(Errno::BADF))?;
    // A bare number belongs to nobody, so it is not ours to use. The system gives us a copy of it.
    let copied = pidfd_open(getpid(), PidfdFlags::empty())
        .and_then(|own| pidfd_getfd(own, number, PidfdGetfdFlags::empty()));
    match copied {
        Ok(copy) => Ok(File::from(copy)),
        Err(Errno::BADF) => Err(Errno::BADF.into()),
        // Before Linux 5.6, and where a sandbox forbids the call.
        Err(_) => open_anew(descriptor),
    }
}

/// The same file opened by its name, and read on where the descriptor stands.
fn open_anew(descriptor: u32) -> io::Result<File> {
    let mut file = File::open(format!("/proc/self/fd/{descriptor}"))
        .or_else(|_| File::open(format!("/dev/fd/{descriptor}")))?;
    let stands = std::fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}")).unwrap_or_default();
    if let Some(at) = stands.lines().find_map(|line| line.strip_prefix("pos:")?.trim().parse().ok())
        && file.metadata()?.is_file()
    {
        file.seek(SeekFrom::Start(at))?;
    }
    Ok(file)
}

/// All that comes from a file, up to so many bytes; one that does not wait by itself is waited for.
///
/// # Errors
/// What the system says.
pub fn read_all(file: &mut File, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room from the start, so that no copy of a password is left behind by growing.
    let mut bytes = Zeroizing::new(vec![0; most]);
    let mut held = 0usize;
    while let Some(room) = bytes.get_mut(held..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(more) => held = held.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let mut waits = [PollFd::new(file, PollFlags::IN)];
                match poll(&mut waits, None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(held);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_half_read_file_is_read_on_by_either_way() {
        for take in [take, open_anew] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"first\nsecond\n").unwrap();
            file.seek(SeekFrom::Start(6)).unwrap();
            let mut taken = take(u32::try_from(file.as_raw_fd()).unwrap()).unwrap();
            assert_eq!(read_all(&mut taken, 100).unwrap().as_slice(), b"second\n");
        }
    }

    #[test]
    fn a_socket_is_read_even_when_it_does_not_wait() {
        let (mut here, there) = UnixStream::pair().unwrap();
        there.set_nonblocking(true).unwrap();
        let mut taken = take(u32::try_from(there.as_raw_fd()).unwrap()).unwrap();
        let told = std::thread::spawn(move || here.write_all(b"word\n"));
        assert_eq!(read_all(&mut taken, 100).unwrap().as_slice(), b"word\n");
        told.join().unwrap().unwrap();
    }

    #[test]
    fn what_is_no_descriptor_is_said_so() {
        assert_eq!(take(u32::MAX).unwrap_err().raw_os_error(), Some(Errno::BADF.raw_os_error()));
        assert_eq!(take(1_000_000).unwrap_err().raw_os_error(), Some(Errno::BADF.raw_os_error()));
    }
}
