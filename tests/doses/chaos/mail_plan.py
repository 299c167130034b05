"""The tasks that the mail dose enqueues, and how each of them has to end."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

from attrs import frozen
from tests.doses.chaos.mailroom import CAMPAIGN, FAULTY, LEAFLET, LETTER, NOTICE, STUCK

from indelible.kernel.tasks import Priority

SHARES: Final = {NOTICE: 0.2, CAMPAIGN: 0.04, LEAFLET: 0.06, FAULTY: 0.004, STUCK: 0.002}
FAULTS: Final = ("hang", "exit", "exhaust", "ignore")  # in a child process
BLOCKS: Final = ("hang", "obey", "exit", "exhaust")  # in a thread
WAVES: Final = 3  # in which urgent letters are enqueued while the others are being sent
LATE_SHARE: Final = 0.06  # of the letters come in waves
UNKNOWN_SHARE: Final = 0.02
GREYLISTED_SHARE: Final = 0.05
URGENCY: Final = (Priority.HIGH, Priority.NORMAL, Priority.NORMAL, Priority.NORMAL, Priority.LOW)
TIME_LIMIT: Final = "TimeLimitExceeded"
# The class of the last error of a dead task. A child process may reach its limit first.
DEAD_CLASSES: Final[Mapping[str, frozenset[str]]] = {
    "unknown": frozenset({"SMTPRecipientsRefused"}),
    "hang": frozenset({TIME_LIMIT}),
    "ignore": frozenset({TIME_LIMIT}),
    "obey": frozenset({TIME_LIMIT}),
    "exit": frozenset({"ChildEnded", "SystemExit", TIME_LIMIT}),
    "exhaust": frozenset({"MemoryError", TIME_LIMIT}),
}

TaskKey = tuple[str, str]


@frozen(kw_only=True)
class PlannedTask:
    """A task, what it does, and in which wave it is enqueued; 0 is before the workers start."""

    stage: str
    id: str
    behavior: str
    priority: Priority = Priority.NORMAL
    wave: int = 0

    @property
    def key(self) -> TaskKey:
        """Return the stage and the id."""
        return self.stage, self.id

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Return the arguments with which it is enqueued."""
        if self.stage in (FAULTY, STUCK):
            return {"behavior": self.behavior}
        return {"to": f"{self.behavior}-{self.id}@example.com"}

    @property
    def dead_classes(self) -> frozenset[str]:
        """Return the classes of errors of which one kills the task; none if it succeeds."""
        return DEAD_CLASSES.get(self.behavior, frozenset())


def plan_tasks(count: int, chance: Random) -> Sequence[PlannedTask]:
    """Return so many tasks of all stages."""
    tasks: list[PlannedTask] = []
    for stage, share in SHARES.items():
        for number in range(max(1, round(count * share))):
            tasks.append(_planned(stage, number, chance))

    for number in range(count - len(tasks)):
        tasks.append(_planned_letter(number, chance))
    return tasks


def _planned(stage: str, number: int, chance: Random) -> PlannedTask:
    task_id = f"{stage}-{number}"
    if stage == FAULTY:
        return PlannedTask(stage=stage, id=task_id, behavior=FAULTS[number % len(FAULTS)])
    if stage == STUCK:
        return PlannedTask(stage=stage, id=task_id, behavior=BLOCKS[number % len(BLOCKS)])

    behavior = _draw_recipient(chance)
    if stage == CAMPAIGN:
        behavior = "ok"  # all parts go to one address
    return PlannedTask(stage=stage, id=task_id, behavior=behavior, priority=chance.choice(URGENCY))


def _planned_letter(number: int, chance: Random) -> PlannedTask:
    wave = 0
    priority = chance.choice(URGENCY)
    if chance.random() < LATE_SHARE:
        wave = chance.randint(1, WAVES)
        priority = Priority.HIGH

    return PlannedTask(
        stage=LETTER,
        id=f"letter-{number}",
        behavior=_draw_recipient(chance),
        priority=priority,
        wave=wave,
    )


def _draw_recipient(chance: Random) -> str:
    share = chance.random()
    if share < UNKNOWN_SHARE:
        return "unknown"
    if share < UNKNOWN_SHARE + GREYLISTED_SHARE:
        return "greylisted"
    return "ok"
