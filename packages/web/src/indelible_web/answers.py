"""How values leave: one JSON for everything."""

import json
from typing import Final

from flask import Response

from indelible.kernel import plain

JSON: Final = "application/json"


def json_text(value: object) -> bytes:
    """The value as JSON in UTF-8; half a surrogate pair, which only a refusal can quote, becomes its escape."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")


def json_response(value: object, status: int, media_type: str = JSON) -> Response:
    """The value as an answer."""
    return Response(json_text(value), status=status, content_type=media_type)
