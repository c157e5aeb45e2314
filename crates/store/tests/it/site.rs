//! The settings of the site: one row.

use chrono::TimeDelta;
use domain::{
    look::{Look, LookInput, Role},
    site::{Realm, Site},
};
use store::{
    Error, site,
    writing::{self, contents},
};

use crate::database::{admin, noon, on_both, sql};

#[test]
fn a_new_database_has_the_words_of_the_domain() {
    on_both(|store| assert_eq!(store.read(site::get).unwrap(), Site::default()));
}

#[test]
fn settings_are_saved_over_the_version_they_came_from() {
    on_both(|store| {
        let old = store.read(site::get).unwrap();
        let new =
            Site { title: "Acme".into(), realm: Realm::parse("R").unwrap(), footer: "a\nb".into(), ..old.clone() };
        let new = Site { contact: "Ask *us*.".into(), hides_pages: true, ..new };
        let saved =
            store.write(|conn| store::writing::site::update(conn, &admin(), old.version, &new, noon())).unwrap();
        assert_eq!(store.read(site::get).unwrap(), saved);
        assert_eq!((saved.title.as_str(), saved.version), ("Acme", old.version.next()));
        let stale = store.write(|conn| store::writing::site::update(conn, &admin(), old.version, &new, noon()));
        assert_eq!(stale.unwrap_err(), Error::Stale);
    });
}

#[test]
fn t3_a_realm_that_cannot_stand_in_a_header_is_named() {
    on_both(|store| {
        sql(store, "UPDATE site SET realm = 'a' || char(10) || 'b'")
            .or_else(|_| sql(store, "UPDATE site SET realm = 'a' || chr(10) || 'b'"))
            .unwrap();
        let error = store.read(site::get).unwrap_err();
        assert!(matches!(&error, Error::Schema(words) if words.contains("realm")), "{error}");
    });
}

#[test]
fn a_look_is_kept_and_one_that_sql_broke_is_that_of_a_new_site() {
    on_both(|store| {
        let old = store.read(site::get).unwrap();
        let input = LookInput {
            preset: "paper".into(),
            accent: "#0000cc".into(),
            typeface: "sans".into(),
            width: "wide".into(),
            css: ".prose { color: red }".into(),
        };
        let new = Site { look: input.check().unwrap(), ..old.clone() };
        let saved =
            store.write(|conn| store::writing::site::update(conn, &admin(), old.version, &new, noon())).unwrap();
        assert_eq!((store.read(site::get).unwrap(), &saved.look), (saved.clone(), &new.look));
        sql(store, "UPDATE site SET css = '@import url(https://evil.test)'").unwrap();
        assert_eq!(store.read(site::get).unwrap(), Site { look: Look::default(), ..saved });
    });
}

#[test]
fn the_bytes_of_a_logo_stay_while_the_site_has_it() {
    on_both(|store| {
        let content = store
            .write(|conn| {
                let content = contents::begin(conn, noon())?;
                contents::add_parts(conn, content, 0, &[b"logo".to_vec()])?;
                contents::finish(conn, content, "hash", Some((30, 10)), noon())
            })
            .unwrap();
        let set = |picture| {
            store.write(|conn| writing::site::set_picture(conn, &admin(), Role::Logo, picture, noon())).unwrap()
        };
        let sweep =
            |hours| store.write(|conn| contents::sweep(conn, noon() + TimeDelta::hours(hours))).unwrap().contents;
        set(Some(("png", content)));
        let site = store.read(site::get).unwrap();
        let logo = site.pictures.get(Role::Logo).unwrap();
        assert_eq!((logo.file_name().as_str(), logo.content.size), ("logo-hash.png", Some((30, 10))));
        assert_eq!(site.version, store.read(site::get).unwrap().version);
        assert_eq!([sweep(100), sweep(200)], [0, 0]);
        set(Some(("png", content)));
        // Other settings leave it as it is.
        let new = Site { title: "Acme".into(), ..site.clone() };
        store.write(|conn| writing::site::update(conn, &admin(), site.version, &new, noon())).unwrap();
        assert!(store.read(site::get).unwrap().pictures.get(Role::Logo).is_some());
        set(None);
        assert!(store.read(site::get).unwrap().pictures.get(Role::Logo).is_none());
        assert_eq!([sweep(300), sweep(400)], [0, 1]);
    });
}
