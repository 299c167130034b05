"""Build the web application from the settings; a host may replace this module with its own."""

from typing import Any

from flask import Flask

from indelible.app import AppContext
from indelible.kernel.contexts import Context
from indelible.kernel.distributions import SERVICE, check_versions
from indelible_service.database import ensure_secret, open_store
from indelible_service.hosts.selection import selected_host_contexts
from indelible_service.instance.data_directory import derive_other_secret, derive_secret
from indelible_service.monitoring.metrics import register_process
from indelible_service.processes.building import (
    build_gateways,
    configure_process,
    declare_configured_subjects,
    publish_commits,
)
from indelible_service.settings.service import Settings, load
from indelible_sql import SqlStore
from indelible_web import WebContext, WebSettings
from indelible_web import create_app as create_web_app
from indelible_web.app import metrics_registry
from indelible_web.contexts import built_in_contexts
from indelible_web.http.rates import REDIS_SECONDS, redis_storage
from indelible_web.own import own_context


def build_app(settings: Settings, store: SqlStore) -> Flask:
    """Return the API over the store."""
    for context in settings.built_in_contexts:
        store.catalog.find(context.name)  # imports it, for which no request waits

    app_context = AppContext(
        store=store,
        standby=store if settings.read_url else None,
        config=store.config,
        **build_gateways(settings),
    )
    app = create_web_app(app_context, build_web_settings(settings), web_contexts(settings))
    register_process(settings, metrics_registry(app), store)
    declare_configured_subjects(settings, store)
    return app


def web_contexts(settings: Settings) -> tuple[WebContext, ...]:
    """Return the routes and pages of the contexts that are on."""
    names = [context.name for context in settings.built_in_contexts]
    own: list[WebContext] = []
    for context in selected_host_contexts(settings):
        if isinstance(context, Context):
            own.append(own_context(context))

    return (*built_in_contexts(*names), *own)


def build_web_settings(settings: Settings) -> WebSettings:
    """Return the settings of the web, with those of the contexts.

    All processes that name the same Redis share rate limits and ended sessions, also those of
    other machines, of which this one does not know. Where `up --full` has started the Redis, there
    is no other one: memory costs a request less.
    """
    options: dict[str, Any] = {}
    if settings.redis_url and not settings.is_redis_embedded:
        from indelible_workers import redis_client

        client = redis_client(settings.redis_url, timeout_seconds=REDIS_SECONDS)
        options["limiter_storage"] = redis_storage(client.connection_pool)
    for context in settings.built_in_contexts:
        options.update(context.web_options(settings.section(context.settings)))

    return WebSettings(
        secret=derive_secret(settings, "cursors"),
        other_secret=derive_other_secret(settings, "cursors"),
        cors_origins=settings.cors_origins,
        trusted_hosts=settings.trusted_hosts,
        proxy_hops=settings.proxy_hops,
        requests_per_minute=settings.requests_per_minute,
        max_streams=settings.max_streams,
        health_seconds=settings.health_seconds,
        **options,
    )


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for a WSGI server: `indelible_service.composition:create_app`.

    The settings are read from the environment where none are passed.

    Raises: SecretMissing.
    """
    check_versions(SERVICE)
    settings = settings or load()
    configure_process(settings)
    ensure_secret(settings)
    store = open_store(settings, needs_key_secret=True)
    publish_commits(settings, store)

    return build_app(settings, store)
