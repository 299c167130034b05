"""Facts that explain a failure, each of which a line of the log or of the export must say."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import frozen
from tests.explanations.bundles import EXPORT, LOG, Bundle, Document, instant_of

NEAR: Final = timedelta(minutes=65)  # a simulated stage looks once an hour


class Question(StrEnum):
    """A question of somebody who has no access to production."""

    WHAT = "what failed"
    SINCE = "since when"
    WHY = "why"
    WHO = "who"
    WHICH = "which entity"
    BEFORE = "what came before"


WHAT, SINCE, WHY, WHO, WHICH, BEFORE = Question


@frozen
class Fact:
    """A line that answers a question: patterns of its values, in which names stand in braces."""

    question: Question
    file: str
    patterns: Mapping[str, str]

    def lines(self, bundle: Bundle, names: Mapping[str, str]) -> Iterator[Document]:
        """Yield the lines that say so."""
        expected: dict[str, re.Pattern[str]] = {}
        for path, pattern in self.patterns.items():
            text = pattern
            for name, value in names.items():
                text = text.replace(f"{{{name}}}", re.escape(value))
            expected[path] = re.compile(text, re.DOTALL)
        for line in bundle.log if self.file == LOG else bundle.export:
            if all(pattern.search(line.get(path, "")) for path, pattern in expected.items()):
                yield line

    def is_in(self, bundle: Bundle, names: Mapping[str, str], since: datetime) -> bool:
        """Return True if a line says so, at a time that answers the question."""
        instants = [instant_of(line) for line in self.lines(bundle, names)]
        if self.question is Question.SINCE:
            return bool(instants) and abs(min(instants) - since) <= NEAR
        if self.question is Question.BEFORE:
            return any(instant <= since for instant in instants)
        return bool(instants)


def in_log(question: Question, **patterns: str) -> Fact:
    """Return a fact of the log, by the patterns of some fields.

    In a pattern's name, two underscores stand for a point: `ids__contest_id`.
    """
    fields = {name.replace("__", "."): pattern for name, pattern in patterns.items()}
    return Fact(question, LOG, fields)


def in_export(question: Question, lifecycle: str, entity_id: str, **patterns: str) -> Fact:
    """Return a fact of the export: a change of an entity, by the patterns of some of its fields.

    The names of patterns are as in `in_log`.
    """
    change = {
        "change.lifecycle": f"^{lifecycle}$",
        "change.entity_id": f"^{entity_id}$",
    }
    for name, pattern in patterns.items():
        change[f"change.{name.replace('__', '.')}"] = pattern
    return Fact(question, EXPORT, change)
