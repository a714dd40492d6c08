# syntax=docker/dockerfile:1
#
# The base is pinned by its tag. To pin it for good, add its digest, as
#   docker buildx imagetools inspect python:3.11-slim-bookworm
# prints it:
#   docker build --build-arg PYTHON=3.11-slim-bookworm@sha256:… -t council .
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/council
ENV PATH=/opt/council/bin:$PATH
WORKDIR /src
# What others wrote changes seldom: this layer is kept while the lock stays as it is.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY migrations migrations
RUN pip install --no-deps --no-build-isolation .

FROM python:${PYTHON}
RUN groupadd --gid 10001 council \
    && useradd --uid 10001 --gid council --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin council \
    && install --directory --owner council --group council --mode 0700 /data
COPY --from=build /opt/council /opt/council
# Nothing but /data is written, and that on SQLite only.
ENV PATH=/opt/council/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/nonexistent \
    COUNCIL_DATA_DIR=/data \
    COUNCIL_HTTP_HOST=0.0.0.0 \
    COUNCIL_ADMIN_HOST=0.0.0.0 \
    COUNCIL_ADMIN_PORT=9090
USER 10001:10001
WORKDIR /data
EXPOSE 3000 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; ask = http.client.HTTPConnection('127.0.0.1', int(os.environ['COUNCIL_ADMIN_PORT']), timeout=4); ask.request('GET', '/healthz'); sys.exit(ask.getresponse().status != 200)"]
ENTRYPOINT ["council"]
# Brings the database up to date first; any number of containers may start at once.
CMD ["serve"]
