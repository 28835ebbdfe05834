//! Process groups and memory limits, where the system has them.

use std::path::Path;
use std::process::{Child, Command};

/// A child's process group; elsewhere than on Unix the child alone, which its owner ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    #[cfg(unix)]
    leader: rustix::process::Pid,
    #[cfg(not(unix))]
    leader: u32,
}

#[cfg(unix)]
impl Group {
    /// The command, as the leader of a group of its own.
    pub fn lead(command: &mut Command) -> &mut Command {
        use std::os::unix::process::CommandExt;
        command.process_group(0)
    }

    pub fn of(child: &Child) -> Group {
        Group { leader: rustix::process::Pid::from_child(child) }
    }

    /// Ends every process of the group. There may be none any more.
    pub fn kill(self) {
        let _ = rustix::process::kill_process_group(self.leader, rustix::process::Signal::KILL);
    }

    /// Whether the leader has ended. It is left to be waited for, so that its number stays its own.
    pub fn has_ended(self, _: &mut Child) -> bool {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        matches!(waitid(WaitId::Pid(self.leader), look), Ok(Some(_)))
    }

    /// Makes a folder one that its owner can remove.
    pub fn permit(folder: &Path) {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
}

#[cfg(not(unix))]
impl Group {
    pub fn lead(command: &mut Command) -> &mut Command {
        command
    }

    pub fn of(child: &Child) -> Group {
        Group { leader: child.id() }
    }

    pub fn kill(self) {}

    pub fn has_ended(self, child: &mut Child) -> bool {
        matches!(child.try_wait(), Ok(Some(_)))
    }

    pub fn permit(_: &Path) {}
}

/// Why memory is not limited, if it is not.
pub(super) const UNLIMITED: Option<&str> =
    if cfg!(target_os = "linux") { None } else { Some("memory of the subject is not limited on this system") };

#[cfg(target_os = "linux")]
impl Group {
    /// Limits the memory that each process of the group may write to: its private data, not the
    /// addresses that it reserves, of which frameworks take many.
    pub fn limit_memory(self, bytes: u64) {
        use rustix::process::{Resource, Rlimit, prlimit};
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        let _ = prlimit(Some(self.leader), Resource::Data, limit);
    }
}

#[cfg(not(target_os = "linux"))]
impl Group {
    pub fn limit_memory(self, _: u64) {}
}
