"""Illegal writes to the cursors of subscribers: each moves under the fence of its task only."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import text
from tests.guards.attack_parts import Kind
from tests.guards.attacks_on_hung_threads import IMPOSSIBLE_INSTANT
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid, raw, replacing
from tests.guards.subscriber_rows import (
    FOLLOWER,
    HALTED,
    NEW_CURSOR,
    STOPPED,
    cursor_at,
    insert_cursor,
    move_cursor,
    restart_cursor,
)

from indelible.testing.stores import BEGINNING, NOOR
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS

LATER = BEGINNING + timedelta(days=1)


def nested_move() -> Sequence[Statement]:
    """Return a move in which a trigger stores another position, which would be lost."""
    table = SUBSCRIBER_CURSORS.name
    body = f"UPDATE {table} SET feed_cursor = '{cursor_at(3)}', fence = 3 WHERE name = NEW.name;"
    trigger = f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.{table} BEGIN {body} END"
    return text(trigger), move_cursor()


LEGAL_ON_SUBSCRIBERS: Kind = {
    "a subscriber begins": lambda _: (insert_cursor(),),
    "a cursor moves": lambda _: (move_cursor(),),
    "a cursor is written again": lambda _: (move_cursor(feed_cursor="0", changed_at=None),),
    "a subscriber is restarted": lambda _: (restart_cursor(),),
    "a subscriber is restarted at a position": lambda _: (
        restart_cursor(feed_cursor=cursor_at(7)),
    ),
}
BROKEN_BEGINNINGS: Kind = {
    "a subscriber without a task": lambda _: (insert_cursor(name="unknown"),),
    "a subscriber of another stage": lambda _: (insert_cursor(stage="work"),),
    "a subscriber under another fence": lambda _: (insert_cursor(fence=2),),
    "a subscriber that begins at a position": lambda _: (insert_cursor(feed_cursor=cursor_at(7)),),
    "a subscriber that begins restarted": lambda _: (
        insert_cursor(
            restarts=1, restarted_at=BEGINNING, restarted_by=NOOR, restart_reason="a test"
        ),
    ),
    "a second cursor of a subscriber": lambda _: (insert_cursor(name=FOLLOWER, fence=3),),
    "a first change without a position": lambda _: (insert_cursor(changed_at=BEGINNING),),
}
BROKEN_MOVES: Kind = {
    "a cursor moved without a lease": lambda _: (move_cursor(STOPPED, fence=1),),
    "a cursor moved of a canceled task": lambda _: (move_cursor(HALTED, fence=2),),
    "a cursor moved under a past fence": lambda _: (move_cursor(fence=2),),
    "a cursor moved under a fence to come": lambda _: (move_cursor(fence=4),),
    "a cursor moved to the beginning": lambda _: (move_cursor(feed_cursor=None, changed_at=None),),
    "a cursor of another subscriber": lambda _: (move_cursor(name="newcomer", fence=1),),
    "a cursor of another stage": lambda _: (move_cursor(stage="work"),),
    "a move that changes the time of the restart": lambda _: (move_cursor(restarted_at=LATER),),
    "a move that changes the actor of the restart": lambda _: (move_cursor(restarted_by=NOOR),),
    "a move that changes the reason of the restart": lambda _: (
        move_cursor(restart_reason="another"),
    ),
    "a move that forgets the restart": lambda _: (
        move_cursor(restarts=0, restarted_at=None, restarted_by=None, restart_reason=None),
    ),
}
CURSORS_OUT_OF_FEED: Kind = {
    "a cursor moved behind the end": lambda _: (move_cursor(feed_cursor=cursor_at(1_000_000)),),
    "a cursor moved to no position": lambda _: (move_cursor(feed_cursor="the end"),),
    "a cursor moved to a position of too many digits": lambda _: (
        move_cursor(feed_cursor=cursor_at(10**18)),
    ),
    "a cursor moved to a position without a hash": lambda _: (move_cursor(feed_cursor="2"),),
    "a cursor moved to a position that begins with 0": lambda _: (
        move_cursor(feed_cursor=f"0{cursor_at(2)}"),
    ),
    "a cursor moved to a position with a long hash": lambda _: (
        move_cursor(feed_cursor=f"{cursor_at(2)}0"),
    ),
    "a cursor moved to a position with a hash of capitals": lambda _: (
        move_cursor(feed_cursor=cursor_at(2)[:-1] + "A"),
    ),
    "a cursor moved back": lambda _: (
        move_cursor(feed_cursor=cursor_at(3)),
        move_cursor(feed_cursor=cursor_at(2)),
    ),
    "a subscriber restarted behind the end": lambda _: (
        restart_cursor(feed_cursor=cursor_at(1_000_000)),
    ),
}
BROKEN_RESTARTS: Kind = {
    "a restart without a cancellation": lambda _: (restart_cursor(FOLLOWER, fence=3, restarts=2),),
    "a restart of a waiting task": lambda _: (restart_cursor(STOPPED, fence=1),),
    "a restart under another fence": lambda _: (restart_cursor(fence=1),),
    "a restart that counts twice": lambda _: (restart_cursor(restarts=2),),
    "a restart for another reason": lambda _: (restart_cursor(restart_reason="another"),),
    "a restart by another actor": lambda _: (restart_cursor(restarted_by=NOOR),),
    "a restart at no time": lambda _: (restart_cursor(restarted_at=None),),
    "a restart by nobody": lambda _: (restart_cursor(restarted_by=None),),
    "a restart without a reason": lambda _: (restart_cursor(restart_reason=None),),
}
ON_SUBSCRIBERS: Mapping[str, Kind] = {
    "a subscriber's cursor broken": {
        **BROKEN_BEGINNINGS,
        **BROKEN_MOVES,
        **CURSORS_OUT_OF_FEED,
        **BROKEN_RESTARTS,
    },
}
REPLACED_CURSORS: Kind = {
    "a cursor, replaced": lambda _: (replacing(insert_cursor(name=FOLLOWER, fence=3)),),
    "a cursor, replaced by rowid": lambda _: (by_rowid(SUBSCRIBER_CURSORS, NEW_CURSOR, 1),),
    "a cursor written on February 31": lambda _: (
        move_cursor(updated_at=raw(f"'{IMPOSSIBLE_INSTANT}'")),
    ),
}
