"""The tables of concepts: the head, its versions and their warnings."""

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint

from indelible.concepts.entities import Concept, ConceptContent, ConceptVersion, VersionWarnings
from indelible_sql.schema.checks import previous_number
from indelible_sql.schema.columns import ACTOR, CONTENT, NAME_KEY, required
from indelible_sql.schema.entity_columns import entity_columns, named_columns
from indelible_sql.schema.entity_tables import entity_head, entity_record, list_indexes
from indelible_sql.schema.tables import key, table

VERSION_KEY = ("concept_id", "version_number")
CONCEPTS = entity_head(
    "concepts",
    Concept,
    required("name_key", NAME_KEY),
    key(
        "concepts_version",
        ["id", "current_version", "name_key"],
        "concept_versions",
        [*VERSION_KEY, "name_key"],
        deferred=True,
    ),
    key(
        "concepts_warnings",
        ["id", "current_version"],
        "concept_warnings",
        VERSION_KEY,
        deferred=True,
    ),
    Index("concepts_name_key", "name_key"),
    *list_indexes("concepts", "status", "created_at", "updated_at"),
)
VERSIONS = table(
    "concept_versions",
    *named_columns(ConceptVersion, "id", "concept_id", "version_number"),
    previous_number("version_number", name="previous_number"),
    *entity_columns(ConceptContent),
    *named_columns(
        ConceptVersion,
        "created_by",
        "created_at",
        "change_note",
        # The column of a note takes any text, and that of a label refuses blank ones.
        types={"created_by": ACTOR, "change_note": CONTENT},
    ),
    required("name_key", NAME_KEY),
    required("search_key", CONTENT),
    PrimaryKeyConstraint(*VERSION_KEY, name="concept_versions_pkey"),
    UniqueConstraint("id", name="concept_versions_id"),
    UniqueConstraint(*VERSION_KEY, "created_at", name="concept_versions_created_at"),
    UniqueConstraint(*VERSION_KEY, "name_key", name="concept_versions_name_key"),
    key("concept_versions_concept", ["concept_id"], "concepts", ["id"]),
    key(
        "concept_versions_previous",
        ["concept_id", "previous_number"],
        "concept_versions",
        VERSION_KEY,
    ),
    has_rowid=False,
)
WARNINGS = entity_record(
    "concept_warnings",
    VersionWarnings,
    Concept,
    key(
        "concept_warnings_version",
        [*VERSION_KEY, "computed_at"],
        "concept_versions",
        [*VERSION_KEY, "created_at"],
    ),
    has_previous=False,
)
