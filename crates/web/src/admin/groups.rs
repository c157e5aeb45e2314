//! Groups in the panel: the list, the form, and deletion. The form and the deletion show their effect on access first.

use std::{collections::BTreeSet, sync::Arc};

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    group::{Group, GroupContent, GroupId, GroupInput},
    invalid::Invalid,
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::{
    groups::{self, GroupOutline, GroupRow},
    writing::{self, AccessDiff, AddGroup, Command, Consent, DeleteGroup, UpdateGroup},
};

use super::{
    access_preview::{AccessPreview, consent},
    access_question::AccessQuestion,
    flash::Flash,
    panel::Panel,
    request::{SubmitAction, id},
    sections::GROUPS,
    table::Pager,
};
use crate::{
    App,
    auth::extract::Admin,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::{Form, TextForm},
        query::QueryString,
        view::Errors,
    },
};

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    query: String,
    rows: Vec<Row>,
    #[serde(flatten)]
    pager: Pager,
}

#[derive(Serialize)]
struct Row {
    name: String,
    href: String,
    members: u64,
    pages: u64,
}

impl From<GroupRow> for Row {
    fn from(row: GroupRow) -> Row {
        let GroupRow { id, name, members, pages } = row;
        Row { name: name.to_string(), href: GROUPS.form_href(id.0), members, pages }
    }
}

/// GET `/admin/groups`.
pub async fn list(app: Data<App>, admin: Admin, query: QueryString) -> Result<Outcome, Error> {
    let state = GROUPS.state(&query);
    let (proof, window, text) = (admin.proof(), state.window(), state.get("q").to_owned());
    let (site, table) = app.db.list_with_site(move |conn| groups::list(conn, &proof, &text, window)).await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }
    let page = ListPage {
        panel: Panel::new(&site, admin.account(), "groups", "People", &GROUPS.above()).with_message(&query),
        query: state.get("q").to_owned(),
        pager: state.pager(&table),
        rows: table.rows.into_iter().map(Row::from).collect(),
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/groups/list.html", &page)?)))
}

/// The maximum number of members for which the form has all of them in one field.
const MAX_IN_FIELD: u32 = 1_000;
/// The number of members that the form of a larger group names.
const MAX_NAMED: u32 = 50;

/// The fields of the form as they were typed.
#[derive(Default, Deserialize, Serialize)]
pub struct Fields {
    #[serde(default)]
    name: String,
    /// All members; `None` in the form of a large group, which adds and removes some.
    #[serde(default)]
    members: Option<String>,
    #[serde(default)]
    add: String,
    #[serde(default)]
    remove: String,
    #[serde(default)]
    version: i64,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default)]
    agreed: String,
    /// The button that was pressed before the question about access; its action is done once `agreed` is sent.
    #[serde(default, skip_serializing)]
    asked: Option<SubmitAction>,
    #[serde(default, skip_serializing)]
    then: SubmitAction,
}

impl Fields {
    fn of(group: &GroupOutline) -> Fields {
        let GroupOutline { name, named, .. } = group.clone();
        let GroupInput { name, members } = GroupInput::of(&GroupContent { name, members: named });
        let members = (group.members <= u64::from(MAX_IN_FIELD)).then_some(members);
        Fields { name, members, version: group.version.0, ..Fields::default() }
    }

    /// The checked content; without a field for all members, that of the group with the changes.
    fn check(&self, group: Option<&Group>) -> Result<GroupContent, Invalid> {
        let input = |members: &str| GroupInput { name: self.name.clone(), members: members.to_owned() }.check();
        let Some(group) = group.filter(|_| self.members.is_none()) else {
            return input(self.members.as_deref().unwrap_or_default());
        };
        let GroupContent { name, members: added } = input(&self.add)?;
        let removed: BTreeSet<_> = input(&self.remove)?.members.into_iter().collect();
        let members: BTreeSet<_> = group.content.members.iter().cloned().chain(added).collect();
        Ok(GroupContent { name, members: members.into_iter().filter(|name| !removed.contains(name)).collect() })
    }
}

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    panel: Panel,
    is_new: bool,
    action: String,
    fields: Fields,
    /// The number of members and some of their names, for a form that does not have all of them.
    member_count: u64,
    some_members: String,
    question: Option<AccessQuestion>,
    errors: Errors,
    list_href: &'static str,
    delete_href: String,
}

/// A form for a new group, or for an existing one.
struct Editing<'a> {
    app: &'a App,
    admin: &'a Admin,
    site: &'a Site,
    group: Option<&'a GroupOutline>,
}

impl Editing<'_> {
    fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, None, invalid, query)
    }

    /// The form with the effect on access that it asks to confirm.
    fn ask(&self, fields: Fields, diff: &AccessDiff) -> Result<Outcome, Error> {
        let question = AccessQuestion::new(diff, None, "Save and", fields.then.word());
        let form = self.form_with(fields, Some(question), &Invalid::default(), &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }

    fn form_with(
        &self,
        fields: Fields,
        question: Option<AccessQuestion>,
        invalid: &Invalid,
        query: &QueryString,
    ) -> Result<Answer, Error> {
        let title = self.group.map_or("New group".into(), |group| group.name.to_string());
        let page = FormPage {
            panel: Panel::new(self.site, self.admin.account(), "groups", title, &GROUPS.trail("")).with_message(query),
            is_new: self.group.is_none(),
            action: self.group.map_or(GROUPS.list.into(), |group| GROUPS.form_href(group.id.0)),
            member_count: self.group.map_or(0, |group| group.members),
            some_members: self.group.filter(|_| fields.members.is_none()).map_or(String::new(), some_members),
            fields,
            question,
            errors: Errors::of(invalid),
            list_href: GROUPS.list,
            delete_href: self.group.map_or(String::new(), |group| GROUPS.href(group.id.0, "/delete", "")),
        };
        Ok(Answer::panel(self.app.view.render("admin/groups/form.html", &page)?))
    }

    fn refused(&self, fields: Fields, invalid: &Invalid, status: StatusCode) -> Result<Outcome, Error> {
        Ok(Outcome::Page(self.form(fields, invalid, &QueryString::default())?.with_status(status)))
    }

    /// The form with the reason why the store refused it.
    fn failed(&self, fields: Fields, error: store::Error) -> Result<Outcome, Error> {
        let invalid = match error {
            store::Error::Duplicate => Invalid::one("name", "A group with this name already exists."),
            store::Error::Confusing(words) => Invalid::one("name", words),
            store::Error::Refused(words) => Invalid::one("members", words),
            error => return Err(error.into()),
        };
        self.refused(fields, &invalid, StatusCode::UNPROCESSABLE_ENTITY)
    }
}

/// Some members of a group.
fn some_members(group: &GroupOutline) -> String {
    let names: Vec<&str> = group.named.iter().take(MAX_NAMED as usize).map(|name| name.as_str()).collect();
    names.join(", ")
}

/// GET `/admin/groups/new`.
pub async fn new(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let site = app.db.site().await;
    let editing = Editing { app: &app, admin: &admin, site: &site, group: None };
    let fields = Fields { members: Some(String::new()), ..Fields::default() };
    editing.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/groups`.
pub async fn create(app: Data<App>, admin: Admin, TextForm(fields): TextForm<Fields>) -> Result<Outcome, Error> {
    let site = app.db.site().await;
    let editing = Editing { app: &app, admin: &admin, site: &site, group: None };
    let content = match fields.check(None) {
        Ok(content) => content,
        Err(invalid) => return editing.refused(fields, &invalid, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let command = Command::AddGroup(AddGroup::new(&admin.proof(), content));
    match app.db.run(admin.proof().editor().clone(), command, Consent::Stated).await? {
        Ok(writing::Outcome::Group(group)) => Ok(after(Flash::Created, group, fields.then)),
        Ok(_) => Err(Error::NotFound),
        Err(error) => editing.failed(fields, error),
    }
}

fn after(flash: Flash, id: GroupId, then: SubmitAction) -> Outcome {
    Outcome::Redirect(match then {
        SubmitAction::Save => flash.at(GROUPS.list, "", None),
        SubmitAction::Continue => flash.at(&GROUPS.form_href(id.0), "", None),
        SubmitAction::Another => flash.at(&format!("{}/new", GROUPS.list), "", None),
    })
}

/// What the form of a group shows, or 404.
async fn outline(app: &App, admin: &Admin, id: GroupId) -> Result<(Arc<Site>, GroupOutline), Error> {
    let proof = admin.proof();
    let read = move |conn: &mut store::Conn| groups::outline(conn, &proof, id, MAX_IN_FIELD, MAX_NAMED);
    let (site, group) = app.db.read_with_site(read).await?;
    Ok((site, group.ok_or(Error::NotFound)?))
}

/// The group of a request with all its members, or 404.
async fn load(app: &App, admin: &Admin, id: GroupId) -> Result<(Arc<Site>, Group), Error> {
    let proof = admin.proof();
    let (site, group) = app.db.read_with_site(move |conn| groups::get(conn, &proof, id)).await?;
    Ok((site, group.ok_or(Error::NotFound)?))
}

/// GET `/admin/groups/{id}`.
pub async fn edit(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, group) = outline(&app, &admin, GroupId(id(&request)?)).await?;
    let editing = Editing { app: &app, admin: &admin, site: &site, group: Some(&group) };
    editing.form(Fields::of(&group), &Invalid::default(), &query)
}

/// POST `/admin/groups/{id}`; 409 with the typed fields when somebody else saved first.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    TextForm(mut fields): TextForm<Fields>,
) -> Result<Outcome, Error> {
    let id = GroupId(id(&request)?);
    if let Some(asked) = fields.asked.filter(|_| !fields.agreed.is_empty()) {
        fields.then = asked;
    }
    let (site, group) = load(&app, &admin, id).await?;
    let shown = GroupOutline::from(&group);
    let editing = Editing { app: &app, admin: &admin, site: &site, group: Some(&shown) };
    let content = match fields.check(Some(&group)) {
        Ok(content) => content,
        Err(invalid) => return editing.refused(fields, &invalid, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let command = Command::UpdateGroup(UpdateGroup::new(&admin.proof(), id, Version(fields.version), content));
    // The command reports the error that the preview found.
    if let Ok(diff) = app.db.preview(admin.proof().editor().clone(), command.clone()).await?
        && diff.needs_consent()
        && fields.agreed != diff.fingerprint().as_str()
    {
        return editing.ask(fields, &diff);
    }
    match app.db.run(admin.proof().editor().clone(), command.clone(), consent(&fields.agreed)).await? {
        Ok(_) => Ok(after(Flash::Saved, id, fields.then)),
        Err(store::Error::Unconfirmed) => {
            editing.ask(fields, &app.db.preview(admin.proof().editor().clone(), command).await??)
        }
        Err(store::Error::Stale) => {
            let (_, theirs) = outline(&app, &admin, id).await?;
            fields.version = theirs.version.0;
            let (name, most) = (&theirs.name, u64::from(MAX_NAMED));
            let named = match theirs.members {
                0 => "nobody".to_owned(),
                count if count > most => format!("{} and {} more", some_members(&theirs), count - most),
                _ => some_members(&theirs),
            };
            let words = format!(
                "Somebody else saved this group while you were editing, as {name} with the members {named}. Your version \
                 is below; saving it replaces theirs.",
            );
            editing.refused(fields, &Invalid::one("form", words), StatusCode::CONFLICT)
        }
        Err(error) => editing.failed(fields, error),
    }
}

#[derive(Serialize)]
struct DeletePage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    name: String,
    members: u64,
    access: AccessPreview,
    cancel_href: String,
}

/// GET `/admin/groups/{id}/delete`: asks for confirmation and shows the effect on access.
pub async fn confirm(request: HttpRequest, app: Data<App>, admin: Admin) -> Result<Answer, Error> {
    let (site, group) = outline(&app, &admin, GroupId(id(&request)?)).await?;
    let id = group.id;
    let command = Command::DeleteGroup(DeleteGroup::new(&admin.proof(), id));
    let diff = app.db.preview(admin.proof().editor().clone(), command).await??;
    let page = DeletePage {
        panel: Panel::new(
            &site,
            admin.account(),
            "groups",
            "Delete this group?",
            &GROUPS.trail_under(id.0, group.name.as_str(), ""),
        ),
        action: format!("{}/delete", GROUPS.form_href(id.0)),
        name: group.name.to_string(),
        members: group.members,
        access: AccessPreview::new(&diff),
        cancel_href: GROUPS.form_href(id.0),
    };
    Ok(Answer::panel(app.view.render("admin/groups/delete.html", &page)?))
}

/// A confirmation.
#[derive(Deserialize)]
pub struct Confirmed {}

/// POST `/admin/groups/{id}/delete`.
pub async fn delete(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(Confirmed {}): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let command = Command::DeleteGroup(DeleteGroup::new(&admin.proof(), GroupId(id(&request)?)));
    match app.db.run(admin.proof().editor().clone(), command, Consent::Stated).await?? {
        outcome if outcome.count() == 0 => Err(Error::NotFound),
        _ => Ok(Outcome::Redirect(Flash::Deleted.at(GROUPS.list, "", None))),
    }
}
