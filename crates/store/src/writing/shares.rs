//! Making and ending shares. Each adds its audit entry, which names the page and the label and never the secret.

use diesel::prelude::*;
use domain::{
    Timestamp,
    access::{Access, Editor, Visitor},
    audit::{Action, Entry, Subject, share_words},
    draft::FormId,
    keys::KeyKind,
    page::{PageId, PagePath},
    secret::SecretHash,
    share::{NewShare, Share, ShareId, Sharers, Shows},
    user::{Role, UserId},
};

use super::{audit, present::require_present};
use crate::{
    Conn, Error, Result, id,
    in_circulation::in_circulation,
    pages,
    schema::{drafts, shares},
    shares::get_many,
};

/// Makes a share that is found by a secret; the number of the form becomes its key.
///
/// # Errors
/// [`Error::Stale`] when the same form made one before; [`Error::NotAllowed`] when the acting account was disabled or lost its
/// role; [`Error::Refused`] when the site does not let it make shares, when there is no such page or draft, and for a page that
/// everyone may read.
pub fn make(
    conn: &mut Conn,
    by: &Editor,
    form: FormId,
    new: &NewShare,
    secret: &SecretHash,
    now: Timestamp,
) -> Result<ShareId> {
    require_present(conn, by)?;
    check_setting(conn, by)?;
    let id = ShareId(id::of_form(form)?);
    if !get_many(conn, by, &[id])?.is_empty() {
        return Err(Error::Stale);
    }
    let path = shareable(conn, new, now)?;
    diesel::insert_into(shares::table)
        .values((
            shares::id.eq(id.0),
            shares::page_id.eq(new.page.0),
            shares::secret_hash.eq(secret.to_hex()),
            shares::label.eq(&new.label),
            shares::shows.eq(new.shows.as_str()),
            shares::made_at.eq(now.naive_utc()),
            shares::made_by.eq(by.actor()),
            shares::user_id.eq(by.user().map(|user| user.0)),
            shares::ends_at.eq(new.ends_at.naive_utc()),
        ))
        .execute(conn)?;
    let detail = share_words(&new.label, new.shows, new.ends_at);
    record(conn, by, Action::Created, path.as_ref(), detail, now)?;
    Ok(id)
}

fn check_setting(conn: &mut Conn, by: &Editor) -> Result<()> {
    let sharers = crate::site::get(conn)?.sharers;
    let role = if by.is_admin() { Role::Admin } else { Role::Editor };
    match sharers {
        _ if sharers.include(role) => Ok(()),
        Sharers::Nobody => Err(Error::Refused("The settings of this site let nobody share pages by a link.".into())),
        _ => Err(Error::Refused("The settings of this site let only administrators share pages by a link.".into())),
    }
}

/// The path of the page or of the draft that is shared.
fn shareable(conn: &mut Conn, new: &NewShare, now: Timestamp) -> Result<Option<PagePath>> {
    let page = pages::outline(conn, new.page)?;
    if new.shows == Shows::Draft {
        let drafted: Option<Option<String>> =
            drafts::table.find(new.page.0).select(drafts::path).first(conn).optional()?;
        let drafted = drafted.ok_or_else(|| Error::Refused("This page has no draft to share.".into()))?;
        let typed = drafted.and_then(|path| PagePath::parse(&path).ok());
        return Ok(page.map(|page| page.path).or(typed));
    }
    let page = page.ok_or_else(|| Error::Refused("This page is not published. Share its draft.".into()))?;
    match page.outline.decide(&page.path, &Visitor::Anonymous, now) {
        Some(Access::Show) => Err(Error::Refused("Everyone can read this page. Send its address.".into())),
        _ => Ok(Some(page.path)),
    }
}

/// Ends shares; returns the number of those that were open.
///
/// # Errors
/// [`Error::NotAllowed`] when the acting account was disabled or lost its role.
pub fn end(conn: &mut Conn, by: &Editor, ids: &[ShareId], now: Timestamp) -> Result<usize> {
    require_present(conn, by)?;
    end_checked(conn, by, ids, now)
}

/// Ends shares in a change whose account was checked before: it may have disabled that account itself.
pub(super) fn end_checked(conn: &mut Conn, by: &Editor, ids: &[ShareId], now: Timestamp) -> Result<usize> {
    let mut ended = 0;
    for share in get_many(conn, by, ids)?.iter().filter(|share| share.is_in_circulation(now)) {
        let changed = diesel::update(shares::table.find(share.id.0).filter(shares::ended_at.is_null()))
            .set(shares::ended_at.eq(now.naive_utc()))
            .execute(conn)?;
        if changed > 0 {
            let path = pages::outline(conn, share.page)?.map(|page| page.path);
            let detail = share_words(&share.label, share.shows, share.ends_at);
            record(conn, by, Action::Ended, path.as_ref(), detail, now)?;
        }
        ended += changed;
    }
    Ok(ended)
}

/// Ends the shares that an account made and that open something, without an audit entry; returns their number, and the first
/// `named` of them as `“Acme review” of /clients/acme`.
pub(super) fn end_made_by(conn: &mut Conn, user: UserId, named: usize, now: Timestamp) -> Result<(usize, Vec<String>)> {
    let made = || {
        let own = shares::table.filter(shares::user_id.eq(user.0));
        own.filter(in_circulation(KeyKind::Share, now.naive_utc()))
    };
    let found: Vec<(String, i64)> = made()
        .order((shares::made_at.desc(), shares::id.asc()))
        .limit(named as i64)
        .select((shares::label, shares::page_id))
        .load(conn)?;
    let mut names = Vec::new();
    for (label, page) in found {
        let path = pages::outline(conn, PageId(page))?.map(|page| format!(" of {}", page.path.href()));
        names.push(format!("“{label}”{}", path.unwrap_or_default()));
    }
    let ended = diesel::update(made()).set(shares::ended_at.eq(now.naive_utc())).execute(conn)?;
    Ok((ended, names))
}

/// Records that a share was opened, unless that was recorded within the last minute.
pub fn record_opening(conn: &mut Conn, share: ShareId, now: Timestamp) -> Result<()> {
    let before = (now - Share::RECORD_INTERVAL).naive_utc();
    let is_due = shares::opened_at.is_null().or(shares::opened_at.le(before));
    diesel::update(shares::table.find(share.0).filter(is_due))
        .set(shares::opened_at.eq(now.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// Deletes the shares of a page that is purged.
pub(super) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(shares::table.filter(shares::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}

fn record(
    conn: &mut Conn,
    by: &Editor,
    action: Action,
    path: Option<&PagePath>,
    detail: String,
    now: Timestamp,
) -> Result<()> {
    let (actor, name) = (by.actor().to_owned(), path.map(PagePath::href).unwrap_or_default());
    audit::insert(conn, &Entry { at: now, actor, action, subject: Subject::Share, name, detail })
}
