"""The composition of the REST API and the console into one WSGI application."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, Final

from flask import Blueprint, Flask
from jinja2 import BaseLoader, PackageLoader, PrefixLoader
from prometheus_client import CollectorRegistry
from werkzeug.middleware.proxy_fix import ProxyFix

from indelible.app import AppContext
from indelible.kernel import Readers, UsageError
from indelible.kernel.context_needs import check_needs
from indelible.kernel.contexts import MAX_SEARCH_CHARACTERS
from indelible.kernel.keys import KEY
from indelible.kernel.runbooks import RUNBOOK_EXECUTION
from indelible.kernel.stages import STAGE
from indelible.kernel.values import IDENTIFIER, LINE
from indelible_web import console
from indelible_web.context import WebContext, cause_sources, runbook_names
from indelible_web.contexts import CONTEXTS
from indelible_web.http import admin, liveness_admin, runbooks
from indelible_web.http.access import (
    PUBLIC,
    SIGNED,
    AccessControl,
    AnonymousAuthenticator,
    KeyAuthenticator,
)
from indelible_web.http.bodies import BodyLimits
from indelible_web.http.descriptions import Descriptions, descriptions_of
from indelible_web.http.docs_page import admin_docs_blueprint, docs_blueprint
from indelible_web.http.examples import Examples, examples_of
from indelible_web.http.failed_logins import open_failed_logins
from indelible_web.http.health import HealthRoutes
from indelible_web.http.history import HistoryAccess, history_routes
from indelible_web.http.metrics import BREAKER_GAUGE, ContextGauge, Metrics
from indelible_web.http.middleware import RequestMiddleware, install_middleware
from indelible_web.http.nearest_paths import declare_paths
from indelible_web.http.operator_descriptions import DESCRIPTIONS
from indelible_web.http.probe import Probe
from indelible_web.http.problems import handle_errors
from indelible_web.http.refused_requests import RefusedRequests
from indelible_web.http.request import OPS
from indelible_web.http.routing import PREFIX, Routes, Server
from indelible_web.http.space import SpaceCheck
from indelible_web.settings import WebSettings

KERNEL_COMMANDS: Final = (
    "requeue_task",
    "requeue_tasks",
    "cancel_task",
    "issue_key",
    "revoke_key",
    "forget_subject",
    "restart_subscriber",
)
KERNEL_ADMIN_ROUTES: Final = (
    admin.routes,
    liveness_admin.routes,
    runbooks.routes,
)
REGISTRY: Final = "indelible_metrics"  # an extension of the application
MAX_DOCUMENTS: Final = 8  # that are kept; one is built in a fifth of a second
# The limits of the kinds, for the inputs of forms.
MAX_CHARACTERS: Final = {
    "line": LINE["max_length"],
    "identifier": IDENTIFIER["max_length"],
    "search": MAX_SEARCH_CHARACTERS,
}
KERNEL_REDACTED_FIELDS: Final = {KEY.name: frozenset({"secret_digest"})}


def create_app(
    app_context: AppContext,
    settings: WebSettings,
    contexts: tuple[WebContext, ...] = CONTEXTS,
) -> Flask:
    """Return the REST API and the console over a store; applications share nothing that changes.

    A host passes `(*CONTEXTS, MINE)`, or `(*built_in_contexts("concepts"), MINE)`.

    Raises: ContextsUnusable, and what a context's webhook raises for incomplete settings.
    """
    check_needs(contexts)
    app = _bare_app(settings, contexts)
    metrics = create_metrics(app_context, contexts)
    access = _access_control(app_context, settings, metrics, contexts)
    install_middleware(app, RequestMiddleware(app_context, metrics, settings.cors_origins))
    limits = BodyLimits(settings.max_body_bytes)
    limits.install(app)
    access.guard(app, settings)

    _refuse_twice(_documented_routes(contexts))
    server = _server(app_context, settings, metrics, contexts)
    for routes in _documented_routes(contexts):
        app.register_blueprint(server.blueprint(routes))
        _declare_routes(access, limits, routes)
    for routes in admin_routes(contexts):
        app.register_blueprint(server.blueprint(routes, admin.PREFIX))
        _declare_routes(access, limits, routes, are_operators=True)
    _answer_errors(app, contexts)

    _open_webhooks(app, access, app_context, settings, metrics, contexts)
    _declare_other_limits(limits, contexts)
    health = _health_routes(app_context, settings, metrics)
    _open_to_everybody(app, access, health.blueprint())
    _open_docs(app, access, contexts)
    console.open_console(app, access, app_context, metrics, settings, contexts)
    access.check(app)
    app.extensions[REGISTRY] = metrics.registry

    return app


def _server(
    app_context: AppContext,
    settings: WebSettings,
    metrics: Metrics,
    contexts: Iterable[WebContext],
) -> Server:
    return Server(
        app_context=app_context,
        settings=settings,
        metrics=metrics,
        cause_sources=cause_sources(contexts),
        runbooks=runbook_names(contexts),
    )


def metrics_registry(app: Flask) -> CollectorRegistry:
    """Return the registry behind `/metrics`; other metrics of the process may be added to it."""
    registry: CollectorRegistry = app.extensions[REGISTRY]
    return registry


@lru_cache(MAX_DOCUMENTS)
def public_document(contexts: tuple[WebContext, ...]) -> Mapping[str, Any]:
    """Return the public OpenAPI document, which depends on the contexts alone."""
    # flask-smorest and apispec are for requests for the document only.
    from indelible_web.http import openapi  # noqa: PLC0415 - most processes answer no such request

    documented: list[openapi.DocumentedRoutes] = []
    for context in contexts:
        examples = examples_of(context.examples)
        descriptions = descriptions_of(context.descriptions)
        for routes in context.routes:
            documented.append(openapi.DocumentedRoutes(routes, examples, descriptions))
    history = openapi.DocumentedRoutes(_history_routes(contexts), Examples(), Descriptions())

    return openapi.describe([*documented, history])


@lru_cache(MAX_DOCUMENTS)
def admin_document(contexts: tuple[WebContext, ...]) -> Mapping[str, Any]:
    """Return the OpenAPI document of the operators' routes, which the public one leaves out."""
    # flask-smorest and apispec are for requests for the document only.
    from indelible_web.http import openapi  # noqa: PLC0415 - most processes answer no such request

    documented: list[openapi.DocumentedRoutes] = []
    own_descriptions = descriptions_of(DESCRIPTIONS)
    for routes in KERNEL_ADMIN_ROUTES:
        documented.append(openapi.DocumentedRoutes(routes, Examples(), own_descriptions))
    for context in contexts:
        examples = examples_of(context.examples)
        descriptions = descriptions_of(context.descriptions)
        for routes in context.admin_routes:
            documented.append(openapi.DocumentedRoutes(routes, examples, descriptions))

    return openapi.describe_admin(documented, admin.PREFIX)


def _health_routes(
    app_context: AppContext, settings: WebSettings, metrics: Metrics
) -> HealthRoutes:
    database_check = partial(_check_database, app_context, SpaceCheck(app_context.store))
    probe = Probe(database_check, settings.health_seconds)
    return HealthRoutes(app_context, metrics, probe)


def _check_database(app_context: AppContext, space: SpaceCheck) -> None:
    app_context.store.read(lambda tx: tx.history.of(KEY.name, "-", limit=1))
    space.run()


def create_metrics(app_context: AppContext, contexts: Iterable[WebContext]) -> Metrics:
    """Return the metrics of an application, with a label for each lifecycle and command."""
    lifecycles = [STAGE, RUNBOOK_EXECUTION]
    commands = [*KERNEL_COMMANDS]
    outcomes: list[str] = []
    gauges: list[ContextGauge] = [BREAKER_GAUGE, admin.PAUSE_GAUGE]
    for context in contexts:
        gauges += context.gauges
        lifecycles += context.lifecycles
        commands += context.commands
        for webhook in context.webhooks:
            outcomes += webhook.outcomes

    return Metrics(app_context, lifecycles, commands, outcomes, gauges)


def _bare_app(settings: WebSettings, contexts: Iterable[WebContext]) -> Flask:
    app = Flask("indelible_web", static_folder=None)
    app.config.from_mapping(
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
    )
    app.url_map.merge_slashes = False
    app.jinja_options = {**app.jinja_options, "loader": _template_loader(contexts)}
    names: Any = app.jinja_env.globals  # pyright knows Jinja's own names only
    names["max_characters"] = MAX_CHARACTERS
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # Flask documents this assignment.
            app.wsgi_app, x_for=hops, x_proto=hops
        )

    return app


def _template_loader(contexts: Iterable[WebContext]) -> BaseLoader:
    """Find each package's templates under its own prefix, so that none hides another's."""
    loaders: dict[str, BaseLoader] = {
        "http": PackageLoader("indelible_web.http"),
        "console": PackageLoader("indelible_web.console"),
    }
    for context in contexts:
        if context.template_package is not None:
            loaders[context.name] = PackageLoader(context.template_package)

    return PrefixLoader(loaders)


def _access_control(
    app_context: AppContext,
    settings: WebSettings,
    metrics: Metrics,
    contexts: Iterable[WebContext],
) -> AccessControl:
    authenticator = settings.authenticator or KeyAuthenticator(app_context)
    return AccessControl(
        app_context,
        authenticator,
        RefusedRequests(app_context),
        open_failed_logins(settings),
        metrics.count_login,
        _guess_codes(contexts),
    )


def _guess_codes(contexts: Iterable[WebContext]) -> frozenset[str]:
    codes: set[str] = set()
    for context in contexts:
        codes |= context.guess_codes

    return frozenset(codes)


def _documented_routes(contexts: Iterable[WebContext]) -> list[Routes]:
    """Return the routes of the public OpenAPI document."""
    result: list[Routes] = []
    for context in contexts:
        result += context.routes

    return [*result, _history_routes(contexts)]


def _answer_errors(app: Flask, contexts: Iterable[WebContext]) -> None:
    """Answer errors with problems; that of an unknown address names paths of the public API."""
    handle_errors(app)
    rules: list[str] = []
    for routes in _documented_routes(contexts):
        rules += [operation.rule for operation in routes.operations]

    declare_paths(app, PREFIX, rules)


def _refuse_twice(routes: Iterable[Routes]) -> None:
    """Raise UsageError for two groups of routes with one name."""
    for name, times in Counter(one.name for one in routes).items():
        if times > 1:
            raise UsageError(f"two contexts have routes of the name {name}: pass another `name`")


def _history_routes(contexts: Iterable[WebContext]) -> Routes:
    """Return the route of the history, which shows what the lifecycles and contexts declare."""
    readers: dict[str, Readers] = {}
    for context in contexts:
        for lifecycle in context.lifecycles:
            readers[lifecycle.name] = lifecycle.readers

    redacted_fields = redacted_fields_of(contexts)
    return history_routes(HistoryAccess(readers=readers, redacted_fields=redacted_fields))


def redacted_fields_of(contexts: Iterable[WebContext]) -> Mapping[str, frozenset[str]]:
    """Return the fields that no history shows, by lifecycle.

    A built-in context that is off may have changes, so that its fields are always hidden.
    """
    redacted_fields = dict(KERNEL_REDACTED_FIELDS)
    for context in (*CONTEXTS, *contexts):
        for name, fields in context.redacted_fields.items():
            redacted_fields[name] = redacted_fields.get(name, frozenset()) | fields

    return redacted_fields


def admin_routes(contexts: Iterable[WebContext]) -> list[Routes]:
    """Return the operators' routes, which have an OpenAPI document of their own."""
    result = [*KERNEL_ADMIN_ROUTES]
    for context in contexts:
        result += context.admin_routes

    return result


def _declare_routes(
    access: AccessControl, limits: BodyLimits, routes: Routes, *, are_operators: bool = False
) -> None:
    """Declare the scopes of each operation, and the limit of its bodies.

    A command of operators that is refused for the lack of a scope is recorded.
    """
    for operation in routes.operations:
        endpoint = f"{routes.name}.{operation.name}"
        login = AnonymousAuthenticator() if operation.is_signed else None
        recorded_as = operation.name if are_operators and operation.has_body else ""
        access.declare(
            endpoint,
            operation.scopes,
            login,
            recorded_as=recorded_as,
        )
        limits.declare(endpoint, operation.max_body_bytes)


def _declare_other_limits(limits: BodyLimits, contexts: Iterable[WebContext]) -> None:
    """Declare the limits of the bodies of webhooks, and of forms of the console."""
    for context in contexts:
        for webhook in context.webhooks:
            limits.declare(f"webhooks.{webhook.name}", webhook.max_body_bytes)
        for page in context.pages:
            limits.declare(f"console.{page.name}", page.max_body_bytes)


def _open_webhooks(
    app: Flask,
    access: AccessControl,
    app_context: AppContext,
    settings: WebSettings,
    metrics: Metrics,
    contexts: Iterable[WebContext],
) -> None:
    blueprint = Blueprint("webhooks", __name__)
    for context in contexts:
        for webhook in context.webhooks:
            receiver = webhook.open(app_context, settings, metrics)
            blueprint.add_url_rule(webhook.rule, webhook.name, receiver.receive, methods=["POST"])
            access.declare(f"webhooks.{webhook.name}", SIGNED, receiver)

    app.register_blueprint(blueprint)


def _open_docs(app: Flask, access: AccessControl, contexts: tuple[WebContext, ...]) -> None:
    """Register the public documents, and that of the operators' routes."""
    _open_to_everybody(app, access, docs_blueprint(app, partial(public_document, contexts)))

    admin_docs = admin_docs_blueprint(admin.PREFIX, partial(admin_document, contexts))
    app.register_blueprint(admin_docs)
    access.declare(f"{admin_docs.name}.openapi", (OPS,))


def _open_to_everybody(app: Flask, access: AccessControl, blueprint: Blueprint) -> None:
    """Register routes that need no key."""
    app.register_blueprint(blueprint)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{blueprint.name}."):
            access.declare(rule.endpoint, PUBLIC)
