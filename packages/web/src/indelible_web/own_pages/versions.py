"""The versions of a host's aggregate in the console: a list with what changed, and each one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from indelible.app import ReadTx
from indelible.concepts.rules.diff.shortest_edit import ComparisonBudget
from indelible.kernel import Head
from indelible.kernel.numbered_versions import FIRST, VersionEntry
from indelible_web.own_pages.subject import Subject
from indelible_web.own_pages.timeline import (
    MAX_OPEN_CHARACTERS,
    FieldChange,
    changed_fields,
    size_of,
)

VERSIONS_PER_PAGE: Final = 20


@frozen(kw_only=True)
class VersionItem:
    """A version, the content that differs from the version before, and its page."""

    entry: VersionEntry
    fields: tuple[FieldChange, ...]
    is_open: bool
    url: str


def read_versions(
    tx: ReadTx, subject: Subject, head: Head[Any], before: int | None
) -> tuple[VersionEntry, ...]:
    """Return the last versions before a number, and the one before them; none without numbers."""
    rule = subject.entity.numbered_versions
    if rule is None:
        return ()
    last: int = getattr(head.entity, rule.field)
    if before is not None:
        last = min(last, before - 1)
    after = max(0, last - VERSIONS_PER_PAGE - 1)
    if last <= after:
        return ()
    return subject.context.versions(tx, head.id, after=after, limit=last - after)


def version_items(subject: Subject, entries: Sequence[VersionEntry]) -> tuple[VersionItem, ...]:
    """Return versions, the newest first, each with the words that differ from the one before.

    The first of several entries is only compared, unless it is the first version.

    All comparisons share the budget of one, so that a page ends in a bounded time.
    """
    budget = ComparisonBudget()
    items: list[VersionItem] = []
    previous: VersionEntry | None = None
    for entry in entries:
        is_first = entry.number == FIRST
        if is_first or previous is not None:
            items.append(_item(subject, previous, entry, budget))
        previous = entry
    return tuple(reversed(items))


def _item(
    subject: Subject, previous: VersionEntry | None, entry: VersionEntry, budget: ComparisonBudget
) -> VersionItem:
    before = _content(subject, previous)
    fields = tuple(changed_fields(subject, before, _content(subject, entry), budget))
    return VersionItem(
        entry=entry,
        fields=fields,
        is_open=sum(size_of(one.diff) for one in fields) <= MAX_OPEN_CHARACTERS,
        url=subject.url("version", entry.change.entity_id, number=entry.number),
    )


def _content(subject: Subject, entry: VersionEntry | None) -> Mapping[str, Any]:
    """Return the counted fields of a version as its change stores them."""
    rule = subject.entity.numbered_versions
    if entry is None or rule is None:
        return {}
    data = entry.change.data
    return {name: data[name] for name in rule.counted_fields if name in data}
