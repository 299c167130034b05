"""The report of what an aggregate refuses about rows: counts, and the first examples."""

from collections.abc import Iterable
from typing import Final

from attrs import Factory, define, frozen

from indelible.kernel import IndelibleError

DEFAULT_EXAMPLES: Final = 20
MAX_EXAMPLES: Final = 1_000  # of each rule


@frozen
class Example:
    """A row that a rule refuses: the text of its key, and the message of the error."""

    key: str
    message: str


@frozen
class Refusal:
    """A rule that refuses rows: the code of its error and the field, and how many it refuses.

    `examples` are the first of them.
    """

    code: str
    field: str
    count: int
    examples: tuple[Example, ...]


@define
class Refusals:
    """The refusals of rows, counted by rule."""

    _limit: int
    _counts: dict[tuple[str, str], int] = Factory(dict[tuple[str, str], int])
    _examples: dict[tuple[str, str], list[Example]] = Factory(dict[tuple[str, str], list[Example]])
    rows: int = 0

    def add(self, key: str, problems: Iterable[IndelibleError]) -> None:
        """Count the problems of a row."""
        is_refused = False
        for problem in problems:
            is_refused = True
            rule = (problem.code, str(getattr(problem, "field", "")))
            self._counts[rule] = self._counts.get(rule, 0) + 1
            examples = self._examples.setdefault(rule, [])
            if len(examples) < self._limit:
                examples.append(Example(key, problem.describe()))
        self.rows += is_refused

    def result(self) -> tuple[Refusal, ...]:
        """Return the refusals, those of the most rows first."""
        refusals: list[Refusal] = []
        for rule, count in self._counts.items():
            code, field = rule
            refusals.append(Refusal(code, field, count, tuple(self._examples[rule])))
        refusals.sort(key=lambda refusal: (-refusal.count, refusal.code, refusal.field))
        return tuple(refusals)
