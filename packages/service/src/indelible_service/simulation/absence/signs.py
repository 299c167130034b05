"""The looks of an operator: answers of the API, and the signs of failures in them."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, frozen

from indelible.kernel.lists import ListOrder
from indelible.kernel.silence import LONGEST_SILENCE_SECONDS
from indelible.kernel.tasks import AttemptOutcome, TaskState
from indelible.money.errors.gateway import ParkReason
from indelible_service.simulation.absence.client import OperatorClient

Row = Mapping[str, Any]
LATE: Final = timedelta(minutes=1)  # a lock, and an event that waits for its outcome
# A due task that nobody has claimed for as long as a stage may be silent.
OLD: Final = timedelta(seconds=LONGEST_SILENCE_SECONDS)
MISSING: Final = timedelta(minutes=15)  # an event after a charge
SERVICE: Final = "service"  # the subject of the sign that nothing answers
ENDPOINT: Final = "endpoint"  # of webhooks, the subject of a sign
OK: Final = "OK"
DEAD: Final = TaskState.DEAD.value
DIED: Final = AttemptOutcome.DEAD.value
# Each read of a look: its runbook, its operation, and its query.
READS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "scheduled": ("contest-in-error", "list-contests", {"status": "SCHEDULED"}),
    "live": ("contest-in-error", "list-contests", {"status": "LIVE"}),
    "in_error": ("contest-in-error", "list-contests", {"status": "ERROR"}),
    "stages": ("dead-task", "show-stages", {}),
    "dead_events": ("unknown-intent", "list-stripe-events", {"status": "DEAD"}),
    "received_events": ("webhook-outage", "list-stripe-events", {"status": "RECEIVED"}),
    "pending_charges": ("orphan-payment", "list-all-charges", {"status": "PENDING"}),
    "parked": ("payouts-parked", "list-payout-transfers", {"status": "parked"}),
    "retrying": ("payouts-stuck", "list-payout-transfers", {"status": "retryable"}),
    "failed": ("idempotency-mismatch", "list-payout-transfers", {"status": "failed_terminal"}),
    "disputes": ("dispute", "list-due-disputes", {}),
}


@frozen
class Sign:
    """A failure that is seen: the slug of its runbook, its subject, and since when it is there."""

    slug: str
    subject: str
    since: datetime

    @property
    def key(self) -> tuple[str, str]:
        """Return what is the same as long as the failure lasts."""
        return self.slug, self.subject


@define(kw_only=True)
class Look:
    """The answers of one look."""

    at: datetime
    rows: dict[str, Sequence[Row]]
    switch: Row
    fetches: dict[str, Sequence[Row]]  # the newest one of each tournament that is played
    dead_tasks: dict[str, Sequence[Row]]  # of each stage that has some, the oldest first
    died_at: dict[str, datetime]  # of the oldest one of each such stage

    @classmethod
    def take(
        cls, client: OperatorClient, at: datetime, without: Container[str] = frozenset[str]()
    ) -> "Look":
        """Read everything; `without` are stages that no worker of the installation has.

        Raises: NoAnswer.
        """
        rows: dict[str, Sequence[Row]] = {}
        for name, (slug, operation, query) in READS.items():
            rows[name] = list(client.pages(slug, operation, **query))
        rows["stages"] = [one for one in rows["stages"] if one["stage"] not in without]
        switch = client.read("reconciliation-discrepancy", "get-payment-switch")
        look = cls(at=at, rows=rows, switch=switch, fetches={}, dead_tasks={}, died_at={})
        if rows["pending_charges"]:
            page = client.read("webhook-outage", "list-stripe-events", limit="1")
            rows["newest_events"] = page["items"]
        for stage in rows["stages"]:
            if stage["dead"]:
                look._read_dead_tasks(client, stage["stage"])
        for contest in rows["live"]:
            event_id = contest["provider_event_id"]
            page = client.read(
                "provider-refuses", "list-fetches", provider_event_id=event_id, limit="1"
            )
            look.fetches[event_id] = page["items"]
        return look

    def _read_dead_tasks(self, client: OperatorClient, stage: str) -> None:
        """Read the dead tasks of a stage, and when the first of them has died."""
        order = ListOrder.OLDEST.value
        tasks = list(client.pages("dead-task", "list-tasks", stage=stage, state=DEAD, order=order))
        self.dead_tasks[stage] = tasks
        if tasks:
            entity_id = tasks[0]["entity_id"]
            document = client.read("dead-task", "show-task", stage=stage, entity_id=entity_id)
            for attempt in document["attempts"]:  # the newest first
                if attempt["outcome"] == DIED:
                    self.died_at[stage] = instant(attempt["at"])
                    return

    def signs(self) -> Iterator[Sign]:
        """Yield the signs of failures."""
        yield from self._signs_of_contests()
        yield from self._signs_of_stages()
        yield from self._signs_of_events()
        yield from self._signs_of_payouts()
        if self.switch["is_halted"]:
            since = instant(self.switch["halted_at"])
            yield Sign("reconciliation-discrepancy", "payments", since)

    def _signs_of_contests(self) -> Iterator[Sign]:
        for contest in self.rows["scheduled"]:
            lock_time = instant(contest["lock_time"])
            if lock_time + LATE < self.at:
                yield Sign("contest-not-locked", contest["id"], lock_time)
        for contest in self.rows["in_error"]:
            yield Sign("contest-in-error", contest["id"], instant(contest["updated_at"]))
        for event_id, fetches in self.fetches.items():
            for fetch in fetches:
                if fetch["outcome"] != OK:
                    yield Sign("provider-refuses", event_id, instant(fetch["finished_at"]))

    def _signs_of_stages(self) -> Iterator[Sign]:
        for stage in self.rows["stages"]:
            if stage["oldest"] is not None and instant(stage["oldest"]) + OLD < self.at:
                yield Sign("worker-dead", stage["stage"], instant(stage["oldest"]))

        for name in self.dead_tasks:
            yield Sign("dead-task", name, self.died_at.get(name, self.at))

    def _signs_of_events(self) -> Iterator[Sign]:
        for event in self.rows["dead_events"]:
            yield Sign("unknown-intent", event["id"], instant(event["updated_at"]))
        for event in self.rows["received_events"]:
            if instant(event["created"]) + LATE < self.at:
                yield Sign("webhook-outage", event["id"], instant(event["created"]))
        newest = max((one["created_at"] for one in self.rows.get("newest_events", ())), default="")
        waiting = [
            one["updated_at"]
            for one in self.rows["pending_charges"]
            if one["intent_id"] is not None and one["updated_at"] > newest
        ]
        if waiting and instant(min(waiting)) + MISSING < self.at:
            yield Sign("webhook-outage", ENDPOINT, instant(min(waiting)))
        for dispute in self.rows["disputes"]:
            yield Sign("dispute", dispute["id"], instant(dispute["created_at"]))

    def _signs_of_payouts(self) -> Iterator[Sign]:
        for transfer in self.rows["parked"]:
            slug = "payouts-parked"
            if transfer["failure_code"] == ParkReason.BALANCE_INSUFFICIENT.value:
                slug = "balance-short"
            yield Sign(slug, transfer["id"], instant(transfer["parked_at"]))
        for transfer in self.rows["retrying"]:
            yield Sign(
                "payouts-stuck",
                transfer["id"],
                instant(transfer["first_attempt_at"] or transfer["updated_at"]),
            )
        for transfer in self.rows["failed"]:
            yield Sign("idempotency-mismatch", transfer["id"], instant(transfer["updated_at"]))


def instant(text: str) -> datetime:
    """Return the instant of a field."""
    return datetime.fromisoformat(text)
