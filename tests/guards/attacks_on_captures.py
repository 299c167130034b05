"""Illegal writes to captures: their heads, artifacts, centroids and signals."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Table, delete, update
from tests.guards.arena import Statement
from tests.guards.attacks_on_columns import HEADS_OF_CAPTURES, birth_of
from tests.guards.captured import captured, keep_signal
from tests.guards.kinds import Kind, Write, further
from tests.guards.raw import raw
from tests.guards.situation import (
    DAY,
    C,
    Row,
    Situation,
    after,
    born,
    log,
    move,
)

from indelible.captures import EngagementLevel
from indelible.kernel import Change
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS, SUBSPACES


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


ON_CAPTURES: Mapping[str, Kind] = {
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
}
