"""Illegal writes to contests, configurations, entries and rosters.

Those that are generated for every head, column and record come in addition.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, delete, update
from tests.guards.attack_parts import Kind, Write
from tests.guards.contest_rows import FOREIGN, LATE, LIVE, LOCKED, SCHEDULED, SETTLED, SETTLING
from tests.guards.contest_steps import ContestSituation, with_record
from tests.guards.contest_values import CREATED, DAY, configuration_of
from tests.guards.project_rows import record_of, without_record
from tests.guards.raw_sql import NULL
from tests.guards.writes import Step, head_write, insert_change, step_writes

from indelible_sql.contests.tables.contests import CONFIGURATIONS, CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES, ROSTERS

StepOf = Callable[[ContestSituation], Step]

MINUTE = timedelta(minutes=1)
OTHER = configuration_of(lock_time=LATE, payment_grace_seconds=1)
SCALED = {"kind": "fixed_cents", "amounts": [100], "guarantee": False}


def changed(step_of: StepOf, **columns: object) -> Write:
    """Return a legal step with some columns of its head changed."""
    return lambda s: step_writes(step_of(s.contests), **columns)


def changed_record(step_of: StepOf, table: Table, **columns: object) -> Write:
    """Return a legal step with some columns of one of its records changed."""
    return lambda s: with_record(step_of(s.contests), table, **columns)


def alone(step_of: StepOf, table: Table, **columns: object) -> Write:
    """Return the insert of a legal step into one table, without the rest of the step."""
    return lambda s: (record_of(step_of(s.contests), table, **columns),)


def without(step_of: StepOf, table: Table) -> Write:
    """Return a legal step without its insert into one table."""
    return lambda s: without_record(step_of(s.contests), table)


def added_twice(step_of: StepOf, table: Table) -> Write:
    """Return a legal step that adds one of its records again."""
    return lambda s: (*step_writes(step_of(s.contests)), record_of(step_of(s.contests), table))


def _configured(s: ContestSituation) -> Step:
    return s.configured


def _locked(s: ContestSituation) -> Step:
    return s.locked


def _started(s: ContestSituation) -> Step:
    return s.started


def _failed(s: ContestSituation) -> Step:
    return s.failed


def _resumed(s: ContestSituation) -> Step:
    return s.resumed


def _completed(s: ContestSituation) -> Step:
    return s.completed


def _publication(s: ContestSituation) -> Step:
    return s.publication


def _entry(s: ContestSituation) -> Step:
    return s.entry


def _roster_set(s: ContestSituation) -> Step:
    return s.roster_set


def _activated(s: ContestSituation) -> Step:
    return s.activated


def _rejected(s: ContestSituation) -> Step:
    return s.rejected


def _configuration_with(**keys: Any) -> Write:  # noqa: ANN401 - any JSON value
    """Return a step of SCHEDULED that stores a configuration with other keys than its contest."""
    document = configuration_of(lock_time=LATE, payment_grace_seconds=60, **keys)
    return changed_record(_configured, CONFIGURATIONS, configuration=document.json_value())


def _settled(**columns: object) -> Write:
    """Return the settlement of LIVE with some columns of the contest changed."""
    return lambda s: (
        *step_writes(s.contests.run_completed),
        *step_writes(s.contests.completed, **columns),
    )


def _resumed_to(status: str, action: str) -> Write:
    """Return the way out of an error to another state than the contest failed in."""
    return lambda s: (
        head_write(s.contests.resumed, status=status),
        insert_change(s.contests.resumed.change, to_state=status, action=action),
    )


LEGAL_ON_CONTESTS: Kind = {
    "a contest is configured": changed(_configured),
    "a contest is locked": changed(_locked),
    "a contest is started": changed(_started),
    "a contest fails": changed(_failed),
    "a contest is resumed": changed(_resumed),
    "a contest is settled": _settled(),
    "an entry gets another roster": changed(_roster_set),
    "an entry is activated": changed(_activated),
    "an entry is rejected": changed(_rejected),
}

# Well-formed but wrong values, which no database can refuse.
LIES_ON_CONTESTS: Kind = {
    "a configuration that does not match its digest": _configuration_with(
        rake={"bps": 0, "rounding": "floor"}
    ),
    "a roster that does not match its digest": changed_record(
        _roster_set, ROSTERS, player_ids=["p1"]
    ),
    "a roster whose players are not in order": changed_record(
        _roster_set, ROSTERS, player_ids=["p7", "p6", "p5", "p4", "p3", "p2"]
    ),
}

# What SQLite accepts with foreign keys off.
WITHOUT_CONTEST_RECORD: Mapping[str, Kind] = {
    "a contest or an entry without its record": {
        "a contest without a configuration": without(_publication, CONFIGURATIONS),
        "another version without its configuration": without(_configured, CONFIGURATIONS),
        "an entry without a roster": without(_entry, ROSTERS),
        "another roster that is counted and not stored": without(_roster_set, ROSTERS),
    },
    "a settlement without its run": {
        "a complete contest whose run has not ended": changed(_completed),
        "a complete contest with the run of another contest": _settled(
            settlement_run_id=f"{SETTLED}-run"
        ),
        "a complete contest without any run": changed(_completed, settlement_run_id="nothing"),
    },
}

ON_CONTESTS: Mapping[str, Kind] = {
    "a configuration after the lock": {
        "a start with another lock time": changed(_started, lock_time=CREATED + DAY - MINUTE),
        "a start with another start time": changed(_started, start_time=CREATED + DAY),
        "a start with another end": changed(_started, end_time=LATE),
        "a start with another fee": changed(_started, fee_minor=1),
        "a start with another currency": changed(_started, currency="CHF"),
        "a start with more places": changed(_started, max_entries=99),
        "a start without a limit of places": changed(_started, max_entries=NULL),
        "a start with a longer grace": changed(_started, payment_grace_seconds=9_999),
        "a start with another configuration": changed(_started, configuration_digest="b" * 64),
        "a start with another tournament": changed(_started, provider_event_id="golf-2"),
        "a start with one more version": changed(_started, configuration_version=2),
        "a settlement with another fee": _settled(fee_minor=1),
        "an update of the lock time": lambda _: (update(CONTESTS).values(lock_time=LATE),),
        "an update of the fee": lambda _: (update(CONTESTS).values(fee_minor=0),),
        "a second configuration of a locked contest": alone(
            _configured, CONFIGURATIONS, contest_id=LOCKED
        ),
    },
    "a configuration that its contest does not show": {
        "a configuration alone": alone(_configured, CONFIGURATIONS),
        "a configuration of a version too high": changed_record(
            _configured, CONFIGURATIONS, version=9
        ),
        "a configuration of another digest": changed_record(
            _configured, CONFIGURATIONS, configuration_digest="b" * 64
        ),
        "a configuration at another time": changed_record(
            _configured, CONFIGURATIONS, created_at=CREATED
        ),
        "a configuration of another contest": changed_record(
            _configured, CONFIGURATIONS, contest_id=FOREIGN
        ),
        "a configuration of no contest": changed_record(
            _configured, CONFIGURATIONS, contest_id="nothing"
        ),
        "a configuration, added twice": added_twice(_configured, CONFIGURATIONS),
        "a configuration with another fee": _configuration_with(entry_fee_cents=1),
        "a configuration with another currency": _configuration_with(currency="CHF"),
        "a configuration with other places": _configuration_with(max_entries=9),
        "a configuration with another kind of payout": _configuration_with(
            payout=SCALED, short_field="retain"
        ),
        "a configuration with another lock time": changed_record(
            _configured,
            CONFIGURATIONS,
            configuration=configuration_of(
                lock_time=LATE + MINUTE, payment_grace_seconds=60
            ).json_value(),
        ),
        "a configuration without keys": changed_record(
            _configured, CONFIGURATIONS, configuration={}
        ),
        "a configuration rewritten": lambda _: (
            update(CONFIGURATIONS).values(configuration=OTHER.json_value()),
        ),
        "configurations, deleted": lambda _: (delete(CONFIGURATIONS),),
    },
    "a rule of contests broken": {
        "a contest that locks before it was created": changed(_publication, lock_time=CREATED),
        "a contest that starts before it locks": changed(_publication, start_time=CREATED + MINUTE),
        "a contest that ends when it starts": changed(_publication, end_time=LATE + DAY),
        "a contest with a blank name": changed(_publication, contest_name="  "),
        "a contest with a negative fee": changed(_publication, fee_minor=-1),
        "a contest that needs more entries than it has places": changed(
            _publication, min_entries=9
        ),
        "a lock before the lock time": changed(_locked, updated_at=LATE - MINUTE),
        "a start before the start time": changed(_started, updated_at=CREATED + DAY + MINUTE),
        "a start without data of the tournament": lambda s: step_writes(
            s.contests.started, id=FOREIGN
        ),
        "another fee once there are entries": changed(_configured, fee_minor=1),
        "another currency once there are entries": changed(_configured, currency="CHF"),
        "fewer places than are taken": changed(_configured, max_entries=2),
        "another tournament of a contest with a log": changed(
            _configured, provider_event_id="golf-2"
        ),
        "a configured contest that skips a version": changed(_configured, configuration_version=3),
        "an error of no state": changed(_failed, error_from_state=NULL),
        "an error without a code": changed(_failed, error_code=NULL),
        "an error without a message": changed(_failed, error_message=NULL),
        "an error with a long message": changed(_failed, error_message="x" * 1_001),
        "an error of no action": changed(_failed, attempted_action=NULL),
        "an error of an unknown action": changed(_failed, attempted_action="celebrate"),
        "an error of another action than the state has": changed(_failed, attempted_action="lock"),
        "an error that comes from another state": changed(
            _failed, error_from_state="LOCKED", attempted_action="start"
        ),
        "a live contest with an error": changed(_started, error_code="MISSING_SCORE"),
        "a resumed contest that keeps its error": changed(
            _resumed,
            error_from_state="LIVE",
            error_code="MISSING_SCORE",
            error_message="A score is missing.",
            attempted_action="complete",
        ),
        "an error of LIVE that is resumed as LOCKED": _resumed_to("LOCKED", "resume_locked"),
        "an error of LIVE that is resumed as SCHEDULED": _resumed_to(
            "SCHEDULED", "resume_scheduled"
        ),
        "a live contest with a settlement": changed(_started, settlement_run_id=f"{SETTLED}-run"),
        "a settlement at no time": _settled(settle_time=NULL),
        "a settlement at another time than its change": _settled(settle_time=CREATED),
        "a settlement of no run": _settled(settlement_run_id=NULL),
        "a settlement before the tournament has ended": lambda s: (
            head_write(
                s.contests.started,
                status="COMPLETE",
                settle_time=s.contests.started.change.at,
                settlement_run_id=f"{SETTLED}-run",
            ),
            insert_change(s.contests.started.change, to_state="COMPLETE"),
        ),
        "an error that is settled although a lock failed": lambda s: (
            head_write(
                s.contests.resumed,
                status="COMPLETE",
                settle_time=s.contests.resumed.change.at,
                settlement_run_id=f"{SETTLED}-run",
            ),
            insert_change(s.contests.resumed.change, to_state="COMPLETE"),
        ),
    },
    "an entry that its contest does not allow": {
        "an entry that is void after the settlement": changed(lambda s: s.voided),
        "an entry at the lock time": changed(_entry, created_at=LATE, updated_at=LATE),
        "an entry in a locked contest": changed(_entry, contest_id=LOCKED),
        "an entry in a live contest": changed(_entry, contest_id=LIVE),
        "an entry in no contest": changed(_entry, contest_id="nothing"),
        "a fifth entry for four places": changed(_entry, place_number=5),
        "an entry in a place that is taken": changed(_entry, place_number=1),
        "an entry without a place": changed(_entry, place_number=NULL),
        "a second entry of a user who may have one": changed(
            _entry, user_id="maya", entry_number=2
        ),
        "an entry of the same number": changed(_entry, user_id="rejected"),
        "an entry for another fee": changed(_entry, fee_minor=1),
        "an entry in another currency": changed(_entry, currency="CHF"),
        "an entry that is paid at its birth": changed(_entry, paid_minor=2_500, paid_at=CREATED),
        "an entry that is free although a fee is due": lambda s: (
            head_write(s.contests.entry, status="ACTIVE", paid_minor=0, paid_at=LATE),
            *s.contests.entry.records,
            insert_change(s.contests.entry.change, to_state="ACTIVE", action="enter_free"),
        ),
        "a payment that is not the fee": changed(_activated, paid_minor=1),
        "a payment at no time": changed(_activated, paid_at=NULL),
        "a payment without an amount": changed(_activated, paid_minor=NULL),
        "a payment without a reference": changed(_activated, payment_ref=NULL),
        "an active entry without a place": changed(_activated, place_number=NULL),
        "an active entry in another place": changed(_activated, place_number=4),
        "an active entry with a reason of rejection": changed(_activated, rejection_reason="late"),
        "a rejected entry with a place": changed(_rejected, place_number=3),
        "a rejected entry without a reason": changed(_rejected, rejection_reason=NULL),
        "a rejection with a long reason": changed(_rejected, rejection_reason="x" * 1_001),
        "a rejected entry that is paid": changed(
            _rejected, paid_minor=2_500, paid_at=CREATED, payment_ref="payment"
        ),
        "another time of a payment": changed(_roster_set, paid_at=CREATED),
        "another reference of a payment": changed(_roster_set, payment_ref="other"),
        "a roster at the lock time": changed(_roster_set, updated_at=LATE),
        "a roster of an entry in a live contest": lambda s: step_writes(
            s.contests.roster_set, id=f"{LIVE}-maya"
        ),
        "a roster of an entry in a settled contest": lambda s: (
            update(ENTRIES)
            .where(ENTRIES.c.id == f"{SETTLED}-maya")
            .values(roster_number=2, seq=3, updated_at=s.contests.roster_set.change.at),
        ),
        "an entry that moves to another contest": lambda _: (
            update(ENTRIES).where(ENTRIES.c.id == f"{SCHEDULED}-maya").values(contest_id=SETTLING),
        ),
    },
    "a roster that its entry does not show": {
        "a roster alone": alone(_roster_set, ROSTERS),
        "a roster of a number too high": changed_record(_roster_set, ROSTERS, number=9),
        "a roster at another time": changed_record(_roster_set, ROSTERS, submitted_at=CREATED),
        "a roster of another digest": changed_record(_roster_set, ROSTERS, roster_digest="b" * 64),
        "a roster of another entry": changed_record(_roster_set, ROSTERS, entry_id=f"{LIVE}-maya"),
        "a roster of no entry": changed_record(_roster_set, ROSTERS, entry_id="nothing"),
        "a roster, added twice": added_twice(_roster_set, ROSTERS),
        "rosters with other players": lambda _: (update(ROSTERS).values(player_ids=["p9"]),),
        "rosters, deleted": lambda _: (delete(ROSTERS),),
    },
}
