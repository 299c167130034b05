"""Illegal writes to the versions of concepts, and to their warnings."""

from collections.abc import Mapping

from sqlalchemy import delete, update
from tests.guards.attack_parts import Kind, further_step
from tests.guards.situation import edit_writes, insert_version, insert_warnings
from tests.guards.writes import DAY, following_change, insert_change, update_head

from indelible_sql.concepts.tables import VERSIONS, WARNINGS

ON_VERSIONS: Mapping[str, Kind] = {
    "an edit after publishing": {
        "an edit of a published concept": lambda s: further_step(
            s.published, action="edit", adds_version=1, version=s.published.version + 1
        ),
        "an edit of a published concept from REVIEW": lambda s: further_step(
            s.published,
            action="edit",
            from_state="REVIEW",
            to_state="REVIEW",
            adds_version=1,
            version=2,
        ),
        "a second version of a published concept": lambda s: (
            insert_version(
                s.version,
                concept_id=s.published.entity_id,
                version_number=2,
                created_at=s.published.at,
            ),
        ),
        "warnings of a missing version": lambda s: (
            insert_warnings(
                s.warnings,
                concept_id=s.published.entity_id,
                version_number=2,
                computed_at=s.published.at,
            ),
        ),
    },
    "a version gap": {
        "an edit whose version is one too high": lambda s: (
            update_head(s.edit),
            insert_version(s.version, version_number=4),
            insert_change(s.edit),
        ),
        "an edit that skips a version": lambda s: (
            update_head(s.edit, current_version=4),
            insert_change(s.edit, version=4),
        ),
        "an edit with its version after a gap": lambda s: (
            update_head(s.edit, current_version=4),
            insert_version(s.version, version_number=4),
            insert_change(s.edit, version=4),
        ),
        "an approval that adds a version": lambda s: (
            update_head(s.approve, current_version=3),
            insert_version(s.version),
            insert_change(s.approve, version=3, adds_version=1),
        ),
        "an edit that adds no version": lambda s: (
            update_head(s.edit, current_version=2),
            insert_change(s.edit, version=2, adds_version=0),
        ),
        "a version of another time": lambda s: (
            update_head(s.edit),
            insert_version(s.version, created_at=s.edit.at - DAY),
            insert_change(s.edit),
        ),
        "a version without an edit": lambda s: (insert_version(s.version),),
        "warnings without an edit": lambda s: (insert_warnings(s.warnings),),
        "a version that is added late": lambda s: (
            update_head(s.edit),
            insert_change(s.edit),
            update_head(following_change(s.edit, at=s.edit.at + DAY)),
            insert_version(s.version),
        ),
        "warnings that are added late": lambda s: (
            update_head(s.edit),
            insert_version(s.version),
            insert_change(s.edit),
            *further_step(s.edit, action="approve", to_state="APPROVED"),
            insert_warnings(s.warnings),
        ),
    },
    "a version twice": {
        "a version, added twice": lambda s: (
            update_head(s.edit),
            insert_version(s.version),
            insert_version(s.version, id="version-4"),
        ),
        "an older version again": lambda s: (insert_version(s.stored_version, id="version-4"),),
        "a version under a stored id": lambda s: (
            update_head(s.edit),
            insert_version(s.version, id=s.stored_version["id"]),
        ),
        "warnings, added twice": lambda s: (
            update_head(s.edit),
            insert_version(s.version),
            insert_warnings(s.warnings),
            insert_warnings(s.warnings),
        ),
    },
    "a version rewritten or deleted": {
        "a version with another name": lambda _: (update(VERSIONS).values(name="Rate"),),
        "a version under another number": lambda _: (update(VERSIONS).values(version_number=9),),
        "a version of another concept": lambda s: (
            update(VERSIONS).values(concept_id=s.published.entity_id),
        ),
        "warnings that are removed": lambda _: (update(WARNINGS).values(warnings=[]),),
        "the last version, deleted": lambda s: (
            delete(VERSIONS).where(VERSIONS.c.id == s.stored_version["id"]),
        ),
        "a new version that is deleted": lambda s: (
            *edit_writes(s),
            delete(WARNINGS),
            delete(VERSIONS).where(VERSIONS.c.id == s.version["id"]),
        ),
    },
}
