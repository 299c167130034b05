"""Seals: records over finished stretches of the feed.

A seal that is noted outside of the database proves that nothing before it is missing or changed,
even to someone who owns the database.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Final, Self

from attrs import evolve, field, frozen

from indelible.kernel.audit import Actor, HasAuditContext
from indelible.kernel.errors import Invalid
from indelible.kernel.json import digest
from indelible.kernel.values import (
    COUNT,
    LINE,
    bounded_int,
    field_values,
    is_instant,
    non_blank_line,
)

# A change as a seal covers it: its point, its place in the feed as a text, and its hash.
FeedEntry = tuple[int, str, str]
REFERENCE: Final = re.compile("([1-9][0-9]{0,17}):([0-9a-f]{64})")


@frozen
class SealReferenceInvalid(Invalid):
    """A text is not the reference of a seal."""

    message: ClassVar[str] = (
        "The reference of a seal is its number, a colon and 64 hexadecimal digits, as"
        " `indelible seal` prints it; got {text}."
    )
    text: str


@frozen
class SealReference:
    """The number and hash of a seal: the short text that is noted outside of the database."""

    number: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the reference that a text contains.

        Raises:
            SealReferenceInvalid: The text is no number, colon and digest.
        """
        match = REFERENCE.fullmatch(text.strip())
        if match is None:
            raise SealReferenceInvalid(text)

        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        """Return the text that `parse` accepts."""
        return f"{self.number}:{self.hash}"


@frozen(order=True)
class SealedRecord:
    """A record outside of the feed that a seal covers: the name of its table, and its hash."""

    record_table: str
    record_hash: str


@frozen(kw_only=True)
class Stretch:
    """The changes of the feed after one point and up to another.

    The points are PostgreSQL's transaction numbers, and positions on SQLite. `digest` covers the
    place and the hash of every change, in the order of the feed.
    """

    starts_after: int
    ends_at: int
    changes: int
    digest: str

    @classmethod
    def read(cls, starts_after: int, entries: Iterable[FeedEntry]) -> Self:
        """Return the stretch of some changes in the order of the feed."""
        ends_at = starts_after
        count = 0
        content = sha256()
        for point, cursor, change_hash in entries:
            content.update(f"{cursor} {change_hash}\n".encode())
            ends_at = point
            count += 1

        return cls(
            starts_after=starts_after, ends_at=ends_at, changes=count, digest=content.hexdigest()
        )


@frozen(kw_only=True)
class Seal:
    """A record over one stretch of the feed, and over new records outside of the feed.

    `prev_hash` is the hash of the seal before it.
    """

    number: int = field(validator=bounded_int, metadata=COUNT)
    starts_after: int
    ends_at: int
    changes: int
    feed_digest: str
    records: int
    records_digest: str
    actor: Actor
    reason: str = field(validator=non_blank_line, metadata=LINE)
    at: datetime = field(validator=is_instant)
    prev_hash: str
    hash: str = ""

    @property
    def stretch(self) -> Stretch:
        """Return the stretch as it was when it was sealed."""
        return Stretch(
            starts_after=self.starts_after,
            ends_at=self.ends_at,
            changes=self.changes,
            digest=self.feed_digest,
        )

    @property
    def reference(self) -> SealReference:
        """Return the reference to note outside of the database."""
        return SealReference(self.number, self.hash)

    def digest(self) -> str:
        """Return the digest of every field except `hash`."""
        values = field_values(self)
        del values["hash"]
        return digest(values)

    def follows(self, previous: "Seal | None") -> bool:
        """Return True if this is the next seal after another one, or the first after None."""
        if previous is None:
            return (self.number, self.starts_after, self.prev_hash) == (1, 0, "")

        expected = (previous.number + 1, previous.ends_at, previous.hash)
        return (self.number, self.starts_after, self.prev_hash) == expected


def records_digest(records: Iterable[SealedRecord]) -> str:
    """Return the digest of some records, in any order."""
    content = sha256()
    for record in sorted(records):
        content.update(f"{record.record_table} {record.record_hash}\n".encode())

    return content.hexdigest()


def next_seal(
    audit: HasAuditContext,
    previous: Seal | None,
    stretch: Stretch,
    records: Sequence[SealedRecord] = (),
    *,
    now: datetime,
) -> Seal:
    """Return the seal over new records and the stretch that begins where the last one ends."""
    unhashed = Seal(
        number=1 if previous is None else previous.number + 1,
        starts_after=stretch.starts_after,
        ends_at=stretch.ends_at,
        changes=stretch.changes,
        feed_digest=stretch.digest,
        records=len(records),
        records_digest=records_digest(records),
        actor=audit.actor,
        reason=audit.reason,
        at=now,
        prev_hash="" if previous is None else previous.hash,
    )
    return evolve(unhashed, hash=unhashed.digest())
