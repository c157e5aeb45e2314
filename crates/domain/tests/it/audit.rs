//! The words of the audit trail for each change.

use domain::{
    audience::Audience,
    audit::{Action, Entry, Subject, page_changes, site_changes, user_changes},
    look::LookInput,
    page::{PageContent, PagePath},
    site::{Realm, Site},
    user::{Role, UserContent, Username},
};

use crate::{at, page::content, user::user};

#[test]
fn every_word_of_the_trail_is_read_back() {
    for action in Action::ALL {
        assert_eq!(Action::parse(action.as_str()), Some(action));
        assert!(!action.label().is_empty());
    }
    for subject in Subject::ALL {
        assert_eq!(Subject::parse(subject.as_str()), Some(subject));
    }
    assert_eq!((Action::parse("Created"), Subject::parse("")), (None, None));
}

#[test]
fn a_page_says_what_changed() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut PageContent), expected: &str) {
        let (old, mut new) = (content(), content());
        change(&mut new);
        assert_eq!(page_changes(&old, &new), expected);
    }
    check(|_| {}, "nothing");
    check(|page| page.path = PagePath::root(), "path “/clients/acme” → “/”");
    check(|page| page.title = "New".into(), "title “Acme” → “New”");
    check(|page| page.summary = "Other".into(), "summary");
    check(|page| page.audience = Audience::SignedIn, "who reads it “everyone” → “signed-in users”");
    check(|page| page.show_title = true, "show title in lists on");
    check(|page| page.list_below = true, "list pages below on");
    check(
        |page| page.published_at = at("2027-01-02T03:04:00Z"),
        "date “2026-03-01 12:00 UTC” → “2027-01-02 03:04 UTC”",
    );
    check(|page| page.unpublish_at = Some(at("2027-01-02T03:04:00Z")), "end “never” → “2027-01-02 03:04 UTC”");
    check(
        |page| {
            page.title = "New".into();
            page.body = "Other".into();
            page.audience = Audience::SignedIn;
        },
        "title “Acme” → “New”; text; who reads it “everyone” → “signed-in users”",
    );
    let private = PageContent { audience: Audience::SignedIn, list_below: true, ..content() };
    assert_eq!(page_changes(&private, &content()), "who reads it “signed-in users” → “everyone”; list pages below off");
}

#[test]
fn a_page_never_says_its_text_or_summary() {
    let new = PageContent { body: "the secret text".into(), summary: "the secret summary".into(), ..content() };
    assert_eq!(page_changes(&content(), &new), "summary; text");
}

#[test]
fn a_user_says_what_changed_and_never_a_hash() {
    let old = user();
    let same = old.content();
    assert_eq!(user_changes(&old, &same), "nothing");
    let new = UserContent { name: Username::parse("zoë").unwrap(), role: Role::Admin, active: false, ..same.clone() };
    assert_eq!(user_changes(&old, &new), "name “ann” → “zoë”; role “editor” → “admin”; disabled");
    let ending = UserContent { ends_at: Some(old.created_at), ..same.clone() };
    assert!(user_changes(&old, &ending).starts_with("end “never” → “20"));
    let noted = UserContent { note: "ann@example.org".into(), ..same.clone() };
    assert_eq!(user_changes(&old, &noted), "note", "an address is in no entry");
    let back = domain::user::User { active: false, ..old };
    assert_eq!(user_changes(&back, &same), "enabled");
}

#[test]
fn the_site_says_what_changed() {
    let old = Site::default();
    assert_eq!(site_changes(&old, &old), "nothing");
    let new = Site {
        title: "Acme".into(),
        language: "de".into(),
        realm: Realm::parse("Members").unwrap(),
        refusal: "No.".into(),
        footer: "Imprint".into(),
        contact: "Ask us.".into(),
        hides_pages: true,
        ..old.clone()
    };
    let expected = "title “Postern” → “Acme”; language “en” → “de”; realm “Postern” → “Members”; refusal text; footer; \
                    contact line; hides which pages exist “no” → “yes”";
    assert_eq!(site_changes(&old, &new), expected);
    let input =
        LookInput { accent: "#00c".into(), width: "wide".into(), css: "a {}".into(), ..LookInput::of(&old.look) };
    let painted = Site { look: input.check().unwrap(), ..old.clone() };
    let expected = "accent colour “that of the look” → “#0000cc”; width “normal” → “wide”; own CSS";
    assert_eq!(site_changes(&old, &painted), expected);
}

#[test]
fn an_entry_of_refusals_stands_for_as_many_as_it_says() {
    let entry = |action, detail: &str| Entry {
        at: crate::now(),
        actor: "nobody".into(),
        action,
        subject: Subject::User,
        name: String::new(),
        detail: detail.into(),
    };
    assert_eq!(entry(Action::Refused, "12 refused, the last from 203.0.113.7: ann 12").count(), 12);
    assert_eq!(entry(Action::Refused, "").count(), 1);
    assert_eq!(entry(Action::Changed, "12 things").count(), 1);
}
