"""Illegal writes to the heads of concepts and keys, and to their changes."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, update
from tests.guards.attack_parts import (
    Kind,
    approval_writes,
    change_row,
    edge_row,
    further_step,
    reviewed_head_row,
)
from tests.guards.raw_sql import NULL, upsert
from tests.guards.situation import (
    creation_writes,
    edit_writes,
    insert_concept,
    insert_key,
    insert_receipt,
    insert_version,
    insert_warnings,
)
from tests.guards.writes import (
    DAY,
    following_change,
    insert_change,
    update_head,
    with_digest,
)

from indelible_sql.concepts.tables import CONCEPTS, VERSIONS
from indelible_sql.kernel.keys import KEYS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS

LATER = timedelta(microseconds=1)
STEP = ("lifecycle", "from_state", "action")
B = "b" * 64
C = "c" * 64

LEGAL_ON_CONCEPTS: Kind = {
    "a concept is edited": edit_writes,
    "a concept is submitted": lambda s: (
        *creation_writes(s),
        *further_step(s.create, action="submit", to_state="REVIEW"),
    ),
    "a concept is published": lambda s: (
        update_head(s.approve),
        insert_change(s.approve),
        *further_step(s.approve, action="publish", to_state="PUBLISHED"),
    ),
    "a receipt is saved": lambda s: (insert_receipt(s.receipt),),
}

# What SQLite accepts with foreign keys off.
WITHOUT_RECORD: Mapping[str, Kind] = {
    "a state skipped": {
        "a head that skips a state alone": lambda s: (update_head(s.approve, status="PUBLISHED"),)
    },
    "an earlier state": {
        "a head that returns to a state alone": lambda s: (update_head(s.approve, status="DRAFT"),)
    },
    "an undeclared state or action": {
        "a head alone in an undeclared state": lambda s: (update_head(s.approve, status="BURNT"),)
    },
    "a head recreated or moved back": {
        "a head that is created at seq 7": lambda s: (
            insert_concept(s, seq=7, updated_at=s.create.at + DAY),
        ),
    },
    "a concept without its version": {
        "a birth without a version": lambda s: (insert_concept(s), insert_change(s.create)),
        "an edit without a version": lambda s: (update_head(s.edit), insert_change(s.edit)),
        "a birth without warnings": lambda s: (
            insert_concept(s),
            insert_version(s.first_version),
            insert_change(s.create),
        ),
        "an edit without warnings": lambda s: (
            update_head(s.edit),
            insert_version(s.version),
            insert_change(s.edit),
        ),
        "a birth in PUBLISHED without records": lambda s: (insert_concept(s, status="PUBLISHED"),),
    },
    "a reference to a missing change or version": {
        "a head with the hash of no change": lambda s: (update_head(s.approve, hash=C),),
        "a head with another concept's change": lambda s: (
            insert_concept(
                s, status="REVIEW", seq=3, hash=s.reviewed.hash, updated_at=s.create.at + DAY
            ),
        ),
        "a name key that is not its version's": lambda s: (
            update_head(s.edit, name_key="rate"),
            insert_version(s.version),
            insert_warnings(s.warnings),
            insert_change(s.edit),
        ),
    },
}

ON_CONCEPTS: Mapping[str, Kind] = {
    "a state skipped": {
        "a review that is published": lambda s: approval_writes(
            s, action="publish", to_state="PUBLISHED"
        ),
        "an approval that publishes": lambda s: approval_writes(s, to_state="PUBLISHED"),
        "a publication from another state than the stored one": lambda s: approval_writes(
            s, from_state="APPROVED", action="publish", to_state="PUBLISHED"
        ),
        "a birth in REVIEW": lambda s: (
            insert_concept(s, status="REVIEW"),
            insert_version(s.first_version),
            insert_change(s.create, to_state="REVIEW"),
        ),
        "a birth by a later edge": lambda s: (
            insert_concept(s, status="REVIEW"),
            insert_version(s.first_version),
            insert_change(s.create, from_state="REVIEW", action="edit", to_state="REVIEW"),
        ),
        "a key that is created revoked": lambda s: (
            insert_key(s, status="REVOKED"),
            insert_change(s.grant, action="revoke", to_state="REVOKED"),
        ),
    },
    "an earlier state": {
        "a rejection to DRAFT": lambda s: approval_writes(s, action="reject", to_state="DRAFT"),
        "a submission to DRAFT": lambda s: approval_writes(s, action="submit", to_state="DRAFT"),
        "a published concept that is approved again": lambda s: further_step(
            s.published, action="approve", to_state="APPROVED"
        ),
        "a revoked key that is active again": lambda s: (
            update_head(s.revoke),
            insert_change(s.revoke),
            *further_step(s.revoke, action="create", to_state="ACTIVE"),
        ),
    },
    "an undeclared state or action": {
        "a state in lower case": lambda s: approval_writes(s, to_state="approved"),
        "a padded state": lambda s: approval_writes(s, to_state="APPROVED "),
        "an undeclared action": lambda s: approval_writes(s, action="burn"),
        "an empty state": lambda s: approval_writes(s, to_state=""),
    },
    "a head that differs from its change": {
        "a head in another state than its change": lambda s: (
            update_head(s.approve, status="PUBLISHED"),
            insert_change(s.approve),
        ),
        "a head with another hash than its change": lambda s: (
            update_head(s.approve, hash=C),
            insert_change(s.approve),
        ),
        "a head with another version than its change": lambda s: (
            update_head(s.approve, current_version=1),
            insert_change(s.approve),
        ),
        "a head at another time than its change": lambda s: (
            update_head(s.approve, updated_at=s.approve.at + DAY),
            insert_change(s.approve),
        ),
        "two steps with one change": lambda s: (
            update_head(s.approve),
            *further_step(s.approve, action="publish"),
        ),
        "two edits, of which the first leaves no version": lambda s: (
            update_head(s.edit),
            insert_change(s.edit),
            update_head(following_change(s.edit, version=4)),
            insert_version(s.version, version_number=4),
        ),
    },
    "a change without its predecessor": {
        "a wrong predecessor": lambda s: approval_writes(s, prev_hash=C),
        "no predecessor": lambda s: approval_writes(s, prev_hash=""),
        "another concept's predecessor": lambda s: approval_writes(s, prev_hash=s.published.hash),
        "a predecessor in another state": lambda s: approval_writes(s, from_state="APPROVED"),
        "a birth with a predecessor": lambda s: (
            insert_concept(s),
            insert_version(s.first_version),
            insert_warnings(s.first_warnings),
            insert_change(s.create, prev_hash=C),
        ),
        "a gap in seq": lambda s: (update_head(s.approve, seq=9), insert_change(s.approve, seq=9)),
        "a birth at seq 2": lambda s: (
            insert_concept(s, seq=2, created_at=s.create.at - DAY),
            insert_version(s.first_version),
            insert_change(s.create, seq=2),
        ),
        "a version far ahead": lambda s: (
            update_head(s.approve, current_version=9),
            insert_change(s.approve, version=9),
        ),
        "a birth at version 7": lambda s: (
            insert_concept(s, current_version=7),
            insert_change(s.create, version=7),
        ),
    },
    "a change that its head does not show": {
        "a change before its head": lambda s: (insert_change(s.approve), update_head(s.approve)),
        "two changes of which the head follows one": lambda s: (
            update_head(s.approve),
            insert_change(s.approve),
            insert_change(following_change(s.approve, action="publish", to_state="PUBLISHED")),
        ),
        "a second change at one seq": lambda s: (
            update_head(s.approve),
            insert_change(s.approve),
            insert_change(s.approve),
        ),
        "a fork at one seq": lambda s: (
            update_head(s.approve),
            insert_change(s.approve),
            insert_change(s.approve, action="edit", to_state="REVIEW", adds_version=1, version=3),
        ),
        "a change of an undeclared lifecycle": lambda s: (
            insert_change(with_digest(s.create, lifecycle="reservation")),
        ),
        "a concept's change in the lifecycle of keys": lambda s: (
            update_head(s.approve),
            insert_change(s.approve, lifecycle="key"),
        ),
    },
    "a column updated without a change": {
        "a time, updated to itself": lambda _: (
            update(CONCEPTS).values(updated_at=CONCEPTS.c.updated_at),
        ),
        "a hash, updated": lambda _: (update(CONCEPTS).values(hash=C),),
        "a key's owner, updated": lambda _: (update(KEYS).values(owner="user:eve"),),
        "a key's scopes, updated": lambda _: (update(KEYS).values(scopes=["admin"]),),
        "a key's secret, updated": lambda _: (update(KEYS).values(secret_digest=B),),
        "a key's expiry, removed": lambda _: (update(KEYS).values(expires_at=NULL),),
    },
    "a head recreated or moved back": {
        "a new head that is deleted": lambda s: (
            insert_concept(s),
            delete(CONCEPTS).where(CONCEPTS.c.id == s.create.entity_id),
        ),
        "a step with the seq of the last one": lambda s: (
            update_head(s.approve, seq=s.reviewed.seq),
            insert_change(s.approve),
        ),
        "a concept moved back to its first change": lambda s: (
            update_head(s.approve, seq=1, status="DRAFT", current_version=1),
        ),
        "a key moved back to its first change": lambda s: (
            update_head(s.revoke),
            insert_change(s.revoke),
            update_head(s.key_created, updated_at=s.revoke.at + DAY),
        ),
        "a head with another id": lambda s: (
            update_head(s.approve, id="other"),
            insert_change(s.approve, entity_id="other"),
        ),
        "a head with another creation time": lambda s: (
            update_head(s.approve, created_at=s.reviewed.at - DAY),
            insert_change(s.approve),
        ),
        "a concept created earlier than its change": lambda s: (
            insert_concept(s, created_at=s.create.at - DAY),
            insert_version(s.first_version),
            insert_change(s.create),
        ),
        "a key created earlier than its change": lambda s: (
            insert_key(s, created_at=s.grant.at - DAY),
            insert_change(s.grant),
        ),
        "a step at the time of the last one": lambda s: (
            update_head(s.approve, updated_at=s.reviewed.at),
            insert_change(s.approve, at=s.reviewed.at),
        ),
        "a step before the last one": lambda s: (
            update_head(s.approve, updated_at=s.reviewed.at - LATER),
            insert_change(s.approve, at=s.reviewed.at - LATER),
        ),
    },
    "an upsert": {
        "a change, upserted": lambda s: (
            upsert(
                HISTORY, change_row(s.reviewed), ("lifecycle", "entity_id", "seq"), reason="another"
            ),
        ),
        "a version, upserted": lambda s: (
            upsert(VERSIONS, s.stored_version, ("concept_id", "version_number"), name="Rate"),
        ),
        "a concept, upserted": lambda s: (
            upsert(CONCEPTS, reviewed_head_row(s), ("id",), status="PUBLISHED"),
        ),
        "a receipt, upserted": lambda s: (
            upsert(RECEIPTS, {**s.receipt, "key": "order-1"}, ("owner", "key"), result={}),
        ),
        "an edge, upserted": lambda _: (
            upsert(EDGES, edge_row("DRAFT", "submit", "REVIEW"), STEP, to_state="PUBLISHED"),
        ),
    },
    "a concept without its version": {
        "a birth that adds no version": lambda s: (
            insert_concept(s),
            insert_version(s.first_version),
            insert_change(s.create, adds_version=0),
        ),
        "a birth at version 0": lambda s: (
            insert_concept(s, current_version=0),
            insert_change(s.create, version=0, adds_version=0),
        ),
        "a version before its concept": lambda s: (insert_version(s.first_version),),
    },
    "a reference to a missing change or version": {
        "a version number, updated": lambda _: (update(CONCEPTS).values(current_version=9),),
        "a version number, updated to an earlier one": lambda _: (
            update(CONCEPTS).values(current_version=1),
        ),
        "a version of no concept": lambda s: (
            insert_version(s.first_version, concept_id="nobody"),
        ),
        "warnings of no version": lambda s: (
            update_head(s.edit),
            insert_warnings(s.warnings),
            insert_change(s.edit),
        ),
    },
}
