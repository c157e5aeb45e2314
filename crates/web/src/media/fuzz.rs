//! Tests of [`Intake`] over samples of each kind, and over their mutations. `POSTERN_FUZZ_SECONDS=60 cargo test -p web
//! --lib -- --ignored media::fuzz` tries new mutations for this number of seconds; `POSTERN_FUZZ_SEED` repeats one.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::LazyLock,
    time::{Duration, Instant},
};

use domain::file::{FileName, WIDTHS};
use proptest::prelude::*;

use super::{samples, *};

/// [`samples::all`], made once.
static SAMPLES: LazyLock<Vec<(&'static str, Vec<u8>)>> = LazyLock::new(samples::all);

fn name(name: &str) -> FileName {
    FileName::parse(name).unwrap()
}

/// The bytes that are stored of a file that arrives in pieces of these sizes, repeated.
fn take(file: &str, bytes: &[u8], sizes: &[usize]) -> Result<(Vec<u8>, Summary), Refusal> {
    let (mut intake, mut out, mut rest) = (Intake::new(&name(file)), Vec::new(), bytes);
    for size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at(rest.len().min((*size).max(1)));
        intake.feed(piece, &mut out)?;
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    let summary = intake.finish(&mut out)?;
    Ok((out, summary))
}

fn whole(file: &str, bytes: &[u8]) -> Result<(Vec<u8>, Summary), Refusal> {
    take(file, bytes, &[usize::MAX])
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// Checks the properties that hold for every file, and returns the one that does not.
fn check(file: &str, bytes: &[u8], sizes: &[usize]) -> Result<(), String> {
    let taken = whole(file, bytes);
    if take(file, bytes, sizes).map_err(|refusal| refusal.to_string())
        != taken.clone().map_err(|refusal| refusal.to_string())
    {
        return Err("the pieces matter".into());
    }
    let Ok((out, summary)) = taken else { return Ok(()) };
    if out.len() > bytes.len() + 64 {
        return Err(format!("{} bytes became {}", bytes.len(), out.len()));
    }
    let (again, second) = whole(file, &out).map_err(|refusal| format!("what is stored is refused: {refusal}"))?;
    if again != out || second.size != summary.size {
        return Err(format!("what is stored changes: {summary:?} {second:?}"));
    }
    if second.removed.position {
        return Err("a position is left".into());
    }
    Ok(())
}

/// A step of a generator of numbers (xorshift).
fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 16) as usize
}

/// A sample with some bytes changed, cut, doubled or overwritten by hostile numbers.
fn mutation(seed: u64) -> (&'static str, Vec<u8>, Vec<usize>) {
    let mut seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let (file, mut bytes) = SAMPLES[random(&mut seed) % SAMPLES.len()].clone();
    for _ in 0..=random(&mut seed) % 6 {
        if bytes.is_empty() {
            break;
        }
        let at = random(&mut seed) % bytes.len();
        let end = bytes.len().min(at + 1 + random(&mut seed) % 40);
        match random(&mut seed) % 6 {
            0 => bytes[at] = random(&mut seed) as u8,
            1 => bytes[at] ^= 1 << (random(&mut seed) % 8),
            2 => drop(bytes.drain(at..end)),
            3 => drop(bytes.splice(at..at, bytes[at..end].to_vec()).collect::<Vec<_>>()),
            4 => bytes.truncate(at),
            _ => {
                let number =
                    [[0; 4], [0xFF; 4], [0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 0, 1], [0, 0, 0, 8]][random(&mut seed) % 5];
                let end = bytes.len().min(at + 4);
                bytes[at..end].copy_from_slice(&number[..end - at]);
            }
        }
    }
    let sizes = (0..8).map(|_| 1 + random(&mut seed) % 600).collect();
    (file, bytes, sizes)
}

#[test]
fn each_kind_is_taken_under_its_name_and_refused_under_others() {
    let all = samples::all();
    for (file, bytes) in &all {
        let (_, summary) = whole(file, bytes).unwrap_or_else(|refusal| panic!("{file}: {refusal}"));
        assert_eq!(summary.kind, name(file).kind());
        for (other, _) in &all {
            let (kind, promised) = (name(file).kind(), name(other).kind());
            let is_text = matches!(promised.media_type().split('/').next(), Some("text"));
            let is_sound_or_film = kind.media_type().ends_with("/mp4") && promised.media_type().ends_with("/mp4");
            if kind == promised || is_sound_or_film || is_text || *other == "a.bin" {
                continue;
            }
            let refusal = whole(other, bytes).unwrap_err().to_string();
            assert!(
                refusal.starts_with(&format!("The name ends with .{}, but the file is ", name(other).extension())),
                "{refusal}"
            );
        }
    }
}

#[test]
fn both_kinds_are_named() {
    let refusal = whole("plan.png", &samples::jpeg()).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "The name ends with .png, but the file is a JPEG picture. Give it the ending .jpg, or save it as a PNG picture."
    );
    let html = whole("plan.png", b" <!DOCTYPE html><script>alert(1)</script>").unwrap_err();
    assert_eq!(
        html.to_string(),
        "The name ends with .png, but the file is an HTML page. Save it as a PNG picture, or choose another file."
    );
    assert!(whole("plan.svg", b"<html><svg></svg></html>").is_err());
    assert_eq!(whole("plan.txt", b"Gr\xfc\xdfe").unwrap_err(), Refusal::NotText { ending: "txt".into() });
    assert!(whole("plan.csv", &samples::jpeg()).unwrap_err().to_string().contains("a JPEG picture"));
    assert_eq!(whole("plan.jpg", b"").unwrap_err(), Refusal::Empty);
    assert!(whole("plan.txt", b"").is_ok());
}

#[test]
fn what_is_private_goes_and_the_orientation_stays() {
    for (file, bytes) in samples::all() {
        let (out, summary) = whole(file, &bytes).unwrap();
        assert!(!has(&out, b"secret"), "{file}");
        assert!(!has(&out, b"GPSLatitude") && !has(&out, b"+52.52"), "{file}");
        let is_photo = matches!(file, "a.jpg" | "a.png" | "a.webp");
        let is_film = matches!(file, "a.mov" | "a.mp4" | "a.m4a");
        assert_eq!(summary.removed.position, is_photo || is_film, "{file}");
        assert_eq!(summary.removed.other, is_photo || is_film || file == "a.gif", "{file}");
        assert_eq!(summary.is_unchanged, matches!(file, "a.avif" | "a.heic"));
        assert_eq!(summary.is_animated, matches!(file, "b.png" | "a.gif"), "{file}");
        if is_photo {
            assert_eq!(summary.size, Some((8, 16)), "{file}");
            let decoded = image::load_from_memory(&out).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (16, 8));
        }
        if is_film {
            assert_eq!((out.len(), summary.size), (bytes.len(), Some((480, 640))));
            assert!(has(&out, b"Title"));
        }
        if summary.is_unchanged {
            assert_eq!((&out, summary.size), (&bytes, Some((48, 64))));
        }
    }
    let jpeg = whole("a.jpg", &samples::jpeg()).unwrap().0;
    assert!(has(&jpeg, b"ICC_PROFILE") && has(&jpeg, b"Adobe") && has(&jpeg, b"JFIF"));
    assert!(has(&whole("a.png", &samples::png()).unwrap().0, b"gAMA"));
    assert!(has(&whole("a.gif", &samples::gif()).unwrap().0, b"NETSCAPE2.0"));
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    for (file, bytes) in samples::all() {
        let is_container = matches!(file.rsplit('.').next(), Some("jpg" | "png" | "gif" | "webp"));
        // The bytes that follow the end of the sample.
        let end = if file == "a.jpg" { bytes.len() / 2 } else { bytes.len().saturating_sub(7) };
        for length in 0..bytes.len() {
            let taken = whole(file, &bytes[..length]);
            assert!(
                taken.is_err() || !is_container || length > end.min(bytes.len() - 1) || file == "a.jpg",
                "{file} {length}"
            );
        }
    }
    for first in [true, false] {
        let film = samples::mp4(first);
        for length in 0..film.len() {
            assert!(whole("a.mp4", &film[..length]).is_err(), "{length}");
        }
    }
}

#[test]
fn little_is_held_whatever_arrives() {
    for (file, start) in
        [("a.jpg", &b"\xff\xd8\xff\xe1\xff\xff"[..]), ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), ("a.bin", b"")]
    {
        let mut intake = Intake::new(&name(file));
        let mut out = Vec::new();
        let mut taken = intake.feed(start, &mut out);
        for _ in 0..2000 {
            out.clear();
            taken = taken.and_then(|()| intake.feed(&[1; 100], &mut out));
            assert!(out.len() <= MAX_HELD_BYTES + 100);
        }
    }
}

/// The names of the fields that exiftool finds in a file, one a line.
fn exiftool(bytes: &[u8]) -> Option<String> {
    let mut command = Command::new("exiftool");
    command.args(["-a", "-G1", "-s", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    // exiftool may stop before the end of the file.
    let _ = child.stdin.take()?.write_all(bytes);
    Some(String::from_utf8_lossy(&child.wait_with_output().ok()?.stdout).into_owned())
}

#[test]
fn exiftool_finds_no_position() {
    if exiftool(b"").is_none() {
        assert!(std::env::var_os("POSTERN_TEST_ALL").is_none(), "exiftool is missing");
        eprintln!("left out: exiftool is missing");
        return;
    }
    for (file, bytes) in
        SAMPLES.iter().filter(|(file, _)| matches!(*file, "a.jpg" | "a.png" | "a.webp" | "a.mov" | "a.mp4"))
    {
        let before = exiftool(bytes).unwrap();
        assert!(before.contains("GPS"), "{file}: the sample has none: {before}");
        let after = exiftool(&whole(file, bytes).unwrap().0).unwrap();
        assert!(!after.contains("GPS") && !after.contains("secret") && !after.contains("Cam"), "{file}: {after}");
        let is_photo = !file.starts_with("a.m");
        assert!(!is_photo || after.contains("Rotate 90 CW"), "{file}: {after}");
    }
}

proptest! {
    #[test]
    fn mutations_hold(seed in any::<u64>()) {
        let (file, bytes, sizes) = mutation(seed);
        prop_assert_eq!(check(file, &bytes, &sizes), Ok(()), "{}", file);
    }
}

/// Samples with nothing changed, in pieces of one byte.
#[test]
fn samples_hold() {
    for (file, bytes) in samples::all() {
        assert_eq!(check(file, &bytes, &[1]), Ok(()), "{file}");
    }
}

#[test]
#[ignore = "runs for as long as POSTERN_FUZZ_SECONDS says"]
fn fuzz() {
    let number = |name: &str| std::env::var_os(name)?.to_str()?.parse::<u64>().ok();
    let one = number("POSTERN_FUZZ_SEED");
    let until = Instant::now() + Duration::from_secs(number("POSTERN_FUZZ_SECONDS").unwrap_or(1));
    let first = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let mut tried = 0_u64;
    while Instant::now() < until && (one.is_none() || tried == 0) {
        let seed = one.unwrap_or(first.wrapping_add(tried));
        let attempt = std::panic::catch_unwind(|| {
            let (file, bytes, sizes) = mutation(seed);
            check(file, &bytes, &sizes)?;
            // Decoders are slower.
            if tried.is_multiple_of(16) && bytes.len() < 10_000 {
                let _ = renditions(name(file).kind(), &bytes[..], &[4, WIDTHS[0]]);
            }
            Ok::<_, String>(())
        });
        assert!(matches!(attempt, Ok(Ok(()))), "POSTERN_FUZZ_SEED={seed}: {attempt:?}");
        tried += 1;
    }
    println!("{tried} mutations");
}
