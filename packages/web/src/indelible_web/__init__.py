"""The REST API: `create_app` puts it over a store."""

from indelible_web.app import create_app
from indelible_web.http.request import Authenticator, Caller
from indelible_web.settings import WebSettings

__all__ = [
    "Authenticator",
    "Caller",
    "WebSettings",
    "create_app",
]
