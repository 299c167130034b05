"""The operator of an absence: looks, and carries out the runbook of each failure that is seen."""

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from indelible_service.simulation.absence.client import NoAnswer, OperatorClient
from indelible_service.simulation.absence.episodes import Episodes
from indelible_service.simulation.absence.execution import Execution
from indelible_service.simulation.absence.signs import ENDPOINT, SERVICE, Look, Sign, instant

AGAIN: Final = timedelta(minutes=30)  # between two executions for one failure
PATIENCE: Final = timedelta(minutes=5)  # with a lock that the workers may still do
HALTED_FOR: Final = timedelta(minutes=30)  # until an operator does not wait for the schedule
BACKFILL_HOURS: Final = "72"
BY_EVENTS: Final = "process_stripe_event"  # its dead tasks are dead letters
DONE: Final = "COMPLETE"
Reaction = Callable[[Sign, Look], Execution | None]


@define(kw_only=True, eq=False)
class Duty:
    """Sees failures, and executes their runbooks; a failure without a reaction ends by itself.

    An execution without an answer is carried on at the next look, before anything else is done.
    """

    client: OperatorClient
    without: Container[str] = frozenset[str]()  # stages that no worker has
    episodes: Episodes = field(factory=Episodes)
    executions: list[Execution] = field(factory=list[Execution])
    looks: int = 0
    newest: Look | None = None
    _open: dict[tuple[str, str], Execution] = field(
        factory=dict[tuple[str, str], Execution], init=False
    )
    _tried_at: dict[tuple[str, str], datetime] = field(
        factory=dict[tuple[str, str], datetime], init=False
    )
    _reactions: Mapping[str, Reaction] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._reactions = {
            "contest-not-locked": self._lock,
            "contest-in-error": self._resolve,
            "dead-task": self._requeue,
            "unknown-intent": self._replay,
            "webhook-outage": self._backfill,
            "reconciliation-discrepancy": self._reconcile,
            "payouts-stuck": self._diagnose,
        }

    def look(self, at: datetime) -> str:
        """Look, and react to what is seen; return what was done, in a few words."""
        self.looks += 1
        try:
            look = Look.take(self.client, at, self.without)
        except NoAnswer as error:
            self.newest = None
            known = dict(self.episodes.open)
            signs = [*known.values(), Sign("api-errors", SERVICE, at)]
            self.episodes.follow(signs, at)
            return f"no answer to {error}"

        self.newest = look
        signs = list(look.signs())
        self.episodes.follow(signs, at)
        outcomes = [self._carry_on(execution) for execution in list(self._open.values())]
        outcomes += [self._react(sign, look) for sign in signs]
        return ", ".join(outcome for outcome in outcomes if outcome)

    def touched(self) -> set[str]:
        """Return the ids of what a command has helped, or perhaps has."""
        subjects: set[str] = set()
        for execution in self.executions:
            if execution.may_have_helped:
                subjects |= {*execution.subjects}
        return subjects

    def _react(self, sign: Sign, look: Look) -> str:
        """Execute the runbook of a failure, unless that was done a short while ago."""
        reaction = self._reactions.get(sign.slug)
        tried_at = self._tried_at.get(sign.key)
        is_tried = tried_at is not None and look.at - tried_at < AGAIN
        if reaction is None or is_tried or sign.key in self._open:
            return ""
        try:
            execution = reaction(sign, look)
        except NoAnswer as error:
            return f"no answer to {error}"
        if execution is None:
            return ""

        self._tried_at[sign.key] = look.at
        self.executions.append(execution)
        self._open[sign.key] = execution
        return self._carry_on(execution)

    def _carry_on(self, execution: Execution) -> str:
        """Send what has no answer yet, and note whether it helps a failure that is still there."""
        sign = execution.sign
        try:
            execution.carry_on(self.client)
            outcome = execution.outcome
            del self._open[sign.key]
        except NoAnswer as error:
            outcome = f"no answer to {error}"
        if execution.may_have_helped and sign.key in self.episodes.open:
            self.episodes.helped.add(sign.key)
        return f"{execution.runbook} for {sign.subject}: {outcome}"

    def _execution(
        self, sign: Sign, operation: str, subjects: Iterable[str] = (), **values: str
    ) -> Execution:
        """Return the execution of a runbook by a command, which no request has begun yet."""
        return Execution(
            sign=sign,
            operation=operation,
            values=values,
            key=f"duty:{len(self.executions) + 1}",
            subjects=frozenset({sign.subject, *subjects}),
        )

    # The runbooks

    def _lock(self, sign: Sign, look: Look) -> Execution | None:
        if look.at - sign.since < PATIENCE:
            return None
        contest = self.client.read(sign.slug, "get-contest", contest_id=sign.subject)
        seq = str(contest["seq"])
        return self._execution(sign, "force-lock", contest_id=sign.subject, if_match=seq)

    def _resolve(self, sign: Sign, _: Look) -> Execution:
        """Let the contest go on from the failed step; it fails again while its cause lasts."""
        self.client.read(sign.slug, "get-contest", contest_id=sign.subject)
        return self._execution(sign, "resolve-error", contest_id=sign.subject, action="resume")

    def _requeue(self, sign: Sign, look: Look) -> Execution | None:
        if sign.subject == BY_EVENTS:
            return None
        tasks = [task["entity_id"] for task in look.dead_tasks[sign.subject]]
        return self._execution(sign, "requeue-dead-tasks", tasks, stage=sign.subject)

    def _replay(self, sign: Sign, _: Look) -> Execution:
        return self._execution(sign, "replay-stripe-event", event_id=sign.subject)

    def _backfill(self, sign: Sign, _: Look) -> Execution | None:
        """Read Stripe's list if no event arrives; an event that waits has its own retries."""
        if sign.subject != ENDPOINT:
            return None
        return self._execution(sign, "backfill-stripe-events", hours=BACKFILL_HOURS)

    def _reconcile(self, sign: Sign, look: Look) -> Execution | None:
        """Compare again; resume payments if nothing differs any more."""
        if look.at - sign.since < HALTED_FOR:
            return None
        page = self.client.read(sign.slug, "list-reconciliations", scope="FULL", limit="1")
        for newest in page["items"]:
            is_later = newest["status"] == DONE and instant(newest["started_at"]) > sign.since
            if is_later and not newest["discrepancy_count"]:
                return self._execution(sign, "resume-all-payments")
        return self._execution(sign, "start-reconciliation", scope="FULL")

    def _diagnose(self, sign: Sign, _: Look) -> Execution:
        """Read the attempts of a transfer; the sweep of the workers lets it go on."""
        return self._execution(sign, "list-transfer-attempts", transfer_id=sign.subject)
