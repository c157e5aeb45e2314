//! The menu that every page for readers shows, as its visitor sees it.

use std::sync::Arc;

use domain::access::Visitor;
use store::{
    lists::VisiblePages,
    navigation::{self, VisibleMenu},
};

use crate::{App, clock, http::error::Error};

/// The menu of a visitor: from the cache, or from the database. An answer that shows it must have taken its fill token
/// before, and expires with the menu.
///
/// # Errors
/// As every query.
pub async fn of(app: &App, visitor: &Visitor) -> Result<Arc<VisibleMenu>, Error> {
    let menus = &app.db.cache().menus;
    if let Some(menu) = menus.get(visitor) {
        return Ok(menu);
    }
    let token = menus.fill_token(visitor);
    let visitor = visitor.clone();
    let read = move |conn: &mut store::Conn| navigation::menu(conn, &VisiblePages::readable(&visitor, clock::now()));
    let menu = Arc::new(app.db.read(read).await?);
    menus.insert(token, menu.clone());
    Ok(menu)
}
