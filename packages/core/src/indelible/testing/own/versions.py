"""The numbers of versions in a walk, compared with the values that they count."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indelible.kernel import Head
from indelible.kernel.context_checks import MAX_HEADS
from indelible.kernel.contexts import AnyContext
from indelible.kernel.errors import NotFound
from indelible.kernel.numbered_versions import FIRST

Values = Mapping[str, object]


def number_fault(context: AnyContext, before: Values | None, after: Values) -> str:
    """Return that a head has another number than its content says, '' if it has not."""
    rule = context.aggregate.numbered_versions
    if rule is None:
        return ""
    expected = FIRST
    if before is not None:
        number: Any = before[rule.field]
        is_same = all(after[name] == before[name] for name in rule.counted_fields)
        expected = number if is_same else number + 1
    actual = after[rule.field]
    return "" if actual == expected else f"{rule.field} is {actual}, expected {expected}"


def version_faults(
    context: AnyContext,
    store: Any,  # noqa: ANN401 - a store of any kind
    heads: Sequence[Head[Any]],
) -> Iterator[str]:
    """Yield the versions of an aggregate that cannot be read as its heads have left them.

    The heads are those of one aggregate, oldest first.
    """
    rule = context.aggregate.numbered_versions
    if rule is None:
        return
    first: dict[int, Head[Any]] = {}
    for head in heads:
        first.setdefault(getattr(head.entity, rule.field), head)
    entity_id = heads[0].id
    expected: list[tuple[int, int]] = []
    for number, head in first.items():
        expected.append((number, head.seq))
        if store.read(context.version, entity_id, number) != head:
            yield f"version {number} is another head than seq {head.seq}"

    actual: list[tuple[int, int]] = []
    for entry in store.read(context.versions, entity_id, limit=MAX_HEADS):
        actual.append((entry.number, entry.change.seq))
    if actual != expected[:MAX_HEADS]:
        yield f"the versions are {actual}, expected {expected}"
    try:
        store.read(context.version, entity_id, len(first) + 1)
        yield f"version {len(first) + 1} can be read, and there are {len(first)}"
    except NotFound:
        return
