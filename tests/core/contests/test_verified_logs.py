"""A stored log replays to its own state, and each change of it is found."""

from collections.abc import Callable, Sequence

import pytest
from attrs import evolve, frozen
from tests.contest_runs import (
    BEFORE,
    FINAL,
    FIRST_ROUND,
    OPTIONS,
    ORGANIZER,
    ContestRun,
    FileProvider,
    TestClock,
)

from indelible.contests.commands.logs import CorrectLog
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import ContestEvent, event_hash
from indelible.contests.entities.values import Validity
from indelible.contests.handlers.logs import correct_log
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.fold import replay
from indelible.contests.rules.replay import verify_log
from indelible.kernel.json import canonical_json
from indelible.kernel.json_objects import JsonObject
from indelible.memory import MemoryStore
from indelible_service.demos.leaderboards import Tournament, encode


@frozen
class StoredLog:
    """The head of a log, its events, and the bytes that each fetched one was made of."""

    log: ContestLog
    events: Sequence[ContestEvent]
    contents: Sequence[bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> StoredLog:
    """Return the log of a played contest: with a refused answer, a rewrite and a correction."""
    clock = TestClock()
    provider = FileProvider(tmp_path_factory.mktemp("provider") / "leaderboard.json")
    run = ContestRun(store=MemoryStore(clock=clock), provider=provider, clock=clock)
    contest = run.bring_to(ContestStatus.LIVE)
    provider.serve_bytes(b"<html>")
    clock.advance(90)
    run.fetch()
    run.serve_ruling()
    for _ in range(2):
        clock.advance(90)
        run.fetch()
    applied = run.log(contest).leaderboard_number or 0
    command = CorrectLog(contest_id=contest.id, supersedes=applied, rounds=())
    run.store.run(correct_log, command, actor=ORGANIZER, reason="a test")
    run.serve(FINAL)
    for _ in range(4):
        clock.advance(90)
        run.fetch()

    events = run.store.read(lambda tx: tx.contests.logs.events(contest.id, after=0, limit=500))
    contents = run.store.read(
        lambda tx: [tx.payloads.get(event.payload_digest).content for event in events]
    )
    return StoredLog(run.log(contest), tuple(events), contents)


def test_a_stored_log_replays_from_each_checkpoint(sound: StoredLog) -> None:
    verified = verify_log(sound.events, sound.log)
    assert verified.problems == ()
    assert verified.events == sound.log.event_number == len(sound.events)
    assert verified.state.terminal_number == sound.log.terminal_number is not None

    expected = canonical_json(verified.state.document())
    for number in range(len(sound.events)):
        checkpoint = replay(sound.events[:number])
        replayed = replay(sound.events[number:], checkpoint)
        assert canonical_json(replayed.document()) == expected


def test_each_event_has_the_bytes_that_it_was_made_of(sound: StoredLog) -> None:
    tournament = Tournament(OPTIONS)
    for content, moment in zip(sound.contents, (BEFORE, FIRST_ROUND, FINAL), strict=False):
        assert content == encode(tournament.document(moment))

    validity = [event.validity for event in sound.events]
    assert sound.contents[validity.index(Validity.INVALID)] == b"<html>"
    assert any(b"correct_log" in content for content in sound.contents)


def _other_validity(event: ContestEvent) -> ContestEvent:
    return evolve(event, validity=Validity.INVALID)


def _other_number(event: ContestEvent) -> ContestEvent:
    return evolve(event, number=event.number + 1)


def _other_contest(event: ContestEvent) -> ContestEvent:
    return evolve(event, contest_id="another")


def _other_body(event: ContestEvent) -> ContestEvent:
    assert event.body is not None
    body = event.body.json_value()
    body["players"][0]["name"] = "Somebody else"
    return evolve(event, body=JsonObject.of(body))


def _other_payload(event: ContestEvent) -> ContestEvent:
    return evolve(event, payload_digest="0" * 64)


def _rehashed(event: ContestEvent) -> ContestEvent:
    """Return an event with another payload and the hash that fits it."""
    changed = _other_payload(event)
    return evolve(
        changed,
        event_hash=event_hash(
            number=changed.number,
            kind=changed.kind,
            validity=changed.validity,
            payload_digest=changed.payload_digest,
            fetch_number=changed.fetch_number,
            fetched_at=changed.fetched_at,
            body_hash=changed.body_hash,
            supersedes=changed.supersedes,
            snapshot_number=changed.snapshot_number,
            prev_hash=changed.prev_hash,
        ),
    )


@pytest.mark.parametrize(
    "change",
    [_other_validity, _other_number, _other_contest, _other_body, _other_payload, _rehashed],
)
def test_a_changed_event_is_found(
    sound: StoredLog, change: Callable[[ContestEvent], ContestEvent]
) -> None:
    events = list(sound.events)
    index = 1
    events[index] = change(events[index])
    verified = verify_log(events, sound.log)

    assert not verified.is_sound
    assert verified.problems[0].number in {index + 1, index + 2}


def test_a_missing_event_is_found(sound: StoredLog) -> None:
    events = sound.events
    assert not verify_log(events[:-1], sound.log).is_sound
    assert not verify_log(events[1:], sound.log).is_sound
    assert not verify_log((*events[:3], *events[4:]), sound.log).is_sound


HEAD_CHANGES: tuple[Callable[[ContestLog], ContestLog], ...] = (
    lambda log: evolve(log, event_number=3),
    lambda log: evolve(log, event_hash="0" * 64),
    lambda log: evolve(log, head_hash="0" * 64),
    lambda log: evolve(log, leaderboard_number=2),
    lambda log: evolve(log, observations=9),
    lambda log: evolve(log, terminal_number=None, terminal_at=None),
)


@pytest.mark.parametrize("change", HEAD_CHANGES)
def test_a_changed_head_is_found(
    sound: StoredLog, change: Callable[[ContestLog], ContestLog]
) -> None:
    log = change(sound.log)
    problems = verify_log(sound.events, log).problems
    assert {problem.number for problem in problems} == {None}
