//! The page of an account.

use std::sync::Arc;

use chrono::NaiveTime;
use domain::{
    app_password::{AppPassword, AppPasswordName, Lifetime},
    draft::FormId,
    invalid::Invalid,
    password::Password,
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::{
    Count,
    lists::{self, VisiblePages},
    navigation::VisibleMenu,
    sections::{self, COUNTED_PAGES, TopSection},
};

use crate::{
    App,
    auth::{extract::Reader, form_token},
    clock,
    http::{
        answer::Answer,
        error::Error,
        form::new_form_id,
        menu,
        view::{Errors, Frame, Link},
    },
    language::Language,
    markdown::{self, SafeHtml},
};

#[derive(Serialize)]
struct AccountPage {
    #[serde(flatten)]
    frame: Frame,
    form_token: String,
    errors: Errors,
    min_bytes: usize,
    /// Whom to ask for a new password, if the operator says so.
    contact_html: Option<SafeHtml>,
    /// The number of pages that the user can read.
    readable: String,
    /// Links to the top sections, each with the number of its pages that the user can read.
    sections: Vec<Link>,
    app_passwords: Section,
    /// The number of app passwords that a new password may end.
    app_passwords_count: usize,
}

/// What the page shows about app passwords in addition to the list.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) made: Option<Made>,
    pub(super) typed: Typed,
}

/// The section of the page.
#[derive(Serialize)]
struct Section {
    rows: Vec<Row>,
    made: Option<Made>,
    typed: Typed,
    /// The id of the form for a new one.
    form: i64,
    lifetimes: [u32; Lifetime::OFFERED.len()],
    max_name: usize,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    /// The address of the page that it opens, together with the pages below; empty for all pages.
    below: String,
    /// The day on which it ends; empty if it does not end.
    ends: String,
    /// Whether it has ended.
    is_over: bool,
    /// The day of its last use; empty before the first one.
    used: String,
}

/// A new app password, to show once.
#[derive(Serialize)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) secret: String,
    /// A command that prompts for the secret and uses it.
    pub(super) command: String,
}

/// The form of a new app password as it was typed.
#[derive(Clone, Deserialize, Serialize)]
pub struct Typed {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) below: String,
    #[serde(default)]
    pub(super) days: String,
    /// The id of the form; 0 without one.
    #[serde(default)]
    pub(super) form: i64,
}

impl Default for Typed {
    fn default() -> Typed {
        Typed { name: String::new(), below: String::new(), days: Lifetime::PROPOSED.to_string(), form: 0 }
    }
}

impl Section {
    fn new(site: &Site, passwords: Vec<AppPassword>, made: Option<Made>, typed: Typed, form: FormId) -> Section {
        let now = clock::now();
        let language = Language::for_words(&site.language);
        let row = |AppPassword { id, content, last_used_on, .. }: AppPassword| Row {
            id: id.0.to_string(),
            name: content.name.to_string(),
            below: content.below.map(|below| below.href()).unwrap_or_default(),
            ends: content.ends_at.map(|end| language.date(site.time_zone.local(end))).unwrap_or_default(),
            is_over: content.ends_at.is_some_and(|end| end <= now),
            used: last_used_on.map(|day| language.date(day.and_time(NaiveTime::MIN))).unwrap_or_default(),
        };
        Section {
            rows: passwords.into_iter().map(row).collect(),
            made,
            typed,
            form: form.0,
            lifetimes: Lifetime::OFFERED,
            max_name: AppPasswordName::MAX,
        }
    }

    /// The number of app passwords in the list.
    fn count(&self) -> usize {
        self.rows.len()
    }
}

/// The language of the account's pages, which is that of the site.
pub(super) async fn language(app: &App) -> Language {
    Language::for_words(&app.db.site().await.language)
}

/// What the page of an account is made of.
pub(super) struct Facts {
    site: Arc<Site>,
    own: Vec<AppPassword>,
    readable: Count,
    sections: Vec<TopSection>,
    menu: Arc<VisibleMenu>,
}

impl Facts {
    /// Reads them.
    ///
    /// # Errors
    /// As every query.
    pub(super) async fn load(app: &App, reader: &Reader) -> Result<Facts, Error> {
        let (member, visitor, now) = (reader.account().member.clone(), reader.account().visitor(), clock::now());
        let read = move |conn: &mut store::Conn| {
            let visible = VisiblePages::readable(&visitor, now);
            let own = store::app_passwords::own(conn, &member)?;
            Ok((own, lists::count(conn, &visible)?, sections::top(conn, &visible)?))
        };
        let (site, (own, readable, sections)) = app.db.read_with_site(read).await?;
        let menu = menu::of(app, &reader.account().visitor()).await?;
        Ok(Facts { site, own, readable, sections, menu })
    }
}

/// The page of an account, with the messages of a form.
pub(super) async fn page(app: &App, reader: &Reader, invalid: &Invalid, shown: Shown) -> Result<Answer, Error> {
    page_of(app, reader, Facts::load(app, reader).await?, invalid, shown)
}

/// As [`page`], of what was read before.
pub(super) fn page_of(
    app: &App,
    reader: &Reader,
    facts: Facts,
    invalid: &Invalid,
    shown: Shown,
) -> Result<Answer, Error> {
    let Facts { site, own, readable, sections, menu } = facts;
    let app_passwords = Section::new(&site, own, shown.made, shown.typed, new_form_id()?);
    let page = AccountPage {
        frame: Frame::new(&site, Some(reader.account())).with_menu(&menu, None),
        form_token: form_token::issue(reader.account(), clock::now()),
        errors: Errors::of(invalid),
        min_bytes: Password::MIN_BYTES,
        contact_html: Some(&site.contact)
            .filter(|contact| !contact.is_empty())
            .map(|contact| markdown::render_in(Language::for_words(&site.language), contact)),
        readable: readable.to_string(),
        sections: sections.into_iter().map(section_link).collect(),
        app_passwords_count: app_passwords.count(),
        app_passwords,
    };
    Ok(Answer::panel(app.view.render("account.html", &page)?))
}

/// The list of the pages of a section, with their number.
fn section_link(section: TopSection) -> Link {
    let pages = if section.pages == COUNTED_PAGES { format!("{COUNTED_PAGES}+") } else { section.pages.to_string() };
    Link::new(format!("/sitemap{}", section.path.href()), format!("{} ({pages})", section.path.href()))
}
