"""The settings of the web, which the service or a host decides."""

from typing import Any

from attrs import Attribute, field, frozen
from limits.storage import Storage

from indelible.kernel import UsageError
from indelible_web.http.request import Authenticator

MIN_SECRET_BYTES = 32


def _is_secret(_: object, __: "Attribute[Any]", value: bytes) -> None:
    if len(value) < MIN_SECRET_BYTES:
        raise UsageError(
            f"the web's secret has {len(value)} bytes: expected at least {MIN_SECRET_BYTES}"
        )


def _is_other_secret(instance: object, attribute: "Attribute[Any]", value: bytes) -> None:
    if value:
        _is_secret(instance, attribute, value)


def _are_origins(_: object, __: "Attribute[Any]", value: tuple[str, ...]) -> None:
    for origin in value:
        if "*" in origin:
            raise UsageError(f"the CORS origin {origin} has a wildcard: list each origin")


@frozen(kw_only=True)
class WebSettings:
    """The limits of the web, and the parties that it trusts."""

    # Signs cursors and sessions. Those of the other secret are valid too, while one replaces the
    # other.
    secret: bytes = field(repr=False, validator=_is_secret)
    other_secret: bytes = field(default=b"", repr=False, validator=_is_other_secret)
    cors_origins: tuple[str, ...] = field(default=(), validator=_are_origins)
    # Without any, every well-formed Host is accepted.
    trusted_hosts: tuple[str, ...] = ()
    # The number of proxies in front that add to X-Forwarded-For.
    proxy_hops: int = 0
    # Of a request; a route may declare another limit.
    max_body_bytes: int = 2**20
    # Of one key.
    requests_per_minute: int = 600
    # From one address.
    wrong_keys_per_minute: int = 20
    # Of the chain's provider; without it the webhook is closed.
    webhook_secret: bytes = field(default=b"", repr=False)
    # Of Stripe's endpoints, two of each while one replaces the other; without any the webhook is
    # closed.
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    # The mode of Stripe's events, our own account, and their API version; a version that is None
    # is not compared.
    stripe_livemode: bool = False
    stripe_account: str | None = None
    stripe_api_version: str | None = None
    # Or redis://..., or a storage over a client of the host's.
    limiter_storage: str | Storage = field(default="memory://", repr=False)
    # `/health` answers 503 where the database has not answered by then.
    health_seconds: float = 1.0
    # Feeds that the console keeps open in one process; other pages poll.
    max_streams: int = 32
    # Without one, callers authenticate with API keys.
    authenticator: Authenticator | None = None

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secrets whose signatures are valid; the first one signs."""
        return tuple(filter(None, (self.secret, self.other_secret)))
