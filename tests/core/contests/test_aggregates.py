"""Contests, entries, logs and runs hold their invariants, whoever makes them."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve
from tests.core.contests.golf import configured

from indelible.contests import (
    Contest,
    ContestLog,
    ContestStatus,
    Entry,
    EntryStatus,
    EventKind,
    ReasonCode,
    Roster,
    SettlementRun,
    Validity,
)
from indelible.contests.entities.logs import EventDraft
from indelible.contests.entities.records import ContestEvent, SettlementLine
from indelible.contests.entities.runs import SettlementBasis, SettlementTotals
from indelible.contests.entities.values import EntriesRevision, Evidence, LogMarks, roster_digest
from indelible.contests.handlers.saving import terms_of
from indelible.testing.captures.scenarios import code

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
HASH = "0" * 64
PLAYERS = ("G02", "G01")


def contest(**changes: Any) -> Contest:  # noqa: ANN401 - of any key
    """Return a contest in SCHEDULED."""
    return Contest.published(
        "c",
        organizer_id="maya",
        contest_name="Open",
        terms=terms_of(configured(**changes)),
        now=NOW,
    )


def contest_in(status: ContestStatus) -> Contest:
    """Return a contest in a state."""
    scheduled = contest()
    locked = scheduled.locked(now=LATER)
    live = locked.started(now=LATER)
    values = {
        ContestStatus.SCHEDULED: scheduled,
        ContestStatus.LOCKED: locked,
        ContestStatus.LIVE: live,
        ContestStatus.COMPLETE: live.completed("complete", "run", now=LATER),
        ContestStatus.CANCELLED: live.canceled("cancel", now=LATER),
        ContestStatus.ERROR: live.failed("complete", "BROKEN", "It failed.", now=LATER),
    }
    return values[status]


def entry(**changes: Any) -> Entry:  # noqa: ANN401 - of any key
    """Return a new entry."""
    return Entry.entered(
        contest(**changes),
        entry_id="e",
        user_id="ann",
        entry_number=1,
        place_number=1,
        digest=roster_digest(PLAYERS, None),
        now=NOW,
    )


def paid(unpaid: Entry) -> Entry:
    """Return a paid entry."""
    return unpaid.activated(
        paid_minor=unpaid.fee_minor,
        currency=unpaid.currency,
        paid_at=NOW,
        payment_ref="pay-1",
        now=LATER,
    )


def entry_in(status: EntryStatus) -> Entry:
    """Return an entry in a state."""
    active = paid(entry())
    values = {
        EntryStatus.PENDING_PAYMENT: entry(),
        EntryStatus.ACTIVE: active,
        EntryStatus.REJECTED: entry().rejected("card declined", now=LATER),
        EntryStatus.REFUNDED: active.refunded(now=LATER),
        EntryStatus.VOID: active.voided(now=LATER),
    }
    return values[status]


def run() -> SettlementRun:
    """Return a started run."""
    basis = SettlementBasis(
        engine_version="golf-1",
        configuration_version=1,
        configuration_digest=HASH,
        event_number=3,
        events_digest=HASH,
        entries=EntriesRevision(count=2, seq_sum=4),
    )
    return SettlementRun.started(
        run_id="r", contest_id="c", number=1, basis=basis, currency="USD", now=NOW
    )


def first_event() -> tuple[ContestLog, ContestEvent]:
    """Return a log with its first event."""
    opened = ContestLog.opened(contest())
    draft = EventDraft(
        number=1,
        kind=EventKind.SNAPSHOT,
        validity=Validity.VALID,
        payload_digest=HASH,
        fetch_number=1,
        fetched_at=NOW,
        body=None,
        body_hash=HASH,
    )
    following = opened.with_event("append", draft, LogMarks(), now=LATER)
    return following, following.new_event(opened, draft)


def totals(**changes: int) -> SettlementTotals:
    """Return totals of one line."""
    values: dict[str, Any] = {
        "eligibility_digest": HASH,
        "official_rounds": 4,
        "result_digest": HASH,
        "pool_minor": 100,
        "rake_minor": 10,
        "rounding_minor": 0,
        "retained_minor": 0,
        "top_up_minor": 0,
        "line_count": 1,
        **changes,
    }
    return SettlementTotals(**values)


def test_a_tournament_may_start_at_the_lock_time() -> None:
    published = contest()
    assert evolve(published, lock_time=published.start_time).lock_time == published.start_time


@pytest.mark.parametrize("status", ContestStatus)
def test_a_contest_has_a_settlement_exactly_when_it_is_complete(status: ContestStatus) -> None:
    value = contest_in(status)
    is_complete = status is ContestStatus.COMPLETE
    settle_time = None if is_complete else LATER

    assert (value.settle_time is not None) == is_complete
    assert (value.settlement_run_id is not None) == is_complete
    assert code(lambda: evolve(value, settle_time=settle_time)) == "FIELD_NOT_OF_STATE"


@pytest.mark.parametrize("status", ContestStatus)
def test_a_contest_has_an_error_exactly_in_error(status: ContestStatus) -> None:
    value = contest_in(status)
    is_in_error = status is ContestStatus.ERROR

    assert value.is_in_error == is_in_error
    for name in ("error_from_state", "error_code", "error_message", "attempted_action"):
        assert (getattr(value, name) is not None) == is_in_error, name
        other: Any = None
        if not is_in_error:
            other = ContestStatus.LIVE if name == "error_from_state" else "text"
        assert code(partial(evolve, value, **{name: other})) == "FIELD_NOT_OF_STATE", name


def test_an_error_belongs_to_the_state_that_its_action_leaves() -> None:
    live = contest_in(ContestStatus.LIVE)

    assert code(lambda: live.failed("lock", "BROKEN", "No.", now=LATER)) == "FIELD_NOT_OF_STATE"
    assert code(lambda: live.failed("cancel", "BROKEN", "No.", now=LATER)) == "ACTION_CANNOT_FAIL"


@pytest.mark.parametrize("status", EntryStatus)
def test_an_entry_has_a_place_a_payment_and_a_reason_as_its_state_says(
    status: EntryStatus,
) -> None:
    value = entry_in(status)
    changes: dict[str, Any] = {
        "place_number": None if value.place_number else 1,
        "paid_minor": None if value.paid_minor is not None else value.fee_minor,
        "paid_at": None if value.paid_at else NOW,
        "payment_ref": None if value.payment_ref else "pay-2",
        "rejection_reason": None if value.rejection_reason else "a reason",
    }
    for name, other in changes.items():
        assert code(partial(evolve, value, **{name: other})) == "FIELD_NOT_OF_STATE", name


def test_an_entry_was_paid_its_fee_and_nothing_else() -> None:
    active = entry_in(EntryStatus.ACTIVE)
    free = entry(entry_fee_cents=0)

    assert code(lambda: evolve(active, paid_minor=1)) == "FIELD_NOT_OF_STATE"
    assert (free.status, free.paid_minor, free.paid_at) == (EntryStatus.ACTIVE, 0, NOW)
    assert code(lambda: evolve(free, payment_ref="pay-1")) == "FIELD_NOT_OF_STATE"
    assert code(lambda: evolve(free, paid_at=LATER)) == "FIELD_NOT_OF_STATE"


def test_the_digest_of_a_roster_ignores_the_order_of_its_players() -> None:
    digest = roster_digest(("a", "b"), None)

    assert roster_digest(("b", "a"), None) == digest
    assert roster_digest(("a", "b"), 0) != digest
    assert roster_digest(("a", "c"), None) != digest
    record = entry().new_roster(PLAYERS, None)
    assert isinstance(record, Roster)
    assert record.player_ids == tuple(sorted(PLAYERS))
    assert record.roster_digest == roster_digest(record.player_ids, record.prediction)


def test_an_event_hash_covers_every_field_of_the_chain() -> None:
    following, event = first_event()
    changes: dict[str, Any] = {
        "number": 2,
        "kind": EventKind.CORRECTION,
        "validity": Validity.INVALID,
        "payload_digest": "1" * 64,
        "fetch_number": 2,
        "fetched_at": LATER,
        "body_hash": "1" * 64,
        "supersedes": 1,
        "snapshot_number": 1,
        "prev_hash": "1" * 64,
    }

    assert event.chain_hash() == event.event_hash == following.event_hash
    third = evolve(event, number=3, prev_hash=HASH)
    for name, other in changes.items():
        assert evolve(third, **{name: other}).chain_hash() != third.chain_hash(), name


def test_an_entry_without_a_score_wins_nothing() -> None:
    line = partial(
        SettlementLine,
        number=1,
        entry_id="e",
        user_id="ann",
        paid_minor=0,
        roster_digest=HASH,
        rank=1,
    )

    assert line(payout_minor=0).score is None
    assert code(partial(line, payout_minor=1)) == "FIELD_NOT_OF_RECORD"


def test_marks_of_a_log_that_belong_together_are_set_together() -> None:
    log = ContestLog.opened(contest())
    alone: tuple[dict[str, Any], ...] = (
        {"leaderboard_number": 1},
        {"terminal_number": 1},
        {"terminal_at": NOW},
        {"pending_rewrite": HASH},
        {"pending_rewrite_number": 1},
    )
    for fields in alone:
        assert code(partial(evolve, log, **fields)) == "FIELD_NOT_OF_STATE", fields


def test_a_run_has_results_or_an_error_as_its_state_says() -> None:
    started = run()
    completed = started.completed(totals(), now=LATER)
    failed = started.failed("BROKEN", "It failed.", now=LATER)

    assert completed.settled_at == LATER
    for value in (started, failed):
        assert code(partial(evolve, value, result_digest=HASH)) == "FIELD_NOT_OF_STATE"
    for value in (started, completed):
        assert code(partial(evolve, value, error_code="BROKEN")) == "FIELD_NOT_OF_STATE"
    assert code(lambda: completed.failed("BROKEN", "No.", now=LATER)) == "INVALID_TRANSITION"


@pytest.mark.parametrize("reason", ReasonCode)
def test_every_reason_code_has_a_meaning(reason: ReasonCode) -> None:
    assert reason.meaning.endswith(".")
    evidence = Evidence(reason_code=reason, facts={"now": "2026"})
    assert evidence.change_data() == {"reason_code": reason.value, "evidence": {"now": "2026"}}
