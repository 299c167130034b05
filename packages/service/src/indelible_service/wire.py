"""Settings become an application: a few lines, which a host may replace by its own."""

import logging
import os
import time

from flask import Flask

from indelible.wiring import Wiring
from indelible_service.database import store_of
from indelible_service.local import derived
from indelible_service.settings import Settings, load
from indelible_sql import SqlStore
from indelible_web import WebSettings, create_app


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
    return create_app(Wiring(store=store, config=store.config), web)


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
