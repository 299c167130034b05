ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS wheels
WORKDIR /build
COPY tests/constraints.txt ./
RUN pip install --no-cache-dir --constraint constraints.txt hatchling
COPY packages ./packages
COPY docs ./docs
RUN pip wheel --no-cache-dir --no-build-isolation --no-deps --wheel-dir /wheels \
    ./packages/core ./packages/adapters/sql ./packages/adapters/evm ./packages/adapters/git ./packages/adapters/stripe ./packages/adapters/wordllama ./packages/web ./packages/workers \
    ./packages/service

FROM ${PYTHON_IMAGE}
# The version is that of the image's distribution, which keeps it secure.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
COPY --from=wheels /wheels /wheels
COPY tests/constraints.txt /wheels/
RUN pip install --no-cache-dir --constraint /wheels/constraints.txt /wheels/*.whl \
    && rm -r /wheels \
    && useradd --system --uid 10001 --create-home indelible \
    && install --directory --owner indelible /data
ENV TZ=UTC \
    PYTHONUNBUFFERED=1 \
    INDELIBLE_DATA_DIR=/data \
    INDELIBLE_HOST=0.0.0.0 \
    INDELIBLE_PORT=8000
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", \
    "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['INDELIBLE_PORT'] + '/health/ready', timeout=4)"]
CMD ["indelible", "serve"]
