"""The routes of the OpenAPI documents: as JSON, as a page with forms, and as a plain page."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug import Response as WerkzeugResponse

from indelible.kernel.errors import error_types
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


# Swagger UI sets styles from its script; its own files and this server's API are all it may load.
INTERACTIVE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
MEDIA_TYPES: Final = {"css": "text/css", "js": "text/javascript", "png": "image/png"}


def docs_blueprint(app: Flask, document: Callable[[], Mapping[str, Any]]) -> Blueprint:
    """Return the routes `/openapi.json`, `/docs` with its files, `/docs/plain`, and `/`.

    The document is built at the first request that needs it.
    """
    blueprint = Blueprint("documentation", __name__)

    @cache
    def plain_text() -> str:
        template = app.jinja_env.get_template("http/plain_docs.html")
        return template.render(document=document(), style=STYLE, codes=sorted(_codes()))

    def openapi() -> Response:
        return json_response(document(), 200)

    def docs() -> Response:
        text = app.jinja_env.get_template("http/docs.html").render(document=document())
        return _page(text, INTERACTIVE_POLICY)

    def plain_docs() -> Response:
        return _page(plain_text(), _plain_policy())

    def start() -> WerkzeugResponse:
        return redirect(f"{request.script_root}/console")

    blueprint.add_url_rule("/", view_func=start)
    blueprint.add_url_rule("/openapi.json", view_func=openapi)
    blueprint.add_url_rule("/docs", view_func=docs)
    blueprint.add_url_rule("/docs/plain", view_func=plain_docs)
    for name, path in _assets().items():
        rule, endpoint = f"/docs/{name}", name.replace(".", "_")
        blueprint.add_url_rule(rule, endpoint, _send(path, name))

    return blueprint


def admin_docs_blueprint(prefix: str, document: Callable[[], Mapping[str, Any]]) -> Blueprint:
    """Return the route `/openapi.json` of the operators' routes, which are below the prefix."""
    blueprint = Blueprint("admin_documentation", __name__, url_prefix=prefix)

    def openapi() -> Response:
        return json_response(document(), 200)

    blueprint.add_url_rule("/openapi.json", view_func=openapi)

    return blueprint


def _assets() -> Mapping[str, Traversable]:
    """Return the files that `/docs` loads, by name: all are installed with this package."""
    swagger = files("flask_swagger_ui") / "dist"
    return {
        "favicon-32x32.png": swagger / "favicon-32x32.png",
        "swagger-ui.css": swagger / "swagger-ui.css",
        "swagger-ui-bundle.js": swagger / "swagger-ui-bundle.js",
        "start.js": files("indelible_web.http") / "templates" / "start.js",
    }


def _send(path: Traversable, name: str) -> Callable[[], Response]:
    """Return a view that sends a file, unless the browser has it."""

    @cache
    def content() -> bytes:
        return path.read_bytes()

    def send() -> Response:
        response = Response(content(), content_type=MEDIA_TYPES[name.rpartition(".")[2]])
        response.add_etag()
        response.make_conditional(request)
        return response

    return send


def _page(text: str, policy: str) -> Response:
    headers = {"Content-Security-Policy": policy}
    return Response(text, content_type="text/html; charset=utf-8", headers=headers)


def _plain_policy() -> str:
    """Return a policy that allows the plain page's own style and nothing else."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
    )


def _codes() -> Iterator[tuple[str, int, str]]:
    """Yield every error code with its status and its message."""
    for leaf in error_types():
        yield leaf.code, leaf.http_status, leaf.message
