//! The system's OpenSSL where pkg-config finds its headers, otherwise one built from source without what a client of
//! PostgreSQL never asks for. `OPENSSL_NO_VENDOR=1` insists on the system's, `OPENSSL_NO_VENDOR=0` on the built one.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through its environment")]

use std::{
    env,
    process::{Command, exit},
};

/// The argument with which this program calls itself to build, so that OpenSSL's variables are its own alone.
const BUILD: &str = "build";

/// What is left out. All that TLS 1.2 and 1.3 negotiate by default stays, and all that opens an encrypted key in PEM.
const LEFT_OUT: &str = "\
    apps argon2 aria async bf blake2 cast cmp cms ct docs dsa dso dtls ec2m engine gost http legacy lms makedepend \
    md4 mdc2 multiblock nextprotoneg ocb ocsp psk quic rc2 rc4 rfc3779 rmd160 siphash siv slh-dsa sm2 sm3 sm4 srp \
    srtp ssl-trace tfo thread-pool ts ui-console whirlpool";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=OPENSSL_NO_VENDOR");
    match env::args().nth(1).as_deref() {
        None => {
            let wanted = env::var("OPENSSL_NO_VENDOR").ok();
            if wanted.as_deref() == Some("0") || !system(wanted.is_some()) {
                build();
            }
        }
        Some(BUILD) => openssl_src::Build::new().build().print_cargo_metadata(),
        Some(_) => configure(),
    }
}

/// Whether the system has an OpenSSL to build with. Exits with pkg-config's reason where it has none and must have one.
fn system(required: bool) -> bool {
    match pkg_config::Config::new().atleast_version("3.0").probe("openssl") {
        Ok(found) => {
            let folder = found.include_paths.first().map(|path| path.display().to_string());
            let folder = folder.or_else(|| pkg_config::get_variable("openssl", "includedir").ok());
            println!("cargo:include={}", folder.unwrap_or_else(|| "/usr/include".into()));
            true
        }
        Err(error) if required => {
            println!("cargo:error=OPENSSL_NO_VENDOR is set, and the system has no OpenSSL 3 to build with: {error}");
            exit(1);
        }
        Err(_) => false,
    }
}

/// Builds OpenSSL, by openssl-src, with this program where it would call perl.
fn build() {
    run(env::current_exe().map(|this| {
        let mut build = Command::new(&this);
        build.arg(BUILD).env("OPENSSL_SRC_PERL", this);
        build
    }));
}

/// OpenSSL's configuration, with what is left out, and optimised as this package is: 2 at most, as OpenSSL's authors do.
fn configure() {
    let level = env::var("OPT_LEVEL").unwrap_or_default();
    let mut perl = Command::new(env::var_os("PERL").unwrap_or_else(|| "perl".into()));
    perl.args(env::args_os().skip(1)).args(LEFT_OUT.split(' ').map(|part| format!("no-{part}")));
    perl.arg(if level == "3" { "-O2".into() } else { format!("-O{level}") });
    run(Ok(perl));
}

fn run(command: std::io::Result<Command>) {
    match command.and_then(|mut command| command.status()) {
        Ok(status) if status.success() => {}
        Ok(status) => exit(status.code().unwrap_or(1)),
        Err(error) => {
            eprintln!("{error}");
            exit(1);
        }
    }
}
