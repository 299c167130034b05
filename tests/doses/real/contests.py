"""Take up a real leaderboard that the stand-in of the provider serves, and compare positions."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import httpx
from tests.core.contests.deliveries import Delivery
from tests.core.contests.pure_log import OPTIONS, START
from tests.core.contests.store_log import StoreLog

from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.replay import verify_log
from indelible.contests.rules.values import Leaderboard, PlayerCard, PlayerStatus
from indelible_service.demos.provider import Story, provider_stub

EXPECTED_SIZE: Final = 275_322
EXPECTED_DIGEST: Final = "e0baab98"
EXPECTED: Final = {"players": 158, "complete": 145, "in play": 11, "withdrawn": 2}
FETCHES: Final = 3


def take_up_real_leaderboard(file: Path) -> list[str]:
    """Serve a real leaderboard, take it up three times, and return what is wrong."""
    content = file.read_bytes()
    problems: list[str] = []
    if len(content) != EXPECTED_SIZE or not _digest(content).startswith(EXPECTED_DIGEST):
        problems.append(f"another file: {len(content)} bytes, SHA-256 {_digest(content)}")
    bodies = _fetch(content)
    if any(body != content for body in bodies):
        problems.append("the stand-in has changed the bytes")

    log = StoreLog()
    log.start(bodies[0])
    problems += _problems_of_log(log, content, events=2)
    seconds: list[float] = []
    for number, body in enumerate(bodies, start=2):
        began_at = perf_counter()
        fetched_at = START + timedelta(hours=number)
        log.deliver([Delivery(number=number, fetched_at=fetched_at, payload=body)])
        seconds.append(perf_counter() - began_at)
    problems += _problems_of_log(log, content, events=2)
    show(f"an unchanged fetch is taken up in {min(seconds) * 1_000:.0f} ms")
    show(f"{len(log.events)} events after {FETCHES + 1} fetches")
    return problems


def show(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _fetch(content: bytes) -> list[bytes]:
    """Return the bodies of some requests to the stand-in."""
    event_id = OPTIONS.provider_event_id
    bodies: list[bytes] = []
    with provider_stub({event_id: Story.of_bodies([content])}) as stub:
        for _ in range(FETCHES):
            response = httpx.get(stub.endpoint.format(event_id=event_id))
            bodies.append(response.content)

    return bodies


def _problems_of_log(log: StoreLog, content: bytes, events: int) -> list[str]:
    """Return what is wrong with the events of a log after the first or a later fetch."""
    problems = [problem.problem for problem in verify_log(log.events, log.log).problems]
    kinds = [(event.kind, event.validity) for event in log.events]
    expected = [(EventKind.FIELD, Validity.VALID), (EventKind.SNAPSHOT, Validity.VALID)]
    if kinds != expected or len(kinds) != events:
        return [*problems, f"other events than a field and a snapshot: {kinds}"]

    snapshot = log.events[-1]
    stored = log.store.read(lambda tx: tx.payloads.get(snapshot.payload_digest).content)
    if stored != content:
        problems.append("the stored bytes differ")
    assert snapshot.body is not None
    leaderboard = Leaderboard.of_body(snapshot.body)
    problems += _problems_of_counts(leaderboard)
    problems += _problems_of_positions(leaderboard, json.loads(content))
    return problems


def _problems_of_counts(leaderboard: Leaderboard) -> list[str]:
    players = leaderboard.players
    playing = [card for card in players if card.status is PlayerStatus.ACTIVE]
    counts = {
        "players": len(players),
        "complete": sum(1 for card in players if 1 in card.complete_rounds),
        "in play": sum(1 for card in playing if 1 not in card.complete_rounds),
        "withdrawn": sum(1 for card in players if card.status is PlayerStatus.WD),
    }
    show(f"{counts}; statuses {dict(Counter(card.status.value for card in players))}")
    return [] if counts == EXPECTED else [f"other counts than {EXPECTED}: {counts}"]


def _problems_of_positions(leaderboard: Leaderboard, document: Mapping[str, Any]) -> list[str]:
    """Compare positions that follow from the stored body with those of the provider."""
    competitors: list[Mapping[str, Any]] = document["competitors"]
    par = _par(competitors)
    totals = {
        card.player_id: _to_par(card, par)
        for card in leaderboard.players
        if card.status is PlayerStatus.ACTIVE
    }
    problems: list[str] = []
    compared = 0
    for competitor in competitors:
        player_id = competitor["id"]
        if player_id not in totals:
            continue
        expected = competitor["status"]["position"]["displayName"]
        position = _position(totals, player_id)
        compared += 1
        if position != expected:
            problems.append(f"player {player_id} has position {position}, not {expected}")

    show(f"{compared - len(problems)} of {compared} positions equal those of the provider")
    if compared != EXPECTED["players"] - EXPECTED["withdrawn"]:
        problems.append(f"{compared} positions were compared")
    return problems


def _par(competitors: list[Mapping[str, Any]]) -> int:
    """Return the par that all complete rounds of the provider agree on."""
    pars: set[int] = set()
    for competitor in competitors:
        linescore = competitor["linescores"][0]
        if competitor["status"]["type"]["name"] == "STATUS_FINISH":
            text = linescore["displayValue"]
            pars.add(linescore["value"] - (0 if text == "E" else int(text)))

    (par,) = pars
    return par


def _to_par(card: PlayerCard, par: int) -> int:
    """Return the displayed to-par of a player: complete rounds by strokes, others as given."""
    total = 0
    for card_round in card.rounds:
        if card_round.complete:
            total += (card_round.strokes or 0) - par
        else:
            total += card_round.to_par_display or 0

    return total


def _position(totals: Mapping[str, int], player_id: str) -> str:
    own = totals[player_id]
    better = sum(1 for total in totals.values() if total < own)
    is_tie = sum(1 for total in totals.values() if total == own) > 1
    return f"T{better + 1}" if is_tie else str(better + 1)
