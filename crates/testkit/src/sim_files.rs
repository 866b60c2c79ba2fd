//! A file system in memory behind `base::Files`.
//!
//! Each file has a synced image beside its content, each folder a durable list of names beside its present one. A power
//! cut keeps of every file a random subset of the 512-byte sectors that were not synced (the length may have grown, with
//! zeros), and of every folder a prefix of the name changes that were not synced, as a journal does. A failed sync loses
//! the dirty pages for good although the content stays readable. Killing the process needs nothing: drop the log.

use base::{ColdRange, DirEntry, File, FileLock, Files, Link, OpenMode, Random, SplitMix64};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::os::fd::BorrowedFd;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SECTOR: usize = 512;
const ROOT: usize = 0;
const EIO: i32 = 5;
/// Bytes that come into memory together.
const PAGE: u64 = 4096;

thread_local! {
    /// Reads of this thread must not wait for the disk.
    static NEVER_WAITS: Cell<bool> = const { Cell::new(false) };
}

/// The kinds of calls that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultOn {
    Any,
    Read,
    Write,
    SetLen,
    /// `sync_data`, `sync_all` and `sync_dir`.
    Sync,
    Create,
    Rename,
    Remove,
    /// Calls that need a descriptor: to open a file, list or sync a folder, take a lock. `Any` does not mean them.
    Open,
}

/// A call that fails.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    pub on: FaultOn,
    /// So many matching calls succeed first.
    pub after: u64,
    /// Such as 28 (ENOSPC), 122 (EDQUOT) or 5 (EIO).
    pub errno: i32,
    /// Every later matching call fails too.
    pub sticky: bool,
}

/// A file system in memory; clones share it.
#[derive(Clone, Default)]
pub struct SimFiles {
    state: Arc<Mutex<State>>,
}

struct State {
    nodes: Vec<Node>,
    faults: Vec<Fault>,
    dead: Option<DeadFolder>,
    locked: Vec<usize>,
    calls: u64,
    wall_ms: i64,
    cold: Coldness,
    /// Called once, at the next read of a file.
    at_read: Option<(usize, Box<dyn FnOnce() + Send>)>,
}

/// A folder whose device is dead, and all nodes that were in it.
struct DeadFolder {
    path: PathBuf,
    nodes: BTreeSet<usize>,
}

/// What is in memory, where the simulation cares.
#[derive(Default)]
struct Coldness {
    /// Pages of files that are in memory; `None`: everything is.
    warm: Option<BTreeSet<(usize, u64)>>,
    /// Pages do not stay in memory once they were read.
    forgets: bool,
    /// Reads that had to wait for the disk.
    waits: u64,
}

#[derive(Clone)]
enum Node {
    File(FileNode),
    Folder(FolderNode),
}

#[derive(Clone, Default)]
struct FileNode {
    content: Vec<u8>,
    synced: Vec<u8>,
    /// Sectors that a failed sync dropped: readable, clean as the kernel sees it, and never on disk unless written again.
    lost: BTreeSet<usize>,
    modified_ms: i64,
}

impl FileNode {
    fn sync(&mut self) {
        let before = std::mem::replace(&mut self.synced, self.content.clone());
        for sector in &self.lost {
            let end = (sector * SECTOR + SECTOR).min(self.synced.len());
            for at in (sector * SECTOR).min(end)..end {
                self.synced[at] = before.get(at).copied().unwrap_or(0);
            }
        }
    }

    fn sync_failed(&mut self) {
        let sector = |bytes: &[u8], at: usize| bytes.get(at..(at + SECTOR).min(bytes.len())).map(<[u8]>::to_vec);
        for at in (0..self.content.len()).step_by(SECTOR) {
            if sector(&self.content, at) != sector(&self.synced, at) {
                self.lost.insert(at / SECTOR);
            }
        }
    }
}

#[derive(Clone, Default)]
struct FolderNode {
    names: BTreeMap<String, usize>,
    durable: BTreeMap<String, usize>,
    pending: Vec<NameChange>,
}

/// A name gets another node, or none; a rename is two that stay together.
#[derive(Clone)]
struct NameChange(Vec<(String, Option<usize>)>);

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        for (name, node) in &self.0 {
            match node {
                Some(node) => names.insert(name.clone(), *node),
                None => names.remove(name),
            };
        }
    }
}

impl Default for State {
    fn default() -> Self {
        State {
            nodes: vec![Node::Folder(FolderNode::default())],
            faults: Vec::new(),
            dead: None,
            locked: Vec::new(),
            calls: 0,
            wall_ms: 0,
            cold: Coldness::default(),
            at_read: None,
        }
    }
}

fn pages(node: usize, position: u64, length: usize) -> impl Iterator<Item = (usize, u64)> {
    let end = position + length as u64;
    (position / PAGE..end.div_ceil(PAGE)).map(move |page| (node, page))
}

fn not_found(path: &Path) -> io::Error {
    io::Error::new(ErrorKind::NotFound, format!("{} is not there", path.display()))
}

impl State {
    fn call(&mut self, on: FaultOn) -> io::Result<()> {
        self.calls += 1;
        self.meet(|fault| fault.on == on || fault.on == FaultOn::Any)
    }

    /// A descriptor is needed. Not counted among the calls.
    fn descriptor(&mut self) -> io::Result<()> {
        self.meet(|fault| fault.on == FaultOn::Open)
    }

    /// The first fault that is meant counts down, or comes.
    fn meet(&mut self, is_meant: impl Fn(&Fault) -> bool) -> io::Result<()> {
        let Some(at) = self.faults.iter().position(is_meant) else { return Ok(()) };
        let fault = &mut self.faults[at];
        if fault.after > 0 {
            fault.after -= 1;
            return Ok(());
        }
        let errno = fault.errno;
        if !fault.sticky {
            self.faults.remove(at);
        }
        Err(io::Error::from_raw_os_error(errno))
    }

    /// A path is followed: an error where its device is dead.
    fn reach(&self, path: &Path) -> io::Result<()> {
        match &self.dead {
            Some(dead) if path.starts_with(&dead.path) => Err(io::Error::from_raw_os_error(EIO)),
            _ => Ok(()),
        }
    }

    /// The same for a file that is open.
    fn reach_node(&self, node: usize) -> io::Result<()> {
        match &self.dead {
            Some(dead) if dead.nodes.contains(&node) => Err(io::Error::from_raw_os_error(EIO)),
            _ => Ok(()),
        }
    }

    /// Whether the disk must be asked for a range.
    fn is_cold(&self, node: usize, position: u64, length: usize) -> bool {
        let warm = self.cold.warm.as_ref();
        warm.is_some_and(|warm| !pages(node, position, length).all(|page| warm.contains(&page)))
    }

    /// A range was read from the disk, or written.
    fn warmed(&mut self, node: usize, position: u64, length: usize) {
        if let Some(warm) = self.cold.warm.as_mut().filter(|_| !self.cold.forgets) {
            warm.extend(pages(node, position, length));
        }
    }

    fn folder(&mut self, node: usize) -> io::Result<&mut FolderNode> {
        match &mut self.nodes[node] {
            Node::Folder(folder) => Ok(folder),
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
        }
    }

    fn file(&mut self, node: usize) -> io::Result<&mut FileNode> {
        match &mut self.nodes[node] {
            Node::File(file) => Ok(file),
            Node::Folder(_) => Err(ErrorKind::IsADirectory.into()),
        }
    }

    fn find(&mut self, path: &Path) -> io::Result<usize> {
        let mut node = ROOT;
        for component in path.components() {
            if let Component::Normal(name) = component {
                let name = name.to_str().ok_or_else(|| not_found(path))?;
                node = *self.folder(node)?.names.get(name).ok_or_else(|| not_found(path))?;
            }
        }
        Ok(node)
    }

    fn parent_and_name(&mut self, path: &Path) -> io::Result<(usize, String)> {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| not_found(path))?.to_owned();
        Ok((self.find(path.parent().unwrap_or(Path::new("/")))?, name))
    }

    fn change(&mut self, folder: usize, change: NameChange) -> io::Result<()> {
        let folder = self.folder(folder)?;
        change.apply(&mut folder.names);
        folder.pending.push(change);
        Ok(())
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

impl SimFiles {
    pub fn new() -> SimFiles {
        SimFiles::default()
    }

    fn lock_state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `act` when the file is read the next time, before it is; the file system can be used meanwhile.
    pub fn at_next_read(&self, path: &Path, act: Box<dyn FnOnce() + Send>) {
        let mut state = self.lock_state();
        if let Ok(node) = state.find(path) {
            state.at_read = Some((node, act));
        }
    }

    /// Calls so far that a fault could have met.
    pub fn calls(&self) -> u64 {
        self.lock_state().calls
    }

    pub fn inject(&self, fault: Fault) {
        self.lock_state().faults.push(fault);
    }

    /// The device of a folder dies: every call that touches anything in it fails with EIO until all is healed, power cuts or not.
    pub fn fail_under(&self, folder: &Path) {
        let mut state = self.lock_state();
        let mut left: Vec<usize> = state.find(folder).into_iter().collect();
        let mut nodes = BTreeSet::new();
        while let Some(node) = left.pop() {
            if nodes.insert(node)
                && let Node::Folder(folder) = &state.nodes[node]
            {
                left.extend(folder.names.values().chain(folder.durable.values()));
            }
        }
        state.dead = Some(DeadFolder { path: folder.to_owned(), nodes });
    }

    /// Removes all faults: the disk works again, or has space again.
    pub fn heal(&self) {
        let mut state = self.lock_state();
        state.faults.clear();
        state.dead = None;
    }

    /// Nothing of any file is in memory: reads that may not wait are refused, others bring in what they read, unless
    /// memory is so short that it `forgets` at once.
    pub fn chill(&self, forgets: bool) {
        self.lock_state().cold = Coldness { warm: Some(BTreeSet::new()), forgets, waits: 0 };
    }

    /// Reads so far, since all was cold, that had to wait for the disk.
    pub fn waits(&self) -> u64 {
        self.lock_state().cold.waits
    }

    /// The time that files get when they are written.
    pub fn set_wall_ms(&self, wall_ms: i64) {
        self.lock_state().wall_ms = wall_ms;
    }

    /// Puts a file there, synced with its name, making folders as needed.
    pub fn put(&self, path: &Path, content: &[u8]) {
        let parent = path.parent().unwrap_or(Path::new("/"));
        self.create_dir_all(parent).expect("no faults while a test prepares");
        self.open(path, OpenMode::Create).expect("no faults while a test prepares");
        let mut state = self.lock_state();
        let node = state.find(path).expect("it was just made");
        if let Ok(file) = state.file(node) {
            (file.content, file.synced) = (content.to_vec(), content.to_vec());
        }
        for folder in path.ancestors().skip(1) {
            if let Ok(node) = state.find(folder)
                && let Ok(folder) = state.folder(node)
            {
                folder.durable.clone_from(&folder.names);
                folder.pending.clear();
            }
        }
    }

    /// The same files once more, apart from these; faults and locks stay behind.
    pub fn copy(&self) -> SimFiles {
        let state = self.lock_state();
        let (calls, wall_ms) = (state.calls, state.wall_ms);
        let (nodes, faults, locked) = (state.nodes.clone(), Vec::new(), Vec::new());
        let (dead, cold) = (None, Coldness::default());
        let copied = State { nodes, faults, dead, locked, calls, wall_ms, cold, at_read: None };
        SimFiles { state: Arc::new(Mutex::new(copied)) }
    }

    /// Makes all content and names durable.
    pub fn sync_everything(&self) {
        for node in &mut self.lock_state().nodes {
            match node {
                Node::File(file) => file.synced.clone_from(&file.content),
                Node::Folder(folder) => {
                    folder.durable.clone_from(&folder.names);
                    folder.pending.clear();
                }
            }
        }
    }

    /// The process that used the files is gone, and its locks with it; what it wrote stays in the page cache.
    pub fn process_died(&self) {
        self.lock_state().locked.clear();
    }

    /// Nobody uses it any more: what is in the files goes. A process that was killed in the middle of its work may keep its
    /// own parts alive in a circle, and would keep the whole disk with them.
    pub fn discard(&self) {
        let nodes = std::mem::take(&mut self.lock_state().nodes);
        drop(nodes);
    }

    /// Cuts the power: what was not synced survives at random, as `seed` has it. Handles and locks from before are dead
    /// in reality; a test must drop them.
    pub fn power_cut(&self, seed: u64) {
        self.process_died();
        let mut random = SplitMix64(seed);
        let mut state = self.lock_state();
        state.faults.clear();
        state.locked.clear();
        for node in &mut state.nodes {
            match node {
                Node::File(file) => cut_file(file, &mut random),
                Node::Folder(folder) => {
                    let kept = random.below(folder.pending.len() as u64 + 1) as usize;
                    let mut names = folder.durable.clone();
                    folder.pending.iter().take(kept).for_each(|change| change.apply(&mut names));
                    folder.durable.clone_from(&names);
                    folder.names = names;
                    folder.pending.clear();
                }
            }
        }
    }
}

fn cut_file(file: &mut FileNode, random: &mut SplitMix64) {
    let (old, new) = (file.synced.len(), file.content.len());
    let len = match random.below(4) {
        0 => old,
        1 if new > old => old + random.below((new - old) as u64 + 1) as usize,
        _ => new,
    };
    let lost = std::mem::take(&mut file.lost);
    let keep_in_8 = random.below(9);
    let mut image = vec![0; len];
    for start in (0..len).step_by(SECTOR) {
        let end = (start + SECTOR).min(len);
        let source =
            if random.below(8) < keep_in_8 && !lost.contains(&(start / SECTOR)) { &file.content } else { &file.synced };
        let present = source.get(start..end.min(source.len())).unwrap_or_default();
        image[start..start + present.len()].copy_from_slice(present);
    }
    file.synced.clone_from(&image);
    file.content = image;
}

impl Files for SimFiles {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut state = self.lock_state();
        state.reach(path)?;
        state.descriptor()?;
        let node = match state.find(path) {
            Ok(_) if mode == OpenMode::CreateNew => return Err(ErrorKind::AlreadyExists.into()),
            Ok(node) => node,
            Err(error) if matches!(mode, OpenMode::Read | OpenMode::Write) => return Err(error),
            Err(_) => {
                state.call(FaultOn::Create)?;
                let (folder, name) = state.parent_and_name(path)?;
                let node = state.add(Node::File(FileNode::default()));
                state.change(folder, NameChange(vec![(name, Some(node))]))?;
                node
            }
        };
        state.file(node)?;
        Ok(Arc::new(SimFile { files: self.clone(), node }))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        let mut state = self.lock_state();
        state.reach(path)?;
        Ok(state.find(path).is_ok())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let mut state = self.lock_state();
        state.reach(dir)?;
        state.descriptor()?;
        state.call(FaultOn::Read)?;
        let node = state.find(dir)?;
        let names = state.folder(node)?.names.clone();
        let entry = |(name, node): (String, usize)| match &state.nodes[node] {
            Node::File(file) => DirEntry { name, is_dir: false, len: file.content.len() as u64, link: Link::No },
            Node::Folder(_) => DirEntry { name, is_dir: true, len: 0, link: Link::No },
        };
        Ok(names.into_iter().map(entry).collect())
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.lock_state();
        state.reach(dir)?;
        let mut node = ROOT;
        for component in dir.components() {
            let Component::Normal(name) = component else { continue };
            let name = name.to_str().ok_or_else(|| not_found(dir))?.to_owned();
            node = match state.folder(node)?.names.get(&name) {
                Some(node) => *node,
                None => {
                    state.call(FaultOn::Create)?;
                    let made = state.add(Node::Folder(FolderNode::default()));
                    state.change(node, NameChange(vec![(name, Some(made))]))?;
                    made
                }
            };
        }
        state.folder(node).map(|_| ())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock_state();
        state.reach(path)?;
        let node = state.find(path)?;
        state.file(node)?;
        state.call(FaultOn::Remove)?;
        let (folder, name) = state.parent_and_name(path)?;
        state.change(folder, NameChange(vec![(name, None)]))
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.lock_state();
        state.reach(dir)?;
        state.find(dir)?;
        state.call(FaultOn::Remove)?;
        let (folder, name) = state.parent_and_name(dir)?;
        state.change(folder, NameChange(vec![(name, None)]))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock_state();
        state.reach(from).and_then(|()| state.reach(to))?;
        let node = state.find(from)?;
        state.call(FaultOn::Rename)?;
        let (old_folder, old_name) = state.parent_and_name(from)?;
        let (new_folder, new_name) = state.parent_and_name(to)?;
        if old_folder == new_folder {
            return state.change(old_folder, NameChange(vec![(old_name, None), (new_name, Some(node))]));
        }
        state.change(new_folder, NameChange(vec![(new_name, Some(node))]))?;
        state.change(old_folder, NameChange(vec![(old_name, None)]))
    }

    fn sync_tree(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.lock_state();
        state.reach(dir)?;
        state.descriptor()?;
        state.call(FaultOn::Sync)?;
        let mut left = vec![state.find(dir)?];
        while let Some(node) = left.pop() {
            match &mut state.nodes[node] {
                Node::File(file) => file.sync(),
                Node::Folder(folder) => {
                    folder.durable.clone_from(&folder.names);
                    folder.pending.clear();
                    left.extend(folder.names.values());
                }
            }
        }
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.lock_state();
        state.reach(dir)?;
        state.descriptor()?;
        state.call(FaultOn::Sync)?;
        let node = state.find(dir)?;
        let folder = state.folder(node)?;
        folder.durable.clone_from(&folder.names);
        folder.pending.clear();
        Ok(())
    }

    fn without_waiting(&self, work: &mut dyn FnMut()) {
        let before = NEVER_WAITS.replace(true);
        work();
        NEVER_WAITS.set(before);
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn FileLock>>> {
        let file = self.open(path, OpenMode::Create)?;
        let mut state = self.lock_state();
        let node = state.find(path)?;
        drop(file);
        if state.locked.contains(&node) {
            return Ok(None);
        }
        state.locked.push(node);
        Ok(Some(Box::new(SimLock { files: self.clone(), node })))
    }

    fn free_space(&self, _path: &Path) -> io::Result<(u64, u64)> {
        Ok((1 << 40, 1 << 40))
    }

    fn modified_ms(&self, path: &Path) -> io::Result<i64> {
        let mut state = self.lock_state();
        state.reach(path)?;
        let node = state.find(path)?;
        Ok(state.file(node)?.modified_ms)
    }
}

struct SimLock {
    files: SimFiles,
    node: usize,
}

impl FileLock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.files.lock_state().locked.retain(|node| *node != self.node);
    }
}

struct SimFile {
    files: SimFiles,
    node: usize,
}

impl SimFile {
    fn with<T>(&self, on: FaultOn, act: impl FnOnce(&mut FileNode, i64) -> T) -> io::Result<T> {
        let mut state = self.files.lock_state();
        state.reach_node(self.node)?;
        state.call(on)?;
        let wall_ms = state.wall_ms;
        Ok(act(state.file(self.node)?, wall_ms))
    }
}

fn write_into(file: &mut FileNode, parts: &[&[u8]], position: u64, wall_ms: i64) {
    let mut at = position as usize;
    for part in parts {
        if file.content.len() < at + part.len() {
            file.content.resize(at + part.len(), 0);
        }
        file.content[at..at + part.len()].copy_from_slice(part);
        file.lost.retain(|sector| sector * SECTOR >= at + part.len() || (sector + 1) * SECTOR <= at);
        at += part.len();
    }
    file.modified_ms = wall_ms;
}

impl File for SimFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let act = self.files.lock_state().at_read.take_if(|(node, _)| *node == self.node);
        if let Some((_, act)) = act {
            act();
        }
        let mut state = self.files.lock_state();
        let length = buffer.len();
        let is_cold = state.is_cold(self.node, position, length);
        if is_cold && NEVER_WAITS.get() {
            return Err(io::Error::new(ErrorKind::WouldBlock, ColdRange { position, length }));
        }
        state.reach_node(self.node)?;
        // What is in memory is read although the disk fails.
        if is_cold || state.cold.warm.is_none() {
            state.call(FaultOn::Read)?;
        }
        let rest = state.file(self.node)?.content.get(position as usize..).unwrap_or_default();
        let count = rest.len().min(length);
        buffer[..count].copy_from_slice(&rest[..count]);
        if is_cold {
            state.cold.waits += 1;
            state.warmed(self.node, position, length);
        }
        Ok(count)
    }

    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        self.write_all_vectored_at(&[bytes], position)
    }

    /// A write that fails leaves a part of its bytes behind.
    fn write_all_vectored_at(&self, parts: &[&[u8]], position: u64) -> io::Result<()> {
        let written = self.with(FaultOn::Write, |file, wall_ms| write_into(file, parts, position, wall_ms));
        let length = parts.iter().map(|part| part.len()).sum();
        self.files.lock_state().warmed(self.node, position, length);
        if written.is_err() {
            let all = parts.concat();
            let mut state = self.files.lock_state();
            let wall_ms = state.wall_ms;
            write_into(state.file(self.node)?, &[&all[..all.len() / 2]], position, wall_ms);
        }
        written
    }

    fn len(&self) -> io::Result<u64> {
        self.files.lock_state().reach_node(self.node)?;
        Ok(self.files.lock_state().file(self.node)?.content.len() as u64)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.with(FaultOn::SetLen, |file, _| file.content.resize(len as usize, 0))
    }

    fn sync_data(&self) -> io::Result<()> {
        let synced = self.with(FaultOn::Sync, |file, _| file.sync());
        if synced.is_err() {
            self.files.lock_state().file(self.node)?.sync_failed();
        }
        synced
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synced_content_and_names_survive_every_cut() {
        for seed in 0..50 {
            let files = SimFiles::new();
            files.create_dir_all(Path::new("/d")).unwrap();
            files.sync_dir(Path::new("/")).unwrap();
            files.replace(Path::new("/d/f"), &[7; 2000]).unwrap();
            let file = files.open(Path::new("/d/f"), OpenMode::Write).unwrap();
            file.write_all_at(&[9; 700], 2000).unwrap();
            drop(file);
            files.power_cut(seed);
            let content = files.read(Path::new("/d/f")).unwrap();
            assert_eq!(content[..1536], [7; 1536]);
            assert!((2000..=2700).contains(&content.len()));
        }
    }

    #[test]
    fn unsynced_things_get_lost_under_some_seed() {
        let (mut lost_name, mut kept_name) = (false, false);
        for seed in 0..50 {
            let files = SimFiles::new();
            let file = files.open(Path::new("/f"), OpenMode::Create).unwrap();
            file.write_all_at(&[1; 4096], 0).unwrap();
            files.power_cut(seed);
            match files.exists(Path::new("/f")).unwrap() {
                true => kept_name = true,
                false => lost_name = true,
            }
        }
        assert!(lost_name && kept_name);
    }

    #[test]
    fn what_a_failed_sync_dropped_is_not_on_disk_after_one_that_succeeds() {
        let files = SimFiles::new();
        files.put(Path::new("/f"), &[1; 512]);
        let file = files.open(Path::new("/f"), OpenMode::Write).unwrap();
        file.write_all_at(&[2; 1024], 0).unwrap();
        files.inject(Fault { on: FaultOn::Sync, after: 0, errno: 5, sticky: false });
        file.sync_data().unwrap_err();
        file.write_all_at(&[3; 512], 512).unwrap();
        file.sync_data().unwrap();
        assert_eq!(files.read(Path::new("/f")).unwrap()[..512], [2; 512]);
        files.power_cut(1);
        let content = files.read(Path::new("/f")).unwrap();
        assert_eq!((content[0], content[512]), (1, 3));
    }

    #[test]
    fn a_dead_device_answers_nothing_and_the_other_goes_on() {
        let files = SimFiles::new();
        files.put(Path::new("/a/f"), &[1; 512]);
        files.put(Path::new("/b/f"), &[1; 512]);
        let open = |path| files.open(Path::new(path), OpenMode::Write);
        let (a, b) = (open("/a/f").unwrap(), open("/b/f").unwrap());
        files.fail_under(Path::new("/b"));
        assert_eq!(b.write_all_at(&[2; 512], 0).unwrap_err().raw_os_error(), Some(EIO));
        assert_eq!(open("/b/f").err().and_then(|error| error.raw_os_error()), Some(EIO));
        assert!(b.sync_data().is_err() && files.list(Path::new("/b")).is_err());
        a.write_all_at(&[2; 512], 0).unwrap();
        files.power_cut(1);
        assert!(open("/b/f").is_err(), "it is still dead");
        files.heal();
        assert!(open("/b/f").is_ok());
    }

    #[test]
    fn faults_meet_the_call_that_they_are_meant_for() {
        let files = SimFiles::new();
        files.inject(Fault { on: FaultOn::Write, after: 1, errno: 28, sticky: false });
        let file = files.open(Path::new("/f"), OpenMode::Create).unwrap();
        file.write_all_at(b"aa", 0).unwrap();
        assert_eq!(file.write_all_at(b"bbbb", 2).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(files.read(Path::new("/f")).unwrap(), b"aabb");
        file.write_all_at(b"cccc", 2).unwrap();
    }

    #[test]
    fn a_lock_is_free_again_when_dropped() {
        let files = SimFiles::new();
        let lock = files.lock(Path::new("/.lock")).unwrap();
        assert!(lock.is_some());
        assert!(files.lock(Path::new("/.lock")).unwrap().is_none());
        drop(lock);
        assert!(files.lock(Path::new("/.lock")).unwrap().is_some());
    }
}
