//! The priority of threads.

use std::io;

/// Makes the current thread nicer to others, on systems that support it; `nice` is at most 19.
///
/// # Errors
/// When a sandbox forbids it; the thread then runs at normal priority.
pub(crate) fn lower(nice: i32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::setpriority_process(Some(rustix::thread::gettid()), nice)?;
    #[cfg(not(target_os = "linux"))]
    let _ = nice;
    Ok(())
}
