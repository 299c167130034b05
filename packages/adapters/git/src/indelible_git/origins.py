"""Origins of addresses: scheme, host and port. A token is sent to one origin only."""

import re
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

from indelible.kernel import UsageError

PORTS: Final = {"https": 443, "http": 80}
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
VISIBLE: Final = re.compile(r"[!-~]+")
GITHUB_API: Final = "https://api.github.com"
GITHUB: Final = "https://github.com"


@frozen
class Origin:
    """The scheme, host and port of an address."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port == PORTS[self.scheme]:
            return f"{self.scheme}://{host}"

        return f"{self.scheme}://{host}:{self.port}"


def parse_origin(url: str) -> Origin | None:
    """Return the origin of an http or https address, None of any other and of one with a user."""
    if not VISIBLE.fullmatch(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.username is not None or parts.password is not None:
        return None
    if port is None or not parts.hostname:
        return None

    return Origin(parts.scheme, parts.hostname, port)


def require_origin(url: str, setting: str) -> Origin:
    """Return the origin of a configured address. Raises UsageError unless it is safe for a token.

    Only this machine may be spoken to without encryption.
    """
    origin = parse_origin(url)
    if origin is None:
        raise UsageError(f"{setting}: expected an https URL with a host and without a user")
    if origin.scheme == "http" and origin.host not in LOOPBACK:
        raise UsageError(f"{setting}: expected https, as the token is sent to {origin.host}")

    return origin


def git_origin(api_url: str) -> Origin:
    """Return the origin of the repositories behind an API: its own, except that of github.com."""
    url = GITHUB if api_url.rstrip("/") == GITHUB_API else api_url
    return require_origin(url, "api_url")
