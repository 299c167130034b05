"""The document, for programs and for people; the page for people needs nothing but itself."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final

from flask import Blueprint, Flask, Response

from indelible.kernel.errors import error_types
from indelible_web.http.errors import status_of
from indelible_web.http.responses import json_response

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
code, pre { font: 14px/1.4 ui-monospace, monospace }
pre { background: #f4f4f4; max-height: 20rem; overflow: auto; padding: .5rem }
table { border-collapse: collapse; display: block; overflow: auto }
td, th { border-bottom: 1px solid #ddd; padding: .2rem .6rem; text-align: left; vertical-align: top }
section { border-top: 1px solid #999; margin-top: 2rem }
"""


def documentation(app: Flask, document: Mapping[str, Any]) -> Blueprint:
    """The routes of both."""

    @cache
    def page() -> str:
        return app.jinja_env.get_template("http/docs.html").render(
            document=document, style=STYLE, codes=sorted(_codes())
        )

    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
    )
    blueprint = Blueprint("documentation", __name__)

    @blueprint.get("/openapi.json")
    def document_for_programs() -> Response:
        return json_response(document, 200)

    @blueprint.get("/docs")
    def document_for_people() -> Response:
        return Response(
            page(),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy},
        )

    return blueprint


def _codes() -> Iterator[tuple[str, int, str]]:
    """Every code that an answer can have, with its status and its meaning."""
    for leaf in error_types():
        yield leaf.code, status_of(leaf), leaf.message
