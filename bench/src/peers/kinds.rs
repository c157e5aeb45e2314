//! The start of each other server: from a template of `peers/`, in a folder of its own, at a free port.

use std::{fs, net::SocketAddr, path::PathBuf, process::Command};

use super::{Alive, FILM, NAME, PICTURE, Server};
use crate::{
    client::Place,
    options::Options,
    png::png,
    postern::{PASSWORD, hash},
    process::{Account, Process, Room, free_address, run},
};

type Start = fn(Starter) -> Result<Server, String>;

/// The bare server that sends the header fields of Postern.
pub(crate) const SAME_FIELDS: &str = "bare Actix Web, same header fields";

/// The servers, with the functions that start them.
pub(crate) const KINDS: [(&str, Start); 8] = [
    ("bare Actix Web", bare),
    (SAME_FIELDS, bare_with_fields),
    ("nginx", nginx),
    ("Apache", apache),
    ("Caddy", caddy),
    ("static-web-server", static_web_server),
    ("Django", django),
    ("Flask", flask),
];

/// The folder, the port, the page and the hash with which a server starts.
pub(crate) struct Starter<'a> {
    options: &'a Options,
    room: Room,
    to: SocketAddr,
    page: &'a [u8],
    hash: String,
}

impl Starter<'_> {
    /// Creates a folder with the page in it, and picks a free port.
    pub(crate) fn new<'a>(options: &'a Options, name: &str, page: &'a [u8]) -> Result<Starter<'a>, String> {
        let room = Room::new(&name.to_lowercase().replace([' ', ','], "-"), Account::named("nobody")?)?;
        room.write("site/page.html", page)?;
        room.write(&format!("site/{PICTURE}"), png(320, 1))?;
        room.write(&format!("site/{FILM}"), png(3240, 1))?;
        Ok(Starter { options, room, to: free_address()?, page, hash: hash(PASSWORD)? })
    }

    /// The path of a program in the cache or of Debian.
    fn program(&self, name: &str) -> Result<PathBuf, String> {
        let cache = std::path::absolute(&self.options.cache).map_err(|error| error.to_string())?;
        let folders = [cache.join("bin"), cache.join("venv/bin")];
        let folders = folders.into_iter().chain(["/usr/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from));
        let found = folders.map(|folder| folder.join(name)).find(|path| path.exists());
        found.ok_or_else(|| format!("{name} is not installed"))
    }

    /// Fills in a template for this run and writes it into the folder.
    fn template(&self, name: &str) -> Result<PathBuf, String> {
        self.template_with(name, &[])
    }

    /// As [`Starter::template`], with more values.
    fn template_with(&self, name: &str, more: &[(&str, &str)]) -> Result<PathBuf, String> {
        let path = self.options.peers.join(name);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let text = text
            .replace("@DIR@", &self.room.dir.display().to_string())
            .replace("@PORT@", &self.to.port().to_string())
            .replace("@NAME@", NAME)
            .replace("@PASSWORD@", PASSWORD)
            .replace("@HASH@", &self.hash);
        let text = more.iter().fold(text, |text, (name, value)| text.replace(name, value));
        self.room.write(name, text)
    }

    /// Writes another copy of the page, into a folder that the configuration protects.
    fn copy_page(&self, folder: &str) -> Result<(), String> {
        self.room.write(&format!("site/{folder}/page.html"), self.page).map(drop)
    }

    /// Starts the server.
    fn serve(
        self,
        name: &'static str,
        command: Command,
        public: &str,
        private: &[(&'static str, &str)],
    ) -> Result<Server, String> {
        let mut process = Process::start(command, &self.room, "server")?;
        process.wait_for(self.to)?;
        let private = private.iter().map(|(how, path)| (*how, Place::new(self.to, path))).collect();
        let alive = Alive::Peer { processes: vec![process], _room: self.room };
        Ok(Server { name, public: Place::new(self.to, public), private, alive })
    }
}

fn bare(starter: Starter) -> Result<Server, String> {
    let mut command = starter.room.command(starter.room.copy(&starter.options.bare)?);
    command.arg(starter.to.to_string()).arg("site/page.html");
    starter.serve("bare Actix Web", command, "/page.html", &[])
}

fn bare_with_fields(starter: Starter) -> Result<Server, String> {
    let mut command = starter.room.command(starter.room.copy(&starter.options.bare)?);
    command.arg(starter.to.to_string()).args(["site/page.html", "fields"]);
    starter.serve(SAME_FIELDS, command, "/page.html", &[])
}

fn nginx(starter: Starter) -> Result<Server, String> {
    let mut openssl = Command::new("openssl");
    openssl.args(["passwd", "-apr1", PASSWORD]);
    starter.room.write("bcrypt.htpasswd", format!("{NAME}:{}\n", starter.hash))?;
    starter.room.write("apr1.htpasswd", format!("{NAME}:{}", run(openssl, b"")?))?;
    ["bcrypt", "apr1"].iter().try_for_each(|folder| starter.copy_page(folder))?;
    let mut command = starter.room.command(starter.program("nginx")?);
    command.args(["-e", "error.log", "-p"]).arg(&starter.room.dir).arg("-c").arg(starter.template("nginx.conf")?);
    starter.serve("nginx", command, "/page.html", &[("bcrypt", "/bcrypt/page.html"), ("apr1", "/apr1/page.html")])
}

/// nginx that asks Postern who may have its page, beside its own file of passwords.
pub(crate) fn guarded_nginx(options: &Options, page: &[u8], postern: SocketAddr) -> Result<Server, String> {
    let starter = Starter::new(options, "nginx-guard", page)?;
    starter.room.write("bcrypt.htpasswd", format!("{NAME}:{}\n", starter.hash))?;
    ["guarded", "bcrypt"].iter().try_for_each(|folder| starter.copy_page(folder))?;
    let configuration = starter.template_with("nginx-guard.conf", &[("@POSTERN@", &postern.to_string())])?;
    let mut command = starter.room.command(starter.program("nginx")?);
    command.args(["-e", "error.log", "-p"]).arg(&starter.room.dir).arg("-c").arg(configuration);
    let private = [("the guard", "/guarded/page.html"), ("bcrypt", "/bcrypt/page.html")];
    starter.serve("nginx with the guard", command, "/page.html", &private)
}

fn apache(starter: Starter) -> Result<Server, String> {
    starter.room.write("htpasswd", format!("{NAME}:{}\n", starter.hash))?;
    ["bcrypt", "socache"].iter().try_for_each(|folder| starter.copy_page(folder))?;
    let mut command = starter.room.command(starter.program("apache2")?);
    command.args(["-D", "FOREGROUND", "-f"]).arg(starter.template("apache.conf")?);
    let private = [("bcrypt", "/bcrypt/page.html"), ("bcrypt, mod_authn_socache", "/socache/page.html")];
    starter.serve("Apache", command, "/page.html", &private)
}

fn caddy(starter: Starter) -> Result<Server, String> {
    starter.copy_page("private")?;
    let mut command = starter.room.command(starter.program("caddy")?);
    command.env("HOME", &starter.room.dir).env("XDG_DATA_HOME", &starter.room.dir);
    command.env("XDG_CONFIG_HOME", &starter.room.dir);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(starter.template("Caddyfile")?);
    starter.serve("Caddy", command, "/page.html", &[("bcrypt", "/private/page.html")])
}

/// The password of static-web-server applies to the whole site, so a second process serves the private page.
fn static_web_server(starter: Starter) -> Result<Server, String> {
    let program = starter.room.copy(&starter.program("static-web-server")?)?;
    let closed = free_address()?;
    let command = |to: SocketAddr, login: Option<String>| {
        let mut command = starter.room.command(&program);
        command.args(["--host", "127.0.0.1", "--root", "site", "--port"]).arg(to.port().to_string());
        if let Some(login) = login {
            command.arg("--basic-auth").arg(login);
        }
        command
    };
    let open = command(starter.to, None);
    let login = format!("{NAME}:{}", starter.hash);
    let mut process = Process::start(command(closed, Some(login)), &starter.room, "closed")?;
    process.wait_for(closed)?;
    let mut server = starter.serve("static-web-server", open, "/page.html", &[])?;
    server.private.push(("bcrypt", Place::new(closed, "/page.html")));
    if let Alive::Peer { processes, .. } = &mut server.alive {
        processes.push(process);
    }
    Ok(server)
}

fn django(starter: Starter) -> Result<Server, String> {
    gunicorn(starter, "Django", "django_site", "BCryptSHA256")
}

fn flask(starter: Starter) -> Result<Server, String> {
    gunicorn(starter, "Flask", "flask_site", "scrypt")
}

fn gunicorn(starter: Starter, name: &'static str, module: &str, how: &'static str) -> Result<Server, String> {
    let mut command = starter.room.command(starter.program("gunicorn")?);
    starter.template(&format!("{module}.py"))?;
    // Gunicorn keeps connections alive only with threads.
    command.args(["--workers", "2", "--threads", "4", "--bind"]).arg(starter.to.to_string());
    command.arg(format!("{module}:application"));
    starter.serve(name, command, "/public", &[(how, "/private")])
}
