"""What a file says of concepts, line by line: an export of ours, or another system's history."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple, cast

from attrs import field, frozen
from cattrs import BaseValidationError, transform_error
from cattrs.preconf.json import make_converter
from marshmallow import ValidationError

from indelible.concepts import CONCEPT, Concept, ConceptContent, ConceptVersion, Warnings
from indelible.kernel import Actor, Change, IndelibleError
from indelible.kernel.exports import BadLine, Line, Lines, line_of, read_export, read_lines
from indelible.kernel.values import IDENTIFIER, LINE, is_identifier, is_instant, is_sentence, is_sentence_or_none
from indelible_web.bridge import Side, schema_of, structure
from indelible_web.reading import parse_json

FORMAT: Final = "indelible concepts 1"
UNSTORABLE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])", re.IGNORECASE)
KIND: Final = make_converter()
KIND.register_structure_hook(Actor, lambda text, _: Actor.parse(text))

Document = dict[str, Any]
UNTOLD: Final[Document] = dict.fromkeys(("from_state", "to_state", "prev_hash", "hash"), "") | {
    **dict.fromkeys(("seq", "adds_version", "version"), 1),
    "lifecycle": CONCEPT.name,
    "request_id": None,
    "data": {},
}  # what another system does not say of a change


@frozen(kw_only=True)
class Entry:
    """A change, and the version with its warnings where it added one: what a line of an export says."""

    change: Change
    version: ConceptVersion | None
    warnings: Warnings = ()


@frozen(kw_only=True)
class ForeignStep:
    """What a line of another system's history says: no hash, no number, no version's id."""

    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    action: str = field(validator=is_identifier, metadata=IDENTIFIER)
    actor: Actor
    reason: str = field(validator=is_sentence, metadata=LINE)
    at: datetime = field(validator=is_instant)
    content: ConceptContent | None = None
    change_note: str | None = field(default=None, validator=is_sentence_or_none, metadata=LINE)

    def entry(self) -> Entry:
        """The change and the version as far as they are told."""
        change = Change(
            entity_id=self.concept_id, action=self.action, actor=self.actor, reason=self.reason, at=self.at, **UNTOLD
        )
        if self.content is None:
            return Entry(change=change, version=None)
        note, its_id = self.change_note or self.reason, self.concept_id
        born = Concept.created(
            self.content, concept_id=its_id, version_id=its_id, by=self.actor, note=note, now=self.at
        )
        return Entry(change=change, version=born[1])


class Told(NamedTuple):
    """What a line tells, its number, and of an export its bytes, which must come out again."""

    number: int
    entry: Entry
    text: bytes = b""


History = Sequence[Told]  # of one concept


def histories(file: Lines) -> Iterator[History]:
    """All that the file tells, concept by concept; BadLine or ExportDamaged where it is not what it should be."""
    first = next(read_lines(file), Line(1, b""))
    if first.text == line_of({"format": FORMAT}):
        yield from _own(file)
    elif "concept_id" in _document(first):
        yield from _foreign(file)
    else:
        raise BadLine(1, "neither the first line of an export nor a step of a history")


def _own(file: Lines) -> Iterator[History]:
    latest, version_ids = "", set[str]()
    for concept_id, group in groupby(map(_told, read_export(file)), key=lambda told: told.entry.change.entity_id):
        history = tuple(group)
        if concept_id <= latest:
            raise BadLine(history[0].number, "concepts are not in order of id")
        for number, entry, _ in history:
            if entry.version and entry.version.id in version_ids:
                raise BadLine(number, "a version has the id of an earlier one")
            version_ids |= {entry.version.id} if entry.version else set()
        yield history
        latest = concept_id


def _told(line: Line) -> Told:
    """What the line says, read kindly: what comes of it is compared with the line itself, byte by byte."""
    if UNSTORABLE.search(line.text):
        raise BadLine(line.number, "a text with NUL or half of a surrogate pair")
    try:
        return Told(line.number, KIND.structure(_document(line), Entry), line.text)
    except BaseValidationError as error:
        raise BadLine(line.number, transform_error(error)[0]) from error


def _foreign(file: Lines) -> Iterator[History]:
    """Concepts in the order in which they are first named; their lines may stand in any mixture."""
    found = defaultdict[str, list[Told]](list)
    for line in read_lines(file):
        try:
            said = cast("Document", schema_of(ForeignStep, Side.BODY)().load(_document(line)))
            told = Told(line.number, structure(said, ForeignStep).entry())
        except (ValidationError, IndelibleError) as error:
            raise error if isinstance(error, BadLine) else BadLine(line.number, str(error)) from error
        history = found[told.entry.change.entity_id]
        if history and told.entry.change.at < history[-1].entry.change.at:
            raise BadLine(line.number, "earlier than the change before it")
        history.append(told)
    yield from found.values()


def _document(line: Line) -> Document:
    try:
        found = parse_json(line.text)
    except IndelibleError as error:
        raise BadLine(line.number, str(error)) from error
    if not isinstance(found, dict):
        raise BadLine(line.number, "not an object")
    return cast("Document", found)
