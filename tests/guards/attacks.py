"""Illegal writes by kind: each is a legal one with one thing changed."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, update
from tests.guards.attacks_by_dialect import ON_POSTGRESQL, ON_SQLITE
from tests.guards.attacks_generated import GENERATED
from tests.guards.attacks_on_captures import ON_CAPTURES
from tests.guards.attacks_on_columns import COLUMNS
from tests.guards.attacks_on_records import RECORDS
from tests.guards.attacks_on_tokens import ALONE_OF_TOKENS, LEGAL_OF_TOKENS, ON_TOKENS
from tests.guards.attacks_on_versions import ON_VERSIONS
from tests.guards.captured import captured
from tests.guards.kinds import Kind, Write, edge, further, row, shown, step
from tests.guards.raw import NULL, raw, upsert
from tests.guards.situation import (
    DAY,
    B,
    C,
    after,
    answer,
    born,
    creating,
    editing,
    keep,
    log,
    move,
    remark,
    sealed,
)

from indelible_sql.concepts.tables import CONCEPTS, VERSIONS
from indelible_sql.kernel.keys import KEYS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS

LATER = timedelta(microseconds=1)
STEP = ("lifecycle", "from_state", "action")


LEGAL: Kind = {
    "a concept is created": creating,
    "a concept is edited": editing,
    "a concept is submitted": lambda s: (
        *creating(s),
        *further(s.create, action="submit", to_state="REVIEW"),
    ),
    "a concept is approved": lambda s: (move(s.approve), log(s.approve)),
    "a concept is published": lambda s: (
        move(s.approve),
        log(s.approve),
        *further(s.approve, action="publish", to_state="PUBLISHED"),
    ),
    "a key is granted": lambda s: (born(s.grant, **s.key), log(s.grant)),
    "a key is revoked": lambda s: (move(s.revoke), log(s.revoke)),
    "a receipt is kept": lambda s: (answer(s.receipt),),
    "a space is renamed": lambda s: (
        move(s.captures.rename, **s.captures.named),
        log(s.captures.rename),
    ),
    "a space is created": lambda s: (
        born(s.captures.begin, **s.captures.space),
        log(s.captures.begin),
    ),
    "a subspace is seeded": lambda s: (
        move(s.captures.seed, **s.captures.seeded),
        log(s.captures.seed),
    ),
    "a subspace is created": lambda s: (
        born(s.captures.part, **s.captures.subspace),
        log(s.captures.part),
    ),
    "an algorithm is registered": lambda s: (
        born(s.captures.register, **s.captures.algorithm),
        log(s.captures.register),
    ),
    "an algorithm is replaced": lambda s: (
        move(s.captures.replace, **s.captures.active),
        log(s.captures.replace),
    ),
    "a setting is changed": lambda s: (
        move(s.captures.choose, **s.captures.chosen),
        log(s.captures.choose),
    ),
    "a setting is first chosen": lambda s: (
        born(s.captures.first, **s.captures.setting),
        log(s.captures.first),
    ),
    "a page is captured again": lambda s: captured(s.captures.again),
    "a page is captured for the first time": lambda s: captured(s.captures.new),
    **LEGAL_OF_TOKENS,
}

# With foreign keys off, as they are in SQLite by default, a head can be left without its record.
HEADS_ALONE: Mapping[str, Kind] = {
    **ALONE_OF_TOKENS,
    "a status without history": {
        "a head that moves without its change": lambda s: (move(s.approve),),
        "a head that is born without its change": lambda s: (
            born(s.create),
            keep(s.first),
            remark(s.first_warnings),
        ),
        "a key that is revoked without its change": lambda s: (move(s.revoke),),
        "a key that is granted without its change": lambda s: (born(s.grant, **s.key),),
    },
    "a state skipped": {
        "a head that skips a state alone": lambda s: (move(s.approve, status="PUBLISHED"),)
    },
    "a state gone back to": {
        "a head that goes back alone": lambda s: (move(s.approve, status="DRAFT"),)
    },
    "a state invented": {
        "a head alone in an undeclared state": lambda s: (move(s.approve, status="BURNT"),)
    },
    "a head reborn or moved back": {
        "a head that is born late": lambda s: (
            born(s.create, seq=7, updated_at=s.create.at + DAY),
        ),
    },
    "a concept without its version": {
        "a birth without a version": lambda s: (born(s.create), log(s.create)),
        "an edit without a version": lambda s: (move(s.edit), log(s.edit)),
        "a birth without remarks": lambda s: (born(s.create), keep(s.first), log(s.create)),
        "an edit without remarks": lambda s: (move(s.edit), keep(s.version), log(s.edit)),
        "a published birth without anything": lambda s: (born(s.create, status="PUBLISHED"),),
    },
    "a capture without its signal": {
        "an artifact that moves without its signal": lambda s: captured(s.captures.again)[:1],
        "a centroid that moves without its signal": lambda s: captured(s.captures.again)[1:2],
        "an artifact that is born without its signal": lambda s: captured(s.captures.new)[:1],
        "a centroid that is born without its signal": lambda s: captured(s.captures.new)[1:2],
        "a space that is renamed without its change": lambda s: (
            move(s.captures.rename, **s.captures.named),
        ),
        "a subspace that is seeded without its change": lambda s: (
            move(s.captures.seed, **s.captures.seeded),
        ),
        "an algorithm that is replaced without its change": lambda s: (
            move(s.captures.replace, **s.captures.active),
        ),
        "a setting that is changed without its change": lambda s: (
            move(s.captures.choose, **s.captures.chosen),
        ),
    },
    "a pointer to nothing": {
        "a head that shows no change": lambda s: (move(s.approve, hash=C),),
        "a head that shows another's change": lambda s: (
            born(
                s.create, status="REVIEW", seq=3, hash=s.reviewed.hash, updated_at=s.create.at + DAY
            ),
        ),
        "a name's key that is not its version's": lambda s: (
            move(s.edit, name_key="rate"),
            keep(s.version),
            remark(s.warnings),
            log(s.edit),
        ),
    },
}

ON_BOTH: Mapping[str, Kind] = {
    "a state skipped": {
        "a review that is published": lambda s: step(s, action="publish", to_state="PUBLISHED"),
        "an approval that publishes": lambda s: step(s, to_state="PUBLISHED"),
        "a publishing from a state it was not in": lambda s: step(
            s, from_state="APPROVED", action="publish", to_state="PUBLISHED"
        ),
        "a birth in REVIEW": lambda s: (
            born(s.create, status="REVIEW"),
            keep(s.first),
            log(s.create, to_state="REVIEW"),
        ),
        "a birth by a later edge": lambda s: (
            born(s.create, status="REVIEW"),
            keep(s.first),
            log(s.create, from_state="REVIEW", action="edit", to_state="REVIEW"),
        ),
        "a key born revoked": lambda s: (
            born(s.grant, status="REVOKED", **s.key),
            log(s.grant, action="revoke", to_state="REVOKED"),
        ),
    },
    "a state gone back to": {
        "a review that is a draft again": lambda s: step(s, action="reject", to_state="DRAFT"),
        "a submission taken backward": lambda s: step(s, action="submit", to_state="DRAFT"),
        "a published concept that is approved again": lambda s: further(
            s.published, action="approve", to_state="APPROVED"
        ),
        "a revoked key that is active again": lambda s: (
            move(s.revoke),
            log(s.revoke),
            *further(s.revoke, action="create", to_state="ACTIVE"),
        ),
    },
    "a state invented": {
        "an undeclared state": lambda s: step(s, to_state="BURNT"),
        "a state in small letters": lambda s: step(s, to_state="approved"),
        "a padded state": lambda s: step(s, to_state="APPROVED "),
        "an undeclared action": lambda s: step(s, action="burn"),
        "a state without a name": lambda s: step(s, to_state=""),
    },
    "a status without history": {
        "a status that is set": lambda _: (update(CONCEPTS).values(status="PUBLISHED"),),
        "a head in another state than its change": lambda s: (
            move(s.approve, status="PUBLISHED"),
            log(s.approve),
        ),
        "a head with another hash than its change": lambda s: (
            move(s.approve, hash=C),
            log(s.approve),
        ),
        "a head with another version than its change": lambda s: (
            move(s.approve, current_version=1),
            log(s.approve),
        ),
        "a head at another time than its change": lambda s: (
            move(s.approve, updated_at=s.approve.at + DAY),
            log(s.approve),
        ),
        "two steps with one change": lambda s: (
            move(s.approve),
            *further(s.approve, action="publish"),
        ),
        "two steps, of which the first leaves no change": lambda s: (
            move(s.approve),
            move(after(s.approve, at=s.approve.at + DAY)),
        ),
        "two edits, of which the first leaves no version": lambda s: (
            move(s.edit),
            log(s.edit),
            move(after(s.edit, version=4)),
            keep(s.version, version_number=4),
        ),
        "a key that is revoked twice over": lambda s: (move(s.revoke), move(after(s.revoke))),
    },
    "a change without its predecessor": {
        "a wrong predecessor": lambda s: step(s, prev_hash=C),
        "no predecessor": lambda s: step(s, prev_hash=""),
        "another's predecessor": lambda s: step(s, prev_hash=s.published.hash),
        "a predecessor in another state": lambda s: step(s, from_state="APPROVED"),
        "a birth with a predecessor": lambda s: (
            born(s.create),
            keep(s.first),
            remark(s.first_warnings),
            log(s.create, prev_hash=C),
        ),
        "a gap in seq": lambda s: (move(s.approve, seq=9), log(s.approve, seq=9)),
        "a birth at seq 2": lambda s: (
            born(s.create, seq=2, created_at=s.create.at - DAY),
            keep(s.first),
            log(s.create, seq=2),
        ),
        "a version out of nowhere": lambda s: (
            move(s.approve, current_version=9),
            log(s.approve, version=9),
        ),
        "a birth at version 7": lambda s: (
            born(s.create, current_version=7),
            log(s.create, version=7),
        ),
    },
    "a change ahead of its head": {
        "a change whose head does not move": lambda s: (log(s.approve),),
        "a change before its head": lambda s: (log(s.approve), move(s.approve)),
        "a birth without a head": lambda s: (log(s.create),),
        "a key's birth without a head": lambda s: (log(s.grant),),
        "a key's end whose head does not move": lambda s: (log(s.revoke),),
        "two changes of which the head follows one": lambda s: (
            move(s.approve),
            log(s.approve),
            log(after(s.approve, action="publish", to_state="PUBLISHED")),
        ),
        "a second change at one seq": lambda s: (move(s.approve), log(s.approve), log(s.approve)),
        "a fork at one seq": lambda s: (
            move(s.approve),
            log(s.approve),
            log(s.approve, action="edit", to_state="REVIEW", adds_version=1, version=3),
        ),
        "a change of an undeclared lifecycle": lambda s: (
            log(sealed(s.create, lifecycle="reservation")),
        ),
        "a concept's change under a key's name": lambda s: (
            move(s.approve),
            log(s.approve, lifecycle="key"),
        ),
    },
    "data that changes without a change": {
        "a time that is touched": lambda _: (
            update(CONCEPTS).values(updated_at=CONCEPTS.c.updated_at),
        ),
        "a hash that is set": lambda _: (update(CONCEPTS).values(hash=C),),
        "a key for another owner": lambda _: (update(KEYS).values(owner="user:eve"),),
        "a key that opens more": lambda _: (update(KEYS).values(scopes=["admin"]),),
        "a key for another secret": lambda _: (update(KEYS).values(secret_digest=B),),
        "a key that never ends": lambda _: (update(KEYS).values(expires_at=NULL),),
        "a seq that jumps": lambda _: (update(CONCEPTS).values(seq=raw("seq + 2")),),
    },
    "a head reborn or moved back": {
        "a concept that is deleted": lambda _: (delete(CONCEPTS),),
        "a key that is deleted": lambda _: (delete(KEYS),),
        "a new head that is deleted": lambda s: (
            born(s.create),
            delete(CONCEPTS).where(CONCEPTS.c.id == s.create.entity_id),
        ),
        "a second birth of a concept": lambda s: (born(s.create, id=s.reviewed.entity_id),),
        "a second birth of a key": lambda s: (born(s.grant, **s.key, id=s.granted.entity_id),),
        "a step that keeps seq": lambda s: (move(s.approve, seq=s.reviewed.seq), log(s.approve)),
        "a head at its birth again": lambda s: (
            move(s.approve, seq=1, status="DRAFT", current_version=1),
        ),
        "a key at its birth again": lambda s: (
            move(s.revoke),
            log(s.revoke),
            move(s.granted, updated_at=s.revoke.at + DAY),
        ),
        "a head with another id": lambda s: (
            move(s.approve, id="other"),
            log(s.approve, entity_id="other"),
        ),
        "a head with another birthday": lambda s: (
            move(s.approve, created_at=s.reviewed.at - DAY),
            log(s.approve),
        ),
        "a birth that was earlier": lambda s: (
            born(s.create, created_at=s.create.at - DAY),
            keep(s.first),
            log(s.create),
        ),
        "a key's birth that was earlier": lambda s: (
            born(s.grant, **{**s.key, "created_at": s.grant.at - DAY}),
            log(s.grant),
        ),
        "time that stands still": lambda s: (
            move(s.approve, updated_at=s.reviewed.at),
            log(s.approve, at=s.reviewed.at),
        ),
        "time that runs back": lambda s: (
            move(s.approve, updated_at=s.reviewed.at - LATER),
            log(s.approve, at=s.reviewed.at - LATER),
        ),
    },
    **ON_VERSIONS,
    **ON_CAPTURES,
    "an upsert": {
        "a change, or another reason": lambda s: (
            upsert(HISTORY, row(s.reviewed), ("lifecycle", "entity_id", "seq"), reason="another"),
        ),
        "a version, or another name": lambda s: (
            upsert(VERSIONS, s.kept, ("concept_id", "version_number"), name="Rate"),
        ),
        "a concept, or another status": lambda s: (
            upsert(CONCEPTS, shown(s), ("id",), status="PUBLISHED"),
        ),
        "a receipt, or another answer": lambda s: (
            upsert(RECEIPTS, {**s.receipt, "key": "order-1"}, ("owner", "key"), result={}),
        ),
        "an edge, or another state": lambda _: (
            upsert(EDGES, edge("DRAFT", "submit", "REVIEW"), STEP, to_state="PUBLISHED"),
        ),
    },
    "a concept without its version": {
        "a birth that adds no version": lambda s: (
            born(s.create),
            keep(s.first),
            log(s.create, adds_version=0),
        ),
        "a birth at version 0": lambda s: (
            born(s.create, current_version=0),
            log(s.create, version=0, adds_version=0),
        ),
        "a version before its concept": lambda s: (keep(s.first),),
    },
    "a pointer to nothing": {
        "a pointer that is set": lambda _: (update(CONCEPTS).values(current_version=9),),
        "a pointer that is set back": lambda _: (update(CONCEPTS).values(current_version=1),),
        "a version of no concept": lambda s: (keep(s.first, concept_id="nobody"),),
        "a remark on no version": lambda s: (move(s.edit), remark(s.warnings), log(s.edit)),
    },
}


def attacks(dialect: str) -> dict[str, dict[str, Write]]:
    """Return every attack on a database, by kind and by name."""
    found: dict[str, dict[str, Write]] = {}
    own = ON_SQLITE if dialect == "sqlite" else ON_POSTGRESQL
    for table in (ON_BOTH, ON_TOKENS, RECORDS, HEADS_ALONE, own, COLUMNS, GENERATED):
        for kind, named in table.items():
            found.setdefault(kind, {}).update(named)
    return found
