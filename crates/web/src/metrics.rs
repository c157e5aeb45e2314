//! Metrics for Prometheus: numbers of this process, without a name, an address or a path in them.
//!
//! Each is read when it is asked for, from what the process counts anyway: a library would count a second time.
//! docs/operating.md says what each one means.

mod exposition;
mod listener;

pub use listener::serve;

use crate::App;
use exposition::Exposition;

/// All metrics, in the text format.
fn collect(app: &App) -> String {
    let mut out = Exposition::default();
    out.gauge("postern_info", "The version of this process.").labelled("version", env!("CARGO_PKG_VERSION"), 1);
    freshness(app, &mut out);
    pool(app, &mut out);
    cache(app, &mut out);
    sign_ins(app, &mut out);
    let mut errors = out.counter("postern_errors_total", "The answers with a status of 5xx, by cause.");
    for (cause, count) in app.error_counts.load() {
        errors.labelled("cause", cause, count);
    }
    let (running, waiting) = app.jobs.load();
    out.gauge("postern_jobs_running", "The bulk jobs that run.").value(running as u64);
    out.gauge("postern_jobs_waiting", "The bulk jobs that wait.").value(waiting as u64);
    let (under_way, max_bytes) = app.under_way.load();
    out.gauge("postern_under_way_bytes", "The bytes of large forms and answers under way.").value(under_way as u64);
    out.gauge("postern_under_way_max_bytes", "The maximum of postern_under_way_bytes.").value(max_bytes as u64);
    if let Some(bytes) = resident_bytes() {
        out.gauge("process_resident_memory_bytes", "The resident memory of this process.").value(bytes);
    }
    out.finish()
}

fn freshness(app: &App, out: &mut Exposition) {
    let generations = app.db.cache().generations();
    let age = generations.heartbeat_age().map_or(f64::INFINITY, |age| age.as_secs_f64());
    out.gauge("postern_heartbeat_age_seconds", "The age of the last heartbeat of the change feed.").seconds(age);
    out.gauge("postern_cache_fresh", "1 while private pages are answered from memory, else 0.")
        .value(generations.is_fresh().into());
}

fn pool(app: &App, out: &mut Exposition) {
    let pool = app.db.store().pool_load();
    out.gauge("postern_pool_connections_max", "The size of the connection pool.").value(pool.size.into());
    out.gauge("postern_pool_connections_open", "The open connections of the pool.").value(pool.open.into());
    out.gauge("postern_pool_connections_in_use", "The connections of the pool in use.").value(pool.in_use.into());
    out.gauge("postern_pool_waiting", "The callers that wait for a connection.").value(pool.waiting.into());
    let shares = app.db.share_loads();
    let mut sizes = out.gauge("postern_share_connections_max", "The connections of each kind of work, at most.");
    shares.iter().for_each(|share| sizes.labelled("share", share.name, share.size.into()));
    let mut in_use = out.gauge("postern_share_connections_in_use", "The connections in use by each kind of work.");
    shares.iter().for_each(|share| in_use.labelled("share", share.name, share.in_use.into()));
    let mut waiting = out.gauge("postern_share_waiting", "The callers that wait for their share of the pool.");
    shares.iter().for_each(|share| waiting.labelled("share", share.name, share.waiting.into()));
}

fn cache(app: &App, out: &mut Exposition) {
    let cache = app.db.cache().load();
    out.counter("postern_cache_hits_total", "The pages, lists and feeds answered from memory.").value(cache.hits);
    out.counter("postern_cache_misses_total", "Those that were made from the database.").value(cache.misses);
    out.gauge("postern_cache_entries", "The answers in memory, outdated ones included.").value(cache.entries as u64);
    out.gauge("postern_cache_bytes", "The bytes of the answers and parts of files in memory.").value(cache.bytes);
    out.gauge("postern_cache_max_bytes", "The maximum of postern_cache_bytes.").value(cache.max_bytes);
}

fn sign_ins(app: &App, out: &mut Exposition) {
    let pool = &app.authenticator.bcrypt_pool;
    out.counter("postern_verifications_total", "The sign-ins that bcrypt has verified.").value(pool.verified());
    let (waiting, max) = pool.queue();
    out.gauge("postern_verifications_waiting", "The verifications in the queue.").value(waiting as u64);
    out.gauge("postern_verifications_waiting_max", "The room in that queue.").value(max as u64);
    out.counter("postern_throttle_refusals_total", "The sign-ins that the throttle has refused.")
        .value(app.authenticator.throttle_refusals());
}

/// The resident memory; `None` on a system without `/proc`.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
