"""The client of Stripe's API: its key, its address, its timeouts and its session."""

import logging
import os
import re
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import requests
import stripe

from indelible.kernel import UsageError

DEFAULT_BASE_ADDRESS: Final = "https://api.stripe.com"
CONNECT_TIMEOUT_SECONDS: Final = 5.0
READ_TIMEOUT_SECONDS: Final = 30.0
MAX_TIMEOUT_SECONDS: Final = 600.0
API_KEY: Final = re.compile(r"(?:sk|rk)_(?P<mode>test|live)_[A-Za-z0-9_]{1,250}", re.ASCII)
BASE_ADDRESS: Final = re.compile(r"https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?", re.ASCII)
LOG_VARIABLE: Final = "STRIPE_LOG"


def livemode_of_key(api_key: str) -> bool:
    """Return whether a secret or restricted key belongs to live mode.

    Raises:
        UsageError: The text is no such key.
    """
    match = API_KEY.fullmatch(api_key)
    if match is None:
        raise UsageError(
            "expected an API key of Stripe that begins with sk_test_, sk_live_, rk_test_ or"
            " rk_live_"
        )
    return match["mode"] == "live"


def create_client(
    session: requests.Session,
    *,
    api_key: str,
    livemode: bool,
    base_address: str,
    connect_timeout_seconds: float,
    read_timeout_seconds: float,
) -> stripe.StripeClient:
    """Return a client of Stripe that never repeats a request and never logs a body.

    Raises:
        UsageError: The key is of the other mode, or a setting is unusable.
    """
    if livemode_of_key(api_key) is not livemode:
        expected = "live" if livemode else "test"
        raise UsageError(f"expected an API key of {expected} mode, got one of the other mode")
    _check_address(base_address)
    for seconds in (connect_timeout_seconds, read_timeout_seconds):
        if not 0 < seconds <= MAX_TIMEOUT_SECONDS:
            raise UsageError(
                f"expected timeouts above 0 and up to {MAX_TIMEOUT_SECONDS} seconds, got {seconds}"
            )
    if os.environ.get(LOG_VARIABLE):
        raise UsageError(f"{LOG_VARIABLE} is set: Stripe's library would print secrets")

    logging.getLogger("stripe").addFilter(_is_without_bodies)
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": base_address},
        max_network_retries=0,
        http_client=stripe.RequestsClient(
            timeout=(connect_timeout_seconds, read_timeout_seconds), session=session
        ),
    )


def _check_address(base_address: str) -> None:
    """Check the address of the API; the key goes unencrypted to loopback only."""
    if BASE_ADDRESS.fullmatch(base_address) is None:
        raise UsageError("expected the address of Stripe's API without path, user or query")
    url = urlsplit(base_address)
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        raise UsageError("expected an https address of Stripe's API, or one of loopback")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def create_session() -> requests.Session:
    """Return a session without proxies, netrc, cookies and redirects.

    A netrc file would replace the API key, and a redirect would repeat the request elsewhere.
    """
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return session


def _is_without_bodies(record: logging.LogRecord) -> bool:
    """Drop Stripe's debug records, which contain requests and responses with client secrets."""
    return record.levelno > logging.DEBUG
