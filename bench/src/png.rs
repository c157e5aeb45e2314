//! Pictures of any size, made here.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

/// A square PNG of one byte for each pixel, without compression: `side`² bytes and a little more. Each `seed` makes another one.
pub(crate) fn png(side: u32, seed: u32) -> Vec<u8> {
    let mut random = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut raw = Vec::new();
    for _ in 0..side {
        raw.push(0);
        raw.extend((0..side).map(|_| {
            // Numerical Recipes' linear congruential generator.
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 24) as u8
        }));
    }
    file(side, [8, 0], &stored(&raw))
}

/// A PNG of some 40 KB that claims to have `side` pixels on a side: its contents are 40 MiB of zeros, which are compressed.
pub(crate) fn bomb(side: u32) -> Vec<u8> {
    let mut zeros = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to a vector cannot fail.
    let _ = zeros.write_all(&vec![0; 40 << 20]);
    file(side, [8, 6], &zeros.finish().unwrap_or_default())
}

/// A square PNG of a depth and a colour type, from its compressed contents.
fn file(side: u32, [depth, colour]: [u8; 2], compressed: &[u8]) -> Vec<u8> {
    let mut header = Vec::from(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    header.extend([depth, colour, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", header.as_slice()), (b"IDAT", compressed), (b"IEND", &[])] {
        file.extend((content.len() as u32).to_be_bytes());
        let from = file.len();
        file.extend(kind);
        file.extend(content);
        let sum = crc32fast::hash(&file[from..]);
        file.extend(sum.to_be_bytes());
    }
    file
}

/// The zlib format with stored blocks (RFC 1950, RFC 1951 section 3.2.4).
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut zlib = vec![0x78, 0x01];
    let last = raw.len().div_ceil(0xffff) - 1;
    for (at, block) in raw.chunks(0xffff).enumerate() {
        let length = block.len() as u16;
        zlib.push(u8::from(at == last));
        zlib.extend(length.to_le_bytes());
        zlib.extend((!length).to_le_bytes());
        zlib.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in raw {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    zlib.extend(((b << 16) | a).to_be_bytes());
    zlib
}
