"""Quarantined logs: the logs of read blocks that cannot be mints."""

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import asdict

from indelible.tokens.entities.chain import InvalidLog
from indelible.tokens.repositories.finders import TokensRead, TokensWrite
from indelible.tokens.repositories.pipeline import SystemStateRepository
from indelible.tokens.rules.notices import (
    parse_quarantined,
    quarantine_end,
    quarantine_key,
    quarantine_start,
)

PAGE_SIZE: Final = 500


def quarantined_between(tx: TokensRead, first: int, last: int) -> Iterator[tuple[str, InvalidLog]]:
    """Yield key and log of the quarantined logs of blocks, both ends included, in chain order."""
    after = quarantine_start(first)
    end = quarantine_end(last)
    while True:
        page = tx.tokens.states.page(after=after, limit=PAGE_SIZE)
        for head in page:
            if head.entity.id > end:
                return
            log = parse_quarantined(head.entity.state_value)
            if log is not None:  # a deleted state has no value
                yield head.entity.id, log
        if len(page) < PAGE_SIZE:
            return
        after = page[-1].entity.id


def replace_quarantined(
    tx: TokensWrite, first: int, last: int, logs: Sequence[InvalidLog]
) -> tuple[InvalidLog, ...]:
    """Make these logs the quarantined ones of a range of blocks, and return the new ones.

    A log that is no longer among them is released: its block was dropped, or it can be read now.
    """
    states = SystemStateRepository(tx)
    stored = dict(quarantined_between(tx, first, last))
    invalid = {quarantine_key(log): log for log in logs}
    for key in stored:
        if key not in invalid:
            states.delete_state(key)

    new: list[InvalidLog] = []
    for key, log in invalid.items():
        if stored.get(key) != log:
            states.set_state(key, asdict(log))
            new.append(log)

    return tuple(new)
