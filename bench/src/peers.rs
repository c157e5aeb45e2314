//! The compared servers: Postern, the bare ceiling, and those of the others that are installed.

mod kinds;

use crate::{
    client::{Login, Place},
    options::Options,
    png::png,
    postern::{PASSWORD, Postern, Site, ask, hash, login, markdown},
    process::{Process, Room},
    report::Report,
};
use kinds::{KINDS, Starter};
pub(crate) use kinds::{SAME_FIELDS, guarded_nginx};

/// A measured server.
pub(crate) struct Server {
    /// The name of the server.
    pub name: &'static str,
    /// The public page of the server.
    pub public: Place,
    /// The private pages of the server, each with the scheme of its stored password.
    pub private: Vec<(&'static str, Place)>,
    alive: Alive,
}

enum Alive {
    Peer { processes: Vec<Process>, _room: Room },
    Postern { _postern: Postern, _site: Site },
}

/// The user name of the right credentials on every server.
pub(crate) const NAME: &str = "bench";

/// The files of each server: a picture of 100 KB, and one of 10 MiB.
pub(crate) const PICTURE: &str = "picture.png";
pub(crate) const FILM: &str = "film.png";

/// The right credentials, for every server.
pub(crate) fn right() -> Login {
    login(NAME)
}

/// Starts every installed server. Postern comes first: the others serve the bytes of its page.
pub(crate) fn start(options: &Options, report: &mut Report) -> Result<Vec<Server>, String> {
    let postern = start_postern(options)?;
    let page = ask(&postern.public, None)?.body;
    eprintln!("  the page has {} bytes", page.len());
    let mut servers = vec![postern];
    for (name, start) in KINDS {
        let started = Starter::new(options, name, &page).and_then(|starter| start(starter));
        match started.and_then(|server| check(&server).map(|()| server)) {
            Ok(server) => servers.push(server),
            Err(error) => report.miss(format!("{name}: {error}")),
        }
    }
    check(&servers[0]).map_err(|error| format!("Postern: {error}"))?;
    Ok(servers)
}

/// Warms a server up, and checks that it accepts the right credentials and refuses requests without any.
pub(crate) fn check(server: &Server) -> Result<(), String> {
    let expect = |place: &Place, login: Option<&Login>, status: u16| match ask(place, login)?.status {
        other if other != status => Err(format!("{} answers {other}, not {status}", place.path)),
        _ => Ok(()),
    };
    for _ in 0..50 {
        expect(&server.public, None, 200)?;
    }
    for (_, place) in &server.private {
        expect(place, None, 401)?;
        expect(place, Some(&right()), 200)?;
        expect(place, Some(&right()), 200)?;
    }
    Ok(())
}

fn start_postern(options: &Options) -> Result<Server, String> {
    let site = Site::new(options, "postern")?;
    site.put("handbook/rules", &[], &markdown())?;
    site.put("handbook/secrets", &["--private"], &markdown())?;
    site.put_file(&format!("handbook/secrets/{PICTURE}"), &png(320, 1))?;
    site.put_file(&format!("handbook/secrets/{FILM}"), &png(3240, 1))?;
    site.database()?.add_users(&[NAME.to_owned()], "reader", true, &hash(PASSWORD)?)?;
    let postern = site.start()?;
    let (public, private) = (postern.place("/handbook/rules"), postern.place("/handbook/secrets"));
    let alive = Alive::Postern { _postern: postern, _site: site };
    Ok(Server { name: "Postern", public, private: vec![("bcrypt", private)], alive })
}
