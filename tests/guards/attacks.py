"""Illegal writes by kind: each is a legal one with one thing changed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Table, delete, update
from tests.guards.arena import Statement
from tests.guards.attacks_by_dialect import ON_POSTGRESQL, ON_SQLITE
from tests.guards.attacks_generated import GENERATED
from tests.guards.attacks_on_columns import COLUMNS, HEADS_OF_CAPTURES, birth_of
from tests.guards.attacks_on_records import RECORDS
from tests.guards.attacks_on_tokens import ALONE_OF_TOKENS, LEGAL_OF_TOKENS, ON_TOKENS
from tests.guards.captured import captured, keep_signal
from tests.guards.kinds import Kind, Write, edge, further, row, shown, step
from tests.guards.raw import NULL, raw, upsert
from tests.guards.situation import (
    DAY,
    B,
    C,
    Row,
    Situation,
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

from indelible.captures import EngagementLevel
from indelible.kernel import Change
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS, SUBSPACES
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.kernel.keys import KEYS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS

LATER = timedelta(microseconds=1)
STEP = ("lifecycle", "from_state", "action")


def _two_steps(name: str) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        change: Change = getattr(s.captures, name)
        return move(change), move(after(change, to_state=change.to_state))

    return write


def _again(head: Table, row: Row) -> Statement:
    moved = {"seq": raw("seq + 1"), "updated_at": row["updated_at"] + DAY}
    return update(head).where(head.c.id == row["id"]).values(moved)


def _born_twice(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        once = birth_of(s, head)
        return (*once, once[0])

    return write


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
    "an edit after publishing": {
        "an edit of a published concept": lambda s: further(
            s.published, action="edit", adds_version=1, version=s.published.version + 1
        ),
        "an edit that says it was in review": lambda s: further(
            s.published,
            action="edit",
            from_state="REVIEW",
            to_state="REVIEW",
            adds_version=1,
            version=2,
        ),
        "a version behind a published concept's back": lambda s: (
            keep(
                s.version,
                concept_id=s.published.entity_id,
                version_number=2,
                created_at=s.published.at,
            ),
        ),
        "a remark on a version that it does not have": lambda s: (
            remark(
                s.warnings,
                concept_id=s.published.entity_id,
                version_number=2,
                computed_at=s.published.at,
            ),
        ),
    },
    "a version gap": {
        "an edit whose version is one too high": lambda s: (
            move(s.edit),
            keep(s.version, version_number=4),
            log(s.edit),
        ),
        "an edit that skips a version": lambda s: (
            move(s.edit, current_version=4),
            log(s.edit, version=4),
        ),
        "an edit that goes on after a gap": lambda s: (
            move(s.edit, current_version=4),
            keep(s.version, version_number=4),
            log(s.edit, version=4),
        ),
        "an approval that adds a version": lambda s: (
            move(s.approve, current_version=3),
            keep(s.version),
            log(s.approve, version=3, adds_version=1),
        ),
        "an edit that adds none": lambda s: (
            move(s.edit, current_version=2),
            log(s.edit, version=2, adds_version=0),
        ),
        "a version of another time": lambda s: (
            move(s.edit),
            keep(s.version, created_at=s.edit.at - DAY),
            log(s.edit),
        ),
        "a version that nobody saved": lambda s: (keep(s.version),),
        "a remark that nobody computed": lambda s: (remark(s.warnings),),
        "a version that comes late": lambda s: (
            move(s.edit),
            log(s.edit),
            move(after(s.edit, at=s.edit.at + DAY)),
            keep(s.version),
        ),
        "a remark that comes late": lambda s: (
            move(s.edit),
            keep(s.version),
            log(s.edit),
            *further(s.edit, action="approve", to_state="APPROVED"),
            remark(s.warnings),
        ),
    },
    "a version twice": {
        "a version that is kept twice": lambda s: (
            move(s.edit),
            keep(s.version),
            keep(s.version, id="version-4"),
        ),
        "an older version again": lambda s: (keep(s.kept, id="version-4"),),
        "a version under another's id": lambda s: (move(s.edit), keep(s.version, id=s.kept["id"])),
        "remarks that are kept twice": lambda s: (
            move(s.edit),
            keep(s.version),
            remark(s.warnings),
            remark(s.warnings),
        ),
    },
    "a version rewritten": {
        "a version with another name": lambda _: (update(VERSIONS).values(name="Rate"),),
        "a version under another number": lambda _: (update(VERSIONS).values(version_number=9),),
        "a version of another concept": lambda s: (
            update(VERSIONS).values(concept_id=s.published.entity_id),
        ),
        "a remark that is taken back": lambda _: (update(WARNINGS).values(warnings=[]),),
    },
    "a version deleted": {
        "versions that are deleted": lambda _: (delete(VERSIONS),),
        "the last version, deleted": lambda s: (
            delete(VERSIONS).where(VERSIONS.c.id == s.kept["id"]),
        ),
        "remarks that are deleted": lambda _: (delete(WARNINGS),),
        "a new version that is deleted": lambda s: (
            *editing(s),
            delete(WARNINGS),
            delete(VERSIONS).where(VERSIONS.c.id == s.version["id"]),
        ),
    },
    "a capture undone": {
        "an engagement that falls": lambda s: captured(
            s.captures.again, artifact={"engagement_level": EngagementLevel.LATENT}
        ),
        "an engagement that is set": lambda _: (
            update(ARTIFACTS).values(engagement_level=raw("0")),
        ),
        "an engagement that its signal did not reach": lambda s: captured(
            s.captures.again, artifact={"engagement_level": EngagementLevel.SATURATED}
        ),
        "a depth that falls": lambda s: captured(s.captures.again, artifact={"reading_depth": 0.0}),
        "a scroll that falls": lambda s: captured(s.captures.again, artifact={"scroll_depth": 0.0}),
        "a dwell that falls": lambda s: captured(s.captures.again, artifact={"dwell_time_ms": 0}),
        "a word count that falls": lambda s: captured(s.captures.again, artifact={"word_count": 0}),
        "a stamp that falls": lambda s: captured(s.captures.again, artifact={"stamp": "2000"}),
        "an artifact of another page": lambda s: captured(
            s.captures.again, artifact={"normalized_url": "https://example.org/elsewhere"}
        ),
        "an artifact that is deleted": lambda s: (
            delete(ARTIFACTS).where(ARTIFACTS.c.id == s.captures.artifact_id),
        ),
        "a centroid that is deleted": lambda _: (delete(CENTROIDS),),
        "a centroid that is moved": lambda _: (update(CENTROIDS).values(confidence=1.0),),
        "a centroid of another space": lambda s: captured(
            s.captures.again, centroid={"space_id": "other"}
        ),
        "a second page of one address": lambda s: captured(
            s.captures.new, artifact={"normalized_url": s.captures.again.artifact["normalized_url"]}
        ),
    },
    "a signal out of its turn": {
        "a signal alone": lambda s: (keep_signal(s.captures.again),),
        "a signal of another seq": lambda s: captured(s.captures.again, artifact_seq=9),
        "an update out of its turn": lambda s: captured(s.captures.again, applied_seq=9),
        "an update that its centroid does not show": lambda s: (
            captured(s.captures.again)[0],
            captured(s.captures.again)[2],
        ),
        "a signal with another hash": lambda s: captured(s.captures.again, hash=C),
        "a signal at another time": lambda s: captured(
            s.captures.again, recorded_at=s.captures.rename.at
        ),
        "the same key again": lambda s: captured(s.captures.again, capture_key="k-1"),
        "the same id again": lambda s: (*captured(s.captures.again), keep_signal(s.captures.again)),
        "a signal by no algorithm": lambda s: captured(s.captures.again, algorithm_id="nobody"),
        "a signal of no space": lambda s: captured(s.captures.again, space_id="nowhere"),
        "a signal of another user": lambda s: captured(s.captures.again, user_id="noor"),
        "a signal of no part": lambda s: captured(s.captures.again, subspace_id="nowhere"),
        "a signal of no artifact": lambda s: captured(s.captures.again, artifact_id="nowhere"),
    },
    "a signal rewritten": {
        "a signal with another margin": lambda _: (update(SIGNALS).values(margin=1.0),),
        "a signal with another vector": lambda s: (
            update(SIGNALS).values(vector=s.captures.new.signal["vector"]),
        ),
        "signals that are deleted": lambda _: (delete(SIGNALS),),
        "a new signal that is deleted": lambda s: (
            *captured(s.captures.again),
            delete(SIGNALS).where(SIGNALS.c.id == s.captures.again.signal["id"]),
        ),
    },
    "a head of captures reborn or moved back": {
        **{f"{head.name}, the same birth twice": _born_twice(head) for head in HEADS_OF_CAPTURES},
        **{
            f"two steps with one change: {name}": _two_steps(name)
            for name in ("rename", "seed", "replace", "choose")
        },
        "two captures with one signal, of an artifact": lambda s: (
            captured(s.captures.again)[0],
            _again(ARTIFACTS, s.captures.again.artifact),
        ),
        "two captures with one signal, of a centroid": lambda s: (
            captured(s.captures.again)[1],
            _again(CENTROIDS, s.captures.again.centroid),
        ),
        "an artifact that is born twice": lambda s: (
            *captured(s.captures.new),
            captured(s.captures.new)[0],
        ),
        "a centroid that is born twice": lambda s: (
            *captured(s.captures.new),
            captured(s.captures.new)[1],
        ),
    },
    "what captures keep fixed": {
        "a space for another user": lambda s: (
            move(s.captures.rename, **{**s.captures.named, "user_id": "noor"}),
            log(s.captures.rename),
        ),
        "a space of another model": lambda s: (
            move(s.captures.rename, **{**s.captures.named, "model": "other"}),
            log(s.captures.rename),
        ),
        "a subspace of another user": lambda s: (
            move(s.captures.seed, **{**s.captures.seeded, "user_id": "noor"}),
            log(s.captures.seed),
        ),
        "a seed after the first capture": lambda s: (
            update(SUBSPACES)
            .where(SUBSPACES.c.id == s.captures.part_id)
            .values(
                seed=s.captures.new.signal["vector"],
                seq=raw("seq + 1"),
                updated_at=s.captures.seed.at,
            ),
        ),
        "an algorithm of another text": lambda s: (
            move(s.captures.replace, **{**s.captures.active, "formulas": "rate = 1.0"}),
            log(s.captures.replace),
        ),
        "a second active algorithm": lambda s: (
            born(s.captures.register, **s.captures.algorithm),
            log(s.captures.register),
            *further(s.captures.register, action="activate", to_state="ACTIVE"),
        ),
        "a space that is created twice": lambda s: (
            born(s.captures.begin, **s.captures.space, id=s.captures.space_id),
        ),
        "a subspace of no space": lambda s: (
            born(s.captures.part, **{**s.captures.subspace, "space_id": "nowhere"}),
            log(s.captures.part),
        ),
    },
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
    """Every attack on a database, by kind and by name."""
    found: dict[str, dict[str, Write]] = {}
    own = ON_SQLITE if dialect == "sqlite" else ON_POSTGRESQL
    for table in (ON_BOTH, ON_TOKENS, RECORDS, HEADS_ALONE, own, COLUMNS, GENERATED):
        for kind, named in table.items():
            found.setdefault(kind, {}).update(named)
    return found
