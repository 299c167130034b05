"""Compare two contracts: what breaks a caller, and what is only added.

A fact that is gone or changed breaks a caller. It does not where the new one asks for less, or
promises more: what was required may be left out, what may be missing is always there, a limit of
what a caller sends is wider, and another scope opens a route. A new fact of a known name breaks a
caller if it is required, or limits what was known. What it says about another new fact, such as
the type of a new parameter, is no difference of its own.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import frozen

Facts = Mapping[str, str]  # the value of each fact of a name
Part = Mapping[str, Facts]  # the facts of each name
Parts = Mapping[str, Part]

# What a caller sends is required or optional; what it gets is always there, or maybe.
REQUIRED: Final = "required"
OPTIONAL: Final = "optional"
ALWAYS: Final = "always"
MAYBE: Final = "maybe"
RELAXED: Final = ((REQUIRED, OPTIONAL), (MAYBE, ALWAYS))
KNOWN: Final = "known"  # the value of a fact that is itself all that is promised
# The ends of the names of facts that are limits of what a caller sends.
AT_MOST: Final = " at most"
AT_LEAST: Final = " at least"
PATTERN: Final = " pattern"
# The fact of the scopes that open a route, one of which a caller needs.
SCOPE: Final = "scope"
NO_SCOPE: Final = "none"
OR: Final = " or "
UNRELEASED: Final = re.compile(
    r"^## \[Unreleased\][^\n]*\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


class Kind(StrEnum):
    """The meanings of a difference for callers."""

    BREAKING = "breaking"
    UNNAMED = "not in the changelog"
    ADDED = "added"


@frozen
class Difference:
    """A difference between two contracts, in one line."""

    kind: Kind
    text: str

    @property
    def is_refused(self) -> bool:
        """Return whether the new contract cannot replace the old one."""
        return self.kind is not Kind.ADDED


def compare(old: Parts, new: Parts, changelog: str | None = None) -> tuple[Difference, ...]:
    """Return all differences; without a changelog each addition is accepted."""
    differences = [Difference(Kind.BREAKING, line) for line in breaking_differences(old, new)]
    unnamed: list[str] = []
    if changelog is not None:
        unnamed = unnamed_additions(old, new, changelog)
    for name in additions(old, new):
        kind = Kind.UNNAMED if name in unnamed else Kind.ADDED
        differences.append(Difference(kind, name))
    return tuple(differences)


def breaking_differences(old: Parts, new: Parts) -> list[str]:
    """Return what breaks a caller who relies on the old contract, a line for each difference."""
    lines: list[str] = []
    for part, names in old.items():
        for name, facts in names.items():
            if name not in new.get(part, {}):
                lines.append(f"{part}: {name} is gone")
            else:
                lines.extend(f"{part}: {line}" for line in _broken(name, facts, new[part][name]))
    return lines


def additions(old: Parts, new: Parts) -> list[str]:
    """Return the names and facts that only the new contract has, as a changelog names them."""
    lines: list[str] = []
    for part, names in new.items():
        known = old.get(part, {})
        for name, facts in names.items():
            if name not in known:
                lines.append(name)
                continue
            lines.extend(f"{name} {fact}" for fact in _new_facts(known[name], facts))
    return lines


def unnamed_additions(old: Parts, new: Parts, changelog: str) -> list[str]:
    """Return the additions that the changelog's part about the next release does not name.

    Each is named in backticks. A line that names a new name needs not name its facts.
    """
    unreleased = unreleased_part(changelog) or ""
    return [name for name in additions(old, new) if f"`{name}`" not in unreleased]


def unreleased_part(changelog: str) -> str | None:
    """Return the lines below `## [Unreleased]`, None if there is no such heading."""
    match = UNRELEASED.search(changelog)
    return None if match is None else match[1]


def _broken(name: str, old: Facts, new: Facts) -> Iterator[str]:
    """Yield what breaks a caller of one name."""
    for fact, value in old.items():
        if fact not in new:
            if not _is_constraint(fact):
                yield f"{name} no longer has {fact}"
        elif new[fact] != value and not _is_relaxed(fact, value, new[fact]):
            yield f"{name} {fact} was {value}, is {new[fact]}"
    for fact in _new_facts(old, new):
        if new[fact] == REQUIRED or _is_constraint(fact):
            yield f"{name} {fact} is new, and {new[fact]}"


def _new_facts(old: Facts, new: Facts) -> list[str]:
    """Return the facts that are new, without those about another new fact, such as its type."""
    added = [fact for fact in new if fact not in old]
    beginnings: list[str] = []
    for fact in added:
        beginnings += (f"{fact} ", f"{fact}[")
    return [fact for fact in added if not fact.startswith(tuple(beginnings))]


def _is_constraint(fact: str) -> bool:
    """Return whether a fact limits what a caller sends: without it more is accepted."""
    return fact.endswith((AT_MOST, AT_LEAST, PATTERN))


def _is_relaxed(fact: str, old: str, new: str) -> bool:
    """Return whether another value asks for less, or promises more."""
    if fact.endswith(AT_MOST):
        return Decimal(new) > Decimal(old)
    if fact.endswith(AT_LEAST):
        return Decimal(new) < Decimal(old)
    if fact == SCOPE:
        return new == NO_SCOPE or set(old.split(OR)) < set(new.split(OR))
    return (old, new) in RELAXED
