//! Loads the user that a request names.

use std::sync::Arc;

use domain::{
    site::Site,
    user::{User, UserId},
};
use store::users;

use crate::{App, auth::extract::Admin, http::error::Error};

/// The user of a request, or 404.
pub(super) async fn load(app: &App, admin: &Admin, id: UserId) -> Result<(Arc<Site>, User), Error> {
    let proof = admin.proof();
    let (site, user) = app.db.read_with_site(move |conn| users::get(conn, &proof, id)).await?;
    Ok((site, user.ok_or(Error::NotFound)?))
}
