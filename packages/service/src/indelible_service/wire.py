"""Settings become an application: a few lines, which a host may replace by its own."""

import logging
import os
import time
from typing import ClassVar

from attrs import frozen
from flask import Flask

from indelible.captures import Embedder
from indelible.kernel import Unavailable
from indelible.wiring import Wiring
from indelible_service.database import store_of
from indelible_service.local import derived
from indelible_service.settings import Settings, load
from indelible_sql import SqlStore
from indelible_web import WebSettings, create_app


@frozen
class EmbedderMissing(Unavailable):
    """Nothing that is installed and allowed by the settings turns texts into embeddings."""

    code: ClassVar[str] = "EMBEDDER_MISSING"
    embedder: str


def application(settings: Settings, store: SqlStore) -> Flask:
    """The API over the store."""
    web = WebSettings(
        secret=derived(settings, "cursors"),
        cors_origins=settings.cors_origins,
        trusted_hosts=settings.trusted_hosts,
        proxy_hops=settings.proxy_hops,
        requests_per_minute=settings.requests_per_minute,
        most_streams=settings.most_streams,
    )
    return create_app(Wiring(store=store, embedder=embedder_of(settings), config=store.config), web)


def embedder_of(settings: Settings) -> Embedder | None:
    """What turns texts into embeddings here, if anything does; EmbedderMissing."""
    match settings.embedder:
        case "none":
            return None
        case named:
            try:
                from indelible_wordllama import WordLlamaEmbedder
            except ModuleNotFoundError as error:
                if named == "auto":
                    return None
                raise EmbedderMissing(named) from error
            return WordLlamaEmbedder()


def make() -> Flask:
    """What a WSGI server is pointed at: `indelible_service.wire:make`, a factory."""
    settings = load()
    settle(settings)
    return application(settings, store_of(settings, tells_keys=True))


def settle(settings: Settings) -> None:
    """Decide for this process, as no library may: what is logged, and that its time is UTC."""
    os.environ |= {"TZ": "UTC", "PGTZ": "UTC"}
    time.tzset()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    web = logging.getLogger("indelible.web")
    web.propagate, web.handlers = False, [logging.StreamHandler()]  # its lines are JSON already
