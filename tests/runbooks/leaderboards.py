"""Change what the provider answers for a time, and how often it is asked."""

import json
from collections.abc import Callable
from math import inf
from typing import Any, Final

from attrs import evolve
from tests.runbooks.bed import EVENT, Installation

from indelible_service.contexts.contests import ContestSettings
from indelible_service.demos.leaderboards import encode
from indelible_service.demos.provider import ProviderFault, Step, Story
from indelible_service.simulation.plan import MINUTE
from indelible_service.simulation.provider import story_of

ASK_SECONDS: Final = 2 * MINUTE
Alter = Callable[[Step], Step]
Json = dict[str, Any]


def run_until_asking_often(installation: Installation, seconds: int) -> None:
    """Let time pass until the provider is asked every two minutes, by other workers.

    They have another `INGESTION_POLL_SECONDS`, which holds after the next fetch.
    """
    around = installation.simulation.around
    installation.run_until(seconds - around.settings.section(ContestSettings).poll_seconds)
    contests = ContestSettings(ingestion_poll_seconds=ASK_SECONDS)
    sections = {**around.settings.sections, ContestSettings: contests}
    around.settings = evolve(around.settings, sections=sections)
    for worker in installation.simulation.machinery.workers.values():
        worker.restart()
    installation.run_until(seconds)


def fail(fault: ProviderFault) -> Alter:
    """Return an answer that fails."""
    return lambda step: evolve(step, fault=fault)


def change(edit: Callable[[Json], object]) -> Alter:
    """Return an answer whose document is edited."""

    def alter(step: Step) -> Step:
        document = json.loads(step.body)
        edit(document)
        return evolve(step, body=encode(document))

    return alter


def tell(installation: Installation, alter: Alter, began: int, ended: int | None = None) -> None:
    """Let the provider answer otherwise from a time on, to another one or for good."""
    steps = story(installation)
    told = [step for step in steps if step.at_seconds < began]
    told.append(alter(step_at(steps, began)))
    told += [alter(step) for step in steps if began < step.at_seconds < (ended or inf)]
    if ended is not None:
        told.append(step_at(steps, ended))
        told += [step for step in steps if step.at_seconds > ended]
    installation.simulation.around.provider.stub.tell(EVENT, Story(steps=tuple(told)))


def story(installation: Installation) -> tuple[Step, ...]:
    """Return the answers of the provider as they were planned."""
    (planned,) = installation.simulation.plan.tournaments
    return story_of(planned, installation.simulation.around.clock).steps


def step_at(steps: tuple[Step, ...], seconds: int) -> Step:
    """Return the answer of a time, beginning then."""
    shown = [step for step in steps if step.at_seconds <= seconds][-1]
    return evolve(shown, at_seconds=float(seconds))
