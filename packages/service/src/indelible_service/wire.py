"""Settings become what the web is given: a few lines, which a host may replace by its own."""

from indelible.wiring import Wiring
from indelible_service.database import store_of
from indelible_service.local import derived
from indelible_service.settings import Settings
from indelible_web import WebSettings


def wire(settings: Settings) -> Wiring:
    """The store of everything."""
    return Wiring(store=store_of(settings, tells_keys=True))


def web_settings(settings: Settings) -> WebSettings:
    """What the web decides by."""
    return WebSettings(
        secret=derived(settings, "cursors"),
        cors_origins=settings.cors_origins,
        trusted_hosts=settings.trusted_hosts,
        proxy_hops=settings.proxy_hops,
        requests_per_minute=settings.requests_per_minute,
        most_streams=settings.most_streams,
    )
