//! A control group with a limit of memory, such as a container has.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
};

/// A control group; it is removed when it is dropped, if its processes have ended.
pub(crate) struct Cgroup {
    folder: PathBuf,
    /// The group that this process is in otherwise.
    own: PathBuf,
}

impl Cgroup {
    /// Makes a group whose processes have at most `bytes` of memory, by the interface of version 1 or of version 2.
    ///
    /// # Errors
    /// When this process may not make groups, or the system does not limit memory.
    pub(crate) fn with_memory(bytes: u64) -> io::Result<Cgroup> {
        let first = Path::new("/sys/fs/cgroup/memory");
        let (root, limit, controller) = match first.is_dir() {
            true => (first, "memory.limit_in_bytes", ":memory:/"),
            false => (Path::new("/sys/fs/cgroup"), "memory.max", "0::/"),
        };
        let groups = fs::read_to_string("/proc/self/cgroup")?;
        let path = groups.lines().find_map(|line| Some(line.split_once(controller)?.1));
        let own = root.join(path.ok_or(io::ErrorKind::Unsupported)?);
        let folder = root.join(format!("postern-bench-{}", process::id()));
        fs::create_dir(&folder)?;
        let group = Cgroup { folder, own };
        fs::write(group.folder.join(limit), bytes.to_string())?;
        Ok(group)
    }

    /// Runs what starts a process of the group. A process belongs to the group of the one that starts it.
    ///
    /// # Errors
    /// When this process cannot enter or leave the group.
    pub(crate) fn enter<T>(&self, start: impl FnOnce() -> T) -> io::Result<T> {
        let this = process::id().to_string();
        fs::write(self.folder.join("cgroup.procs"), &this)?;
        let started = start();
        fs::write(self.own.join("cgroup.procs"), &this)?;
        Ok(started)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _in_use = fs::remove_dir(&self.folder);
    }
}
