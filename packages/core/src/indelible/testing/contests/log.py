"""Requirements on event logs: numbers, hashes, duplicates, rewrites, corrections and pauses."""

import json
from functools import partial

from attrs import evolve

from indelible import contests
from indelible.app import ReadTx
from indelible.contests import ContestLog, ContestStatus, CorrectedRound, EventKind, Validity
from indelible.contests.entities.records import ReplayedEvent
from indelible.contests.rules.replay import replay, verify_log
from indelible.kernel import Head
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.payloads import (
    FINAL_BOARD,
    FIRST_ROUND,
    PLAYERS,
    SCHEDULED,
    Board,
    strokes_of,
)
from indelible.testing.contests.scenarios import (
    ContestScenario,
    Value,
    complete_contest,
    contest_in,
    due_contest,
    live_contest,
    locked_contest,
    new_contest,
    publish,
)
from indelible.testing.stores import AnyStore
from indelible.testing.suite import Suite

OTHER_ROUND = Board(cards=strokes_of(1, base=71))
FIELD, SNAPSHOT = EventKind.FIELD, EventKind.SNAPSHOT
CORRECTION, TERMINAL = EventKind.CORRECTION, EventKind.TERMINAL
VALID, INVALID = Validity.VALID, Validity.INVALID


def correct(scenario: ContestScenario, **fields: Value) -> Head[ContestLog]:
    """Submit an operator's correction."""
    values: dict[str, Value] = {"supersedes": scenario.log.event_number}
    command = contests.CorrectLog(contest_id=scenario.contest_id, **(values | fields))
    return scenario.run(contests.correct_log, command)


def pause(scenario: ContestScenario) -> Head[ContestLog]:
    """Pause the log."""
    command = contests.PauseIngestion(contest_id=scenario.contest_id)
    return scenario.run(contests.pause_ingestion, command)


def resume(scenario: ContestScenario) -> Head[ContestLog]:
    """Resume the log."""
    command = contests.ResumeIngestion(contest_id=scenario.contest_id)
    return scenario.run(contests.resume_ingestion, command)


def verdicts(scenario: ContestScenario) -> list[tuple[EventKind, Validity]]:
    """Return kind and validity of each event."""
    return [(event.kind, event.validity) for event in scenario.events]


def assert_sound(scenario: ContestScenario) -> None:
    """Assert that the log verifies, and that its events lead to its state."""
    verification = verify_log(scenario.events, scenario.log)
    assert verification.problems == ()
    stored = scenario.store.read(contests.log_state, scenario.contest_id)
    assert replay(scenario.events).document() == stored.document()
    replayed = scenario.store.read(replayed_events_of, scenario.contest_id)
    assert replayed == tuple([ReplayedEvent.of(event) for event in scenario.events])
    assert verify_log(replayed, scenario.log) == verification


def replayed_events_of(tx: ReadTx, contest_id: str) -> tuple[ReplayedEvent, ...]:
    """Return the events of a contest as a replay reads them, in two parts."""
    first = tx.contests.logs.joins.replayed_events(contest_id, after=0, limit=1)
    return (*first, *tx.contests.logs.joins.replayed_events(contest_id, after=1, limit=500))


class LogConformance(Suite):
    """Requirements on the events of a log."""

    def test_a_field_is_the_first_event(self, store: AnyStore) -> None:
        scenario = publish(store)
        saved = scenario.import_field(alternates=("Q01",))
        (event,) = scenario.events
        payload = scenario.read(lambda tx: tx.payloads.get(event.payload_digest))

        assert (saved.entity.event_number, saved.entity.field_number) == (1, 1)
        assert (event.kind, event.validity, event.prev_hash) == (FIELD, VALID, "")
        assert event.body == {"primary": list(PLAYERS), "alternates": ["Q01"]}
        assert event.event_hash == event.chain_hash() == saved.entity.event_hash
        assert saved.entity.head_hash == event.body_hash
        assert event.fetch_number is None
        assert scenario.contest_id.encode() in payload.content

    def test_the_same_field_again_adds_no_event(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        first = scenario.log_head.revision.seq
        scenario.import_field(tuple(reversed(PLAYERS)))

        assert scenario.log_head.revision.seq == first
        changed = scenario.import_field((*PLAYERS, "Q01"))
        assert changed.entity.field_number == 2  # noqa: PLR2004 - the second event

    def test_events_are_numbered_and_chained(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        events = scenario.events
        hashes = ["", *[event.event_hash for event in events]]

        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert [event.prev_hash for event in events] == hashes[:-1]
        assert events[-1].kind is TERMINAL
        assert events[-1].snapshot_number == scenario.log.leaderboard_number
        assert_sound(scenario)

    def test_an_unchanged_answer_adds_no_event(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        before = scenario.log
        saved = scenario.observe(FIRST_ROUND, 2)

        assert saved.entity.event_number == before.event_number
        assert saved.entity.fetch_number == before.fetch_number + 1
        assert saved.entity.event_hash == before.event_hash

    def test_a_value_that_returns_is_stored_again(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        first = Board(cards={"P01": [70]})
        second = Board(cards={"P01": [70], "P02": [71]})
        for minute, board in enumerate((first, second), start=1):
            scenario.observe(board, minute)
        before = scenario.log.event_number
        scenario.observe(first, 3)

        assert scenario.log.event_number == before + 1
        assert_sound(scenario)

    def test_an_invalid_answer_is_stored_and_not_applied(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        before = scenario.store.read(contests.log_state, scenario.contest_id)
        saved = scenario.observe(b"<html>Not found</html>", 2)
        event = scenario.event(saved.entity.event_number)
        (fault,) = scenario.faults(event.number)
        after = scenario.store.read(contests.log_state, scenario.contest_id)

        assert (event.kind, event.validity) == (SNAPSHOT, INVALID)
        assert event.body is None
        assert event.fault_count == 1
        assert (fault.code, fault.path) == ("MALFORMED_JSON", "$")
        assert fault.required_action
        assert after.leaderboard_number == before.leaderboard_number
        assert_sound(scenario)

    def test_all_faults_of_an_answer_are_stored(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        document = FIRST_ROUND.document()
        competitors = document["events"][0]["competitions"][0]["competitors"]
        competitors[0]["linescores"][0]["value"] = 121
        competitors[1]["linescores"][0]["value"] = "70"
        saved = scenario.observe(_payload(document), 1)
        number = saved.entity.event_number
        faults = scenario.faults(number)
        following = scenario.faults(number, after=1)

        assert {fault.code for fault in faults} >= {"STROKES_OUT_OF_RANGE", "WRONG_TYPE"}
        assert [fault.number for fault in faults] == list(range(1, len(faults) + 1))
        assert {fault.event_number for fault in faults} == {number}
        assert following == faults[1:]
        assert scenario.faults(1) == ()

    def test_a_rewritten_round_needs_a_second_observation(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        refused = scenario.observe(OTHER_ROUND, 2).entity
        corrected = scenario.observe(OTHER_ROUND, 3).entity

        assert refused.pending_rewrite_number == refused.event_number
        assert verdicts(scenario)[-2:] == [(SNAPSHOT, INVALID), (CORRECTION, VALID)]
        assert corrected.pending_rewrite is None
        assert scenario.events[-1].supersedes == refused.leaderboard_number
        assert_sound(scenario)

    def test_valid_events_are_read_in_parts(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        scenario.observe(b"", 2)
        scenario.observe(Board(cards=strokes_of(2)), 3)
        count = scenario.log.event_number
        events = scenario.read(
            lambda tx: list(
                tx.contests.logs.valid_events(scenario.contest_id, after=1, until=count)
            )
        )

        assert [event.number for event in events] == [2, 3, 5]
        assert all(event.validity is VALID for event in events)
        checkpoint = replay(scenario.events[:1])
        assert replay(events, checkpoint).digest == replay(scenario.events).digest

    def test_an_assessment_of_an_older_state_is_refused(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        outdated = scenario.assess(scenario.fetch(FIRST_ROUND, 1))
        scenario.observe(OTHER_ROUND, 2)
        before = scenario.log
        attempt = partial(scenario.run, contests.append_events, outdated)

        assert code(attempt) == "STALE"
        assert scenario.log == before

    def test_an_assessment_of_another_state_of_the_contest_is_refused(
        self, store: AnyStore
    ) -> None:
        scenario = live_contest(store)
        outdated = scenario.assess(scenario.fetch(FIRST_ROUND, 1))
        scenario.cancel()

        assert code(partial(scenario.run, contests.append_events, outdated)) == "STALE"
        saved = scenario.observe(FIRST_ROUND, 2)
        assert scenario.faults(saved.entity.event_number)[0].code == "CONTEST_NOT_INGESTING"

    def test_a_fetch_is_taken_up_once(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        command = scenario.assess(scenario.fetch(None, 1))
        first = scenario.run(contests.append_events, command)
        again = evolve(command, expected_seq=first.revision.seq)

        assert scenario.run(contests.append_events, again) == first

    def test_two_contests_of_a_tournament_have_logs_of_their_own(self, store: AnyStore) -> None:
        first, second = live_contest(store), live_contest(store)
        before = second.log
        first.observe(FIRST_ROUND, 1)

        assert second.log == before
        assert {event.contest_id for event in first.events} == {first.contest_id}

    def test_an_unknown_event_is_not_found(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        for number in (0, 2, -1):
            attempt = partial(scenario.event, number)
            assert code(attempt) == "EVENT_NOT_FOUND", number


class CorrectionConformance(Suite):
    """Requirements on an operator's corrections, and on pauses."""

    def test_an_operator_corrects_a_round(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        superseded = scenario.log.leaderboard_number
        saved = correct(
            scenario,
            supersedes=superseded,
            rounds=(CorrectedRound(player_id="P01", n=1, strokes=69),),
        )
        event = scenario.events[-1]
        state = scenario.store.read(contests.log_state, scenario.contest_id)

        assert (event.kind, event.validity, event.supersedes) == (CORRECTION, VALID, superseded)
        assert saved.entity.leaderboard_number == event.number
        assert state.leaderboard is not None
        assert state.leaderboard.cards["P01"].complete_rounds == {1: 69}
        assert_sound(scenario)

    def test_a_correction_accepts_an_event_that_was_refused(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        refused = scenario.observe(OTHER_ROUND, 2).entity.event_number
        correct(scenario, accept_event=refused)

        accepted = scenario.events[refused - 1].body
        corrected = scenario.events[-1].body

        assert accepted is not None
        assert corrected is not None
        assert corrected["players"] == accepted["players"]
        assert corrected["corrections"]  # the rounds that differ stay while the provider repeats
        assert scenario.log.pending_rewrite is None

    def test_a_correction_with_faults_is_stored_and_not_applied(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        before = scenario.log
        saved = correct(scenario, rounds=(CorrectedRound(player_id="P01", n=1, strokes=121),))

        assert verdicts(scenario)[-1] == (CORRECTION, INVALID)
        assert saved.entity.leaderboard_number == before.leaderboard_number
        assert_sound(scenario)

    def test_a_correction_needs_a_leaderboard(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        assert code(partial(correct, scenario)) == "EVENT_NOT_FOUND"
        assert code(partial(correct, scenario, accept_event=1)) == "EVENT_NOT_APPLICABLE"
        assert code(partial(correct, scenario, supersedes=9)) == "EVENT_NOT_FOUND"

    def test_a_correction_after_the_settlement_is_stored_only(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        before, log = scenario.saved, scenario.log
        saved = correct(scenario, rounds=(CorrectedRound(player_id="P01", n=1, strokes=60),))
        event = scenario.event(saved.entity.event_number)

        assert (event.kind, event.validity) == (CORRECTION, INVALID)
        assert scenario.faults(event.number)[0].code == "AFTER_TERMINAL_LOCK"
        assert saved.entity.marks == log.marks
        assert scenario.saved == before
        assert_sound(scenario)

    def test_an_answer_after_the_settlement_is_stored_only(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        late = evolve(FINAL_BOARD, cards=strokes_of(2, base=69))
        saved = scenario.observe(late, 9)
        event = scenario.event(saved.entity.event_number)

        assert event.validity is INVALID
        assert scenario.faults(event.number)[0].code == "AFTER_TERMINAL_LOCK"
        assert scenario.contest.status is ContestStatus.COMPLETE

    def test_each_late_leaderboard_is_one_event(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        before, number = scenario.saved, scenario.log.event_number
        late = evolve(FINAL_BOARD, cards=strokes_of(2, base=69))
        answers: list[Board | bytes] = [FINAL_BOARD, b"<html>", late, late, FINAL_BOARD, late]
        numbers: list[int] = []
        for minute, board in enumerate(answers, 9):
            numbers.append(scenario.observe(board, minute).entity.event_number - number)

        event = store.read(contests.newest_late_event, scenario.contest)
        assert numbers == [0, 0, 1, 1, 1, 1]
        assert event is not None
        assert (event.number, event.validity) == (number + 1, INVALID)
        assert event.body is not None
        assert scenario.saved == before
        assert_sound(scenario)

    def test_a_contest_without_a_late_leaderboard_has_no_late_event(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        assert store.read(contests.settled_number, scenario.contest) is None
        assert store.read(contests.newest_late_event, scenario.contest) is None

        scenario.finish(scenario.start_run())
        number = scenario.log.event_number
        assert store.read(contests.settled_number, scenario.contest) == number
        assert store.read(contests.newest_late_event, scenario.contest) is None

    def test_a_paused_log_takes_corrections_only(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        paused = pause(scenario)
        fetched = scenario.fetch(OTHER_ROUND, 2)

        assert pause(scenario) == paused
        assert code(lambda: _append(scenario, fetched)) == "INVALID_TRANSITION"
        assert code(partial(scenario.import_field, PLAYERS[:11])) == "INVALID_TRANSITION"
        correct(scenario, rounds=(CorrectedRound(player_id="P01", n=1, strokes=69),))
        assert scenario.events[-1].kind is CORRECTION
        resumed = resume(scenario)
        assert resume(scenario) == resumed
        scenario.observe(FIRST_ROUND, 4)
        assert_sound(scenario)

    def test_no_field_is_imported_into_a_contest_that_has_ended(self, store: AnyStore) -> None:
        for status in (ContestStatus.COMPLETE, ContestStatus.CANCELLED):
            scenario = contest_in(store, status)
            assert code(partial(scenario.import_field, PLAYERS[:11])) == "INVALID_TRANSITION"

    def test_the_provider_adds_players_until_the_start(self, store: AnyStore) -> None:
        scenario = locked_contest(store)
        scenario.import_field(PLAYERS[:11])
        scenario.observe(SCHEDULED, 0)

        assert scenario.log.field_number is not None
        field = scenario.events[scenario.log.field_number - 1]
        assert field.body is not None
        assert set(field.body["primary"]) == set(PLAYERS)


def _payload(document: dict[str, Value]) -> bytes:
    """Return a document as bytes."""
    return json.dumps(document).encode()


def _append(scenario: ContestScenario, fetched: contests.FeedSaved) -> Head[ContestLog]:
    """Append what a fetch leads to."""
    return scenario.run(contests.append_events, scenario.assess(fetched))
