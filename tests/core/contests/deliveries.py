"""A story of 20 snapshots, whose deliveries are repeated, swapped and dropped by seed (Show 3)."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Final

from attrs import frozen
from tests.core.contests.pure_log import FINAL, LAST, OPTIONS, START, PureLog, body_of, end_of_round

from indelible.contests.rules.espn.parser import parse_payload
from indelible.contests.rules.fold import EMPTY_STATE, LogState, fold, replay
from indelible.kernel.json import canonical_json
from indelible_service.demos.leaderboards import Json, Moment, competitors_of

MINUTES: Final = 7  # between two fetches, except the last two
REPEATED_SHARE: Final = 0.2
SWAPPED_SHARE: Final = 0.2
DROPPED_SHARE: Final = 0.2


@frozen(kw_only=True)
class Delivery:
    """A fetch as it reaches a contest's log."""

    number: int
    fetched_at: datetime
    payload: bytes


def story() -> tuple[bytes, ...]:
    """Return 20 snapshots of a tournament; among them A, B, A, where B has a wrong finished round.

    A wrong status is also sent and taken back.
    """
    half = Moment(n=3, progress=0.5)
    bodies = [body_of(Moment(n=1))]
    bodies += [body_of(Moment(n=1, progress=progress)) for progress in (0.3, 0.6)]
    bodies += [body_of(end_of_round(1)), body_of(Moment(n=2, progress=0.4))]
    bodies += [body_of(Moment(n=2, progress=0.8)), body_of(end_of_round(2))]
    bodies += [body_of(half), body_of(half, wrong_round), body_of(half)]
    bodies += [body_of(half, wrong_status), body_of(half)]
    bodies += [body_of(Moment(n=3, progress=0.8)), body_of(end_of_round(3))]
    bodies += [body_of(Moment(n=LAST, progress=progress)) for progress in (0.3, 0.5, 0.8)]
    bodies += [body_of(end_of_round(LAST)), body_of(Moment(n=LAST + 1, progress=0.5))]
    bodies.append(body_of(FINAL))
    return tuple(bodies)


def wrong_round(document: Json) -> None:
    """Add a stroke to the first round of one player."""
    linescore = _one_player(document)["linescores"][0]
    linescore["value"] += 1
    linescore["inScore"] += 1


def wrong_status(document: Json) -> None:
    """Report one player as withdrawn."""
    status = _one_player(document)["status"]
    status |= {"displayValue": "WD", "type": {"name": "STATUS_CUT"}}


def _one_player(document: Json) -> Json:
    """Return the same player in every document, whatever the order of the players."""
    return min(competitors_of(document), key=lambda each: str(each["id"]))


def deliveries(seed: int | None) -> tuple[Delivery, ...]:
    """Return the deliveries of the story, disturbed by a seed; the last two stay as they are."""
    bodies = story()
    planned: list[Delivery] = []
    fetched_at = START
    for number, payload in enumerate((*bodies, bodies[-1]), start=1):
        is_repeat = number > len(bodies)
        fetched_at += timedelta(seconds=60) if is_repeat else timedelta(minutes=MINUTES)
        planned.append(Delivery(number=number, fetched_at=fetched_at, payload=payload))

    if seed is None:
        return tuple(planned)
    chance = Random(f"deliveries {seed}")  # noqa: S311 - no secret
    return (*_disturbed(planned[:-2], chance), *planned[-2:])


def _disturbed(planned: Sequence[Delivery], chance: Random) -> list[Delivery]:
    result: list[Delivery] = []
    for delivery in planned:
        if chance.random() < DROPPED_SHARE:
            continue
        result.append(delivery)
        if chance.random() < REPEATED_SHARE:
            result.append(chance.choice(result))

    for index in range(len(result) - 1):
        if chance.random() < SWAPPED_SHARE:
            other = chance.randrange(len(result))
            result[index], result[other] = result[other], result[index]
    return result


@frozen(kw_only=True)
class Outcome:
    """The log that deliveries have led to, and the problems of it."""

    log: PureLog
    problems: tuple[str, ...]


def deliver(planned: Sequence[Delivery]) -> Outcome:
    """Take up deliveries in their order, and check that each one is on record."""
    log = PureLog()
    problems: list[str] = []
    for delivery in planned:
        assessment = log.take(delivery.payload, number=delivery.number, at=delivery.fetched_at)
        if assessment.is_skipped and not _is_on_record(log, delivery):
            problems.append(f"delivery {delivery.number} is neither stored nor refused")

    problems += problems_of_replay(log)
    return Outcome(log=log, problems=tuple(problems))


def _is_on_record(log: PureLog, delivery: Delivery) -> bool:
    """Return True if an event has the content of a delivery."""
    parsed = parse_payload(
        delivery.payload,
        provider_event_id=OPTIONS.provider_event_id,
        round_count=OPTIONS.rounds,
    )
    body_hash = sha256(delivery.payload).hexdigest()
    if parsed.leaderboard is not None and not parsed.faults:
        body_hash = parsed.leaderboard.digest
    return body_hash in {event.body_hash for event in log.events}


def problems_of_replay(log: PureLog) -> list[str]:
    """Compare the replay from 0 with the replay from each checkpoint, byte for byte."""
    expected = canonical_json(log.state.document())
    problems: list[str] = []
    state = EMPTY_STATE
    if canonical_json(replay(log.events).document()) != expected:
        problems.append("the replay from 0 leads to another state")
    for number, event in enumerate(log.events, start=1):
        state = fold(state, event)
        stored = canonical_json(state.document())
        checkpoint = LogState.of_document(json.loads(stored))
        replayed = replay(log.events[number:], checkpoint)
        if canonical_json(replayed.document()) != expected:
            problems.append(f"the replay from checkpoint {number} leads to another state")

    return problems


def check_variants(seeds: Sequence[int]) -> list[str]:
    """Deliver the story once for each seed; return what differs from the undisturbed one."""
    undisturbed = deliver(deliveries(None))
    problems = [f"undisturbed: {problem}" for problem in undisturbed.problems]
    expected = undisturbed.log.state
    for seed in seeds:
        outcome = deliver(deliveries(seed))
        state = outcome.log.state
        problems += [f"seed {seed}: {problem}" for problem in outcome.problems]
        if state.leaderboard_hash != expected.leaderboard_hash:
            problems.append(f"seed {seed}: the final leaderboard differs")
        if state.leaderboard != expected.leaderboard:
            problems.append(f"seed {seed}: the final scores differ")

    return problems
