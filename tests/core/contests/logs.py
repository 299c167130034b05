"""Build the events of a contest's log, with their hashes, for tests of bundles."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from indelible.contests.entities.records import ContestEvent, event_hash
from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.values import Field, Leaderboard
from indelible.kernel.json import digest
from indelible.kernel.json_objects import JsonObject

FETCHED_AT: Final = datetime(2026, 4, 12, 23, tzinfo=UTC)
# Kind, validity and body of an event, and the number of its snapshot.
Draft = tuple[EventKind, Validity, Mapping[str, Any] | None, int | None]


def logged(contest_id: str, drafts: Sequence[Draft]) -> tuple[ContestEvent, ...]:
    """Return the events of a log."""
    events: list[ContestEvent] = []
    previous = ""
    for number, (kind, validity, body, snapshot_number) in enumerate(drafts, start=1):
        body_hash = digest(body)
        if snapshot_number is not None:
            body_hash = events[snapshot_number - 1].body_hash
        fetched_at = FETCHED_AT + timedelta(minutes=number)
        values = {
            "number": number,
            "kind": kind,
            "validity": validity,
            "payload_digest": digest([number]),
            "fetch_number": number,
            "fetched_at": fetched_at,
            "body_hash": body_hash,
            "supersedes": None,
            "snapshot_number": snapshot_number,
            "prev_hash": previous,
        }
        previous = event_hash(**values)  # type: ignore[arg-type]  # names of its parameters
        events.append(
            ContestEvent(
                contest_id=contest_id,
                stored_at=fetched_at,
                body=None if body is None else JsonObject.of(body),
                event_hash=previous,
                **values,  # type: ignore[arg-type]  # names of its fields
            )
        )

    return tuple(events)


def final_log(
    contest_id: str, players: Field, leaderboard: Leaderboard
) -> tuple[ContestEvent, ...]:
    """Return the log of a tournament that ends with a leaderboard.

    It contains an early leaderboard without players and an invalid one, which count for nothing.
    """
    body = leaderboard.body()
    early: dict[str, Any] = {**body, "players": []}
    return logged(
        contest_id,
        (
            (EventKind.FIELD, Validity.VALID, players.body(), None),
            (EventKind.SNAPSHOT, Validity.VALID, early, None),
            (EventKind.SNAPSHOT, Validity.VALID, body, None),
            (EventKind.CONFIRMED, Validity.VALID, None, 3),
            (EventKind.SNAPSHOT, Validity.INVALID, early, None),
            (EventKind.SNAPSHOT, Validity.INVALID, None, None),
            (EventKind.TERMINAL, Validity.VALID, None, 3),
        ),
    )
