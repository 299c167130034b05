"""Faults of the fetches of leaderboards."""

from collections.abc import Iterator

from tests.runbooks.bed import EVENT, OPERATOR, START, Installation
from tests.runbooks.leaderboards import Json, change, fail, run_until_asking_often, tell
from tests.runbooks.scenarios import scenario

from indelible.contests.rules.tasks import FETCH_TOURNAMENT_STAGE
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible_service.demos.leaderboards import competitors_of
from indelible_service.demos.provider import ProviderFault
from indelible_service.simulation.plan import HOUR, MINUTE

BEGAN = START + 30 * MINUTE
DRIFT = START + 3 * HOUR  # when all players play
LATE_PLAYER = "990001"


@scenario("01-ingestion-lag", "IngestionLag", "IngestionStopped")
def the_provider_is_out_during_play(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, BEGAN)
    installation.look()
    tell(installation, fail(ProviderFault.SERVER_ERROR), BEGAN, BEGAN + 3 * HOUR)
    installation.run_for(2 * HOUR)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("01-ingestion-lag", "IngestionLag", "IngestionStopped")
def the_fetches_of_a_tournament_were_canceled(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, BEGAN)
    installation.look()
    command = CancelTask(stage=FETCH_TOURNAMENT_STAGE, entity_id=EVENT)
    with installation.lock:
        installation.store.run(cancel_task, command, actor=OPERATOR, reason="a mistake")
    installation.run_for(2 * HOUR)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("02-provider-refuses", "ProviderRefuses")
def the_provider_has_moved_its_pages(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, BEGAN)
    installation.look()
    tell(installation, fail(ProviderFault.NOT_FOUND), BEGAN, BEGAN + HOUR)
    installation.run_for(30 * MINUTE)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("03-provider-schema-drift", "ProviderSchemaDrift")
def strokes_become_texts(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, DRIFT)
    installation.look()
    tell(installation, change(_write_strokes_as_texts), DRIFT, DRIFT + HOUR)
    installation.run_for(30 * MINUTE)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("04-unknown-player", "UnknownPlayer")
def a_player_joins_after_the_start(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, BEGAN)
    installation.look()
    tell(installation, change(_add_player), BEGAN)
    installation.run_for(30 * MINUTE)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


def _write_strokes_as_texts(document: Json) -> None:
    for competitor in competitors_of(document):
        for score in competitor["linescores"]:
            if "value" in score:
                score["value"] = str(score["value"])


def _add_player(document: Json) -> None:
    competitors = competitors_of(document)
    order = competitors[-1]["sortOrder"] + 1
    athlete = {"id": LATE_PLAYER, "displayName": "A late player"}
    late = {**competitors[-1], "id": LATE_PLAYER, "sortOrder": order, "athlete": athlete}
    competitors.append(late)
