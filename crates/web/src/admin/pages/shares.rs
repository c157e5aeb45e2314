//! The shares of a page in the panel: the form that makes a link, which is shown once, and the list of those that were made.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Timestamp,
    access::{Access, Outline, Visitor},
    draft::Draft,
    invalid::Invalid,
    page::{Page, PageId},
    share::{Share, ShareId, ShareInput, Shows},
    site::Site,
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::{Conn, drafts, pages, shares, writing};

use crate::{
    App,
    admin::{
        flash::Flash,
        panel::Panel,
        request::{id, site_address},
        sections::PAGES,
    },
    auth::{extract::Editor, secret::Secret},
    clock::{self, When},
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
        view::Errors,
    },
};

#[derive(Serialize)]
struct SharesPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    fields: Fields,
    errors: Errors,
    /// The buttons, of which each says what its link opens; none if nothing can be shared.
    offers: Vec<Offer>,
    /// Why there is no button.
    why_not: &'static str,
    /// The link that was made, which is shown once.
    made: Option<Made>,
    rows: Vec<Row>,
    form_href: String,
}

#[derive(Serialize)]
struct Offer {
    shows: &'static str,
    label: &'static str,
}

#[derive(Serialize)]
struct Made {
    address: String,
    label: String,
}

/// A share as a row.
#[derive(Serialize)]
pub(in crate::admin) struct Row {
    id: String,
    label: String,
    shows: &'static str,
    made: When,
    made_by: String,
    /// The last moment that was chosen, or at which somebody ended it.
    end: When,
    is_open: bool,
    /// Whether somebody ended it before its time.
    was_ended: bool,
    opened: Option<When>,
    end_action: String,
}

impl Row {
    pub(in crate::admin) fn new(share: Share, now: Timestamp, zone: Zone) -> Row {
        let at = |at| When::new(at, zone);
        Row {
            id: share.id.0.to_string(),
            shows: share.shows.label(),
            made: at(share.made_at),
            end: at(share.end()),
            is_open: share.is_open(now),
            was_ended: share.end() < share.ends_at,
            opened: share.opened_at.map(at),
            end_action: format!("{}/shares/{}/end", PAGES.form_href(share.page.0), share.id.0),
            label: share.label,
            made_by: share.made_by,
        }
    }
}

/// The fields of the form as they were typed.
#[derive(Deserialize, Serialize)]
pub struct Fields {
    #[serde(default)]
    label: String,
    /// A number of days such as `7d`, or `date` for the day in `last_day`.
    #[serde(default)]
    until: String,
    #[serde(default)]
    last_day: String,
    #[serde(default)]
    shows: String,
}

impl Default for Fields {
    fn default() -> Fields {
        Fields { label: String::new(), until: "7d".into(), last_day: String::new(), shows: String::new() }
    }
}

impl Fields {
    fn input(&self) -> ShareInput {
        let until = if self.until == "date" { &self.last_day } else { &self.until };
        ShareInput { label: self.label.clone(), until: until.clone(), shows: self.shows.clone() }
    }
}

/// A page or a draft, with its shares.
struct Sharing {
    page: Option<Page>,
    draft: Option<Draft>,
    below: u64,
    shares: Vec<Share>,
}

impl Sharing {
    async fn load(app: &App, editor: &Editor, id: PageId) -> Result<(std::sync::Arc<Site>, Sharing), Error> {
        let proof = editor.proof();
        let read = move |conn: &mut Conn| {
            let page = pages::get(conn, &proof, id)?;
            let below = match &page {
                Some(page) => pages::count_below(conn, &proof, &page.content.path)?,
                None => 0,
            };
            let (draft, shares) = (drafts::get(conn, &proof, id)?, shares::of_page(conn, &proof, id)?);
            Ok(Sharing { page, draft, below, shares })
        };
        let (site, sharing) = app.db.list_with_site(read).await?;
        match sharing.page.is_some() || sharing.draft.is_some() {
            true => Ok((site, sharing)),
            false => Err(Error::NotFound),
        }
    }

    fn title(&self) -> String {
        match (&self.page, &self.draft) {
            (Some(page), _) => page.content.title.clone(),
            (None, Some(draft)) if !draft.typed.page.title.trim().is_empty() => draft.typed.page.title.clone(),
            _ => "Untitled draft".into(),
        }
    }

    /// What can be shared. Each button says what it gives.
    fn offers(&self, now: Timestamp) -> Vec<Offer> {
        let is_private = self.page.as_ref().is_some_and(|page| {
            Outline::of(page).decide(&page.content.path, &Visitor::Anonymous, now) != Some(Access::Show)
        });
        let offer = |shows: Shows, label, is_offered: bool| is_offered.then(|| Offer { shows: shows.as_str(), label });
        let offers = [
            offer(Shows::Page, "Make a link: whoever has it can read this page", is_private),
            offer(
                Shows::Section,
                "Make a link: whoever has it can read this page and the pages below it that have the same readers",
                is_private && self.below > 0,
            ),
            offer(
                Shows::Draft,
                "Make a link: whoever has it can read the draft of this page as it is then",
                self.draft.is_some(),
            ),
        ];
        offers.into_iter().flatten().collect()
    }
}

/// What is shown around the list and the form.
#[derive(Default)]
struct Extras {
    fields: Fields,
    invalid: Invalid,
    made: Option<Made>,
    query: QueryString,
}

fn render(
    app: &App,
    editor: &Editor,
    site: &Site,
    id: PageId,
    sharing: Sharing,
    extras: Extras,
) -> Result<Answer, Error> {
    let now = clock::now();
    let may_make = site.sharers.include(editor.account().member.role);
    let offers = if may_make { sharing.offers(now) } else { Vec::new() };
    let why_not = match (may_make, offers.is_empty()) {
        (false, _) => "The settings of this site do not let you make links.",
        (true, true) => "Everyone can read this page. Send its address.",
        (true, false) => "",
    };
    let trail = PAGES.trail_under(id.0, &sharing.title(), "");
    let page = SharesPage {
        panel: Panel::new(site, editor.account(), "pages", "Share", &trail).with_message(&extras.query),
        action: format!("{}/shares", PAGES.form_href(id.0)),
        fields: extras.fields,
        errors: Errors::of(&extras.invalid),
        offers,
        why_not,
        made: extras.made,
        rows: sharing.shares.into_iter().map(|share| Row::new(share, now, site.time_zone)).collect(),
        form_href: PAGES.form_href(id.0),
    };
    let answer = Answer::panel(app.view.render("admin/pages/shares.html", &page)?);
    Ok(if extras.invalid.is_empty() { answer } else { answer.with_status(StatusCode::UNPROCESSABLE_ENTITY) })
}

/// GET `/admin/pages/{id}/shares`.
pub async fn list(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let id = PageId(id(&request)?);
    let (site, sharing) = Sharing::load(&app, &editor, id).await?;
    render(&app, &editor, &site, id, sharing, Extras { query, ..Extras::default() })
}

/// POST `/admin/pages/{id}/shares`: makes a link and shows it, once.
pub async fn make(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(fields): Form<Fields>,
) -> Result<Answer, Error> {
    let id = PageId(id(&request)?);
    let (site, sharing) = Sharing::load(&app, &editor, id).await?;
    let now = clock::now();
    let new = match fields.input().check(id, site.time_zone, now) {
        Ok(new) => new,
        Err(invalid) => {
            let extras = Extras { fields, invalid, ..Extras::default() };
            return render(&app, &editor, &site, id, sharing, extras);
        }
    };
    let secret = Secret::random().map_err(|error| Error::Internal(format!("no randomness: {error}")))?;
    let (proof, hash, share) = (editor.proof(), secret.hash(), new.clone());
    let made = app.db.try_write(move |conn| writing::shares::make(conn, &proof, &share, &hash, now)).await?;
    match made {
        Ok(_) => {}
        Err(store::Error::Refused(words)) => {
            let extras = Extras { fields, invalid: Invalid::one("form", words), ..Extras::default() };
            return render(&app, &editor, &site, id, sharing, extras);
        }
        Err(error) => return Err(error.into()),
    }
    let address = format!("{}/s/{}", site_address(&app, &request), secret.reveal());
    let (site, sharing) = Sharing::load(&app, &editor, id).await?;
    let made = Some(Made { address, label: new.label });
    render(&app, &editor, &site, id, sharing, Extras { made, ..Extras::default() })
}

/// A form without fields.
#[derive(Deserialize)]
pub struct Pressed {}

/// POST `/admin/pages/{id}/shares/{share}/end`.
pub async fn end(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Outcome, Error> {
    let page = PageId(id(&request)?);
    let share = request.match_info().query("share").parse().map(ShareId).map_err(|_| Error::NotFound)?;
    let proof = editor.proof();
    let end = move |conn: &mut Conn| {
        let is_of_page = shares::get_many(conn, &proof, &[share])?.iter().any(|share| share.page == page);
        if is_of_page { writing::shares::end(conn, &proof, &[share], clock::now()).map(Some) } else { Ok(None) }
    };
    let ended = app.db.revoke(end).await?.ok_or(Error::NotFound)?;
    Ok(Outcome::Redirect(Flash::SharesEnded.at(&format!("{}/shares", PAGES.form_href(page.0)), "", Some(ended))))
}
