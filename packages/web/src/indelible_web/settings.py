"""What the outermost ring decides about the web."""

from typing import Any

from attrs import Attribute, field, frozen

from indelible.kernel import UsageError
from indelible_web.http.request import Authenticator

SECRET_BYTES = 32


def _is_secret(_: object, __: "Attribute[Any]", value: bytes) -> None:
    if len(value) < SECRET_BYTES:
        raise UsageError(f"the web's secret has at least {SECRET_BYTES} bytes")


def _are_origins(_: object, __: "Attribute[Any]", value: tuple[str, ...]) -> None:
    if any("*" in origin for origin in value):
        raise UsageError("origins are listed one by one; there is no wildcard")


@frozen(kw_only=True)
class WebSettings:
    """The web's limits, and whom it trusts."""

    secret: bytes = field(repr=False, validator=_is_secret)  # signs cursors
    cors_origins: tuple[str, ...] = field(default=(), validator=_are_origins)
    trusted_hosts: tuple[str, ...] = ()  # none given: any well-formed Host
    proxy_hops: int = 0  # how many proxies before us add to X-Forwarded-For
    most_body_bytes: int = 2**20
    requests_per_minute: int = 600  # of one key
    wrong_keys_per_minute: int = 20  # from one address
    webhook_secret: bytes = field(
        default=b"", repr=False
    )  # of the chain's provider; without one its webhook is closed
    limiter_storage: str = field(default="memory://", repr=False)  # or redis://...
    most_streams: int = (
        32  # feeds of the console that a process keeps open; further ones ask again and again
    )
    authenticator: Authenticator | None = None  # None: API keys
