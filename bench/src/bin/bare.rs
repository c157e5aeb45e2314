//! The ceiling: Actix Web serving the bytes of one file to every client at every path, without any further code.

use std::process::ExitCode;

use actix_web::{App, HttpResponse, HttpServer, web};

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, file] = arguments.as_slice() else {
        eprintln!("usage: bare ADDRESS:PORT FILE");
        return ExitCode::FAILURE;
    };
    match serve(address, file).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bare: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, file: &str) -> std::io::Result<()> {
    let page = web::Bytes::from(std::fs::read(file)?);
    // The default number of workers, as in Postern.
    let server = HttpServer::new(move || {
        let page = page.clone();
        App::new().default_service(web::to(move || {
            let page = page.clone();
            async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page) }
        }))
    });
    server.bind(address)?.run().await
}
