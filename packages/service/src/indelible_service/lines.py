"""What a file says of concepts, line by line: an export of ours, or another system's history."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from io import BufferedIOBase
from itertools import groupby
from typing import Any, ClassVar, Final, NamedTuple, cast

from attrs import field, frozen
from cattrs import BaseValidationError, transform_error
from cattrs.preconf.json import make_converter
from marshmallow import ValidationError

from indelible.concepts import CONCEPT, Concept, ConceptContent, ConceptVersion, Warnings
from indelible.kernel import Actor, Change, IndelibleError, Invalid, canonical
from indelible.kernel.values import IDENTIFIER, LINE, is_identifier, is_instant, is_sentence, is_sentence_or_none
from indelible_web.bridge import Side, schema_of, structure
from indelible_web.reading import parse_json

FIRST_LINE: Final = b'{"format":"indelible concepts 1"}\n'
LONGEST_LINE: Final = 128 * 1024 * 1024  # bytes: a version whose every text is full still fits
MOST_LINES: Final = 5_000_000
UNSTORABLE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])", re.IGNORECASE)

Document = dict[str, Any]
UNTOLD: Final[Document] = dict.fromkeys(("from_state", "to_state", "prev_hash", "hash"), "") | {
    **dict.fromkeys(("seq", "adds_version", "version"), 1),
    "lifecycle": CONCEPT.name,
    "request_id": None,
    "data": {},
}  # what another system does not say of a change


@frozen
class BadLine(Invalid):
    """A line of the file is not what it should be, and nothing was imported."""

    code: ClassVar[str] = "BAD_LINE"
    line: int
    problem: str


@frozen
class ExportDamaged(Invalid):
    """The export is not as it was written: it was cut short, added to, or changed."""

    code: ClassVar[str] = "EXPORT_DAMAGED"


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


def line_of(value: object) -> bytes:
    """How an export writes it."""
    return f"{canonical(value)}\n".encode()


def histories(stream: BufferedIOBase) -> Iterator[History]:
    """All that the file tells, concept by concept; BadLine or ExportDamaged where it is not what it should be."""
    lines = _lines(stream)
    number, text, document = next(lines, (1, b"", Document()))
    if text == FIRST_LINE:
        yield from _own(lines)
    elif "concept_id" in document:
        yield from _foreign(_lines(stream))
    else:
        raise BadLine(number, "neither the first line of an export nor a step of a history")


Lines = Iterator[tuple[int, bytes, Document]]


def _lines(stream: BufferedIOBase) -> Lines:
    """Every line by its number, as it stands and as what it says."""
    stream.seek(0)
    number = 0
    while text := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(text) > LONGEST_LINE:
            raise BadLine(number, f"longer than {LONGEST_LINE} bytes")
        if number > MOST_LINES:
            raise BadLine(number, f"more than {MOST_LINES} lines")
        try:
            found = parse_json(text)
        except IndelibleError as error:
            raise BadLine(number, str(error)) from error
        if not isinstance(found, dict):
            raise BadLine(number, "not an object")
        yield number, text, cast("Document", found)


def _own(lines: Lines) -> Iterator[History]:
    """In order of id; at the end ExportDamaged, unless the last line holds."""
    latest = ""
    for concept_id, group in groupby(_entries(lines), key=lambda told: told.entry.change.entity_id):
        history = tuple(group)
        if concept_id <= latest:
            raise BadLine(history[0].number, "concepts are not in order of id")
        yield history
        latest = concept_id


def _entries(lines: Lines) -> Iterator[Told]:
    seal, version_ids, document = sha256(FIRST_LINE), set[str](), Document()
    for number, text, document in lines:
        if set(document) == {"digest"}:
            break
        entry = _entry(number, text, document)
        if entry.version and entry.version.id in version_ids:
            raise BadLine(number, "a version has the id of an earlier one")
        version_ids |= {entry.version.id} if entry.version else set()
        seal.update(text)
        yield Told(number, entry, text)
    if document != {"digest": seal.hexdigest()} or next(lines, None):
        raise ExportDamaged


def _entry(number: int, text: bytes, document: Document) -> Entry:
    """What the line says, read kindly: what comes of it is compared with the line itself, byte by byte."""
    if UNSTORABLE.search(text):
        raise BadLine(number, "a text with NUL or half of a surrogate pair")
    try:
        return KIND.structure(document, Entry)
    except BaseValidationError as error:
        raise BadLine(number, transform_error(error)[0]) from error


def _foreign(lines: Lines) -> Iterator[History]:
    """In the order in which concepts are first named; their lines may stand in any mixture."""
    found = defaultdict[str, list[Told]](list)
    for number, _, document in lines:
        step = _step(number, document)
        history = found[step.concept_id]
        if history and step.at < history[-1].entry.change.at:
            raise BadLine(number, "earlier than the change before it")
        history.append(Told(number, step.entry()))
    yield from found.values()


def _step(number: int, document: Document) -> ForeignStep:
    try:
        return structure(cast("Document", schema_of(ForeignStep, Side.BODY)().load(document)), ForeignStep)
    except ValidationError as error:
        raise BadLine(number, str(error.messages)) from error
    except IndelibleError as error:
        raise BadLine(number, str(error)) from error


KIND: Final = make_converter()
KIND.register_structure_hook(Actor, lambda text, _: Actor.parse(text))
