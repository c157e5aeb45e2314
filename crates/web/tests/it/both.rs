//! Sites over each kind of database.

use crate::{postgres::Database, site::Site};

/// Runs a test on a site over each kind of database.
pub async fn on_both(test: impl AsyncFn(&Site)) {
    test(&Site::new()).await;
    if let Some(database) = Database::create("site") {
        test(&Site::at(&database.url())).await;
    }
}
