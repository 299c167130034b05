"""Faults of the states of contests: transitions that do not come, or fail."""

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from attrs import evolve
from tests.runbooks.bed import CONTEST, END, LOCK, OPERATOR, START, Installation, small_plan
from tests.runbooks.leaderboards import Json, change, run_until_asking_often, step_at, story, tell
from tests.runbooks.scenarios import scenario

from indelible.contests.rules.tasks import LOCK_CONTEST_STAGE, START_CONTEST_STAGE
from indelible.kernel.stages import PauseStage, pause_stage
from indelible_service.demos.leaderboards import COURSE_ID, competitors_of
from indelible_service.simulation.people import ORGANIZER
from indelible_service.simulation.plan import HOUR, MINUTE, Ending, Plan

OTHER_COURSE = "99"
UNKNOWN_COURSE = "77"


@scenario("07-contest-not-locked", "ContestNotLocked")
def the_locks_were_paused(installation: Installation) -> Iterator[None]:
    installation.run_until(LOCK - HOUR)
    _pause(installation, LOCK_CONTEST_STAGE)
    installation.look()
    installation.run_until(LOCK + 2 * HOUR)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("08-contest-not-started", "ContestNotStarted")
def the_starts_were_paused(installation: Installation) -> Iterator[None]:
    installation.run_until(START - HOUR)
    _pause(installation, START_CONTEST_STAGE)
    installation.look()
    installation.run_until(START + 2 * HOUR)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("09-live-past-end", "ContestLivePastEnd", ends_by_itself=True)
def a_storm_interrupts_the_last_round(installation: Installation) -> Iterator[None]:
    interrupted = step_at(story(installation), START + 4 * HOUR)
    resumed = END + 3 * HOUR
    began = START + 4 * HOUR
    tell(installation, lambda step: evolve(interrupted, at_seconds=step.at_seconds), began, resumed)
    run_until_asking_often(installation, END - HOUR)
    installation.look()
    installation.run_until(END + 2 * HOUR)

    yield

    assert installation.contest_status() == "COMPLETE"
    assert len(installation.simulation.around.stripe.objects("transfer")) == 3


def canceled_plan() -> Plan:
    """Return the small plan with a tournament that the provider cancels."""
    plan = small_plan()
    (tournament,) = plan.tournaments
    return evolve(plan, tournaments=(evolve(tournament, ending=Ending.CANCELED),))


@scenario("11-contest-canceled", "ContestCanceled", plan=canceled_plan, ends_by_itself=True)
def the_provider_cancels_a_tournament(installation: Installation) -> Iterator[None]:
    installation.run_until(START + 30 * MINUTE)
    installation.look()
    installation.run_until(START + 4 * HOUR)

    yield

    assert installation.contest_status() == "CANCELLED"
    refunds = installation.simulation.around.stripe.objects("refund")
    assert [refund["amount"] for refund in refunds] == [5_000] * 3


@scenario("12-settlement-failed", "SettlementFailed")
def a_round_is_reported_of_an_unknown_course(installation: Installation) -> Iterator[None]:
    installation.run_until(LOCK - HOUR)
    _configure_courses(installation)
    corrected = END + 3 * HOUR
    tell(installation, change(_name_unknown_course), START, corrected)
    run_until_asking_often(installation, END)
    installation.look()
    installation.wait_until(lambda: installation.contest_status() == "ERROR")

    yield

    assert installation.contest_status() == "COMPLETE"
    assert len(installation.simulation.around.stripe.objects("transfer")) == 3


@scenario("14-contest-in-error", "ContestInError", "ContestTransitionFailed")
def a_release_with_a_defect_locks_no_contest(installation: Installation) -> Iterator[None]:
    installation.run_until(LOCK - HOUR)
    workers = installation.simulation.machinery.workers.values()
    for worker in workers:
        stage = worker.stages[LOCK_CONTEST_STAGE]
        worker.stages[LOCK_CONTEST_STAGE] = evolve(stage, finish=_fail_by_a_defect)
    installation.look()
    installation.wait_until(lambda: installation.contest_status() == "ERROR")
    installation.run_for(HOUR)  # until the contests are counted
    for worker in workers:  # a release without the defect
        worker.restart()

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


def _pause(installation: Installation, stage: str) -> None:
    with installation.lock:
        command = PauseStage(stage=stage)
        installation.store.run(pause_stage, command, actor=OPERATOR, reason="maintenance")


def _fail_by_a_defect(_: object, __: Sequence[Any]) -> NoReturn:
    raise ZeroDivisionError


def _configure_courses(installation: Installation) -> None:
    """Let the par depend on the course, of which the configuration names two."""
    people = installation.simulation.people
    (contest,) = installation.simulation.plan.contests
    par = {COURSE_ID: 72, OTHER_COURSE: 71}
    configuration = {**people.configuration(contest), "par": par}
    path = f"/v1/contests/{people.contest_ids[CONTEST]}"
    body = {"configuration": configuration}
    assert people.replace(ORGANIZER, path, "/configuration", body).is_success


def _name_unknown_course(document: Json) -> None:
    for competitor in competitors_of(document):
        for score in competitor["linescores"]:
            score["courseId"] = UNKNOWN_COURSE
