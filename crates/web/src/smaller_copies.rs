//! Makes the smaller copies of pictures: after the answer that missed one, one picture at a time, on a thread of low priority.

use std::{
    collections::HashSet,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use domain::file::{Content, ContentId, FileKind, WIDTHS};
use store::{Conn, Store, files, writing::contents};

use crate::{
    clock,
    media::{self, NoRendition},
    priority,
    stored_content::StoredContent,
    upload,
};

/// The maximum number of pictures that wait. A further one is asked for again with its next request.
const MAX_WAITING: usize = 256;

/// The niceness of the thread: requests and passwords come first.
const NICE: i32 = 10;

/// A picture whose copies are wanted.
#[derive(Clone, Copy)]
struct Picture {
    content: ContentId,
    kind: FileKind,
    bytes: u64,
    width: u32,
}

/// The pictures that wait for their smaller copies.
pub struct SmallerCopies {
    queue: SyncSender<Picture>,
    /// The pictures that wait, or whose copies are being made.
    waiting: Arc<Mutex<HashSet<ContentId>>>,
}

impl SmallerCopies {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(store: Store) -> io::Result<SmallerCopies> {
        let (queue, wanted) = sync_channel(MAX_WAITING);
        let waiting = Arc::new(Mutex::new(HashSet::new()));
        let of_thread = waiting.clone();
        thread::Builder::new().name("pictures".into()).spawn(move || work(&store, &wanted, &of_thread))?;
        Ok(SmallerCopies { queue, waiting })
    }

    /// Asks for the copies of a picture, unless it waits already.
    pub fn want(&self, picture: &Content, kind: FileKind) {
        let Some((width, _)) = picture.size.filter(|_| kind.has_renditions()) else { return };
        let mut waiting = lock(&self.waiting);
        let wanted = Picture { content: picture.id, kind, bytes: picture.bytes, width };
        if waiting.insert(picture.id) && self.queue.try_send(wanted).is_err() {
            waiting.remove(&picture.id);
        }
    }
}

fn lock(waiting: &Mutex<HashSet<ContentId>>) -> std::sync::MutexGuard<'_, HashSet<ContentId>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(store: &Store, wanted: &Receiver<Picture>, waiting: &Mutex<HashSet<ContentId>>) {
    // If that is forbidden, the bcrypt threads have logged it.
    let _at_normal_priority = priority::lower(NICE);
    while let Ok(picture) = wanted.recv() {
        if let Err(why) = make(store, &picture) {
            log::warn!("the smaller copies of a picture could not be stored: {why}");
        }
        lock(waiting).remove(&picture.content);
    }
}

/// Makes the copies that were not tried yet, and stores each, or that there is none.
///
/// # Errors
/// When the picture cannot be read or a copy cannot be stored: it is tried again.
fn make(store: &Store, picture: &Picture) -> Result<(), String> {
    let words = |error: store::Error| error.to_string();
    let tried = store.read(|conn| files::tried_widths(conn, picture.content)).map_err(words)?;
    let widths: Vec<u32> =
        WIDTHS.into_iter().filter(|width| *width < picture.width && !tried.contains(width)).collect();
    if widths.is_empty() {
        return Ok(());
    }
    let bytes = StoredContent::new(store, picture.content, picture.bytes);
    let made = match media::renditions(picture.kind, bytes, &widths) {
        Ok(made) => made,
        Err(why @ NoRendition::NotRead(_)) => return Err(why.to_string()),
        Err(why) => {
            log::debug!("a picture has no smaller copies: {why}");
            Vec::new()
        }
    };
    for width in widths {
        let copy = made.iter().find(|copy| copy.width == width);
        let stored = store.write(|conn| insert(conn, picture.content, width, copy));
        match stored {
            // Another instance was faster.
            Ok(()) | Err(store::Error::Duplicate) => {}
            Err(error) => return Err(words(error)),
        }
    }
    Ok(())
}

fn insert(conn: &mut Conn, of: ContentId, width: u32, copy: Option<&media::Rendition>) -> store::Result<()> {
    let Some(copy) = copy else { return contents::set_rendition(conn, of, width, None) };
    let content = upload::store(conn, &copy.bytes, Some((copy.width, copy.height)), clock::now())?;
    contents::set_rendition(conn, of, width, Some(content))
}

#[cfg(test)]
mod tests {
    use diesel::{RunQueryDsl, sql_query};

    use super::*;

    #[test]
    fn a_picture_that_could_not_be_read_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let url = store::DatabaseUrl::parse(&format!("sqlite://{}/x.db", folder.path().display())).unwrap();
        let store = Store::open(&url, 2).unwrap();
        store.migrate().unwrap();
        let mut png = io::Cursor::new(Vec::new());
        image::RgbImage::new(600, 20).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let (png, kind) = (png.into_inner(), FileKind::Png);
        let content = store.write(|conn| upload::store(conn, &png, Some((600, 20)), clock::now())).unwrap();
        let picture = Picture { content, kind, bytes: png.len() as u64, width: 600 };
        let tried = || store.read(|conn| files::tried_widths(conn, content)).unwrap();
        let number = |number: &str| {
            let set = format!("UPDATE content_parts SET number = {number}");
            store.write(|conn| Ok(sql_query(&set).execute(conn)?)).unwrap();
        };
        number("number + 1");
        make(&store, &picture).unwrap_err();
        assert!(tried().is_empty());
        number("number - 1");
        make(&store, &picture).unwrap();
        assert_eq!(tried(), [480]);
    }
}
