//! The shares of a page in the panel: the form that creates a link, which is shown once, and the list of existing
//! links.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Timestamp,
    access::{Access, Outline, Visitor},
    draft::{Draft, FormId},
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
        form::{Form, new_form_id},
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
    /// The kinds of links that can be created; empty if there is nothing to share.
    offers: Vec<Offer>,
    /// The id of the form.
    form: i64,
    /// The reason why no link can be created; empty if one can.
    why_not: &'static str,
    /// The link that was made, which is shown once.
    made: Option<Made>,
    rows: Vec<Row>,
    form_href: String,
}

#[derive(Serialize)]
struct Offer {
    shows: &'static str,
    /// The pages that it opens, as the end of a sentence about those who have the link.
    label: &'static str,
    is_chosen: bool,
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
    /// The end that was chosen, or the moment at which somebody ended it.
    end: When,
    is_open: bool,
    /// Whether it opens nothing now, because the account that made it cannot edit pages.
    is_suspended: bool,
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
            is_open: share.is_in_circulation(now),
            is_suspended: share.is_suspended,
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
    /// The id of the form; 0 without one.
    #[serde(default)]
    form: i64,
}

impl Default for Fields {
    fn default() -> Fields {
        Fields { label: String::new(), until: "7d".into(), last_day: String::new(), shows: String::new(), form: 0 }
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

    /// The kinds of links that can be created; one of them is chosen.
    fn offers(&self, chosen: &str, now: Timestamp) -> Vec<Offer> {
        let is_private = self.page.as_ref().is_some_and(|page| {
            Outline::of(page).decide(&page.content.path, &Visitor::Anonymous, now) != Some(Access::Show)
        });
        let offer = |shows: Shows, label, is_offered: bool| {
            let shows = shows.as_str();
            is_offered.then(|| Offer { shows, label, is_chosen: shows == chosen })
        };
        let below = "this page and its subpages that are “same as parent page”, also later ones";
        let offers = [
            offer(Shows::Page, "this page", is_private),
            offer(Shows::Section, below, is_private && self.below > 0),
            offer(Shows::Draft, "the draft of this page as it is then", self.draft.is_some()),
        ];
        let mut offers: Vec<Offer> = offers.into_iter().flatten().collect();
        if !offers.iter().any(|offer| offer.is_chosen)
            && let Some(first) = offers.first_mut()
        {
            first.is_chosen = true;
        }
        offers
    }
}

/// The parts of the page that depend on the request.
#[derive(Default)]
struct Extras {
    fields: Fields,
    invalid: Invalid,
    /// Whether the same form made a link before.
    was_sent: bool,
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
    let offers = if may_make { sharing.offers(&extras.fields.shows, now) } else { Vec::new() };
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
        form: new_form_id()?.0,
        errors: Errors::of(&extras.invalid),
        offers,
        why_not,
        made: extras.made,
        rows: sharing.shares.into_iter().map(|share| Row::new(share, now, site.time_zone)).collect(),
        form_href: PAGES.form_href(id.0),
    };
    let answer = Answer::panel(app.view.render("admin/pages/shares.html", &page)?);
    Ok(match extras.invalid.is_empty() {
        true => answer,
        false if extras.was_sent => answer.with_status(StatusCode::CONFLICT),
        false => answer.with_status(StatusCode::UNPROCESSABLE_ENTITY),
    })
}

/// GET `/admin/pages/{id}/shares`.
pub async fn list(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let id = PageId(id(&request)?);
    let (site, sharing) = Sharing::load(&app, &editor, id).await?;
    render(&app, &editor, &site, id, sharing, Extras { query, ..Extras::default() })
}

/// The message for a form that was sent twice, as when a browser reloads its answer.
const MADE_ALREADY: &str = "This form was sent before, and made a link then, which was shown once and is in the list below. No \
                            other link was made; the button makes another.";

/// POST `/admin/pages/{id}/shares`: makes a link and shows it, once. The same form makes no other one: 409.
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
    let (proof, form, hash, share) = (editor.proof(), FormId(fields.form), secret.hash(), new.clone());
    let made = app.db.try_write(move |conn| writing::shares::make(conn, &proof, form, &share, &hash, now)).await?;
    match made {
        Ok(_) => {}
        // Of two requests at once, the second finds the key taken.
        Err(store::Error::Stale | store::Error::Duplicate) => {
            let invalid = Invalid::one("form", MADE_ALREADY);
            let extras = Extras { fields, invalid, was_sent: true, ..Extras::default() };
            return render(&app, &editor, &site, id, sharing, extras);
        }
        Err(store::Error::Refused(words)) => {
            let extras = Extras { fields, invalid: Invalid::one("form", words), ..Extras::default() };
            return render(&app, &editor, &site, id, sharing, extras);
        }
        Err(error) => return Err(error.into()),
    }
    let address = format!("{}/s/{}", site_address(&app, &request), secret.reveal());
    // The link is shown this once: if the database does not answer any more, the list is that of before.
    let (site, sharing) = Sharing::load(&app, &editor, id).await.unwrap_or((site, sharing));
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
