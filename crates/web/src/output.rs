//! What commands print. The macros of the standard library panic when nobody reads the output any more, as after
//! `postern page list | head`; these take their names, so that no command can use the others by mistake.

use std::{
    fmt,
    io::{self, ErrorKind, Write, stdout},
};

/// As the macro of the standard library, without a panic.
macro_rules! print {
    ($($words:tt)*) => { $crate::output::write(format_args!($($words)*)) };
}

/// As the macro of the standard library, without a panic.
macro_rules! println {
    () => { $crate::output::write(format_args!("\n")) };
    ($($words:tt)*) => { $crate::output::write(format_args!("{}\n", format_args!($($words)*))) };
}

/// Prints to standard output. What nobody reads any more is dropped; any other failure ends the command, because its output is
/// incomplete.
pub(crate) fn write(words: fmt::Arguments<'_>) {
    if let Err(error) = write_to(&mut stdout().lock(), words) {
        eprintln!("postern: the output cannot be written: {error}");
        std::process::exit(1);
    }
}

fn write_to(output: &mut impl Write, words: fmt::Arguments<'_>) -> io::Result<()> {
    match output.write_fmt(words) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
