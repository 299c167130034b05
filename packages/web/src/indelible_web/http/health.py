"""Health and metrics: plain views, for machines that watch."""

from attrs import frozen
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from indelible.app import AppContext
from indelible.kernel import IndelibleError
from indelible.kernel.keys import KEY
from indelible_web.http.admin import list_stages
from indelible_web.http.errors import NotReady
from indelible_web.http.metrics import Metrics
from indelible_web.http.request import current_request
from indelible_web.http.responses import json_response


@frozen
class System:
    """What a watcher may ask."""

    _app_context: AppContext
    _metrics: Metrics

    def health(self) -> Response:
        """Whether the database answers, in the words of the token service's hand-off."""
        try:
            self._app_context.store.read(lambda tx: tx.history.of(KEY.name, "-", limit=1))
        except IndelibleError as fault:
            current_request().code = fault.code  # for the log; the caller has the hand-off's code
            error = {
                "code": "DATABASE_CONNECTION_FAILED",
                "message": "Unable to connect to database",
            }
            return json_response({"status": "unhealthy", "error": error}, 503)
        return json_response({"status": "healthy"}, 200)

    def live(self) -> Response:
        """That this process answers."""
        return json_response({"status": "alive"}, 200)

    def ready(self) -> Response:
        """That this process can serve, what it does without, and how long work has waited; or NotReady."""
        now, config = self._app_context.clock.now(), self._app_context.config
        try:
            stages = self._app_context.store.read(list_stages, now)
        except IndelibleError as error:
            raise NotReady(error.code) from error
        waits = {
            each.stage: int((now - each.oldest).total_seconds()) for each in stages if each.oldest
        }
        said = {
            "degraded": ["settings"]
            if config is not None and config.snapshot().error is not None
            else [],
            "waiting_seconds": waits,
            "paused": [each.stage for each in stages if each.is_paused],
        }
        return json_response(
            {"status": "ready", **{name: each for name, each in said.items() if each}}, 200
        )

    def metrics(self) -> Response:
        """The counters, as Prometheus reads them."""
        return Response(generate_latest(self._metrics.registry), content_type=CONTENT_TYPE_LATEST)

    def blueprint(self) -> Blueprint:
        """The four routes."""
        blueprint = Blueprint("system", __name__)
        blueprint.add_url_rule("/health", "health", self.health)
        blueprint.add_url_rule("/health/live", "live", self.live)
        blueprint.add_url_rule("/health/ready", "ready", self.ready)
        blueprint.add_url_rule("/metrics", "metrics", self.metrics)
        return blueprint
