"""The errors of the concepts' pages."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Invalid


@frozen
class MergeUndecided(Invalid):
    """A merge in which fields that differ have no chosen text."""

    message: ClassVar[str] = "The merge is incomplete: choose a text for these fields: {undecided}."
    undecided: tuple[str, ...]
