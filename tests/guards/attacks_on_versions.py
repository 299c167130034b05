"""Illegal writes to the versions of concepts, and to the remarks on them."""

from collections.abc import Mapping

from sqlalchemy import delete, update
from tests.guards.kinds import Kind, further
from tests.guards.situation import (
    DAY,
    after,
    editing,
    keep,
    log,
    move,
    remark,
)

from indelible_sql.concepts.tables import VERSIONS, WARNINGS

ON_VERSIONS: Mapping[str, Kind] = {
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
}
