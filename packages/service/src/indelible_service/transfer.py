"""Concepts with their whole history as lines of JSON: out of any store, and into any other with equal digests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import file_digest, sha256
from io import BufferedIOBase
from itertools import chain, groupby
from typing import BinaryIO, ClassVar, Final, NamedTuple

from attrs import frozen

from indelible.concepts import CONCEPT, ConceptFilter, ConceptsRead, ConceptsWrite, fold
from indelible.kernel import Actor, Invalid, Store, canonical
from indelible_service.histories import Entry, ForeignChange, ForeignHistory, OwnHistory
from indelible_service.lines import BadLine, Document, documents, structured

FORMAT: Final = "indelible concepts 1"
PAGE: Final = 500
EMPTY: Final[tuple[int, bytes, Document]] = (1, b"", {})  # the first line of a file that has none

History = OwnHistory | ForeignHistory


@frozen
class ExportDamaged(Invalid):
    """The export is not as it was written: it was cut short, added to, or changed."""

    code: ClassVar[str] = "EXPORT_DAMAGED"


@frozen(kw_only=True)
class Header:
    """The first line of an export."""

    format: str
    concepts: int
    changes: int


@frozen(kw_only=True)
class Exported:
    """What an export holds, and the digest of all its lines but the last."""

    concepts: int
    changes: int
    digest: str


@frozen(kw_only=True)
class Imported:
    """What an import wrote, what was there already, and the digest of the file."""

    concepts: int
    changes: int
    concepts_already_there: int
    file: str


def export_concepts(tx: ConceptsRead, out: BinaryIO) -> Exported:
    """Write every concept, in order of id, each with its changes in order of seq; the same store, the same bytes."""
    heads = tuple(_heads(tx))
    header = Header(format=FORMAT, concepts=len(heads), changes=sum(head.seq for head in heads))
    seal = sha256()
    for value in chain([header], _entries_of(tx, heads)):
        line = _line(value)
        seal.update(line)
        out.write(line)
    out.write(_line({"digest": seal.hexdigest()}))
    return Exported(concepts=header.concepts, changes=header.changes, digest=seal.hexdigest())


def import_concepts(store: Store[ConceptsRead, ConceptsWrite], stream: BufferedIOBase, *, by: Actor) -> Imported:
    """Keep every concept of an export of ours, or of a foreign history; nothing is written before all is checked.

    `stream` is read three times from its beginning. A concept is one transaction, so that an import which was
    interrupted may be repeated. Raises BadLine, BrokenChain, ExportDamaged or ConceptDiffers.
    """
    stream.seek(0)
    file = file_digest(stream, sha256).hexdigest()
    for history in _histories(stream, file):
        history.check()
        store.read(history.is_kept)
    reason = f"import of a file with the digest {file}"
    counts = [store.run(_keep, history, actor=by, reason=reason) for history in _histories(stream, file)]
    written = [count for count in counts if count]
    return Imported(
        concepts=len(written),
        changes=sum(written),
        concepts_already_there=len(counts) - len(written),
        file=file,
    )


def exported_hashes(stream: BufferedIOBase) -> frozenset[str]:
    """The hash of every change in an export of ours, once all of it is checked."""
    hashes = set[str]()
    for history in _own(stream):
        history.check()
        hashes |= {entry.change.hash for entry in history.entries}
    return frozenset(hashes)


class _Head(NamedTuple):
    concept_id: str
    seq: int


def _heads(tx: ConceptsRead) -> Iterator[_Head]:
    after = ""
    while page := tx.concept_search.page(ConceptFilter(), after=after, limit=PAGE):
        yield from (_Head(each.concept.id, each.seq) for each in page)
        after = page[-1].concept.id


def _entries_of(tx: ConceptsRead, heads: Iterable[_Head]) -> Iterator[Entry]:
    for concept_id, _ in heads:
        versions = {each.version_number: each for each in tx.concepts.list_versions(concept_id)}
        for change in tx.history.of(CONCEPT.name, concept_id):
            version = versions[change.version] if change.adds_version else None
            warnings = tx.concept_search.warnings(concept_id, change.version) if version else ()
            yield Entry(change=change, version=version, warnings=warnings)


def _line(value: object) -> bytes:
    return f"{canonical(value)}\n".encode()


def _keep(tx: ConceptsWrite, history: History) -> int:
    """How many changes were written: all of the concept's, or none when they were there."""
    if history.is_kept(tx):
        return 0
    entries = history.written(tx)
    first = entries[0].change
    for entry in entries:
        concept = fold((first, entry.change))
        tx.concept_heads.record(entry.change, concept, entry.version, entry.warnings)
    return len(entries)


def _histories(stream: BufferedIOBase, file: str) -> Iterator[History]:
    stream.seek(0)
    _, _, first = next(documents(stream), EMPTY)
    stream.seek(0)
    return _own(stream) if "concept_id" not in first else _foreign(stream, file)


def _own(stream: BufferedIOBase) -> Iterator[OwnHistory]:
    for _, group in groupby(_entries(stream), key=lambda each: each[1].change.entity_id):
        lines, entries = zip(*group, strict=True)
        yield OwnHistory(line=lines[0], entries=entries)


def _entries(stream: BufferedIOBase) -> Iterator[tuple[int, Entry]]:
    """Every line between the first and the last; ExportDamaged unless those two hold."""
    lines = documents(stream)
    number, line, document = next(lines, EMPTY)
    header, seal = structured(number, document, Header), sha256(line)
    changes, concept_ids, version_ids = 0, set[str](), set[str]()
    for number, line, document in lines:
        if set(document) == {"digest"}:
            break
        entry = structured(number, document, Entry)
        if entry.version and entry.version.id in version_ids:
            raise BadLine(number, "a version has the id of an earlier one")
        yield number, entry
        seal.update(line)
        changes += 1
        concept_ids.add(entry.change.entity_id)
        version_ids |= {entry.version.id} if entry.version else set()
    counted = Header(format=FORMAT, concepts=len(concept_ids), changes=changes)
    if document != {"digest": seal.hexdigest()} or header != counted or next(lines, None):
        raise ExportDamaged


def _foreign(stream: BufferedIOBase, file: str) -> Iterator[ForeignHistory]:
    """Concepts in the order in which they are first named; their lines may stand in any mixture."""
    steps = defaultdict[str, list[tuple[int, ForeignChange]]](list)
    for number, _, document in documents(stream):
        step = structured(number, document, ForeignChange)
        steps[step.concept_id].append((number, step))
    for each in steps.values():
        yield ForeignHistory(steps=tuple(each), file=file)
