//! Files in the form of a page: pasted, dropped and chosen, with a progress bar; and without JavaScript.

use std::{env, path::PathBuf};

use super::{
    chromium::{Chromium, Person},
    server::Server,
    walk::edit,
};

/// A picture of a pixel, in PNG.
const PIXEL: &str = "Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), (c) => c.charCodeAt(0))";

/// Pastes or drops files, which are given as JavaScript.
pub(super) fn give(person: &Person, event: &str, files: &[String]) {
    let (kind, at) = if event == "drop" { ("DragEvent", "h1") } else { ("ClipboardEvent", "#body") };
    let add: String = files.iter().map(|file| format!("data.items.add({file});")).collect();
    let taken = person.js(&format!(
        "(() => {{ const data = new DataTransfer(); {add}
           const init = {{ bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data }};
           return document.querySelector('{at}').dispatchEvent(new {kind}('{event}', init)); }})()"
    ));
    assert_eq!(taken, false, "{event}: the browser does nothing of its own");
}

fn text(name: &str) -> String {
    format!("new File(['text of {name}'], '{name}', {{ type: 'text/plain' }})")
}

pub(super) fn pixel(name: &str) -> String {
    format!("new File([{PIXEL}], '{name}', {{ type: 'image/png' }})")
}

#[test]
fn files_are_pasted_and_dropped_into_the_text_of_a_new_page() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").type_into("#title", "Visit").type_into("#body", "Before. After.");
    eve.js("document.querySelector('#body').setSelectionRange(8, 8)");
    give(&eve, "paste", &[pixel("IMG 2041.PNG")]);
    eve.wait("document.querySelector('#body').value === 'Before. ![img 2041](img-2041.png)After.'");
    // The draft of the new page was saved first, and its form goes on.
    eve.wait("location.pathname.startsWith('/admin/pages/') && !location.pathname.endsWith('new')");
    eve.wait("document.querySelector('[data-file=\"img-2041.png\"]') !== null");
    eve.js("document.querySelector('#body').setSelectionRange(0, 0)");
    give(&eve, "drop", &[text("one.txt"), text("two.txt")]);
    eve.wait("document.querySelector('#body').value.startsWith('[one.txt](one.txt)\\n\\n[two.txt](two.txt)Before.')");
    eve.wait("document.querySelectorAll('[data-file]').length === 3").sees("in the draft");
    eve.wait("document.querySelector('.draft-status').textContent.startsWith('Draft saved')");
    // The same name again: the question is answered without sending the file again.
    give(&eve, "drop", &[text("one.txt")]);
    eve.wait("document.querySelector('.uploads')?.textContent.includes('already')");
    eve.js("[...document.querySelectorAll('.uploads button')].find((it) => it.textContent.includes('as one-2.txt')).click()");
    eve.wait("document.querySelectorAll('[data-file]').length === 4");
    // One file is too large, and the content of the other does not match its name.
    give(
        &eve,
        "drop",
        &["new File([new ArrayBuffer(33 << 20)], 'film.mp4')".into(), "new File(['x'], 'bad.png')".into()],
    );
    eve.wait("document.querySelector('.uploads')?.textContent.includes('film.mp4 is too large')");
    eve.wait("document.querySelector('.uploads')?.textContent.includes('bad.png: The name ends with .png')");
    // A button of the list puts a file where the cursor is.
    eve.js("document.querySelector('#body').setSelectionRange(0, 0)");
    eve.click("[data-file='two.txt'] button[value=insert]");
    assert!(eve.value("#body").starts_with("[two.txt](two.txt)[one.txt]"));
    eve.click("[data-file='img-2041.png'] button[value=edit]");
    eve.wait("document.activeElement.id === 'file_name'").fill("#file_name", "oak.png").fill("#file_alt", "An oak");
    eve.js("document.querySelector('.uploads').remove()");
    eve.press("Save file").sees("The file is changed in the draft.");
    assert!(eve.value("#body").contains("![img 2041](oak.png)"));
    shoot(&eve, "files");
    assert_eq!(eve.string("globalThis.refused.join()"), "");
}

#[test]
fn an_upload_shows_its_progress_and_is_cancelled() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.", &[]);
    let eve = browser.user(&server, "eve");
    edit(&eve, "The plan");
    // A request that sends nothing, so that there is time to cancel it.
    eve.js("XMLHttpRequest.prototype.send = function () { \
        this.upload.dispatchEvent(new ProgressEvent('progress', { lengthComputable: true, loaded: 3, total: 4 })); }; 0");
    give(&eve, "drop", &[text("long.txt"), text("next.txt")]);
    eve.wait("document.querySelector('.uploads progress')?.value === 3")
        .sees("long.txt")
        .sees("next.txt")
        .sees("waits");
    eve.js("XMLHttpRequest.prototype.abort = function () { this.dispatchEvent(new ProgressEvent('abort')); }; 0");
    eve.js("[...document.querySelectorAll('.uploads li')].reverse().forEach((it) => it.querySelector('button').click()); 0");
    eve.wait("document.querySelectorAll('.uploads li').length === 0");
    assert_eq!(eve.value("#body").trim(), "Meet at noon.");
    assert_eq!(eve.js("document.querySelectorAll('[data-file]').length"), 0);
}

#[test]
fn without_javascript_a_file_is_chosen_and_nothing_typed_is_lost() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.without_javascript().open("/admin/pages/new").fill("#title", "Visit").fill("#body", "Typed.");
    eve.click("#files > summary");
    eve.sees("Files can be added once the draft is saved.");
    eve.leave(|| eve.click(".file-field button"));
    eve.fill("#body", "Typed and typed.");
    eve.js(&format!(
        "(() => {{ const data = new DataTransfer(); data.items.add({}); document.querySelector('#file').files = data.files; }})()",
        text("terms.txt")
    ));
    eve.leave(|| eve.click("#files [data-upload]"));
    eve.sees("The file is in the draft.").sees("terms.txt").sees("not in the text");
    assert_eq!(eve.value("#body").trim(), "Typed and typed.");
    eve.leave(|| eve.click("[data-file='terms.txt'] button[value=insert]"));
    assert_eq!(eve.value("#body").trim(), "Typed and typed.\n\n[terms.txt](terms.txt)");
    eve.leave(|| eve.click("[data-file='terms.txt'] button[value=delete]"));
    eve.sees("The file is deleted from the draft.");
    assert_eq!(eve.js("document.querySelectorAll('[data-file]').length"), 0);
}

/// Writes pictures of the form in both themes and on a phone, if the environment names a folder for them.
fn shoot(person: &Person, name: &str) {
    let Some(folder) = env::var_os("POSTERN_TEST_SCREENSHOTS").map(PathBuf::from) else { return };
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")] {
        person.resize(width, 900).prefer(scheme).js("document.querySelector('#files').scrollIntoView()");
        person.screenshot(&folder.join(format!("{name}-{width}-{scheme}.png")));
    }
}
