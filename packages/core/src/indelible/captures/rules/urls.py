"""The address of a page: its checks, and the form that all addresses of the same page share."""

import re
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from attrs import Attribute

from indelible.captures.errors import UrlUnusable
from indelible.kernel.values import HIDDEN, UNSTORABLE, wrong_type

MAX_URL_LENGTH: Final = 2_000
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# Characters that stay as they are. All others beyond ASCII are percent-encoded, as browsers send
# them.
SAFE: Final = "%/:?#[]@!$&'()*+,;=~|^`{}\"<>"
TRACKING: Final = re.compile(r"(?:utm_[^=&]*|fbclid|gclid|msclkid)(?:=.*)?", re.IGNORECASE)
HOST: Final = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])")
# Python and browsers turn these characters of a host into different ASCII names.
AMBIGUOUS_IN_HOST: Final = frozenset("ßẞς")


def is_url(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Check that the value is the address of a page."""
    if not isinstance(value, str):
        raise wrong_type(attribute.name, "text", value)
    normalized_url(value)


def normalized_url(url: str) -> str:
    """Return the one address of the page.

    The host is in lower case. The default port, the fragment and tracking parameters are removed.
    The rest stays as it is, in its order.

    Raises:
        UrlUnusable: The text is no address of a page on the web.

    """
    parts, host = _split(url)
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    path = quote(parts.path or "/", safe=SAFE)
    query = quote(_without_tracking(parts.query), safe=SAFE)

    normalized = f"{parts.scheme}://{host}{port}{path}{query}"
    if len(normalized) > MAX_URL_LENGTH:
        raise UrlUnusable(f"longer than {MAX_URL_LENGTH} characters")
    return normalized


def _without_tracking(query: str) -> str:
    """Return the query with its question mark and without tracking parameters, or ''."""
    parameters = [
        parameter
        for parameter in query.split("&")
        if parameter and not TRACKING.fullmatch(parameter)
    ]
    return f"?{'&'.join(parameters)}" if parameters else ""


def _split(url: str) -> tuple[SplitResult, str]:
    """Return the parts of an address, and its host in ASCII."""
    if len(url) > MAX_URL_LENGTH:
        raise UrlUnusable(f"longer than {MAX_URL_LENGTH} characters")
    if HIDDEN.search(url) or UNSTORABLE.search(url) or "\\" in url:
        raise UrlUnusable("a space, a control character or a backslash")
    try:
        parts = urlsplit(url)
        _ = parts.port  # `urlsplit` checks the port only when it is read.
        host = _ascii_host(parts)
    except (ValueError, UnicodeError) as error:
        raise UrlUnusable("not written as an address is") from error

    if parts.scheme not in DEFAULT_PORTS:
        raise UrlUnusable("neither http nor https")
    if parts.username is not None or parts.password is not None:
        raise UrlUnusable("it holds credentials")
    has_brackets = "[" in parts.netloc
    if not HOST.fullmatch(host) or has_brackets != ("[" in host):
        raise UrlUnusable("no valid host")
    if AMBIGUOUS_IN_HOST.intersection(parts.netloc):
        raise UrlUnusable("browsers write this host differently: use its xn-- name")
    return parts, host


def _ascii_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        return f"[{host}]"
    return host.encode("idna").decode()
