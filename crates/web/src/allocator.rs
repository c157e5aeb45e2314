//! Limits for the allocator of the GNU C library, which reads them from the environment when a program starts.

use std::{env, os::unix::process::CommandExt, process::Command};

/// Few arenas: each thread that finds its arena in use would get one of its own, and freed memory stays in its arena. A fixed
/// threshold: the memory of large texts is returned when it is freed; without one, the allocator raises it to 32 MiB.
const LIMITS: [(&str, &str); 2] = [("MALLOC_ARENA_MAX", "2"), ("MALLOC_MMAP_THRESHOLD_", "262144")];

/// Replaces the running program with itself (exec) with the limits in its environment: the first thing that a program does, since
/// it starts over. Returns if the environment already has one of them or `GLIBC_TUNABLES`, if the C library is not that of GNU, or if
/// exec fails.
pub fn limit() {
    let is_set = |name: &str| env::var_os(name).is_some();
    if cfg!(not(target_env = "gnu")) || is_set("GLIBC_TUNABLES") || LIMITS.iter().any(|(name, _)| is_set(name)) {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut arguments = env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let error = command.args(arguments).envs(LIMITS).exec();
    log::debug!("the allocator has its own limits: {error}");
}
