//! The groups of a user, as a part of the user's page with a form of its own, and what the user can read.

use std::collections::BTreeSet;

use domain::{
    group::{GroupId, GroupName},
    invalid::Invalid,
    user::{User, UserId},
    visitor::{Member, Visitor},
};
use serde::{Deserialize, Serialize};
use store::{
    Conn, groups,
    lists::{self, Reason, VisiblePages},
    sections::{self, COUNTED_PAGES, TopSection},
    writing::{AccessDiff, ChangeMemberships, Command},
};

use crate::{
    App,
    admin::{access_preview::consent, access_question::AccessQuestion, sections::USERS, view_as},
    auth::extract::Admin,
    clock,
    http::{error::Error, view::Link},
};

/// The maximum number of groups that the form shows as checkboxes; for others it has a field.
const MAX_TICKS: u32 = 30;

/// The maximum number of groups of a user for which the readable pages are counted.
const MAX_REASONS: usize = 20;

/// The groups of a user as checkboxes.
#[derive(Serialize)]
pub(super) struct Memberships {
    action: String,
    back: String,
    question: Option<AccessQuestion>,
    ticks: Vec<Tick>,
    /// The groups that the user was in when the form was opened.
    had: Vec<String>,
    /// Whether there are other groups.
    more: bool,
    /// The name of a group that does not exist.
    other: String,
    readable: Option<Readable>,
}

#[derive(Serialize)]
struct Tick {
    name: String,
    chosen: bool,
}

/// What a user can read.
#[derive(Serialize)]
struct Readable {
    words: String,
    /// The reasons, for pages with chosen readers: `2 through the group Staff`.
    reasons: Vec<String>,
    /// The first segments with pages of the user, each with their number.
    sections: Vec<Link>,
    list_href: String,
    view_href: String,
}

/// The fields of the form: the groups that it chooses, and those that it showed as chosen.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct MembershipForm {
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    had: Vec<String>,
    /// The fingerprint of the effect on access that the user confirmed.
    #[serde(default)]
    agreed: String,
    #[serde(default)]
    pub(super) back: String,
}

impl MembershipForm {
    fn parsed(names: &[String]) -> Vec<GroupName> {
        names.iter().filter_map(|name| GroupName::parse(name).ok()).collect()
    }

    /// The names that are in the first list and not in the second.
    fn without(names: &[String], others: &[String]) -> Vec<GroupName> {
        let others: BTreeSet<GroupName> = MembershipForm::parsed(others).into_iter().collect();
        MembershipForm::parsed(names).into_iter().filter(|name| !others.contains(name)).collect()
    }

    /// The command that gives a user the groups that are ticked. It leaves memberships alone that somebody else changed
    /// since the form was opened.
    ///
    /// # Errors
    /// In the inner result, a message for `groups` with the name of a group that does not exist.
    async fn command(
        &self,
        app: &App,
        admin: &Admin,
        user: UserId,
    ) -> Result<Result<ChangeMemberships, Invalid>, Error> {
        let (join, leave) =
            (MembershipForm::without(&self.groups, &self.had), MembershipForm::without(&self.had, &self.groups));
        let (proof, names) = (admin.proof(), (join.clone(), leave));
        let find = move |conn: &mut Conn| {
            Ok((groups::with_names(conn, &proof, &names.0)?, groups::with_names(conn, &proof, &names.1)?))
        };
        let (joined, left) = app.db.read(find).await?;
        if let Some(unknown) = join.iter().find(|name| joined.iter().all(|(_, known)| known != *name)) {
            return Ok(Err(Invalid::one("groups", format!("There is no group {unknown}."))));
        }
        let keys = |groups: Vec<(GroupId, GroupName)>| groups.into_iter().map(|(id, _)| id).collect();
        Ok(Ok(ChangeMemberships::new(&admin.proof(), user, keys(joined), keys(left))))
    }
}

impl Memberships {
    /// The groups for a new user, who is in those that were chosen; perhaps with a question about them.
    pub(super) async fn of_new(
        app: &App,
        admin: &Admin,
        chosen: &[String],
        question: Option<AccessQuestion>,
    ) -> Result<Memberships, Error> {
        let (proof, names) = (admin.proof(), MembershipForm::parsed(chosen));
        let read = move |conn: &mut Conn| {
            let (first, more) = groups::first(conn, &proof, MAX_TICKS)?;
            Ok((first, more, groups::with_names(conn, &proof, &names)?))
        };
        let (first, more, typed) = app.db.read(read).await?;
        let known = first.into_iter().chain(typed).map(|(_, name)| name.to_string());
        let (ticks, other) = ticks(known.collect(), chosen);
        let (action, back, had) = (String::new(), String::new(), Vec::new());
        Ok(Memberships { action, back, question, ticks, had, more, other, readable: None })
    }

    /// The groups of a user; `chosen` are those that were typed, if any were.
    pub(super) async fn load(
        app: &App,
        admin: &Admin,
        user: &User,
        chosen: Option<MembershipForm>,
        back: &str,
    ) -> Result<Memberships, Error> {
        let (proof, member, now) = (admin.proof(), Member::of(user), clock::now());
        let names = chosen.as_ref().map(|chosen| MembershipForm::parsed(&chosen.groups)).unwrap_or_default();
        let read = move |conn: &mut Conn| {
            let (first, more) = groups::first(conn, &proof, MAX_TICKS)?;
            let own = groups::of_user(conn, &proof, member.id)?;
            let typed = groups::with_names(conn, &proof, &names)?;
            let readable = match member.role.may_edit() {
                true => None,
                false => {
                    let by_name = lists::count(conn, &VisiblePages::because(Reason::Name(member.id), now))?;
                    let mut reasons = vec![(by_name, "by name".to_owned())];
                    for (group, name) in own.iter().take(MAX_REASONS) {
                        let count = lists::count(conn, &VisiblePages::because(Reason::Group(*group), now))?;
                        reasons.push((count, format!("through the group {name}")));
                    }
                    let visible = VisiblePages::readable(&Visitor::SignedIn(member), now);
                    Some((lists::count(conn, &visible)?, reasons, sections::top(conn, &visible)?))
                }
            };
            Ok((first, more, own, typed, readable))
        };
        let (first, more, own, typed, readable) = app.db.read(read).await?;
        let own: Vec<String> = own.into_iter().map(|(_, name)| name.to_string()).collect();
        let MembershipForm { groups, had, .. } = chosen.unwrap_or_else(|| MembershipForm {
            groups: own.clone(),
            had: own.clone(),
            ..MembershipForm::default()
        });
        let known = first.into_iter().chain(typed).map(|(_, name)| name.to_string());
        let (ticks, other) = ticks(known.chain(own).collect(), &groups);
        let view = view_as::address_of(user.name.as_str());
        let words = match &readable {
            None => "Can read all pages".to_owned(),
            Some((count, ..)) if *count == 1 => "Can read 1 page".to_owned(),
            Some((count, ..)) => format!("Can read {count} pages"),
        };
        let (reasons, sections) = readable.map(|(_, reasons, sections)| (reasons, sections)).unwrap_or_default();
        let reasons = reasons.into_iter().filter(|(count, _)| *count != 0);
        let reasons = reasons.map(|(count, why)| format!("{count} {why}")).collect();
        let section = |top: TopSection| {
            let pages = if top.pages == COUNTED_PAGES { format!("{COUNTED_PAGES}+") } else { top.pages.to_string() };
            Link::new(format!("{view}/sitemap{}", top.path.href()), format!("{} ({pages})", top.path.href()))
        };
        let sections = sections.into_iter().map(section).collect();
        let readable =
            Readable { words, reasons, sections, list_href: format!("{view}/sitemap"), view_href: format!("{view}/") };
        Ok(Memberships {
            action: format!("{}/groups", USERS.form_href(user.id.0)),
            back: back.to_owned(),
            question: None,
            other,
            ticks,
            had,
            more,
            readable: user.is_active_at(clock::now()).then_some(readable),
        })
    }
}

/// The checkboxes of a form, and a typed name that is none of them.
fn ticks(known: BTreeSet<String>, chosen: &[String]) -> (Vec<Tick>, String) {
    let other = chosen.iter().find(|name| !name.trim().is_empty() && !known.contains(name.trim()));
    let other = other.cloned().unwrap_or_default();
    let tick = |name: String| Tick { chosen: chosen.iter().any(|typed| typed.trim() == name), name };
    (known.into_iter().map(tick).collect(), other)
}

/// Sets the groups of a user to those that are ticked. `None` when that is done; otherwise the form with its question
/// or its messages.
pub(super) async fn set(
    app: &App,
    admin: &Admin,
    user: &User,
    chosen: MembershipForm,
) -> Result<Option<(Memberships, Invalid)>, Error> {
    let refused = async |question: Option<AccessQuestion>, invalid: Invalid| {
        let shown = Memberships::load(app, admin, user, Some(chosen.clone()), &chosen.back).await?;
        Ok(Some((Memberships { question, ..shown }, invalid)))
    };
    let command = match chosen.command(app, admin, user.id).await? {
        Ok(command) => Command::ChangeMemberships(command),
        Err(invalid) => return refused(None, invalid).await,
    };
    let by = admin.proof().editor().clone();
    let ask = |diff: &AccessDiff| Some(AccessQuestion::new(diff, None, "Save and", "save"));
    let diff = app.db.preview(by.clone(), command.clone()).await??;
    if diff.needs_consent() && chosen.agreed != diff.fingerprint().as_str() {
        return refused(ask(&diff), Invalid::default()).await;
    }
    match app.db.run(by.clone(), command.clone(), consent(&chosen.agreed)).await? {
        Ok(_) => Ok(None),
        Err(store::Error::Unconfirmed) => {
            let diff = app.db.preview(by, command).await??;
            refused(ask(&diff), Invalid::default()).await
        }
        Err(error) => Err(error.into()),
    }
}
