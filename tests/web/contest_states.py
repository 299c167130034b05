"""Contests in every state in one store, whose clock only goes forward."""

from collections.abc import Mapping
from datetime import timedelta

from indelible.contests import ContestStatus
from indelible.contests.rules.configuration import document_instant
from indelible.testing.contests.payloads import SCHEDULED
from indelible.testing.contests.scenarios import (
    LOCK_TIME,
    OTHER_ROSTER,
    START_TIME,
    ContestScenario,
    advance,
    new_contest,
)
from indelible.testing.stores import BEGINNING, AnyStore

LATER = {
    "lock_time": document_instant(BEGINNING + timedelta(days=1)),
    "tournament_start_time": document_instant(BEGINNING + timedelta(days=1, minutes=10)),
}
PLAYED = (ContestStatus.LOCKED, ContestStatus.LIVE, ContestStatus.COMPLETE)


def contests_in_every_state(store: AnyStore) -> Mapping[ContestStatus, ContestScenario]:
    """Return a contest in each state; two users have paid for their entries in those played."""
    contests = {status: new_contest(store) for status in ContestStatus if status in PLAYED}
    contests[ContestStatus.SCHEDULED] = new_contest(store, **LATER)
    contests[ContestStatus.CANCELLED] = new_contest(store)
    contests[ContestStatus.CANCELLED].cancel()
    contests[ContestStatus.ERROR] = new_contest(store)
    contests[ContestStatus.ERROR].fail("lock")
    for status in PLAYED:
        contests[status].paid_entry("ann")
        contests[status].paid_entry("bob", OTHER_ROSTER)

    advance(store, LOCK_TIME)
    for status in PLAYED:
        assert contests[status].lock().applied
    advance(store, START_TIME)
    for minute, status in enumerate(PLAYED[1:]):
        contests[status].observe(SCHEDULED, -minute)
        assert contests[status].start().applied
    settled = contests[ContestStatus.COMPLETE]
    settled.finish_tournament()
    settled.finish(settled.start_run())

    return contests
