"""Cursors of the feed: each names the change after which its reader continues.

A cursor contains the position of that change and the beginning of its hash. A store that was
restored from a backup older than the cursor has no change at this position, or another one, and
refuses the cursor. So a reader never passes over changes that it has not seen, however many were
written after the restore. A store that was moved has the same changes, and accepts the cursor.

Decision: docs/design/the-feed.md
"""

import re
from typing import Final, NamedTuple

from indelible.kernel.errors import ForeignCursor

HASH_DIGITS: Final = 16
FIRST_CURSOR: Final = "0"  # before the first change
FEED_CURSOR: Final = re.compile(rf"([1-9][0-9]{{0,17}})\.([0-9a-f]{{{HASH_DIGITS}}})", re.ASCII)


class NamedChange(NamedTuple):
    """The change that a cursor names: its position, and the first digits of its hash.

    Position 0 is before the first change, and has no hash.
    """

    position: int
    hash_start: str

    def matches(self, change_hash: str | None) -> bool:
        """Return True if this is the hash of the change at the position; None is no change."""
        if not self.position:
            return True
        return change_hash is not None and change_hash.startswith(self.hash_start)


def feed_cursor(position: int, change_hash: str) -> str:
    """Return the cursor that names a change."""
    return f"{position}.{change_hash[:HASH_DIGITS]}"


def parse_cursor(cursor: object) -> NamedChange:
    """Return the change that a cursor names; '' is before the first change.

    Raises:
        ForeignCursor: The value is no cursor of a feed.
    """
    if not isinstance(cursor, str):
        raise ForeignCursor(str(cursor))
    if cursor in ("", FIRST_CURSOR):
        return NamedChange(0, "")

    match = FEED_CURSOR.fullmatch(cursor)
    if match is None:
        raise ForeignCursor(cursor)

    return NamedChange(int(match[1]), match[2])


def position_in_feed(cursor: str | None) -> int | None:
    """Return the position of a stored cursor: 0 for None or '', None for a text that is none."""
    try:
        return parse_cursor(cursor or "").position
    except ForeignCursor:
        return None
