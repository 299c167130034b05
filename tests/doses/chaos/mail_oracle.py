"""Compare the journal of the mail server with the limits of the stages and with the kills.

Nothing here asks the database: the journal was written by a process of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from attrs import frozen
from tests.doses.chaos.mail_journal import Delivery, Session
from tests.doses.chaos.mail_plan import PlannedTask, TaskKey
from tests.doses.chaos.mailroom import CONCURRENCY, DIGEST, FAULTY, LETTER

from indelible.kernel.rates import RateLimit

LIMIT_MARGIN_SECONDS = 60.0  # beyond a time limit, on a machine that is busy
COMMIT_SECONDS = 60.0  # from an answer of the server to the end of the task's transaction
RESTART_SECONDS = 30.0  # in which a scheduler that was killed is back
MINUTE = 60


@frozen(kw_only=True)
class Kill:
    """A program that was killed; a server was away from `at` to `until`."""

    kind: str
    at: float
    until: float
    process: int = 0


@frozen(kw_only=True)
class Cancellation:
    """A task that was canceled: the fence that this took, and the time after its commit."""

    key: TaskKey
    fence: int
    at: float
    reason: str


@frozen(kw_only=True)
class Limits:
    """The limits that must hold, as the mailroom declares them."""

    rate: RateLimit
    processes: int
    timeout_seconds: int

    @property
    def letter_threads(self) -> int:
        """Return how many letters may be under way at once."""
        return self.processes * CONCURRENCY[LETTER]

    @property
    def allowed_burst(self) -> int:
        """Return how many letters may begin at once.

        A letter that was claimed earlier may begin later, so one of each thread comes in addition.
        """
        return self.rate.capacity + self.letter_threads


# Rates and concurrency


def largest_burst(sessions: Iterable[Session], limits: Limits) -> float:
    """Return how many letters began in some stretch of time beyond what the rate permits in it."""
    rate = limits.rate.tasks / limits.rate.per_seconds
    begins = sorted(session.began_at for session in sessions if session.stage == LETTER)
    largest = 0.0
    lowest = 0.0  # of the numbers so far, minus what the rate permitted until then
    for number, began_at in enumerate(begins):
        level = number - rate * (began_at - begins[0])
        lowest = min(lowest, level)
        largest = max(largest, level - lowest + 1)

    return largest


def exceeded_rate(sessions: Iterable[Session], limits: Limits) -> Iterator[str]:
    """Yield a problem if in some stretch of time more letters began than the rate permits."""
    burst = largest_burst(sessions, limits)
    if burst > limits.allowed_burst:
        yield f"a burst of {burst:.1f} letters, at most {limits.allowed_burst} are allowed"


def most_at_once(sessions: Iterable[Session]) -> Mapping[tuple[int, str], int]:
    """Return on how many tasks of each stage each process worked at the same time, at most."""
    changes: dict[tuple[int, str], list[tuple[float, int]]] = defaultdict(list)
    for session in sessions:
        if session.answered_at is None:
            continue
        key = (session.worker, session.stage)
        changes[key].append((session.began_at, 1))
        changes[key].append((session.answered_at, -1))

    most: dict[tuple[int, str], int] = {}
    for key, instants in changes.items():
        running = 0
        most[key] = 0
        for _, change in sorted(instants):  # an end is before a begin at the same time
            running += change
            most[key] = max(most[key], running)

    return most


def exceeded_concurrency(sessions: Iterable[Session]) -> Iterator[str]:
    """Yield a problem for each stage of which a process worked on more tasks than it may."""
    for (worker, stage), number in most_at_once(sessions).items():
        if number > CONCURRENCY[stage]:
            yield f"process {worker} worked on {number} tasks of {stage} at once"


def exceeded_time(sessions: Iterable[Session], limits: Limits) -> Iterator[str]:
    """Yield a problem for each child process that went on after its time limit."""
    most = limits.timeout_seconds + LIMIT_MARGIN_SECONDS
    for session in sessions:
        if session.stage != FAULTY:
            continue
        if session.closed_at is None or session.closed_at - session.began_at > most:
            yield f"{session.task} under fence {session.fence} went on after its limit"


# Priorities


def ignored_priorities(
    sessions: Sequence[Session],
    plan: Iterable[PlannedTask],
    waves: Mapping[int, float],
    limits: Limits,
) -> Iterator[str]:
    """Yield a problem where letters began although more urgent ones had waited for long.

    Only first attempts count: a letter that is sent again waits for its lease, or for the server.
    Letters that were claimed in the right order may begin in another one, one of each thread.
    """
    planned = {task.id: task for task in plan if task.stage == LETTER}
    first = [session for session in sessions if session.stage == LETTER and session.attempt == 1]
    first.sort(key=lambda session: session.began_at)
    for urgent in first:
        task = planned[urgent.task]
        since = waves.get(task.wave, 0.0)
        overtaking = [
            other.task
            for other in first
            if since < other.began_at < urgent.began_at
            and planned[other.task].priority > task.priority
        ]
        # Those that were claimed before the urgent one was enqueued, and those claimed after it.
        allowed = 2 * limits.letter_threads
        if len(overtaking) > allowed:
            yield f"{len(overtaking)} less urgent letters overtook {urgent.task}"
            return


# Repetitions


@frozen
class Repetition:
    """A message that was sent although it had been accepted before."""

    message: str
    session: Session  # of the earlier delivery
    delivery: Delivery
    next_at: float  # of the later delivery


def repetitions(sessions: Iterable[Session]) -> list[Repetition]:
    """Return each delivery that was repeated."""
    by_message: dict[str, list[tuple[Delivery, Session]]] = defaultdict(list)
    for session in sessions:
        for delivery in session.deliveries:
            by_message[delivery.message].append((delivery, session))

    repeated: list[Repetition] = []
    for message, deliveries in by_message.items():
        deliveries.sort(key=lambda pair: pair[0].at)
        for (delivery, session), (later, _) in pairwise(deliveries):
            repeated.append(Repetition(message, session, delivery, later.at))

    return repeated


def unexplained_repetitions(repeated: Iterable[Repetition], kills: Sequence[Kill]) -> Iterator[str]:
    """Yield a problem for each repetition that no kill explains; a kill explains one a message."""
    used: set[tuple[str, Kill]] = set()
    for repetition in repeated:
        explanation = None
        for kill in kills:
            if (repetition.message, kill) not in used and _explains(kill, repetition):
                explanation = kill
                break
        if explanation is None:
            yield f"{repetition.message} was repeated without a kill"
        else:
            used.add((repetition.message, explanation))


def _explains(kill: Kill, repetition: Repetition) -> bool:
    """Return True if the kill may have hit the attempt between its mail and its completion."""
    session = repetition.session
    if kill.process in (session.worker, session.process):
        return True
    if kill.kind != "postgresql":
        return False

    delivered_at = repetition.delivery.at
    is_before_end = kill.at - COMMIT_SECONDS < delivered_at < kill.until
    return is_before_end and repetition.next_at > kill.at


# Cancellations and slots


def mails_after_cancellations(
    sessions: Iterable[Session], cancellations: Mapping[TaskKey, Cancellation]
) -> Iterator[str]:
    """Yield a problem for each canceled task that was begun again, or went on sending."""
    later_mails: Counter[TaskKey] = Counter()
    for session in sessions:
        key = (session.stage, session.task)
        cancellation = cancellations.get(key)
        if cancellation is None:
            continue
        if session.fence >= cancellation.fence:
            yield f"{key} was begun under fence {session.fence} after it had been canceled"
        if session.began_at > cancellation.at:
            later_mails[key] += len(session.deliveries)

    for key, number in later_mails.items():
        if number > 1:  # the one that the attempt was about to send
            yield f"{key} sent {number} mails after it had been canceled"


def missing_slots(sessions: Iterable[Session], stopped_at: float) -> Iterator[str]:
    """Yield a problem for each minute without its digest, from the first digest on."""
    digests = [session for session in sessions if session.stage == DIGEST]
    if not digests:
        yield "no digest was sent"
        return

    sent: set[str] = set()
    for session in digests:
        sent.update(delivery.message for delivery in session.deliveries)
    first = min(session.began_at for session in digests)
    minute = (int(first) // MINUTE + 1) * MINUTE
    while minute < stopped_at - RESTART_SECONDS:
        slot = datetime.fromtimestamp(minute, UTC)
        if f"{DIGEST}.minutely.{slot:%Y%m%dT%H%M%SZ}" not in sent:
            yield f"the digest of {slot} is missing"
        minute += MINUTE
