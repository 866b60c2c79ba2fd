//! The wall clock that one running process sees. Programs ask for the time in the vDSO, code of the kernel that is mapped into
//! each of them: in the copy of one process its entries become short ones that make the system call and add an offset.
//! The monotonic clock and the clocks of other processes stay as they are. x86-64 only.
//!
//! The process is stopped meanwhile, and runs on only when none of its threads stands in the vDSO.

use crate::FaultError;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

/// How often it is looked where the threads stand; where one stood in the vDSO, they are let run a little before.
const TRIES: usize = 400;

/// The wall clock of a process.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    pid: u32,
}

/// Where a process stands that was told to stop: some thread in the vDSO, none, or some runs still.
enum Stands {
    Inside,
    Outside,
    Nowhere,
}

/// One entry of the vDSO: its name, and what replaces it for an offset in seconds.
struct Entry {
    name: &'static [u8],
    code: fn(i64) -> Vec<u8>,
}

const ENTRIES: [Entry; 3] = [
    Entry { name: b"__vdso_clock_gettime", code: clock_gettime },
    Entry { name: b"__vdso_gettimeofday", code: gettimeofday },
    Entry { name: b"__vdso_time", code: time },
];

impl WallClock {
    pub fn of(pid: u32) -> WallClock {
        WallClock { pid }
    }

    /// Why clocks cannot be set on this machine.
    pub fn unsupported() -> Option<&'static str> {
        (!cfg!(target_arch = "x86_64")).then_some("steps of a clock are written for x86-64 only")
    }

    /// From now on the process sees the machine's wall clock plus so many seconds.
    ///
    /// # Errors
    /// The process is gone, or its vDSO is none that we know.
    pub fn set_offset(&self, seconds: i64) -> Result<(), FaultError> {
        if let Some(reason) = WallClock::unsupported() {
            return Err(self.error(reason));
        }
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).ok_or_else(|| self.error("no such process"))?;
        let signal = |signal| kill_process(pid, signal).map_err(|error| FaultError::system("signal a process", error));
        signal(Signal::STOP)?;
        let outcome = self.patch_at_rest(seconds, || {
            signal(Signal::CONT)?;
            std::thread::sleep(Duration::from_millis(1));
            signal(Signal::STOP)
        });
        signal(Signal::CONT)?;
        outcome
    }

    fn patch_at_rest(&self, seconds: i64, step: impl Fn() -> Result<(), FaultError>) -> Result<(), FaultError> {
        let (start, end) = self.vdso()?;
        for _ in 0..TRIES {
            match self.stands_in(start, end) {
                Stands::Outside => return self.patch(start, end, seconds),
                Stands::Inside => step()?,
                // Not all of its threads have stopped yet.
                Stands::Nowhere => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Err(self.error("its threads do not stop outside of the vDSO"))
    }

    fn vdso(&self) -> Result<(u64, u64), FaultError> {
        let maps = std::fs::read_to_string(format!("/proc/{}/maps", self.pid));
        let maps = maps.map_err(|error| FaultError::system("read the maps of a process", error))?;
        let line = maps.lines().find(|line| line.ends_with("[vdso]")).ok_or_else(|| self.error("it has no vDSO"))?;
        let (start, end) = line.split(' ').next().and_then(|range| range.split_once('-')).unwrap_or_default();
        let number = |text| u64::from_str_radix(text, 16).map_err(|_| self.error("its maps are not understood"));
        Ok((number(start)?, number(end)?))
    }

    /// Where the threads of the stopped process stand.
    fn stands_in(&self, start: u64, end: u64) -> Stands {
        let Ok(tasks) = std::fs::read_dir(format!("/proc/{}/task", self.pid)) else { return Stands::Nowhere };
        let mut stands = Stands::Outside;
        for task in tasks.flatten() {
            // The last word is where it will go on; who runs has none.
            let text = std::fs::read_to_string(task.path().join("syscall")).unwrap_or_default();
            let at = text.trim().rsplit(' ').next().and_then(|word| word.strip_prefix("0x"));
            match at.and_then(|word| u64::from_str_radix(word, 16).ok()) {
                None => return Stands::Nowhere,
                Some(at) if (start..end).contains(&at) => stands = Stands::Inside,
                Some(_) => {}
            }
        }
        stands
    }

    fn patch(&self, start: u64, end: u64, seconds: i64) -> Result<(), FaultError> {
        let during = |error| FaultError::system("write the vDSO of a process", error);
        let path = format!("/proc/{}/mem", self.pid);
        let memory = File::options().read(true).write(true).open(path).map_err(during)?;
        let mut image = vec![0; usize::try_from(end - start).unwrap_or(0)];
        memory.read_exact_at(&mut image, start).map_err(during)?;
        for entry in &ENTRIES {
            let code = (entry.code)(seconds);
            let place = symbol(&image, entry.name).ok_or_else(|| self.error("its vDSO has no such entry"))?;
            if place.bytes < code.len() as u64 {
                return Err(self.error("an entry of its vDSO is too short"));
            }
            memory.write_all_at(&code, start + place.offset).map_err(during)?;
        }
        Ok(())
    }

    fn error(&self, reason: &'static str) -> FaultError {
        FaultError::Clock { pid: self.pid, reason }
    }
}

/// `clock_gettime(rdi: clock, rsi: where)`: the system call, and the offset where the clock is the wall clock (0).
fn clock_gettime(seconds: i64) -> Vec<u8> {
    let mut code = vec![0xb8, 0xe4, 0, 0, 0, 0x0f, 0x05]; // mov eax, 228; syscall
    code.extend([0x85, 0xc0, 0x75, 17]); // test eax, eax; jnz to ret
    code.extend([0x85, 0xff, 0x75, 13]); // test edi, edi; jnz to ret
    code.extend([0x48, 0xb9]); // mov rcx, seconds
    code.extend(seconds.to_le_bytes());
    code.extend([0x48, 0x01, 0x0e, 0xc3]); // add [rsi], rcx; ret
    code
}

/// `gettimeofday(rdi: where, rsi)`.
fn gettimeofday(seconds: i64) -> Vec<u8> {
    let mut code = vec![0xb8, 0x60, 0, 0, 0, 0x0f, 0x05]; // mov eax, 96; syscall
    code.extend([0x85, 0xc0, 0x75, 18]); // test eax, eax; jnz to ret
    code.extend([0x48, 0x85, 0xff, 0x74, 13]); // test rdi, rdi; jz to ret
    code.extend([0x48, 0xb9]); // mov rcx, seconds
    code.extend(seconds.to_le_bytes());
    code.extend([0x48, 0x01, 0x0f, 0xc3]); // add [rdi], rcx; ret
    code
}

/// `time(rdi: where or null)`.
fn time(seconds: i64) -> Vec<u8> {
    let mut code = vec![0xb8, 0xc9, 0, 0, 0, 0x0f, 0x05]; // mov eax, 201; syscall
    code.extend([0x48, 0xb9]); // mov rcx, seconds
    code.extend(seconds.to_le_bytes());
    code.extend([0x48, 0x01, 0xc8]); // add rax, rcx
    code.extend([0x48, 0x85, 0xff, 0x74, 3]); // test rdi, rdi; jz to ret
    code.extend([0x48, 0x89, 0x07, 0xc3]); // mov [rdi], rax; ret
    code
}

struct Place {
    offset: u64,
    bytes: u64,
}

/// Where a function is in an ELF image, by its section of dynamic symbols.
fn symbol(image: &[u8], name: &[u8]) -> Option<Place> {
    const SECTION_DYNSYM: u64 = 11;
    let field = |at: u64, size: usize| -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let bytes = image.get(at..at.checked_add(size)?)?;
        Some(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    };
    let (sections, size, count) = (field(0x28, 8)?, field(0x3a, 2)?, field(0x3c, 2)?);
    let section = |number: u64| sections + number * size;
    let table = (0..count).map(section).find(|at| field(at + 4, 4) == Some(SECTION_DYNSYM))?;
    let (first, bytes, names) = (field(table + 0x18, 8)?, field(table + 0x20, 8)?, section(field(table + 0x28, 4)?));
    let names = field(names + 0x18, 8)?;
    (0..bytes / 24).map(|i| first + i * 24).find_map(|at| {
        let from = usize::try_from(names + field(at, 4)?).ok()?;
        let is_it = image.get(from..)?.strip_prefix(name)?.first() == Some(&0);
        is_it.then_some(Place { offset: field(at + 8, 8)?, bytes: field(at + 16, 8)? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Command, Stdio};

    /// Needs `bash`, whose EPOCHSECONDS asks the vDSO, and the right to write another process's memory.
    #[test]
    fn one_process_sees_another_time() {
        let loop_of_bash = "while read; do echo $EPOCHSECONDS; done";
        let bash = Command::new("bash").args(["-c", loop_of_bash]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = bash else { return eprintln!("not tested here: no bash") };
        let (mut stdin, mut lines) =
            (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
        let mut ahead = || -> i64 {
            writeln!(stdin).unwrap();
            let seen: i64 = lines.next().unwrap().unwrap().parse().unwrap();
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
            seen - i64::try_from(now.as_secs()).unwrap()
        };
        let about =
            |seen: i64, expected: i64| assert!((expected - 5..=expected + 5).contains(&seen), "{seen} {expected}");
        about(ahead(), 0);
        let clock = WallClock::of(child.id());
        if let Err(error) = clock.set_offset(3600) {
            return eprintln!("not tested here: {error}");
        }
        about(ahead(), 3600);
        clock.set_offset(-86_400).unwrap();
        about(ahead(), -86_400);
        clock.set_offset(0).unwrap();
        about(ahead(), 0);
        drop(stdin);
        child.wait().unwrap();
    }
}
