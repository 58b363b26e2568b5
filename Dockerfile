# One build for the three services and the tool; each image runs as a user
# without rights and writes nowhere but its temporary directory.
FROM golang:1.26-bookworm AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
    libtesseract-dev libleptonica-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -ldflags "-s -w" -o /out/ ./cmd/ingest ./cmd/notifier ./cmd/worker ./cmd/realname

FROM debian:bookworm-slim AS base
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* && useradd --system --uid 10001 --no-create-home realname
USER 10001:10001
ENV LISTEN=:8080 OPS_LISTEN=:9090
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["curl", "-fsS", "http://127.0.0.1:9090/healthz"]

FROM base AS ingest
COPY --from=build /out/ingest /usr/local/bin/ingest
ENTRYPOINT ["ingest"]

FROM base AS notifier
COPY --from=build /out/notifier /usr/local/bin/notifier
ENTRYPOINT ["notifier"]

FROM base AS reader
USER root
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
    tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-eng && rm -rf /var/lib/apt/lists/*
USER 10001:10001

FROM reader AS worker
COPY --from=build /out/worker /usr/local/bin/worker
ENTRYPOINT ["worker"]

FROM reader AS tool
COPY --from=build /out/realname /usr/local/bin/realname
ENTRYPOINT ["realname"]
