# Build:  docker build -t signpost .
# Run:    docker run --rm -p 127.0.0.1:8080:8080 -v signpost-data:/data signpost
# The published port above answers on this machine only. To open it to others, put a reverse proxy with TLS before it
# and name its address in SIGNPOST_PUBLIC_URL.

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin signpost

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin signpost \
    && install -d -o signpost -g signpost /data
COPY --from=build /src/target/release/signpost /usr/local/bin/signpost
USER signpost
VOLUME /data
# Inside a container only the published port can be reached, so the server listens on all of its addresses; triage
# without accounts has to be allowed in so many words.
ENV SIGNPOST_LISTEN=0.0.0.0:8080 \
    SIGNPOST_DATABASE=/data/signpost.db \
    SIGNPOST_ANONYMOUS=triage
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["signpost", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["signpost"]
CMD ["serve"]
