"""Health and metrics, for machines that watch the process."""

from datetime import datetime
from typing import Any

from attrs import frozen
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from indelible.app import AppContext
from indelible.kernel import IndelibleError, StoreFull
from indelible.kernel.standstill import standstills
from indelible_web.http.admin import list_stages
from indelible_web.http.errors import NotReady
from indelible_web.http.health_document import FULL, HEALTHY, UNHEALTHY
from indelible_web.http.metrics import Metrics
from indelible_web.http.probe import Probe
from indelible_web.http.request import current_request
from indelible_web.http.responses import json_response


@frozen
class HealthRoutes:
    """The routes of health and metrics."""

    _app_context: AppContext
    _metrics: Metrics
    _probe: Probe

    def health(self) -> Response:
        """Return whether the database answers and can grow, in the words of seed 004."""
        try:
            self._probe.run()
        except StoreFull as error:
            current_request().code = error.code
            return json_response(FULL, 503)
        except IndelibleError as error:
            current_request().code = error.code  # The log has the cause, the caller does not.
            return json_response(UNHEALTHY, 503)

        return json_response(HEALTHY, 200)

    def live(self) -> Response:
        """Return that this process answers."""
        return json_response({"status": "alive"}, 200)

    def ready(self) -> Response:
        """Return that this process can serve, what is degraded, and the age of due tasks.

        `problems` has a line for a database that cannot grow, which is read nevertheless, for each
        transaction that delays the feed, and for each subject that is silent.

        Raises: NotReady.
        """
        now = self._app_context.clock.now()
        try:
            problems = self._problems(now)
            stages = self._app_context.store.read(list_stages, now)
        except IndelibleError as error:
            raise NotReady(error.code) from error

        waiting_seconds: dict[str, int] = {}
        paused: list[str] = []
        for stage in stages:
            if stage.oldest:
                waiting_seconds[stage.stage] = int((now - stage.oldest).total_seconds())
            if stage.is_paused:
                paused.append(stage.stage)

        answer: dict[str, Any] = {"status": "ready"}
        if self._has_degraded_settings():
            answer["degraded"] = ["settings"]
        if problems:
            answer["problems"] = problems
        if waiting_seconds:
            answer["waiting_seconds"] = waiting_seconds
        if paused:
            answer["paused"] = paused

        return json_response(answer, 200)

    def metrics(self) -> Response:
        """Return the metrics in Prometheus' text format."""
        return Response(generate_latest(self._metrics.registry), content_type=CONTENT_TYPE_LATEST)

    def blueprint(self) -> Blueprint:
        """Return the routes as a blueprint."""
        blueprint = Blueprint("system", __name__)
        blueprint.add_url_rule("/health", "health", self.health)
        blueprint.add_url_rule("/health/live", "live", self.live)
        blueprint.add_url_rule("/health/ready", "ready", self.ready)
        blueprint.add_url_rule("/metrics", "metrics", self.metrics)

        return blueprint

    def _problems(self, now: datetime) -> list[str]:
        """Return what needs an operator although this process serves.

        Raises: what the check of the database raises, except StoreFull.
        """
        problems: list[str] = []
        try:
            self._probe.run()
        except StoreFull as error:
            problems.append(f"database: {error}")

        problems += self._app_context.store.read(standstills, now)
        return problems

    def _has_degraded_settings(self) -> bool:
        config = self._app_context.config
        return config is not None and config.snapshot().error is not None
