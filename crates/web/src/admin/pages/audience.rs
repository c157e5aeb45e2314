//! Who reads a page, as its form shows and asks it: the choice, its words, and what a change of it does to other pages.

use domain::{
    Version,
    audience::{Audience, Chosen},
    invalid::Invalid,
    page::{Page, PageContent, PagePath},
    revision::Save,
};
use store::pages::{self, Touched};

use crate::{
    App,
    admin::effects::{Effects, effects_of},
    auth::extract::Editor,
    clock,
    http::error::Error,
};

/// What is wrong with an audience that names somebody who does not exist.
pub(super) async fn unknown(app: &App, audience: &Audience) -> Result<Option<Invalid>, Error> {
    let Some(chosen) = audience.chosen().cloned() else { return Ok(None) };
    let Chosen { people, groups } = app.db.read(move |conn| pages::missing(conn, &chosen)).await?;
    let mut invalid = Invalid::default();
    if let Some(person) = people.first() {
        invalid.add("people", format!("There is no user {person}."));
    }
    if let Some(group) = groups.first() {
        invalid.add("groups", format!("There is no group {group}."));
    }
    Ok((!invalid.is_empty()).then_some(invalid))
}

/// The change of readers that a save makes, as a form that agreed to it names it.
pub(super) fn what(content: &PageContent) -> String {
    format!("{}: {}", content.path, content.audience.words())
}

/// What a save of a page would do to who reads it and the pages below it; empty where it asks for no word beforehand:
/// where only the readers of the page itself were chosen anew.
pub(super) async fn effects(
    app: &App,
    editor: &Editor,
    page: &Page,
    from: Version,
    content: &PageContent,
    moves_below: bool,
) -> Result<Effects, Error> {
    let old = &page.content;
    let moved = old.path != content.path;
    if page.version != from
        || (!moved && (old.audience == content.audience || !has_below(app, editor, &old.path).await?))
    {
        return Ok(Effects::default());
    }
    let touched = Touched::Below(vec![old.path.clone(), content.path.clone()]);
    let (id, old, new) = (page.id, old.path.clone(), content.clone());
    let outcome = effects_of(app, editor, touched, move |conn, proof| {
        let now = clock::now();
        pages::update(conn, proof, id, from, Save { content: &new, note: None }, now)?;
        if moves_below {
            pages::move_section(conn, proof, &old, &new.path, now)?;
        }
        Ok(())
    });
    or_the_save_says(outcome.await)
}

/// What a page that comes would do to who reads the pages below it.
pub(super) async fn effects_of_new(app: &App, editor: &Editor, content: &PageContent) -> Result<Effects, Error> {
    if !has_below(app, editor, &content.path).await? {
        return Ok(Effects::default());
    }
    let (touched, new) = (Touched::Below(vec![content.path.clone()]), content.clone());
    let outcome =
        effects_of(app, editor, touched, move |conn, proof| pages::insert(conn, proof, &new, clock::now()).map(drop));
    or_the_save_says(outcome.await)
}

async fn has_below(app: &App, editor: &Editor, path: &PagePath) -> Result<bool, Error> {
    let (proof, path) = (editor.proof(), path.clone());
    Ok(app.db.read(move |conn| pages::below(conn, &proof, &path)).await? > 0)
}

/// What would be refused has no effect; the save itself says why.
fn or_the_save_says(outcome: Result<Effects, Error>) -> Result<Effects, Error> {
    match outcome {
        Err(Error::Conflict(_) | Error::Unprocessable(_)) => Ok(Effects::default()),
        outcome => outcome,
    }
}
