"""Faults of the fetches of leaderboards."""

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve
from tests.runbooks.bed import EVENT, OPERATOR, START, Installation
from tests.runbooks.leaderboards import Json, change, fail, run_until_asking_often, tell
from tests.runbooks.scenarios import scenario

from indelible.contests.rules.tasks import FETCH_TOURNAMENT_STAGE
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible_service.demos.leaderboards import competitors_of
from indelible_service.demos.provider import ProviderFault
from indelible_service.simulation.people import ORGANIZER
from indelible_service.simulation.plan import HOUR, MINUTE

BEGAN = START + 30 * MINUTE
DRIFT = START + 3 * HOUR  # when all players play
LATE_PLAYER = "990001"
FAST_SECONDS = 60


@scenario("01-ingestion-lag", "IngestionLag", "IngestionStopped", ends_by_itself=True)
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


@scenario("02-provider-refuses", "ProviderRefuses", ends_by_itself=True)
def the_provider_has_moved_its_pages(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, BEGAN)
    installation.look()
    tell(installation, fail(ProviderFault.NOT_FOUND), BEGAN, BEGAN + HOUR)
    installation.run_for(30 * MINUTE)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("03-provider-schema-drift", "ProviderSchemaDrift", ends_by_itself=True)
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


@scenario("05-timestamp-conflict", "TimestampConflict")
def a_fast_clock_is_set_right_between_two_fetches(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, DRIFT)
    installation.look()
    set_clocks(installation, FAST_SECONDS)
    tell(installation, change(_add_stroke), DRIFT)
    installation.wait_until(lambda: last_fetch_at(installation) > installation.now)
    set_clocks(installation, 0)
    tell(installation, change(_add_stroke), DRIFT, installation.seconds)
    ahead = last_fetch_at(installation) - installation.now
    installation.run_for(int(ahead.total_seconds()))
    _publish_another_contest(installation)  # its tournament is fetched at once
    installation.run_for(HOUR)  # until the contests are counted

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")
    assert len(installation.simulation.around.stripe.objects("transfer")) == 3


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


def _add_stroke(document: Json) -> None:
    """Let the leader, who is playing, need another stroke."""
    player = competitors_of(document)[0]
    score = player["linescores"][0]
    score["value"] += 1
    score["outScore"] += 1
    player["score"]["value"] += 1


def set_clocks(installation: Installation, skew_seconds: int) -> None:
    """Let the clocks of all workers be wrong by so many seconds."""
    for worker in installation.simulation.machinery.workers.values():
        worker.clock.skew_seconds = skew_seconds


def last_fetch_at(installation: Installation) -> datetime:
    """Return when the tournament was fetched, as the clock of the worker showed it."""
    feed = installation.store.read(lambda tx: tx.contests.feeds.get(EVENT))
    assert feed.entity.last_success_at is not None
    return feed.entity.last_success_at


def _publish_another_contest(installation: Installation) -> None:
    """Publish a contest of the same tournament, which workers notice in the same second."""
    people, machinery = installation.simulation.people, installation.simulation.machinery
    (planned,) = installation.simulation.plan.contests
    lock_at = installation.seconds + HOUR
    late = evolve(planned, name="late", lock_at=lock_at, start_at=lock_at)
    body = {
        "contest_name": late.name,
        "configuration": people.configuration(late),
        "reason": "for those who were late",
    }
    with installation.lock:
        assert people.ask(ORGANIZER, "/v1/contests", f"publish:{late.name}", body).is_success
        for name in machinery.workers:
            machinery.wake(name, 0)
