//! Restoring a page from the trash, with its history and its old paths.

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{
    access::Editor,
    audience::Audience,
    audit::Action,
    draft::FormId,
    effective_access::EffectiveAccess,
    page::{Dates, PageId, PagePath},
};

use super::{
    access_columns,
    affected::{Affected, DateEffect, Edit, OwnAccess},
    audit,
    change::{Change, Outcome, Run},
    old_paths,
    plan::Plan,
    revisions::Record,
};
use crate::{
    Conn, Error, Result, access,
    columns::{self, CONTENT, dates_of},
    page_row, reader_keys,
    schema::trash,
};

/// Restores a page from the trash at a path.
#[derive(Clone, Debug)]
pub struct Restore {
    /// The page.
    pub page: PageId,
    /// The path at which it will live.
    pub path: PagePath,
}

struct Trashed {
    title: String,
    audience: Audience,
    /// The access when the page left the site; `None` if readers did not have it then.
    was: Option<EffectiveAccess>,
    dates: Dates,
}

type TrashedContent = (String, String, NaiveDateTime, Option<NaiveDateTime>);
type TrashedAccess = (bool, Option<i64>, NaiveDateTime);

impl Restore {
    fn trashed(&self, conn: &mut Conn) -> Result<Option<Trashed>> {
        let of_page = (trash::title, trash::audience, trash::published_at, trash::unpublish_at);
        let of_deletion = (trash::private, trash::readers_from, trash::deleted_at);
        let row: Option<(TrashedContent, TrashedAccess)> =
            trash::table.find(self.page.0).select((of_page, of_deletion)).first(conn).optional()?;
        let Some(((title, word, published_at, unpublish_at), (private, readers_from, deleted_at))) = row else {
            return Ok(None);
        };
        let dates = dates_of(published_at, unpublish_at);
        let was = EffectiveAccess::from_columns(private, readers_from);
        let was = Some(was).filter(|_| dates.is_published(deleted_at.and_utc()));
        let audience = access::stated_audience(conn, self.page, &word)?;
        Ok(Some(Trashed { title, audience, was, dates }))
    }
}

impl Change for Restore {
    fn affected(&self, conn: &mut Conn, _: &Editor) -> Result<Affected> {
        let Some(Trashed { title, audience, was, dates }) = self.trashed(conn)? else {
            return Ok(Affected::default());
        };
        let to = Some((self.path.clone(), OwnAccess::of(conn, &audience)?));
        let dates = if dates.has_ended(columns::now(conn)?) { DateEffect::Ended } else { DateEffect::None };
        Ok(Affected::pages(vec![Edit { was, dates, ..Edit::new(self.page, title, None, to) }]))
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let Some(Trashed { audience, .. }) = self.trashed(conn)? else { return Ok(Outcome::Count(0)) };
        let (access, closed) = access_columns::CLOSED;
        let query = format!(
            "INSERT INTO pages (id, path, created_at, updated_at, version, {access}, {CONTENT})
             SELECT id, $1, created_at, $2, version + 1, {closed}, {CONTENT} FROM trash WHERE id = $3"
        );
        sql_query(query)
            .bind::<Text, _>(self.path.as_str())
            .bind::<SqlTimestamp, _>(run.now.naive_utc())
            .bind::<BigInt, _>(self.page.0)
            .execute(conn)?;
        diesel::delete(trash::table.find(self.page.0)).execute(conn)?;
        let effective = plan.after(self.page).unwrap_or(EffectiveAccess::ChosenBy(self.page));
        access_columns::write(conn, &[self.page], Some(&audience), effective, None)?;
        plan.write_inherited(conn, &[self.page])?;
        old_paths::take(conn, &self.path)?;
        let readers = reader_keys::keep_audience(conn, &audience)?;
        let detail = "restored from the trash";
        Record { by: run.by, note: None, form: FormId::default(), detail, readers: &readers, now: run.now }
            .add(conn, &[self.page])?;
        audit::page(conn, run.by, Action::Restored, &self.path, String::new(), run.now)?;
        let version = page_row::version(conn, self.page)?.ok_or(Error::Stale)?;
        Ok(Outcome::Page { id: self.page, version, is_new: true })
    }
}
