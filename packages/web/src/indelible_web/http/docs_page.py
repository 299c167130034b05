"""The routes of the OpenAPI document: as JSON, and as one self-contained page."""

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
td, th { border-bottom: 1px solid #ddd; padding: .2rem .6rem }
td, th { text-align: left; vertical-align: top }
section { border-top: 1px solid #999; margin-top: 2rem }
"""


def docs_blueprint(app: Flask, document: Mapping[str, Any]) -> Blueprint:
    """Return the routes `/openapi.json` and `/docs`."""
    blueprint = Blueprint("documentation", __name__)
    headers = {"Content-Security-Policy": _content_security_policy()}

    @cache
    def page_text() -> str:
        template = app.jinja_env.get_template("http/docs.html")
        return template.render(document=document, style=STYLE, codes=sorted(_codes()))

    def openapi() -> Response:
        return json_response(document, 200)

    def docs() -> Response:
        return Response(page_text(), content_type="text/html; charset=utf-8", headers=headers)

    blueprint.add_url_rule("/openapi.json", view_func=openapi)
    blueprint.add_url_rule("/docs", view_func=docs)

    return blueprint


def _content_security_policy() -> str:
    """Return a policy that allows the page's own style and nothing else."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
    )


def _codes() -> Iterator[tuple[str, int, str]]:
    """Yield every error code with its status and its message."""
    for leaf in error_types():
        yield leaf.code, status_of(leaf), leaf.message
