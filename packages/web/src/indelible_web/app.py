"""The application, put together."""

from typing import Final

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from indelible.app import AppContext
from indelible.captures import ALGORITHM, SETTING, SPACE, SUBSPACE
from indelible.concepts import CONCEPT
from indelible.kernel.stages import STAGE
from indelible.tokens import AUTHOR, TOKEN
from indelible_web import console
from indelible_web.captures import algorithms, spaces
from indelible_web.captures import routes as captures
from indelible_web.concepts import routes as concepts
from indelible_web.http import admin, history
from indelible_web.http.access import (
    PUBLIC,
    SIGNED,
    AccessControl,
    AnonymousAuthenticator,
    KeyAuthenticator,
)
from indelible_web.http.docs_page import documentation
from indelible_web.http.errors import WebhookSecretMissing
from indelible_web.http.health import System
from indelible_web.http.metrics import Metrics
from indelible_web.http.middleware import RequestMiddleware, install_middleware
from indelible_web.http.openapi import blueprint_of, publish
from indelible_web.http.problems import handle_errors
from indelible_web.http.routing import Server
from indelible_web.settings import WebSettings
from indelible_web.tokens import routes as tokens
from indelible_web.tokens.webhooks import Webhooks

CONTEXTS: Final = (
    concepts.routes,
    spaces.routes,
    captures.routes,
    algorithms.routes,
    tokens.routes,
    history.routes,
)
LIFECYCLES: Final = (CONCEPT, SPACE, SUBSPACE, ALGORITHM, SETTING, TOKEN, AUTHOR, STAGE)


def create_app(wiring: AppContext, settings: WebSettings) -> Flask:
    """The REST API over a store: a WSGI application that shares nothing with any other; WebhookSecretMissing."""
    if wiring.chain and not settings.webhook_secret:
        raise WebhookSecretMissing
    app = _bare_app(settings)
    metrics = Metrics(LIFECYCLES, wiring)
    gate = AccessControl(settings.authenticator or KeyAuthenticator(wiring))
    install_middleware(app, RequestMiddleware(wiring, metrics, settings.cors_origins))
    gate.guard(app, settings)
    server = Server(wiring=wiring, secret=settings.secret, metrics=metrics)
    document = publish(app, server, CONTEXTS)
    app.register_blueprint(blueprint_of(admin.routes, server, admin.PREFIX))
    handle_errors(app)  # after flask-smorest, which has handlers of its own
    for routes in (*CONTEXTS, admin.routes):
        for operation in routes.operations:
            login = AnonymousAuthenticator() if operation.is_signed else None
            gate.declare(f"{routes.name}.{operation.name}", operation.scopes, login)
    webhooks = Webhooks(wiring=wiring, metrics=metrics, secret=settings.webhook_secret)
    app.register_blueprint(webhooks.blueprint())
    gate.declare("webhooks.alchemy", SIGNED, webhooks)
    for blueprint in (System(wiring, metrics).blueprint(), documentation(app, document)):
        _open(app, gate, blueprint)
    console.open_console(app, gate, wiring, metrics, settings)
    gate.check(app)
    return app


def _bare_app(settings: WebSettings) -> Flask:
    app = Flask("indelible_web", static_folder=None)
    app.config.from_mapping(
        MAX_CONTENT_LENGTH=settings.most_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.most_body_bytes,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
    )
    app.url_map.merge_slashes = False
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign] # Flask's own way
    return app


def _open(app: Flask, gate: AccessControl, blueprint: Blueprint) -> None:
    """Register what everybody may see."""
    app.register_blueprint(blueprint)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{blueprint.name}."):
            gate.declare(rule.endpoint, PUBLIC)
