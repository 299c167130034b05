"""Concepts with their whole history as lines of JSON: out of any store, and into any other with equal digests."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import file_digest
from io import BufferedIOBase
from typing import BinaryIO, ClassVar, cast

from attrs import evolve, frozen

from indelible.concepts import CONCEPT, Concept, ConceptFilter, ConceptsRead, ConceptsWrite, ConceptVersion
from indelible.concepts.rules.records import record_of
from indelible.concepts.rules.warnings import RULESET, content_warnings
from indelible.kernel import (
    Actor,
    Because,
    BrokenChain,
    Change,
    Conflict,
    Data,
    Head,
    Invalid,
    Store,
    WrongUse,
    next_change,
)
from indelible.kernel.exports import BadLine, line_of, write_export
from indelible.kernel.values import COUNT, NumberOutOfRange
from indelible.memory import MemoryStore
from indelible_service.lines import FORMAT, Entry, History, Told, histories
from indelible_sql.faults import RefusedByGuard

PAGE = 500


@frozen
class ConceptDiffers(Conflict):
    """A concept of this id is kept already, with another history."""

    code: ClassVar[str] = "CONCEPT_DIFFERS"
    concept_id: str


@frozen
class ContentAmiss(Invalid):
    """Content belongs to a step that adds a version, and to no other."""

    code: ClassVar[str] = "CONTENT_AMISS"


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


class RehearsedError(Exception):
    """A concept could be written, and was not."""


def export_concepts(tx: ConceptsRead, out: BinaryIO) -> Exported:
    """Write every concept, in order of id, each with its changes in order of seq; the same store, the same bytes."""
    ids = list[str]()
    digest = write_export(out, FORMAT, _entries(tx, ids))
    return Exported(concepts=len(set(ids)), changes=len(ids), digest=digest)


def import_concepts(store: Store[ConceptsRead, ConceptsWrite], stream: BufferedIOBase, *, by: Actor) -> Imported:
    """Keep every concept of an export of ours, or of a foreign history; nothing is written before all is rehearsed.

    `stream` is read from its beginning more than once. A concept is one transaction, so that an import which was
    interrupted may be repeated. Raises BadLine, ExportDamaged or ConceptDiffers.
    """
    stream.seek(0)
    file = file_digest(stream, "sha256").hexdigest()
    reason = f"import of a file with the digest {file}"
    for history in histories(stream):
        with suppress(RehearsedError):
            store.run(_rehearse, (file, history), actor=by, reason=reason)
    counts = [store.run(_keep, (file, history), actor=by, reason=reason) for history in histories(stream)]
    written = [count for count in counts if count]
    return Imported(
        concepts=len(written), changes=sum(written), concepts_already_there=len(counts) - len(written), file=file
    )


def exported_hashes(stream: BufferedIOBase) -> frozenset[str]:
    """The hash of every change in an export of ours, once all of it is checked."""
    hashes = set[str]()
    for history in histories(stream):
        with MemoryStore().transaction(actor=Actor.system("verifier"), reason="an export is checked") as tx:
            _keep(tx, ("", history))
        hashes |= {told.entry.change.hash for told in history}
    return frozenset(hashes)


def _entries(tx: ConceptsRead, ids: list[str]) -> Iterator[Entry]:
    last = ""
    while page := tx.concept_search.page(ConceptFilter(), after=last, limit=PAGE):
        for last in (listed.concept.id for listed in page):
            versions = {each.version_number: each for each in tx.concepts.list_versions(last)}
            for change in tx.history.of(CONCEPT.name, last):
                version = versions[change.version] if change.adds_version else None
                warnings = tx.concept_search.warnings(last, change.version) if version else ()
                ids.append(last)
                yield Entry(change=change, version=version, warnings=warnings)


def _rehearse(tx: ConceptsWrite, told: tuple[str, History]) -> None:
    """Let the store try to take it, and undo it."""
    _keep(tx, told)
    raise RehearsedError


def _keep(tx: ConceptsWrite, told: tuple[str, History]) -> int:
    """How many changes were written: all of the concept's, or none when they were there."""
    file, history = told
    if _is_kept(tx, file, history):
        return 0
    head: Head[Concept] | None = None
    latest: ConceptVersion | None = None
    for each in history:
        try:
            concept, entry = _recorded(tx, file, head, latest, each)
        except (Invalid, Conflict, WrongUse) as error:
            raise BadLine(each.number, str(error)) from error
        except RefusedByGuard as error:  # such as a version's id that another concept's version has
            raise BadLine(each.number, f"the database has a guard against it: {error.guard}") from error
        head, latest = Head(entity=concept, place=entry.change.place), entry.version or latest
    return len(history)


def _recorded(
    tx: ConceptsWrite, file: str, head: Head[Concept] | None, latest: ConceptVersion | None, told: Told
) -> tuple[Concept, Entry]:
    concept, entry = _following(head, told.entry if told.text else _imported(tx, file, latest, told.entry))
    if told.text and line_of(entry) != told.text:
        raise BrokenChain(concept.id, entry.change.seq)
    tx.concept_heads.record(entry.change, concept, entry.version, entry.warnings)
    return concept, entry


def _is_kept(tx: ConceptsRead, file: str, history: History) -> bool:
    """Whether the store has this very history, False when it has none, ConceptDiffers when it has another."""
    concept_id = history[0].entry.change.entity_id
    kept = tx.history.of(CONCEPT.name, concept_id)
    same = [_is_same(file, *pair) for pair in zip(history, kept, strict=False)]
    if kept and not (len(kept) == len(history) and all(same)):
        raise ConceptDiffers(concept_id)
    return bool(kept)


def _is_same(file: str, told: Told, change: Change) -> bool:
    if told.text:
        return change.hash == told.entry.change.hash
    imported: object = change.data.get("imported")
    return isinstance(imported, dict) and cast("dict[str, object]", imported).get("file") == file


def _imported(tx: ConceptsWrite, file: str, latest: ConceptVersion | None, told: Entry) -> Entry:
    """What another system told, with what is known in this store alone."""
    data = {"imported": {"by": tx.actor, "at": tx.clock.now(), "file": file}}
    change = evolve(told.change, data=data)
    if told.version is None:
        return evolve(told, change=change)
    version = evolve(told.version, id=tx.ids.new())
    warnings = content_warnings(version, latest, tx.concept_search.names_like(version), tx.policy.concepts)
    return Entry(change=change, version=version, warnings=warnings)


def _following(head: Head[Concept] | None, told: Entry) -> tuple[Concept, Entry]:
    """The concept that follows, and the entry as it must then be; an error where no such step is possible."""
    change, version, data = told.change, told.version, told.change.data
    concept = _moved(head, change)
    if (concept.current_version > (head.place.version if head else 0)) != bool(version):
        raise ContentAmiss
    if version:
        number, at = concept.current_version, concept.updated_at
        version = evolve(version, concept_id=concept.id, version_number=number, created_at=at)
        data = {**data, **record_of(version, told.warnings, ruleset=_ruleset(data))}
    because = Because(actor=change.actor, reason=change.reason, request_id=change.request_id)
    made = next_change(because, CONCEPT, head, concept, change.action, data)
    return concept, Entry(change=made, version=version, warnings=told.warnings if version else ())


def _moved(head: Head[Concept] | None, change: Change) -> Concept:
    edge = CONCEPT.edge(head.place.state if head else "", change.action)
    if head is None:
        status, at = edge.to_state, change.at
        return Concept(id=change.entity_id, current_version=1, status=status, created_at=at, updated_at=at)
    number = head.entity.current_version + edge.adds_version
    return evolve(head.entity.moved(change.action, now=change.at), current_version=number)


def _ruleset(data: Data) -> int:
    """By which rules the warnings were found: a newer ruleset takes nothing from what an older one said."""
    found = data.get("ruleset", RULESET)
    if type(found) is not int or not 1 <= found <= COUNT["maximum"]:
        raise NumberOutOfRange("ruleset", 1, COUNT["maximum"])
    return found
