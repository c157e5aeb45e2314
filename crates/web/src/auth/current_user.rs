//! The current row of a user.

use std::sync::Arc;

use domain::user::Username;

use crate::{cache::users::CachedUser, db::Db, http::error::Error};

/// The current row of a user, from the cache or the database; none when no user has that name.
///
/// # Errors
/// When the database fails.
pub async fn current_user(db: &Db, name: &Username) -> Result<Option<Arc<CachedUser>>, Error> {
    match db.cache().users.get(name) {
        Some(cached) => Ok(Some(cached)),
        None => Box::pin(read_user(db, name)).await,
    }
}

async fn read_user(db: &Db, name: &Username) -> Result<Option<Arc<CachedUser>>, Error> {
    let users = &db.cache().users;
    let token = users.fill_token(name);
    let wanted = name.clone();
    let Some(user) = db.read(move |conn| store::users::find(conn, &wanted)).await? else { return Ok(None) };
    let cached = CachedUser::new(user);
    users.insert(token, cached.clone());
    Ok(Some(cached))
}
