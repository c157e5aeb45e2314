//! What a change does to who reads which pages: asked of the database, which makes the change and takes it back.

use domain::{access, page::PageId};
use serde::Serialize;
use store::{
    Conn, drafts,
    pages::{self, Effect, Touched},
};

use crate::{App, auth::extract::Editor, clock, http::error::Error};

/// How many effects are told one by one.
const MOST: usize = 20;

/// What a change does to the readers of a page, as a row.
#[derive(Serialize)]
pub(super) struct EffectRow {
    title: String,
    path: String,
    gained: String,
    lost: String,
}

/// What a change does, the first pages of it.
#[derive(Default, Serialize)]
pub(super) struct Effects {
    rows: Vec<EffectRow>,
    more: usize,
}

impl Effects {
    /// Of all effects, those that are told.
    pub(super) fn new(effects: Vec<Effect>) -> Effects {
        let more = effects.len().saturating_sub(MOST);
        let row = |effect: Effect| EffectRow {
            title: effect.title,
            path: effect.path.to_string(),
            gained: effect.gained.unwrap_or_default(),
            lost: effect.lost.unwrap_or_default(),
        };
        Effects { rows: effects.into_iter().take(MOST).map(row).collect(), more }
    }

    /// Whether nobody's reading changes.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// What a change would do to the readers of the pages that it may touch.
///
/// # Errors
/// What the change says; 503 if the database does not answer.
pub(super) async fn effects_of(
    app: &App,
    editor: &Editor,
    touched: Touched,
    change: impl FnOnce(&mut Conn, &access::Editor) -> store::Result<()> + Send + 'static,
) -> Result<Effects, Error> {
    let proof = editor.proof();
    let rehearsal = move |conn: &mut Conn| pages::effect(conn, &proof, &touched, |conn| change(conn, &proof));
    Ok(Effects::new(app.db.rehearse(rehearsal).await??))
}

/// What moving pages to the trash would do to who reads those that inherit from them.
pub(super) async fn effects_of_deleting(app: &App, editor: &Editor, ids: Vec<PageId>) -> Result<Effects, Error> {
    let touched = below(app, editor, &ids).await?;
    effects_of(app, editor, touched, move |conn, proof| pages::delete(conn, proof, &ids, clock::now()).map(drop)).await
}

/// What taking pages off the site would do to who reads those that inherit from them.
pub(super) async fn effects_of_unpublishing(app: &App, editor: &Editor, ids: Vec<PageId>) -> Result<Effects, Error> {
    let touched = below(app, editor, &ids).await?;
    effects_of(app, editor, touched, move |conn, proof| drafts::unpublish(conn, proof, &ids, clock::now()).map(drop))
        .await
}

async fn below(app: &App, editor: &Editor, ids: &[PageId]) -> Result<Touched, Error> {
    let (proof, ids) = (editor.proof(), ids.to_vec());
    let rows = app.db.read(move |conn| pages::some(conn, &proof, &ids)).await?;
    Ok(Touched::Below(rows.into_iter().map(|row| row.path).collect()))
}
