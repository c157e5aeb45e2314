//! The ceiling: Actix Web serving the bytes of one file to every client at every path, without any further code. With
//! `fields` it sends the header fields of a page of Postern, too, because those take part of the time of server and client.

use std::process::ExitCode;

use actix_web::{App, HttpResponse, HttpServer, web};

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (address, file, fields): (_, _, &[_]) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [address, file] => (address.to_owned(), file.to_owned(), &[]),
        [address, file, "fields"] => (address.to_owned(), file.to_owned(), &FIELDS),
        _ => {
            eprintln!("usage: bare ADDRESS:PORT FILE [fields]");
            return ExitCode::FAILURE;
        }
    };
    match serve(&address, &file, fields).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bare: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The header fields of a public page of Postern, beside those that Actix Web sends by itself.
const FIELDS: [(&str, &str); 10] = [
    ("cache-control", "no-cache"),
    ("vary", "Authorization, Accept-Encoding"),
    ("etag", "\"f20f3a1518bdfd0ca6a49edc\""),
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' https:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-request-id", "80dc95afe0a0130a"),
];

async fn serve(address: &str, file: &str, fields: &'static [(&str, &str)]) -> std::io::Result<()> {
    let page = web::Bytes::from(std::fs::read(file)?);
    // The default number of workers, as in Postern.
    let server = HttpServer::new(move || {
        let page = page.clone();
        App::new().default_service(web::to(move || {
            let page = page.clone();
            async move {
                let mut response = HttpResponse::Ok();
                for field in fields {
                    response.append_header(*field);
                }
                response.content_type("text/html; charset=utf-8").body(page)
            }
        }))
    });
    server.bind(address)?.run().await
}
