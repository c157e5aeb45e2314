//! The columns of a page's content, as they are inserted and updated.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{Timestamp, Version, page::PageContent};

use crate::schema::pages;

/// Everything that an author writes except the audience, with the version and the moment of the save.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = pages)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Content<'a> {
    path: &'a str,
    title: &'a str,
    summary: &'a str,
    body: &'a str,
    show_title: bool,
    list_below: bool,
    published_at: NaiveDateTime,
    unpublish_at: Option<NaiveDateTime>,
    updated_at: NaiveDateTime,
    version: i64,
}

impl<'a> Content<'a> {
    pub(super) fn new(content: &'a PageContent, version: Version, now: Timestamp) -> Content<'a> {
        Content {
            path: content.path.as_str(),
            title: &content.title,
            summary: &content.summary,
            body: &content.body,
            show_title: content.show_title,
            list_below: content.list_below,
            published_at: content.published_at.naive_utc(),
            unpublish_at: content.unpublish_at.map(|end| end.naive_utc()),
            updated_at: now.naive_utc(),
            version: version.0,
        }
    }
}
