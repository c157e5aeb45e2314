//! The current row of a user, and of an app password.

use std::sync::Arc;

use domain::{
    app_password::AppPassword,
    secret::SecretHash,
    user::{User, Username},
};

use crate::{
    cache::{app_passwords::CachedAppPassword, users::CachedUser},
    db::Db,
    http::error::Error,
};

/// The current row of a user, from the cache or the database; `None` if no user has that name.
///
/// # Errors
/// When the database fails.
pub async fn current_user(db: &Db, name: &Username) -> Result<Option<Arc<CachedUser>>, Error> {
    match db.cache().users.get(name) {
        Some(cached) => Ok(Some(cached.value)),
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

/// The current row of an app password of a user, from the cache or the database; `None` if the user has none with this
/// hash.
///
/// # Errors
/// When the database fails.
pub async fn current_app_password(
    db: &Db,
    name: &Username,
    hash: &SecretHash,
) -> Result<Option<Arc<CachedAppPassword>>, Error> {
    match db.cache().app_passwords.get(name, hash) {
        Some(cached) => Ok(Some(cached.value)),
        None => Box::pin(read_app_password(db, name, hash)).await,
    }
}

async fn read_app_password(
    db: &Db,
    name: &Username,
    hash: &SecretHash,
) -> Result<Option<Arc<CachedAppPassword>>, Error> {
    let passwords = &db.cache().app_passwords;
    let token = passwords.fill_token(name);
    let (wanted, secret) = (name.clone(), *hash);
    let found = db.read(move |conn| find_app_password(conn, &wanted, &secret)).await?;
    let Some((owner, password)) = found else { return Ok(None) };
    let cached = CachedAppPassword::new(owner, password);
    passwords.insert(token, secret, cached.clone());
    Ok(Some(cached))
}

/// The app password with a hash and its owner, if the owner has this name. An unknown hash takes one look-up, whatever
/// the name.
pub fn find_app_password(
    conn: &mut store::Conn,
    name: &Username,
    hash: &SecretHash,
) -> store::Result<Option<(User, AppPassword)>> {
    match store::app_passwords::find(conn, hash)? {
        Some((owner, password)) if owner == *name => Ok(store::users::find(conn, name)?.map(|owner| (owner, password))),
        _ => Ok(None),
    }
}
