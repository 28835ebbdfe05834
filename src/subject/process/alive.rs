//! What must not outlive us: the process groups of children and the folders of their arrays.
//!
//! Both are registered under one lock while they are made, so that [`exit`] finds all of them: a
//! signal may come at any time, and runs no destructor.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::group::Group;

static ALIVE: Mutex<Alive> = Mutex::new(Alive { groups: Vec::new(), folders: Vec::new() });

struct Alive {
    groups: Vec<Group>,
    folders: Vec<PathBuf>,
}

/// The lists are whole after every statement, so a panic elsewhere leaves them usable.
fn alive() -> MutexGuard<'static, Alive> {
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends every child, removes every folder, and leaves the program: what an interrupt does.
///
/// Whoever starts another child meanwhile waits for the end.
pub fn exit(status: i32) -> ! {
    let alive = alive();
    for group in &alive.groups {
        group.kill();
    }
    for folder in &alive.folders {
        remove(folder);
    }
    std::process::exit(status)
}

/// Starts a program as the leader of a process group of its own.
pub(super) fn spawn(command: &mut Command) -> io::Result<(Child, Group)> {
    let mut alive = alive();
    let child = Group::lead(command).spawn()?;
    let group = Group::of(&child);
    alive.groups.push(group);
    Ok((child, group))
}

/// Ends a whole group. Its leader must not have been waited for: until then its number is its own.
pub(super) fn end(group: Group) {
    let mut alive = alive();
    group.kill();
    alive.groups.retain(|other| *other != group);
}

/// A folder of our own, removed when it is dropped, whatever became of it.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub fn new() -> io::Result<Folder> {
        let mut alive = alive();
        // From here on this type removes it.
        let path = tempfile::Builder::new().prefix("convproof-").tempdir()?.keep();
        alive.folders.push(path.clone());
        Ok(Folder(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.0);
        alive().folders.retain(|other| *other != self.0);
    }
}

/// Removes a folder into which a dying process may still be writing.
fn remove(folder: &Path) {
    for _ in 0..20 {
        match std::fs::remove_dir_all(folder) {
            Ok(()) => return,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(_) => {}
        }
        Group::permit(folder);
        std::thread::sleep(Duration::from_millis(5));
    }
}
