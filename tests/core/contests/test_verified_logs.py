"""A stored log replays to its own state, and each change of it is found."""

from collections.abc import Callable

import pytest
from attrs import evolve
from tests.core.contests.deliveries import Delivery, deliver, deliveries, story
from tests.core.contests.pure_log import MINUTE, START, body_of, end_of_round
from tests.core.contests.store_log import StoreLog

from indelible.contests.commands.logs import CorrectLog
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import ContestEvent, event_hash
from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.fold import replay
from indelible.contests.rules.replay import LogVerification, verify_log
from indelible.kernel.json import canonical_json
from indelible.kernel.json_objects import JsonObject

STORED_VARIANTS = 5


def _delivered(seed: int | None) -> StoreLog:
    log = StoreLog()
    log.start(story()[0])
    log.deliver(deliveries(seed))
    return log


def _verify(log: StoreLog) -> LogVerification:
    return verify_log(log.events, log.log)


@pytest.fixture(scope="module")
def sound() -> StoreLog:
    """Return a log with the whole story, and a correction."""
    log = _delivered(None)
    log.correct(CorrectLog(contest_id=log.contest_id, supersedes=2, rounds=()))
    return log


@pytest.mark.slow
def test_a_stored_log_ends_as_the_pure_one_does() -> None:
    pure = deliver(deliveries(None)).log
    for seed in (None, *range(STORED_VARIANTS)):
        log = _delivered(seed)
        verified = _verify(log)

        assert verified.problems == ()
        assert verified.state.leaderboard_hash == pure.state.leaderboard_hash
        assert verified.state.terminal_number == log.log.terminal_number is not None
        assert verified.events == log.log.event_number


@pytest.mark.slow
def test_a_stored_log_replays_from_each_checkpoint(sound: StoreLog) -> None:
    expected = canonical_json(_verify(sound).state.document())
    events = sound.events
    for number in range(len(events)):
        checkpoint = replay(events[:number])
        assert canonical_json(replay(events[number:], checkpoint).document()) == expected


def test_each_event_has_the_bytes_that_it_was_made_of() -> None:
    log = StoreLog()
    first = story()[0]
    log.start(first)
    log.deliver([Delivery(number=2, fetched_at=START + 9 * MINUTE, payload=b"<html>")])

    def contents() -> list[bytes]:
        return log.store.read(
            lambda tx: [tx.payloads.get(event.payload_digest).content for event in log.events]
        )

    assert contents() == [first, first, b"<html>"]
    kinds = [(event.kind, event.validity) for event in log.events]
    assert kinds == [
        (EventKind.FIELD, Validity.VALID),
        (EventKind.SNAPSHOT, Validity.VALID),
        (EventKind.SNAPSHOT, Validity.INVALID),
    ]


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
    sound: StoreLog, change: Callable[[ContestEvent], ContestEvent]
) -> None:
    events = list(sound.events)
    index = 4
    events[index] = change(events[index])
    verified = verify_log(events, sound.log)

    assert not verified.is_sound
    assert verified.problems[0].number in {index + 1, index + 2}


def test_a_missing_event_is_found(sound: StoreLog) -> None:
    events = sound.events
    assert not verify_log(events[:-1], sound.log).is_sound
    assert not verify_log(events[1:], sound.log).is_sound
    assert not verify_log((*events[:5], *events[6:]), sound.log).is_sound


HEAD_CHANGES: tuple[Callable[[ContestLog], ContestLog], ...] = (
    lambda log: evolve(log, event_number=3),
    lambda log: evolve(log, event_hash="0" * 64),
    lambda log: evolve(log, head_hash="0" * 64),
    lambda log: evolve(log, leaderboard_number=3),
    lambda log: evolve(log, observations=9),
    lambda log: evolve(log, terminal_number=None, terminal_at=None),
)


@pytest.mark.parametrize("change", HEAD_CHANGES)
def test_a_changed_head_is_found(
    sound: StoreLog, change: Callable[[ContestLog], ContestLog]
) -> None:
    log = change(sound.log)
    problems = verify_log(sound.events, log).problems
    assert {problem.number for problem in problems} == {None}


def test_a_rewrite_is_corrected_in_a_stored_log() -> None:
    log = StoreLog()
    log.start(story()[0])
    before, wrong = story()[7], story()[8]
    planned = [
        Delivery(number=2 + number, fetched_at=START + (10 + number) * MINUTE, payload=payload)
        for number, payload in enumerate((before, wrong, wrong, before, before))
    ]
    log.deliver(planned)

    kinds = [(event.kind.value, event.validity.value) for event in log.events][3:]
    steps = ["SNAPSHOT INVALID", "CORRECTION VALID", "SNAPSHOT INVALID", "CORRECTION VALID"]
    assert [" ".join(kind) for kind in kinds] == steps
    assert _verify(log).problems == ()
    assert body_of(end_of_round(1)) != before
