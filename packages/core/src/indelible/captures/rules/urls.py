"""The address of a page: which texts are one, and which of them mean the same page."""

import re
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from attrs import Attribute

from indelible.captures.errors import UrlUnusable
from indelible.kernel.values import HIDDEN, UNSTORABLE, WrongType

LONGEST: Final = 2_000
PLAIN: Final = (
    "%/:?#[]@!$&'()*+,;=~|^`{}\"<>"  # what is beyond ASCII is written as browsers send it
)
PORTS: Final = {"http": 80, "https": 443}
TRACKING: Final = re.compile(r"(?:utm_[^=&]*|fbclid|gclid|msclkid)(?:=.*)?", re.IGNORECASE)
HOST: Final = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])")


def is_url(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """The address of a page."""
    if not isinstance(value, str):
        raise WrongType(attribute.name, "text")
    normalized_url(value)


def normalized_url(url: str) -> str:
    """The one address of the page, or UrlUnusable.

    The host is in small letters; its default port, the fragment and what only tells who came from where are gone. The
    rest stays as it is, in its order.
    """
    parts, host = _split(url)
    port = f":{parts.port}" if parts.port not in (None, PORTS[parts.scheme]) else ""
    kept = [each for each in parts.query.split("&") if each and not TRACKING.fullmatch(each)]
    query = f"?{'&'.join(kept)}" if kept else ""
    page = f"{parts.scheme}://{host}{port}{quote(parts.path or '/', safe=PLAIN)}{quote(query, safe=PLAIN)}"
    if len(page) > LONGEST:
        raise UrlUnusable(f"longer than {LONGEST} characters")
    return page


def _split(url: str) -> tuple[SplitResult, str]:
    if len(url) > LONGEST:
        raise UrlUnusable(f"longer than {LONGEST} characters")
    if HIDDEN.search(url) or UNSTORABLE.search(url) or "\\" in url:
        raise UrlUnusable("a space, a control character or a backslash")
    try:
        parts = urlsplit(url)
        _ = parts.port  # which is looked at here, and not before
        host = (parts.hostname or "").removesuffix(".")
        host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise UrlUnusable("not written as an address is") from error
    if parts.scheme not in PORTS:
        raise UrlUnusable("neither http nor https")
    if parts.username is not None or parts.password is not None:
        raise UrlUnusable("it holds credentials")
    if (
        not HOST.fullmatch(host)
        or ("[" in parts.netloc) != ("[" in host)
        or {*"ßẞς"} & {*parts.netloc}
    ):
        raise UrlUnusable(
            "no host, or one that browsers write otherwise than Python: give its xn-- name"
        )
    return parts, host
