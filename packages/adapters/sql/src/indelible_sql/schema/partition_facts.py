"""State once what the partitions of history have in common: it is the same for any number."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

NAME: Final = re.compile(r"history_p(\d\d)(?!\d)")
ANY_PARTITION: Final = "history_pNN"
BOUND: Final = (
    "partition history_p{remainder:02} FOR VALUES WITH (modulus {number}, remainder {remainder})"
)
ANY_BOUND: Final = (
    f"partition {ANY_PARTITION} FOR VALUES WITH (modulus of all, remainder of its own)"
)


def facts_of_shape(lines: Iterable[str], partitions: Sequence[str]) -> Iterator[str]:
    """Yield the facts; what most partitions state is one fact, with the partitions that lack it."""
    owners: dict[str, dict[str, str]] = {}
    for line in lines:
        names = {match[0] for match in NAME.finditer(line)}
        if len(names) == 1 and names <= set(partitions):
            (name,) = names
            owners.setdefault(_common_fact(line, name, len(partitions)), {})[name] = line
        else:
            yield line

    for fact, lines_by_name in owners.items():
        yield from _stated_once(fact, lines_by_name, partitions)


def _common_fact(line: str, name: str, number: int) -> str:
    """Return a partition's fact as it is for each of them."""
    if line == BOUND.format(number=number, remainder=int(name[-2:])):
        return ANY_BOUND
    return line.replace(name, ANY_PARTITION)


def _stated_once(
    fact: str, lines_by_name: Mapping[str, str], partitions: Sequence[str]
) -> Iterator[str]:
    if len(lines_by_name) * 2 <= len(partitions):
        yield from lines_by_name.values()
        return

    yield fact
    for name in partitions:
        if name not in lines_by_name:
            yield f"partition {name} lacks {fact}"
