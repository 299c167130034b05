"""The operator of an absence: looks, and carries out the runbook of each failure that is seen."""

from collections import Counter
from collections.abc import Callable, Container, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from attrs import define, field

from indelible_service.simulation.absence.client import NoAnswer, OperatorClient
from indelible_service.simulation.absence.episodes import Episodes
from indelible_service.simulation.absence.signs import ENDPOINT, SERVICE, Look, Sign, instant
from indelible_service.simulation.absence.steps import MODES

AGAIN: Final = timedelta(minutes=30)  # between two executions for one failure
PATIENCE: Final = timedelta(minutes=5)  # with a lock that the workers may still do
HALTED_FOR: Final = timedelta(minutes=30)  # until an operator does not wait for the schedule
BACKFILL_HOURS: Final = "72"
BY_EVENTS: Final = "process_stripe_event"  # its dead tasks are dead letters
DEAD: Final = "dead"
DONE: Final = "COMPLETE"
Reaction = Callable[[Sign, Look], str]


@define(kw_only=True, eq=False)
class Duty:
    """Sees failures, and executes their runbooks; a failure without a reaction ends by itself.

    `touched` are the contests, and the contests and settlements of tasks, that an operator helped.
    """

    client: OperatorClient
    without: Container[str] = frozenset[str]()  # stages that no worker has
    episodes: Episodes = field(factory=Episodes)
    executions: Counter[str] = field(factory=Counter[str])  # by the names of the runbooks
    touched: set[str] = field(factory=set[str])
    looks: int = 0
    newest: Look | None = None
    _tried_at: dict[tuple[str, str], datetime] = field(
        factory=dict[tuple[str, str], datetime], init=False
    )
    _number: int = field(default=0, init=False)
    # The status of each command that the present execution has sent.
    _commands: dict[str, int] = field(factory=dict[str, int], init=False)
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
        outcomes = [self._react(sign, look) for sign in signs]
        return ", ".join(outcome for outcome in outcomes if outcome)

    def _react(self, sign: Sign, look: Look) -> str:
        """Execute the runbook of a failure, unless that was done a short while ago."""
        reaction = self._reactions.get(sign.slug)
        tried_at = self._tried_at.get(sign.key)
        if reaction is None or (tried_at is not None and look.at - tried_at < AGAIN):
            return ""
        self._commands.clear()
        try:
            outcome = reaction(sign, look)
            self._record(sign)
        except NoAnswer as error:
            return f"no answer to {error}"
        if outcome:
            self._tried_at[sign.key] = look.at
            self.executions[MODES[sign.slug].name] += 1
        return outcome and f"{MODES[sign.slug].name} for {sign.subject}: {outcome}"

    def _command(self, sign: Sign, operation: str, **values: str) -> str:
        """Send a command of a runbook, and note whom it helps if it is done."""
        self._number += 1
        key = f"duty:{self._number}:{operation}"
        status, document = self.client.command(sign.slug, operation, key, **values)
        self._commands[operation] = status
        if status == HTTPStatus.OK:
            self.episodes.helped.add(sign.key)
            self.touched.add(sign.subject)
            return operation
        return f"{operation} {document.get('code', status)}"

    def _record(self, sign: Sign) -> None:
        """Record the execution of a runbook with its commands, unless it only read."""
        if not self._commands:
            return
        key = f"duty:{self._number}"
        name = MODES[sign.slug].name
        _, execution = self.client.command(
            sign.slug, "start-execution", f"{key}:start", runbook_name=name, runbook_version="1"
        )
        execution_id = str(execution["id"])
        for operation, status in self._commands.items():
            self.client.command(
                sign.slug,
                "add-step",
                f"{key}:step:{operation}",
                execution_id=execution_id,
                command=f"indelible ops {operation}",
                expected=str(HTTPStatus.OK.value),
                observed=str(status),
                ok="true" if status == HTTPStatus.OK else "false",
            )
        ends = {"status": "completed"}
        if set(self._commands.values()) != {HTTPStatus.OK}:
            ends = {"status": "failed", "error_reason": "a command was refused"}
        self.client.command(
            sign.slug, "complete-execution", f"{key}:end", execution_id=execution_id, **ends
        )

    # The runbooks

    def _lock(self, sign: Sign, look: Look) -> str:
        if look.at - sign.since < PATIENCE:
            return ""
        contest = self.client.read(sign.slug, "get-contest", contest_id=sign.subject)
        seq = str(contest["seq"])
        return self._command(sign, "force-lock", contest_id=sign.subject, if_match=seq)

    def _resolve(self, sign: Sign, _: Look) -> str:
        """Let the contest go on from the failed step; it fails again while its cause lasts."""
        self.client.read(sign.slug, "get-contest", contest_id=sign.subject)
        return self._command(sign, "resolve-error", contest_id=sign.subject, action="resume")

    def _requeue(self, sign: Sign, _: Look) -> str:
        if sign.subject == BY_EVENTS:
            return ""
        page = self.client.read(sign.slug, "list-tasks", stage=sign.subject, state=DEAD)
        outcome = self._command(sign, "requeue-dead-tasks", stage=sign.subject)
        self.touched.update(task["entity_id"] for task in page["items"])
        return outcome

    def _replay(self, sign: Sign, _: Look) -> str:
        return self._command(sign, "replay-stripe-event", event_id=sign.subject)

    def _backfill(self, sign: Sign, _: Look) -> str:
        """Read Stripe's list if no event arrives; an event that waits has its own retries."""
        if sign.subject != ENDPOINT:
            return ""
        return self._command(sign, "backfill-stripe-events", hours=BACKFILL_HOURS)

    def _reconcile(self, sign: Sign, look: Look) -> str:
        """Compare again; resume payments if nothing differs any more."""
        if look.at - sign.since < HALTED_FOR:
            return ""
        page = self.client.read(sign.slug, "list-reconciliations", scope="FULL", limit="1")
        for newest in page["items"]:
            is_later = newest["status"] == DONE and instant(newest["started_at"]) > sign.since
            if is_later and not newest["discrepancy_count"]:
                return self._command(sign, "resume-all-payments")
        return self._command(sign, "start-reconciliation", scope="FULL")

    def _diagnose(self, sign: Sign, _: Look) -> str:
        """Read the attempts of a transfer; the sweep of the workers lets it go on."""
        self.client.read(sign.slug, "list-transfer-attempts", transfer_id=sign.subject)
        return "list-transfer-attempts"
