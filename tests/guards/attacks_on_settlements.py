"""Illegal writes to event logs, events, faults, feeds, fetches, settlement runs and lines."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update
from tests.guards.attack_parts import Kind, Write
from tests.guards.attacks_on_contests import added_twice, alone, changed, changed_record, without
from tests.guards.contest_rows import FOREIGN, LIVE, LOCKED, SCHEDULED, SETTLED, SETTLING
from tests.guards.contest_steps import ContestSituation, with_record
from tests.guards.contest_values import (
    CREATED,
    FIELD_BODY,
    HOUR,
    OTHER_TOURNAMENT,
    PAYLOADS,
    leaderboard_body,
    payload_of,
)
from tests.guards.kernel_records import STORED_PAYLOAD
from tests.guards.project_rows import record_of
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import NULL
from tests.guards.situation import Situation
from tests.guards.writes import Step, head_write, insert_change, step_writes, with_digest

from indelible.kernel import to_json_value
from indelible_sql.contests.tables.feeds import FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS
from indelible_sql.contests.tables.runs import LINES

FAR = datetime(2999, 1, 1, tzinfo=UTC)
OTHER_PAYLOAD = payload_of(PAYLOADS[0]).digest


def _appended(s: ContestSituation) -> Step:
    return s.appended


def _doubted(s: ContestSituation) -> Step:
    return s.doubted


def _fetched(s: ContestSituation) -> Step:
    return s.fetched


def _run(s: ContestSituation) -> Step:
    return s.run


def _run_completed(s: ContestSituation) -> Step:
    return s.run_completed


def _log(s: ContestSituation) -> Step:
    return s.log


def _settled(**columns: object) -> Write:
    """Return the settlement of LIVE with some columns of its run changed."""
    return lambda s: (
        *step_writes(s.contests.run_completed, **columns),
        *step_writes(s.contests.completed),
    )


def _settled_with_line(**columns: object) -> Write:
    """Return the settlement of LIVE with some columns of its first line changed."""
    return lambda s: (
        *with_record(s.contests.run_completed, LINES, **columns),
        *step_writes(s.contests.completed),
    )


def _skipped(**columns: object) -> Write:
    """Return the step of a fetch that shows nothing new, with some columns of its log changed."""

    def write(s: Situation) -> Sequence[Statement]:
        paused = s.steps["contest_logs"]
        values = {name: to_json_value(value) for name, value in columns.items()}
        data = {**paused.change.data, **values}
        change = with_digest(paused.change, action="skip", to_state="OPEN", data=data)
        return step_writes(Step(change=change, row={**paused.row, "status": "OPEN", **columns}))

    return write


def _with_body(**keys: Any) -> Write:  # noqa: ANN401 - any JSON value
    """Return an applied event with some keys of its body changed."""
    return changed_record(_appended, EVENTS, body={**leaderboard_body("p9"), **keys})


def _without_key(name: str) -> Write:
    """Return an applied event whose body lacks a key."""
    body = leaderboard_body("p9")
    del body[name]
    return changed_record(_appended, EVENTS, body=body)


def _with_player(**keys: Any) -> Write:  # noqa: ANN401 - any JSON value
    """Return an applied event with some keys of its body's player changed."""
    (player,) = leaderboard_body("p9")["players"]
    return _with_body(players=[{**player, **keys}])


def _with_round(**keys: Any) -> Write:  # noqa: ANN401 - any JSON value
    """Return an applied event with some keys of its body's round changed."""
    (player,) = leaderboard_body("p9")["players"]
    (card_round,) = player["rounds"]
    return _with_player(rounds=[{**card_round, **keys}])


LEGAL_ON_SETTLEMENTS: Kind = {
    "a fetch shows nothing new": _skipped(),
    "a fetch shows a rewrite again": _skipped(
        pending_rewrite="e" * 64, pending_rewrite_at=CREATED, pending_rewrite_number=5
    ),
    "an event is applied": changed(_appended),
    "an event is refused with its faults": changed(_doubted),
    "a fetch is recorded": changed(_fetched),
    "a settlement run starts": changed(_run),
}

# Well-formed but wrong values, which no database can refuse.
LIES_ON_SETTLEMENTS: Kind = {
    "an event with another body": changed_record(_appended, EVENTS, body=leaderboard_body("p9")),
    "an event of another instant": changed_record(_appended, EVENTS, fetched_at=CREATED),
    "a fault with another value": changed_record(_doubted, FAULTS, value="71"),
    "a fetch that took longer": changed_record(_fetched, FETCHES, requested_at=CREATED),
    "a line with another score": _settled_with_line(score=0),
}

# What SQLite accepts with foreign keys off.
WITHOUT_SETTLEMENT_RECORD: Mapping[str, Kind] = {
    "a log, a feed or a run without its record": {
        "an event that is counted and not stored": without(_appended, EVENTS),
        "a fetch that is counted and not stored": without(_fetched, FETCHES),
        "a complete run that its contest does not name": changed(_run_completed),
    },
    "a log, a feed or a run that refers to nothing": {
        "an event without a stored payload": changed_record(
            _appended, EVENTS, payload_digest="b" * 64, fetch_number=NULL
        ),
        "a fetch without a stored payload": lambda s: (
            head_write(s.contests.fetched, last_payload_digest="b" * 64),
            record_of(s.contests.fetched, FETCHES, payload_digest="b" * 64),
            insert_change(s.contests.fetched.change),
        ),
        "a run over older events": changed(_run, event_number=2),
        "a run over events to come": changed(_run, event_number=99),
        "a log that has taken up a fetch to come": changed(_appended, fetch_number=99),
        "a run over another configuration": changed(_run, configuration_digest="b" * 64),
        "a run over other events": changed(_run, events_digest="b" * 64),
    },
}

ON_SETTLEMENTS: Mapping[str, Kind] = {
    "an event that its log does not show": {
        "an event alone": alone(_appended, EVENTS),
        "an event of a number too high": changed_record(_appended, EVENTS, number=9),
        "an event under a stored number": changed_record(_appended, EVENTS, number=2),
        "an event of another contest": changed_record(_appended, EVENTS, contest_id=SETTLING),
        "an event of no contest": changed_record(_appended, EVENTS, contest_id="nothing"),
        "an event that was stored at another time": changed_record(
            _appended, EVENTS, stored_at=CREATED
        ),
        "an event with another hash": changed_record(_appended, EVENTS, event_hash="b" * 64),
        "an event after another one than the last": changed_record(
            _appended, EVENTS, prev_hash="b" * 64
        ),
        "an event at the beginning of its chain": changed_record(_appended, EVENTS, prev_hash=""),
        "an event with another body's hash": changed_record(_appended, EVENTS, body_hash="b" * 64),
        "an event with the payload of another fetch": changed_record(
            _appended, EVENTS, payload_digest=OTHER_PAYLOAD
        ),
        "an event of another fetch": changed_record(_appended, EVENTS, fetch_number=2),
        "an event of a fetch that does not exist": changed_record(
            _appended, EVENTS, fetch_number=99
        ),
        "an event of an unknown kind": changed_record(_appended, EVENTS, kind="PARTY"),
        "an event of another kind than the log applies": changed_record(
            _appended, EVENTS, kind="FIELD"
        ),
        "an event of unknown validity": changed_record(_appended, EVENTS, validity="MAYBE"),
        "an invalid event that is applied": changed_record(_appended, EVENTS, validity="INVALID"),
        "an event that supersedes itself": changed_record(_appended, EVENTS, supersedes=6),
        "an event that supersedes one to come": changed_record(_appended, EVENTS, supersedes=99),
        "an event about a snapshot to come": changed_record(_appended, EVENTS, snapshot_number=99),
        "an event, added twice": added_twice(_appended, EVENTS),
        "events with another body": lambda _: (update(EVENTS).values(body={}),),
        "events that become valid": lambda _: (update(EVENTS).values(validity="VALID"),),
        "events, deleted": lambda _: (delete(EVENTS),),
    },
    "a body that its event does not store": {
        "an event whose body is no leaderboard": changed(lambda s: s.misshapen),
        "an applied event without a body": changed_record(_appended, EVENTS, body=NULL),
        "a body of a field": changed_record(_appended, EVENTS, body=FIELD_BODY),
        "a body with text players": _with_body(players=["p9"]),
        "a body without a tournament": _without_key("tournament"),
        "a body without its provider's id": _without_key("provider_event_id"),
        "a body whose tournament is a list": _with_body(tournament=[]),
        "a body whose tournament lacks its par": _with_body(
            tournament={"status": None, "rounds": 4, "current_round": 4}
        ),
        "a body whose tournament has an unknown status": _with_body(
            tournament={"status": "OVER", "rounds": 4, "current_round": 4, "par": 72}
        ),
        "a body whose version is a text": _with_body(schema_version="1"),
        "a body without players": _with_body(players=None),
        "a body with corrections that are no list": _with_body(corrections={}),
        "a body with a player of an unknown status": _with_player(status="TIRED"),
        "a body with a player without rounds": _with_player(rounds=None),
        "a body with a player in a list": _with_body(players=[leaderboard_body("p9")["players"]]),
        "a body with a round whose strokes are a text": _with_round(strokes="70"),
        "a body with a round whose holes are an object": _with_round(holes={}),
        "a body with a hole without strokes": _with_round(holes=[{"h": 1}]),
    },
    "a fault that its event does not have": {
        "a fault alone": alone(_doubted, FAULTS),
        "a fault of another event": changed_record(_doubted, FAULTS, event_number=2),
        "a fault of an event that does not exist": changed_record(
            _doubted, FAULTS, event_number=99
        ),
        "a fault of another contest": changed_record(_doubted, FAULTS, entity_id=SCHEDULED),
        "a fault of another change": changed_record(_doubted, FAULTS, seq=2),
        "a fault under a number too high": changed_record(_doubted, FAULTS, number=9),
        "a fault with a long value": changed_record(_doubted, FAULTS, value="x" * 201),
        "a fault at a long path": changed_record(_doubted, FAULTS, path="x" * 1_001),
        "a fault, added twice": added_twice(_doubted, FAULTS),
        "an event without the faults that its change counts": without(_doubted, FAULTS),
        "faults with another code": lambda _: (update(FAULTS).values(code="OTHER"),),
        "faults, deleted": lambda _: (delete(FAULTS),),
    },
    "a rule of logs broken": {
        "a log of another contest": changed(_log, contest_id=SCHEDULED),
        "a log of another tournament": changed(_log, provider_event_id=OTHER_TOURNAMENT),
        "a new log with an event": changed(_log, event_number=1),
        "a new log with a hash of events": changed(_log, event_hash="b" * 64),
        "a log that moves to another tournament": changed(
            _appended, provider_event_id=OTHER_TOURNAMENT
        ),
        "a log that skips an event": changed(_appended, event_number=7),
        "a log with another hash than its event": changed(_appended, event_hash="b" * 64),
        "a log with another body than its event": changed(_appended, head_hash="b" * 64),
        "a log that goes back to an older fetch": changed(_appended, fetch_number=1),
        "a log that points to an older leaderboard": changed(_appended, leaderboard_number=1),
        "a log that points to a leaderboard to come": changed(_appended, leaderboard_number=99),
        "a log that points to a field to come": changed(_appended, field_number=99),
        "a log that points to an end to come": changed(_appended, terminal_number=99),
        "a log that points to a cancellation to come": changed(_appended, cancelled_number=99),
        "a log that points to a conflict to come": changed(_appended, conflict_number=99),
        "a log that points to a rewrite to come": changed(_appended, pending_rewrite_number=99),
        "a log whose end is a leaderboard": changed(_appended, terminal_number=6),
        "a log whose field is a leaderboard": changed(_appended, field_number=6),
        "a log whose cancellation is a leaderboard": changed(_appended, cancelled_number=6),
        "a skipped fetch that cancels the tournament": _skipped(cancelled_number=1),
        "a skipped fetch that finds a conflict": _skipped(conflict_number=1),
        "a skipped fetch that loses the field": _skipped(field_number=None),
        "a skipped fetch with more observations": _skipped(observations=2**53 - 1),
        "a skipped fetch with an observation in 2999": _skipped(observed_at=FAR),
        "a skipped fetch with an end in 2999": _skipped(terminal_at=FAR),
        "a skipped fetch with a leaderboard in 2999": _skipped(leaderboard_at=FAR),
        "a skipped fetch with a rewrite in 2999": _skipped(
            pending_rewrite="e" * 64, pending_rewrite_at=FAR, pending_rewrite_number=5
        ),
        "an event with an observation in 2999": changed(_appended, observed_at=FAR),
        "an event with many observations": changed(_appended, observations=2**53 - 1),
        "a log with an end at no time": changed(_appended, terminal_at=NULL),
        "a log with a leaderboard at no time": changed(_appended, leaderboard_at=NULL),
        "a paused log with another hash": lambda s: step_writes(
            s.steps["contest_logs"], event_hash="b" * 64
        ),
    },
    "a fetch that its feed does not show": {
        "a fetch alone": alone(_fetched, FETCHES),
        "a fetch of a number too high": changed_record(_fetched, FETCHES, number=99),
        "a fetch of another tournament": changed_record(
            _fetched, FETCHES, provider_event_id=OTHER_TOURNAMENT
        ),
        "a fetch of no tournament": changed_record(_fetched, FETCHES, provider_event_id="nothing"),
        "a success without a payload": changed_record(_fetched, FETCHES, payload_digest=NULL),
        "a success with an error": changed_record(_fetched, FETCHES, error="a fault"),
        "a fetch that ends before it begins": changed_record(
            _fetched, FETCHES, requested_at=CREATED + 9 * HOUR
        ),
        "a fetch of an unknown outcome": changed_record(_fetched, FETCHES, outcome="FINE"),
        "a fetch with an impossible status": changed_record(_fetched, FETCHES, http_status=99),
        "a fetch with a long error": changed_record(
            _fetched, FETCHES, outcome="TIMEOUT", error="x" * 1_001
        ),
        "a fetch with a long content type": changed_record(
            _fetched, FETCHES, content_type="x" * 1_001
        ),
        "a fetch, added twice": added_twice(_fetched, FETCHES),
        "fetches with another payload": lambda _: (
            update(FETCHES).values(payload_digest=STORED_PAYLOAD.digest),
        ),
        "fetches, deleted": lambda _: (delete(FETCHES),),
        "a feed that skips a fetch": changed(_fetched, fetch_number=7),
        "a feed with more failures than fetches": changed(_fetched, failures=99),
        "a feed with another payload than its fetch": changed(
            _fetched, last_payload_digest=STORED_PAYLOAD.digest
        ),
        "a feed that counts a success as a failure": changed(_fetched, failures=2),
        "a feed that counts a failure as a success": changed_record(
            _fetched, FETCHES, outcome="TIMEOUT"
        ),
        "a feed with a success without a payload": changed(_fetched, last_payload_digest=NULL),
    },
    "a rule of settlement runs broken": {
        "a run under a number too high": changed(_run, number=99),
        "a second started run of a contest": changed(_run, contest_id=LIVE),
        "a run of a contest that is not live": changed(_run, contest_id=SCHEDULED),
        "a run of a locked contest": changed(_run, contest_id=LOCKED),
        "a run of no contest": changed(_run, contest_id="nothing"),
        "a run under a stored number": changed(_run, number=1),
        "a run over a configuration to come": changed(_run, configuration_version=9),
        "a run in another currency": changed(_run, currency="CHF"),
        "a run that is born with a result": changed(_run, pool_minor=1),
        "a run that is born with an error": changed(_run, error_code="FAULT"),
        "a complete run without a result": _settled(result_digest=NULL),
        "a complete run without a pool": _settled(pool_minor=NULL),
        "a complete run with an error": _settled(error_code="FAULT", error_message="a fault"),
        "a complete run with a negative rake": _settled(rake_minor=-1),
        "a complete run with another rake": _settled(rake_minor=1),
        "a complete run with another pool": _settled(pool_minor=1),
        "a complete run with another top-up": _settled(top_up_minor=1),
        "a complete run with another rounding": _settled(rounding_minor=1),
        "a complete run with another retained sum": _settled(retained_minor=1),
        "a complete run with more lines": _settled(line_count=3),
        "a complete run with fewer lines": _settled(line_count=1),
        "a complete run at another time": _settled(settled_at=CREATED),
        "a complete run over other events": _settled(events_digest="b" * 64),
        "a run that is completed after its contest": lambda s: (
            *step_writes(s.contests.completed),
            *step_writes(s.contests.run_completed, event_number=1),
        ),
        "a failed run without a code": lambda s: step_writes(
            s.steps["settlement_runs"], error_code=NULL
        ),
        "a failed run with a long message": lambda s: step_writes(
            s.steps["settlement_runs"], error_message="x" * 1_001
        ),
        "a failed run with a result": lambda s: step_writes(
            s.steps["settlement_runs"], line_count=0
        ),
        "a run that is completed by itself": lambda s: (
            head_write(s.contests.run_completed),
            insert_change(s.contests.run_completed.change),
        ),
        "a run that is completed after another event": lambda s: (
            *step_writes(s.contests.appended),
            *step_writes(s.contests.run_completed),
            *step_writes(s.contests.completed),
        ),
    },
    "a line that its run does not have": {
        "a line alone": alone(_run_completed, LINES),
        "a line of another contest's entry": _settled_with_line(entry_id=f"{SETTLING}-maya"),
        "a line of an entry that does not exist": _settled_with_line(entry_id="nothing"),
        "a line of another run": _settled_with_line(entity_id=f"{SETTLED}-run"),
        "a line of no run": _settled_with_line(entity_id="nothing"),
        "a line of another change": _settled_with_line(seq=1),
        "a line under a number too high": _settled_with_line(number=9),
        "a second line of an entry": _settled_with_line(entry_id=f"{LIVE}-noor"),
        "a line for another user": _settled_with_line(user_id="eve"),
        "a line with another payment": _settled_with_line(payment_ref="other"),
        "a line without its payment": _settled_with_line(payment_ref=NULL),
        "a line with another amount that was paid": _settled_with_line(paid_minor=1),
        "a line with another roster": _settled_with_line(roster_digest="b" * 64),
        "a line with a higher payout": _settled_with_line(payout_minor=9_999),
        "a line with a negative payout": _settled_with_line(payout_minor=-1),
        "a paid line without a score": _settled_with_line(score=NULL),
        "a line, added twice": added_twice(_run_completed, LINES),
        "a line of a settled contest": lambda s: (
            s.contests.run_completed.records[0].values(
                entity_id=f"{SETTLED}-run", seq=2, number=3, entry_id=f"{FOREIGN}-maya"
            ),
        ),
        "lines with another payout": lambda _: (update(LINES).values(payout_minor=1),),
        "lines with another rank": lambda _: (update(LINES).values(rank=9),),
        "lines, deleted": lambda _: (delete(LINES),),
    },
}
