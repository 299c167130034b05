"""The position of what a browser has written last, in a signed cookie of its own.

The cookie of the session is no place for it: one that another request renews would take it back.
"""

from typing import Final

from flask import Response, request

from indelible.kernel.standbys import InvalidLogPosition
from indelible_web.console.cookies import MAX_SESSION_SECONDS
from indelible_web.http.positions import Positions
from indelible_web.http.request import current_request

COOKIE: Final = "indelible-position"


def find_position(positions: Positions) -> str:
    """Return the signed position that the pages of this browser must see.

    It is '' without one, and for one that is not valid, such as after the secret was replaced.
    """
    text = request.cookies.get(COOKIE, "")
    try:
        positions.read(text)
    except InvalidLogPosition:
        return ""

    return text


def send_position(response: Response) -> Response:
    """Add the cookie to the answer of a request that has written."""
    position = current_request().position
    if position:
        response.set_cookie(
            COOKIE,
            position,
            max_age=MAX_SESSION_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )

    return response
