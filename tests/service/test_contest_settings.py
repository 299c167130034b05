"""The settings of contests: the provider's address, the poll interval and the stages."""

import pytest

from indelible.contests.rules.tasks import RECONCILE_CONTESTS_STAGE
from indelible_service.contexts.contests import (
    ContestSettings,
    build_peers,
    build_stages,
)
from indelible_service.demos.contests import DemoEndpointForeign, check_provider
from indelible_service.processes.building import recurring_tasks
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore

PROVIDER = "https://provider.example/golf/leaderboard?event={event_id}"


def section(**variables: str) -> ContestSettings:
    """Return the section of contests of these variables."""
    return Settings.read({**variables}).section(ContestSettings)


def test_only_the_demo_is_asked_without_a_setting() -> None:
    settings = section()

    assert settings.ingestion_endpoint_url == ""
    assert settings.poll_seconds == 1
    assert build_peers(settings) == ()


def test_a_configured_provider_is_asked_once_a_minute() -> None:
    settings = section(INGESTION_ENDPOINT_URL=PROVIDER)

    assert settings.poll_seconds == 60
    (peer,) = build_peers(settings)
    assert (peer.host, peer.port) == ("provider.example", 443)
    often = section(INGESTION_ENDPOINT_URL=PROVIDER, INGESTION_POLL_SECONDS="15")
    assert often.poll_seconds == 15


def test_only_the_fetch_acts_outside_the_database(sqlite: SqlStore) -> None:
    stages = {stage.name: stage for stage in build_stages(section(), sqlite)}

    outside = [name for name, stage in stages.items() if stage.acts_outside]
    assert outside == ["fetch_tournament"]
    assert len(stages) == 6


def test_the_reconciler_is_a_recurring_task_of_30_seconds() -> None:
    tasks = {task.stage: task for task in recurring_tasks(Settings())}

    assert tasks[RECONCILE_CONTESTS_STAGE].every_seconds == 30


def test_the_demo_is_no_provider_of_an_instance_that_has_one() -> None:
    check_provider(Settings())
    for endpoint in (PROVIDER, "http://127.0.0.1:9000/leaderboard?event={event_id}"):
        with pytest.raises(DemoEndpointForeign) as refused:
            check_provider(Settings.read({"INGESTION_ENDPOINT_URL": endpoint}))

        assert refused.value.code == "DEMO_ENDPOINT_FOREIGN"
