//! Paths that contain a secret. Knowing such a path is enough to open it, and no log contains one.

/// The first segments of paths whose next segment is a secret.
const FIRST_SEGMENTS: [&str; 2] = ["join", "s"];

/// The length from which on a run of letters and digits is taken for a secret.
const SUSPICIOUS_LENGTH: usize = 30;

/// Whether a decoded path has a secret.
pub fn has_secret(path: &str) -> bool {
    first_segment(path).is_some()
}

fn first_segment(path: &str) -> Option<&'static str> {
    let (first, _) = path.strip_prefix('/').unwrap_or(path).split_once('/')?;
    FIRST_SEGMENTS.into_iter().find(|known| *known == first)
}

/// A target as a log may contain it: `/s/[secret]` for a path with a secret, without what follows. Elsewhere, as in the
/// address after a sign-in or in a link with an extra slash, runs of letters and digits that are as long as a secret
/// are left out.
pub fn loggable(path: &str, target: &str) -> String {
    if let Some(first) = first_segment(path) {
        return format!("/{first}/[secret]");
    }
    let mut shown = String::with_capacity(target.len());
    let mut rest = target;
    while !rest.is_empty() {
        let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let other = rest[run..].chars().take_while(|c| !c.is_ascii_alphanumeric()).map(char::len_utf8).sum::<usize>();
        let (word, after) = rest.split_at(run);
        let (between, after) = after.split_at(other);
        shown.push_str(if run >= SUSPICIOUS_LENGTH { "[secret]" } else { word });
        shown.push_str(between);
        rest = after;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789ABCDEFGHIJKLMNOPQRST";

    #[test]
    fn a_path_with_a_secret_is_written_without_its_secret_and_without_what_follows() {
        for path in [format!("/s/{SECRET}"), format!("/s/{SECRET}/plan.jpg"), "/s/short".into(), "/s/".into()] {
            assert!(has_secret(&path));
            assert_eq!(loggable(&path, &format!("{path}?x")), "/s/[secret]", "{path}");
        }
        assert_eq!(loggable("/join/short", "/%6Aoin/short?x=y"), "/join/[secret]");
        for path in ["/s", "/join", "/joining/x", "/clients/join/x", "/", "", "/search", "/site/s/x", "/sx/y"] {
            assert!(!has_secret(path), "{path}");
            assert_eq!(loggable(path, &format!("{path}?x=y")), format!("{path}?x=y"));
        }
    }

    #[test]
    fn a_secret_in_another_place_is_left_out_too() {
        for target in [
            format!("//s/{SECRET}"),
            format!("/S/{SECRET}/x"),
            format!("/%73/{SECRET}"),
            format!("/login?next=%2Fs%2F{SECRET}"),
            format!("/é/{SECRET}é"),
        ] {
            let shown = loggable(&target, &target);
            assert!(!shown.contains("0123456789") && shown.contains("[secret]"), "{shown}");
        }
    }
}
