# The build: a layer with the dependencies alone, so that a change of the sources compiles only the sources.
FROM rust:1-slim-trixie AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libssl-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
# Debian's OpenSSL, which gets Debian's fixes; the image below has it too, for apt.
ENV OPENSSL_NO_VENDOR=1
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY build/openssl-sys build/openssl-sys
COPY crates/domain/Cargo.toml crates/domain/
COPY crates/store/Cargo.toml crates/store/
COPY crates/web/Cargo.toml crates/web/
COPY bench/Cargo.toml bench/
RUN mkdir -p crates/domain/src crates/store/src crates/web/src bench/src/bin \
 && touch crates/domain/src/lib.rs crates/store/src/lib.rs crates/web/src/lib.rs \
 && echo 'fn main() {}' | tee crates/web/src/main.rs bench/src/main.rs > bench/src/bin/bare.rs \
 && cargo build --profile dist --locked --package web --lib \
 && rm -rf target/dist/.fingerprint/domain-* target/dist/.fingerprint/store-* target/dist/.fingerprint/web-*
COPY crates crates
COPY migrations migrations
COPY templates templates
COPY assets assets
RUN cargo build --profile dist --locked --package web

# The image: the binary, a user who is nobody else, and nothing to write on.
FROM debian:trixie-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin postern
COPY --from=build /src/target/dist/postern /usr/local/bin/postern
# A library that the image lacks is found here.
RUN ["postern", "--version"]
USER 10001:10001
ENV POSTERN_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=40s CMD ["postern", "healthcheck"]
ENTRYPOINT ["postern"]
CMD ["serve"]
