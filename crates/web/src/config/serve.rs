//! The options of the server.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;

use super::values::{BaseUrl, Networks, OptionalAddress, OptionalGib};
use crate::{
    auth::verify::verified_cache::Limits,
    cache::generations::StalenessLimits,
    http::{client::ForwardedHeader, logging::LogFormat},
    upload::Limits as UploadLimits,
};

/// The options of the server.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of the server")]
pub struct Serve {
    /// The address and port to listen on
    #[arg(long, env = "POSTERN_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The public address of the site, for the feed and the sitemap [default: http://ADDRESS:PORT]
    #[arg(long, env = "POSTERN_BASE_URL", value_name = "URL")]
    pub base_url: Option<BaseUrl>,

    /// The proxies whose forwarded headers are trusted, as addresses or networks, comma separated
    #[arg(long, env = "POSTERN_TRUSTED_PROXIES", value_name = "NETWORKS", default_value = "")]
    pub trusted_proxies: Networks,

    /// The header in which those proxies report the client; the other one is ignored
    #[arg(long, env = "POSTERN_FORWARDED_HEADER", value_name = "NAME", default_value = "x-forwarded-for")]
    pub forwarded_header: ForwardedHeader,

    /// Answer 403, without asking for a password, to requests for private pages that did not come over HTTPS
    #[arg(long, env = "POSTERN_REQUIRE_HTTPS", action = clap::ArgAction::Set, value_parser = clap::builder::BoolishValueParser::new(),
          num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true)]
    pub require_https: bool,

    /// The maximum memory for cached pages, in MiB; 0 turns the cache off
    #[arg(long, env = "POSTERN_PAGE_CACHE", value_name = "MIB", default_value_t = 64,
          value_parser = clap::value_parser!(u32).range(0..=65536))]
    pub page_cache: u32,

    /// The maximum number of verified sign-ins that are cached, so that bcrypt does not run again for them
    #[arg(long, env = "POSTERN_PROOFS", value_name = "COUNT", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub proofs: u32,

    /// The number of seconds without use after which a cached sign-in expires
    #[arg(long, env = "POSTERN_PROOF_IDLE", value_name = "SECONDS", default_value_t = 600)]
    pub proof_idle: u32,

    /// The age in seconds at which a cached sign-in expires, used or not
    #[arg(long, env = "POSTERN_PROOF_LIFETIME", value_name = "SECONDS", default_value_t = 3600)]
    pub proof_lifetime: u32,

    /// The maximum age in seconds of the last database heartbeat for answering private pages and sign-ins from the
    /// cache
    #[arg(long, env = "POSTERN_SILENCE", value_name = "SECONDS", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub silence: u32,

    /// The number of further seconds for which public pages are answered from the cache; 0 for none
    #[arg(long, env = "POSTERN_STALE_PUBLIC", value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(0..=86400))]
    pub stale_public: u32,

    /// The number of seconds for which the server goes on after SIGTERM, while /readyz answers 503
    #[arg(long, env = "POSTERN_DRAIN", value_name = "SECONDS", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=300))]
    pub drain: u32,

    /// The address and port on which metrics for Prometheus are served at /metrics; anybody who can reach it can read
    /// them [default: none]
    #[arg(long, env = "POSTERN_METRICS", value_name = "ADDRESS:PORT", default_value = "", hide_default_value = true)]
    pub metrics: OptionalAddress,

    /// The number of days that deleted pages can be restored from the trash
    #[arg(long, env = "POSTERN_TRASH_DAYS", value_name = "DAYS", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub trash_days: u32,

    /// The maximum size of an uploaded file, in MiB
    #[arg(long, env = "POSTERN_FILE_MIB", value_name = "MIB", default_value_t = 32,
          value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub file_mib: u32,

    /// The maximum size of all uploaded files together, in GiB [default: as much as the disk holds]
    #[arg(long, env = "POSTERN_FILES_GIB", value_name = "GIB", default_value = "", hide_default_value = true)]
    pub files_gib: OptionalGib,

    /// The name of the first administrator, who is added while there is none
    #[arg(long, env = "POSTERN_ADMIN_USER", value_name = "NAME", default_value = "admin")]
    pub admin_user: String,

    /// The first administrator's password, in plain text; read only while there is no administrator. Every user of the
    /// machine can see it on the command line: prefer the file, or the variable [default: a generated one]
    #[arg(long, env = "POSTERN_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,

    /// A file that contains the first administrator's password
    #[arg(long, env = "POSTERN_ADMIN_PASSWORD_FILE", value_name = "FILE")]
    pub admin_password_file: Option<PathBuf>,

    /// The bcrypt cost of new passwords, 10 to 15; a weaker hash is replaced when its user signs in
    #[arg(long, env = "POSTERN_BCRYPT_COST", value_name = "COST", default_value_t = 12,
          value_parser = clap::value_parser!(u32).range(10..=15))]
    pub bcrypt_cost: u32,

    /// The format of log lines
    #[arg(long, env = "POSTERN_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl Serve {
    /// The limits of the cache of verified sign-ins.
    pub fn verified_limits(&self) -> Limits {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let count = usize::try_from(self.proofs).unwrap_or(usize::MAX);
        Limits { count, idle: seconds(self.proof_idle), lifetime: seconds(self.proof_lifetime) }
    }

    /// The limits on uploaded files.
    pub fn upload_limits(&self) -> UploadLimits {
        UploadLimits::new(self.file_mib, self.files_gib.0)
    }

    /// The staleness limits of the cache.
    pub fn staleness_limits(&self) -> StalenessLimits {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        StalenessLimits { private: seconds(self.silence), public: seconds(self.stale_public) }
    }

    /// Whether the operator chose the address of the site.
    pub fn is_base_url_chosen(&self) -> bool {
        self.base_url.as_ref().is_some_and(|url| !url.0.is_empty())
    }

    /// The address of the site, without a trailing slash.
    pub fn base_url(&self) -> String {
        match &self.base_url {
            Some(url) if !url.0.is_empty() => url.0.clone(),
            _ => format!("http://{}", self.listen),
        }
    }
}
