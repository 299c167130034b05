"""The REST API and the console: `create_app` serves them over a store."""

from indelible_web.app import create_app
from indelible_web.context import WebContext
from indelible_web.http.request import Authenticator, Caller
from indelible_web.settings import WebSettings

__all__ = [
    "Authenticator",
    "Caller",
    "WebContext",
    "WebSettings",
    "create_app",
]
