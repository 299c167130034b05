"""Requirements on hostile values, fixed fields and records of contests."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from attrs import evolve

from indelible import contests
from indelible.app import ReadTx
from indelible.contests import ContestEvent, EventFault, FetchOutcome, FetchResult
from indelible.kernel import Change, verify_chain
from indelible.kernel.aggregates import save_change
from indelible.kernel.bulk import Bulk
from indelible.testing.captures.scenarios import code, field_refused
from indelible.testing.contests.payloads import PLAYERS
from indelible.testing.contests.scenarios import (
    ORGANIZER,
    ContestScenario,
    Value,
    complete_contest,
    configuration,
    live_contest,
    new_contest,
    publish,
)
from indelible.testing.stores import BEGINNING, AnyStore, within
from indelible.testing.suite import Suite


class ContestIntegrityConformance(Suite):
    """Requirements on values, fixed fields and records."""

    def test_hostile_values_of_contests_are_refused_with_a_code(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        before = (scenario.saved, scenario.log)
        cases: list[tuple[str, Callable[[], object]]] = [
            ("TEXT_BLANK", partial(publish, store, " ")),
            ("TEXT_TOO_LONG", partial(publish, store, "n" * 1_001)),
            ("TEXT_HAS_CONTROLS", partial(publish, store, "a\x07b")),
            ("TEXT_UNSTORABLE", partial(publish, store, "\0")),
            ("CONFIGURATION_INVALID", partial(_publish_raw, "text")),
            ("CONFIGURATION_INVALID", partial(_publish_raw, {})),
            ("TEXT_BLANK", partial(scenario.enter, "")),
            ("TEXT_HAS_CONTROLS", partial(scenario.enter, "a b")),
            ("WRONG_TYPE", partial(_enter, player_ids="P01")),
            ("ROSTER_INVALID", partial(scenario.enter, "ann", ())),
            ("LIST_TOO_LONG", partial(scenario.enter, "ann", ("P01",) * 101)),
            ("TEXT_TOO_LONG", partial(scenario.enter, "ann", ("P" * 201,))),
            ("NUMBER_OUT_OF_RANGE", partial(scenario.enter, "ann", PLAYERS[:3], 10**9)),
            ("WRONG_TYPE", partial(_enter, prediction=True)),
            ("LIST_TOO_LONG", partial(scenario.import_field, ("P",) * 1_001)),
            ("TEXT_BLANK", partial(scenario.import_field, ("",))),
            ("WRONG_TYPE", partial(_result, body="text")),
            ("WRONG_TYPE", partial(_result, outcome="OK")),
            ("NUMBER_OUT_OF_RANGE", partial(_result, http_status=99)),
            ("NUMBER_OUT_OF_RANGE", partial(_result, attempts=0)),
            ("PAYLOAD_TOO_LARGE", partial(scenario.fetch, b"x" * (2 * 1024 * 1024 + 1), 0)),
        ]
        for number, (expected, call) in enumerate(cases):
            assert code(call) == expected, number

        assert (scenario.saved, scenario.log) == before

    def test_a_long_message_of_an_error_is_cut(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        command = contests.FailContest(
            contest_id=scenario.contest_id,
            attempted_action="lock",
            error_code="BROKEN",
            error_message="\0" + "x" * 2_000,
        )
        message = scenario.run(contests.fail_contest, command).contest.error_message

        assert message is not None
        assert message.endswith(" [truncated]")
        assert "\0" not in message

    def test_a_contest_keeps_what_it_was_published_with(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        for name, value in (("organizer_id", "noor"), ("contest_name", "Other")):
            attempt = partial(_force_contest, scenario, **{name: value})
            assert code(attempt) == "FIELD_FIXED", name

    def test_times_of_a_contest_stay_in_order(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        contest = scenario.contest
        changes: tuple[dict[str, Value], ...] = (
            {"lock_time": contest.created_at},
            {"lock_time": contest.start_time + timedelta(microseconds=1)},
            {"start_time": contest.end_time},
        )
        for fields in changes:
            attempt = partial(_force_contest, scenario, **fields)
            assert code(attempt) == "TIME_INVARIANT_VIOLATION", fields

    def test_fields_that_depend_on_each_other_stay_consistent(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        contest, log, run = scenario.contest, scenario.log, scenario.runs[-1]
        feed = scenario.read(lambda tx: tx.contests.feeds.get(contest.provider_event_id)).entity
        later = max(contest.updated_at, run.updated_at) + timedelta(microseconds=1)
        cases: list[tuple[str, Callable[[], object]]] = [
            ("settle_time", partial(evolve, contest, settle_time=later)),
            ("settled_at", partial(evolve, run, settled_at=later)),
            ("contest_id", partial(evolve, log, contest_id="other")),
            ("event_hash", partial(evolve, log, event_hash="")),
            ("event_hash", partial(evolve, log, event_number=0)),
            ("failures", partial(evolve, feed, failures=feed.fetch_number + 1)),
            ("last_payload_digest", partial(evolve, feed, last_payload_digest=None)),
            ("last_payload_digest", partial(evolve, feed, last_success_at=None)),
        ]
        for expected, attempt in cases:
            assert field_refused(attempt) == expected, attempt

    def test_an_event_belongs_to_its_log(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        changes: tuple[dict[str, Value], ...] = (
            {"contest_id": publish(store).contest_id},
            {"number": 9},
            {"event_hash": "0" * 64},
        )
        for fields in changes:
            attempt = partial(_append_event, scenario, fields)
            assert code(attempt) == "RECORD_MISMATCH", fields

    def test_an_event_needs_its_faults(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        attempt = partial(_append_event, scenario, {}, has_bulk=False)
        assert code(attempt) == "BULK_DIFFERS"

    def test_faults_of_all_events_of_a_log_follow_each_other(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        other = live_contest(store, provider_event_id="T2")
        bodies = (b"<html>", b"", b"{}")
        for minute, body in enumerate(bodies, start=1):
            scenario.observe(body, minute)
        other.observe(b"", 1)

        expected: list[EventFault] = []
        for event in scenario.events:
            expected += scenario.faults(event.number)
        assert len(expected) >= len(bodies)
        for start in range(len(expected)):
            previous = (expected[start - 1].event_number, expected[start - 1].number)
            position = previous if start else (0, 0)
            page = scenario.read(partial(_faults_after, scenario.contest_id, position))
            assert list(page) == expected[start : start + 2]

    def test_histories_of_a_settled_contest_verify(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        run = scenario.runs[0]
        histories = (
            (contests.CONTEST, scenario.contest_id),
            (contests.CONTEST_LOG, scenario.contest_id),
            (contests.PROVIDER_FEED, "T1"),
            (contests.SETTLEMENT_RUN, run.id),
        )
        for lifecycle, entity_id in histories:
            changes = store.read(_history, lifecycle.name, entity_id)
            assert changes
            verify_chain(lifecycle, changes)

    def test_every_transition_has_an_instant_an_actor_a_reason_and_evidence(
        self, store: AnyStore
    ) -> None:
        scenario = complete_contest(store)
        changes = scenario.read(lambda tx: tx.history.of("contest", scenario.contest_id))
        actions = [change.action for change in changes]

        assert actions == ["publish", "lock", "start", "complete"]
        for change in changes:
            assert change.reason
            assert change.data["reason_code"] in set(contests.ReasonCode)
            assert change.data["evidence"]["now"] <= change.at.isoformat(timespec="microseconds")

    def test_a_fetch_does_not_end_before_it_begins(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        reversed_times = _result(
            requested_at=BEGINNING + timedelta(seconds=1), outcome=FetchOutcome.TIMEOUT
        )
        command = contests.RecordFetch(provider_event_id="T1", result=reversed_times)

        refused = code(partial(scenario.run, contests.record_fetch, command))
        assert refused == "FIELD_NOT_OF_RECORD"


def _faults_after(contest_id: str, position: tuple[int, int], tx: ReadTx) -> tuple[EventFault, ...]:
    """Return the next two faults of a log after an event's number and a fault's number."""
    return tx.contests.logs.joins.faults_after(contest_id, *position, limit=2)


def _publish_raw(value: Value) -> object:
    """Return the command that publishes any configuration."""
    return contests.PublishContest(organizer_id=ORGANIZER, contest_name="Open", configuration=value)


def _enter(**fields: Value) -> contests.EnterContest:
    """Return the command that enters a contest."""
    values: dict[str, Value] = {"contest_id": "c", "user_id": "ann", "player_ids": PLAYERS[:3]}
    return contests.EnterContest(**(values | fields))


def _history(tx: contests.ContestsRead, lifecycle: str, entity_id: str) -> tuple[Change, ...]:
    """Return the changes of an aggregate."""
    return tuple(tx.history.of(lifecycle, entity_id))


def _result(**fields: Value) -> FetchResult:
    """Return the result of a fetch."""
    values: dict[str, Value] = {
        "requested_at": BEGINNING,
        "finished_at": BEGINNING,
        "outcome": FetchOutcome.OK,
        "attempts": 1,
    }
    return FetchResult(**(values | fields))


def _force_contest(scenario: ContestScenario, **fields: Value) -> None:
    """Save the next configuration of a contest with other values of its fields."""

    def save(tx: contests.ContestsWrite) -> None:
        head = tx.contests.contests.lock(scenario.contest_id)
        parsed = contests.parse_configuration(configuration(scenario.base), created_at=None)
        record = tx.contests.contests.configuration(scenario.contest_id, 1)
        changed = head.entity.transition("configure", now=tx.clock.now(), **fields)
        following = evolve(
            record, version=2, created_at=changed.updated_at, configuration_digest=parsed.digest
        )
        save_change(tx, tx.contests.contests, head, changed, "configure", records=(following,))

    within(scenario.store, save)


def _append_event(
    scenario: ContestScenario, fields: dict[str, Value], *, has_bulk: bool = True
) -> None:
    """Append the first event of a log again, with other values of its fields."""

    def save(tx: contests.ContestsWrite) -> None:
        head = tx.contests.logs.lock(scenario.contest_id)
        first: ContestEvent = tx.contests.logs.event(scenario.contest_id, 1)
        log = head.entity.transition("append", now=tx.clock.now())
        event = evolve(
            first,
            number=log.event_number,
            stored_at=log.updated_at,
            prev_hash=first.event_hash,
            event_hash=log.event_hash,
        )
        forced = evolve(event, **fields)
        bulk = (Bulk.of(EventFault),) if has_bulk else ()
        save_change(tx, tx.contests.logs, head, log, "append", records=(forced,), bulk=bulk)

    within(scenario.store, save)
