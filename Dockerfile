# One image for every part: `serve` (the default), `ingest`, `db upgrade`. Embedded storage lies in /data, the corpus
# file and the pages in /site. It runs as an ordinary user and writes nowhere but to /data and /tmp, so its root may be
# read-only.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements-uv.lock requirements.lock ./
# Everything is installed from the locks, by their hashes.
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.lock
RUN /opt/uv/bin/uv venv --python "$(command -v python)" /opt/footnoted \
    && /opt/uv/bin/uv pip install --no-cache --compile-bytecode --link-mode copy --python /opt/footnoted/bin/python --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY pipelines pipelines
COPY storage_config storage_config
RUN /opt/uv/bin/uv pip install --no-cache --compile-bytecode --python /opt/footnoted/bin/python --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
# The embedded Postgres wants a user that the system knows by name.
RUN useradd --system --user-group --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin footnoted \
    && install -d -o footnoted -g footnoted -m 0700 /data \
    && install -d /site
COPY --from=build /opt/footnoted /opt/footnoted
ENV PATH=/opt/footnoted/bin:$PATH \
    FOOTNOTED_CONFIG=/site/footnoted.toml \
    FOOTNOTED_DATA_DIR=/data
USER 10001
WORKDIR /site
VOLUME /data
EXPOSE 8000
# Answers under way end in order: give it 30 seconds before killing it.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/api/v1/health', timeout=4)"]
ENTRYPOINT ["footnoted"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
