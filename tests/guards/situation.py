"""A database with a few rows of each kind, and the legal next writes.

An attack is a legal write with one thing changed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import asdict, evolve, frozen
from sqlalchemy import Executable, Insert, Update, insert, update
from tests.guards.captured import Captures, settle_captures
from tests.guards.minted import Minted, settle_tokens

from indelible import concepts
from indelible.concepts import Concept, ConceptVersion
from indelible.concepts.entities import name_key
from indelible.concepts.rules.records import version_data, version_records
from indelible.kernel import AuditContext, Change, Head, Idempotency, digest
from indelible.kernel.aggregates import change_for
from indelible.kernel.idempotency import Receipt
from indelible.kernel.keys import CreateKey, Key, create_key
from indelible.testing.stores import BEGINNING, MAYA, NOOR, create, do, edit, published, submit
from indelible_sql import SqlReading, SqlStore
from indelible_sql.concepts.tables import VERSIONS, WARNINGS
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import HISTORY, RECEIPTS

DAY = timedelta(days=1)
B, C = "b" * 64, "c" * 64
HEAD_TABLES = {lifecycle.name: table for table, lifecycle in CATALOG.heads.items()}
CAUSE = AuditContext(actor=MAYA, reason="a raw write", request_id="request-2")
FULL = concepts.ConceptContent(
    name="Ratio",
    definition="A comparison of two quantities by division.",
    explanation="Three apples to two pears is a ratio of 3 to 2.",
    examples=("3 : 2", "a half\x1f"),
    prerequisites=("Division",),
    learning_objective="Compare two quantities.",
    misconceptions=("A ratio is a fraction of the whole.",),
    scope_boundaries="No rates.",
)
CLEARER = evolve(FULL, definition="How many times one quantity holds another.")
Row = Mapping[str, Any]


@frozen(kw_only=True)
class Situation:
    """The last changes of four entities, and what may be written next, with its true digests."""

    reviewed: Change
    published: Change
    kept: Row
    approve: Change
    edit: Change
    version: Row
    warnings: Row
    create: Change
    first: Row
    first_warnings: Row
    granted: Change
    revoke: Change
    grant: Change
    key: Row
    receipt: Row
    captures: Captures
    minted: Minted


def settle(store: SqlStore) -> Situation:
    """A concept with two versions in REVIEW, a published one, a draft with a receipt, and a key."""
    in_review = submit(store, edit(store, create(store, FULL), CLEARER)).concept.id
    finished = published(store).concept.id
    command = concepts.CreateConcept(content=evolve(FULL, name="Rate"))
    do(
        store,
        concepts.create_concept,
        command,
        idempotency=Idempotency("order-1", concepts.ConceptSaved),
    )
    wanted = CreateKey(owner=NOOR, scopes=("concepts:read",), expires_at=BEGINNING + 900 * DAY)
    key_id = do(store, create_key, wanted).key.id
    captured, minted = settle_captures(store), settle_tokens(store)
    return store.read(_situation, in_review, finished, key_id, captured, minted)


def _situation(
    tx: SqlReading, in_review: str, finished: str, key_id: str, captured: Captures, minted: Minted
) -> Situation:
    head, latest = tx.concepts.search.get_current(in_review)
    now = head.entity.updated_at + DAY
    edited = head.entity.transition("edit", now=now)
    version = edited.new_version(FULL, version_id="version-3", by=MAYA, note="as it was")
    born = Concept.create("create", now=now, id="new")
    first = born.new_version(FULL, version_id="version-1", by=MAYA, note="new")
    key = tx.keys.get(key_id)
    other = evolve(key.entity, id="new", created_at=now, updated_at=now)
    return Situation(
        reviewed=tx.history.of("concept", in_review)[-1],
        published=tx.history.of("concept", finished)[-1],
        kept=_version_row(latest),
        approve=change_for(CAUSE, head, head.entity.transition("approve", now=now), "approve"),
        edit=_change(head, edited, "edit", version),
        version=_version_row(version),
        warnings=_warnings_row(version),
        create=_change(None, born, "create", first),
        first=_version_row(first),
        first_warnings=_warnings_row(first),
        granted=tx.history.of("key", key_id)[-1],
        revoke=change_for(CAUSE, key, key.entity.transition("revoke", now=now), "revoke"),
        grant=change_for(CAUSE, None, other, "create"),
        key=_key_row(other),
        receipt=_receipt_row("order-2", now),
        captures=captured,
        minted=minted,
    )


def _change(
    head: Head[Concept] | None, concept: Concept, action: str, version: ConceptVersion
) -> Change:
    records = version_records(version, ())
    return change_for(CAUSE, head, concept, action, data=version_data(), records=records)


def _version_row(version: ConceptVersion) -> Row:
    content = asdict(version.content, recurse=False)
    name, definition = name_key(version.content.name), name_key(version.content.definition)
    fields = asdict(version, recurse=False)
    del fields["content"]
    return fields | content | {"name_key": name, "search_key": f"{name}\n{definition}"}


def _warnings_row(version: ConceptVersion) -> Row:
    place = {"concept_id": version.concept_id, "version_number": version.version_number}
    return place | {"computed_at": version.created_at, "ruleset": 1, "warnings": []}


def _key_row(key: Key) -> Row:
    own = {
        "owner": key.owner,
        "scopes": key.scopes,
        "secret_digest": key.secret_digest,
        "expires_at": key.expires_at,
    }
    return own | {"created_at": key.created_at}


def _receipt_row(key: str, at: datetime) -> Row:
    receipt = Receipt(owner=MAYA, key=key, fingerprint=digest(key), result={"answer": 1}, at=at)
    return asdict(evolve(receipt, hash=receipt.digest()), recurse=False)


def move(to: Change, /, **other: object) -> Update:
    """The head's half of a step."""
    head = HEAD_TABLES[to.lifecycle]
    return update(head).where(head.c.id == to.entity_id).values(_shown(to) | other)


def born(to: Change, /, **other: object) -> Insert:
    """The head's half of a birth."""
    head = HEAD_TABLES[to.lifecycle]
    own = {"name_key": name_key(FULL.name)} if to.lifecycle == "concept" else {}
    return insert(head).values({"id": to.entity_id, "created_at": to.at} | own | _shown(to) | other)


def log(change: Change, /, **other: object) -> Insert:
    """The record's half of either."""
    return insert(HISTORY).values(asdict(change, recurse=False) | other)


def keep(version: Row, /, **other: object) -> Insert:
    """The row of a version."""
    return insert(VERSIONS).values({**version, **other})


def remark(warnings: Row, /, **other: object) -> Insert:
    """The row of a version's warnings."""
    return insert(WARNINGS).values({**warnings, **other})


def answer(receipt: Row, /, **other: object) -> Insert:
    """The row of a receipt."""
    return insert(RECEIPTS).values({**receipt, **other})


def after(change: Change, **other: object) -> Change:
    """Return a change with the next seq, a day later, with its true digest.

    The change need not be legal: the database decides.
    """
    following: dict[str, object] = {
        "seq": change.seq + 1,
        "from_state": change.to_state,
        "prev_hash": change.hash,
    }
    own: dict[str, object] = {"adds_version": 0, "at": change.at + DAY, "data": {}}
    return sealed(change, **following | own | other)


def sealed(change: Change, **other: object) -> Change:
    """Another change with its true digest."""
    fields: dict[str, Any] = {**other}
    changed = evolve(change, **fields)
    return evolve(changed, hash=changed.digest())


def editing(s: Situation, **other: object) -> tuple[Executable, ...]:
    """A whole edit."""
    return move(s.edit), keep(s.version, **other), remark(s.warnings), log(s.edit)


def creating(s: Situation, **other: object) -> tuple[Executable, ...]:
    """A whole birth."""
    return born(s.create), keep(s.first, **other), remark(s.first_warnings), log(s.create)


def _shown(to: Change) -> dict[str, Any]:
    counter = {"current_version": to.version} if to.lifecycle == "concept" else {}
    return {"status": to.to_state, "seq": to.seq, "hash": to.hash, "updated_at": to.at} | counter
