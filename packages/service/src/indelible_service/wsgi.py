"""What a WSGI server is pointed at: `indelible_service.wsgi:make`, a factory; nothing happens on import."""

from flask import Flask

from indelible_service.serving import settle
from indelible_service.settings import load
from indelible_service.wire import web_settings, wire
from indelible_web import create_app


def make() -> Flask:
    """The application that the settings describe."""
    settings = load()
    settle(settings)
    return create_app(wire(settings), web_settings(settings))
