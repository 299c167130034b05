"""The tables of captures: heads with a history, and signals with their derived heads."""

from collections.abc import Iterator

from sqlalchemy import Boolean, Index, PrimaryKeyConstraint, UniqueConstraint, literal_column

from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace
from indelible.captures.entities.records import Artifact, Centroid, Signal
from indelible_sql.captures.columns import DOMAINS
from indelible_sql.schema.columns import ACTOR
from indelible_sql.schema.entity_columns import entity_columns, named_columns
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.entity_tables import entity_head, list_indexes
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import RecordHeadRule, fixed_columns_guard
from indelible_sql.schema.tables import key, table

SPACES = entity_head("spaces", Space, *list_indexes("spaces", "user_id"))
SUBSPACES = entity_head(
    "subspaces",
    Subspace,
    key("subspaces_space", ["space_id"], "spaces", ["id"]),
    *list_indexes("subspaces", "space_id"),
    domains=DOMAINS,
)
_IS_ACTIVE = literal_column("status = 'ACTIVE'", Boolean())
ALGORITHMS = entity_head(
    "algorithms",
    AlgorithmVersion,
    # Not a rule of one per parent: its guards of SQLite would be others than `one_active`.
    Index(
        "algorithms_active",
        "status",
        unique=True,
        postgresql_where=_IS_ACTIVE,
        sqlite_where=_IS_ACTIVE,
    ),
)

RISING = ("engagement_level", "reading_depth", "scroll_depth", "dwell_time_ms", "word_count")
ARTIFACTS = table(
    "artifacts",
    *named_columns(
        Artifact,
        *("id", "seq", "hash", "user_id", "space_id", "normalized_url"),
        *("title", "title_stamp", "content", "content_stamp"),
        *RISING,
        *("vector", "content_source", "stamp", "created_at", "updated_at"),
        domains=DOMAINS,
    ),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("space_id", "normalized_url", name="artifacts_normalized_url"),
    key("artifacts_space", ["space_id"], "spaces", ["id"]),
    key(
        "artifacts_signal",
        ["id", "seq", "hash"],
        "signals",
        ["artifact_id", "artifact_seq", "hash"],
        deferred=True,
    ),
    Index("artifacts_space_id", "space_id", "id"),
    Index("artifacts_created_at", "space_id", "created_at", "id"),
    has_rowid=False,
)
CENTROIDS = table(
    "centroids",
    *entity_columns(Centroid, domains=DOMAINS),
    PrimaryKeyConstraint("id"),
    key("centroids_subspace", ["id"], "subspaces", ["id"]),
    key(
        "centroids_signal",
        ["id", "seq", "hash"],
        "signals",
        ["subspace_id", "applied_seq", "hash"],
        deferred=True,
    ),
    Index("centroids_space_id", "space_id", "id"),
    has_rowid=False,
)
SIGNALS = table(
    "signals",
    *named_columns(
        Signal,
        *("id", "capture_key", "fingerprint", "user_id", "space_id", "artifact_id"),
        *("artifact_seq", "url", "normalized_url", "title", "content", "session_id"),
        *("named_subspace_id", "content_source"),
        *RISING,
        *("embedding_model", "vector", "captured_at", "recorded_at", "actor", "reason"),
        *("request_id", "algorithm_id", "threshold", "magnitude", "subspace_id", "decision"),
        *("nearest_distance", "second_distance", "margin", "applied_seq", "drift"),
        *("logged_drift", "centroid_digest", "reached_level", "warnings", "hash"),
        types={"actor": ACTOR},
        domains=DOMAINS,
    ),
    PrimaryKeyConstraint("id", name="signals_pkey"),
    UniqueConstraint("user_id", "capture_key", name="signals_capture_key"),
    UniqueConstraint("artifact_id", "artifact_seq", "hash", name="signals_artifact_seq"),
    UniqueConstraint("subspace_id", "applied_seq", "hash", name="signals_applied_seq"),
    key("signals_artifact", ["artifact_id"], "artifacts", ["id"]),
    key("signals_space", ["space_id"], "spaces", ["id"]),
    key("signals_subspace", ["subspace_id"], "subspaces", ["id"]),
    key("signals_algorithm", ["algorithm_id"], "algorithms", ["id"]),
    Index("signals_recent", "space_id", "recorded_at", "id"),
)
ARTIFACT_RULE = RecordHeadRule(
    record=SIGNALS,
    head=ARTIFACTS,
    columns={
        "id": "artifact_id",
        "seq": "artifact_seq",
        "hash": "hash",
        "updated_at": "recorded_at",
        "space_id": "space_id",
        "user_id": "user_id",
        "normalized_url": "normalized_url",
        "engagement_level": "reached_level",
    },
    rule="needs_artifact",
)
CENTROID_RULE = RecordHeadRule(
    record=SIGNALS,
    head=CENTROIDS,
    columns={
        "id": "subspace_id",
        "seq": "applied_seq",
        "hash": "hash",
        "updated_at": "recorded_at",
        "space_id": "space_id",
    },
    rule="needs_centroid",
    unless="NEW.applied_seq IS NULL",
)


def capture_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of captures, besides those that every head and record has.

    Those by hand read other rows, or are about derived heads, which are no aggregates.
    """
    yield from entity_guards(SPACES, Space, dialect)
    yield from entity_guards(SUBSPACES, Subspace, dialect, until="seeded_once")
    yield from entity_guards(ALGORITHMS, AlgorithmVersion, dialect)
    yield fixed_columns_guard(ARTIFACTS, ("user_id", "space_id", "normalized_url"))
    yield fixed_columns_guard(CENTROIDS, ("space_id",))
    yield _rising_guard()
    yield _seed_guard(dialect)
    yield _owner_guard(dialect)
    yield _one_active_guard(dialect)


def _rising_guard() -> Guard:
    """Refuse an artifact whose engagement, measures or stamps fall."""
    columns = (*RISING, "stamp", "title_stamp", "content_stamp")
    condition = " AND ".join(f"NEW.{name} >= OLD.{name}" for name in columns)
    return Guard(table=ARTIFACTS, rule="rising", event="UPDATE", condition=condition)


def _seed_guard(dialect: str) -> Guard:
    """Refuse a seed that replaces another, or comes after the first centroid.

    It stands for the guard of the condition `seeded_once`, because it reads centroids too.
    """
    has_centroid = (
        f"EXISTS (SELECT 1 FROM {qualified_name(CENTROIDS, dialect)} AS centroid"
        " WHERE centroid.id = NEW.id)"
    )
    is_first = f"OLD.seed IS NULL AND (NEW.seed IS NULL OR NOT {has_centroid})"
    return Guard(
        table=SUBSPACES,
        rule="seeded_once",
        event="UPDATE",
        condition=f"{is_first} OR NEW.seed = OLD.seed",
    )


def _owner_guard(dialect: str) -> Guard:
    """Refuse a subspace of another user than its space."""
    return Guard(
        table=SUBSPACES,
        rule="of_owner",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(SPACES, dialect)} AS space"
            " WHERE space.id = NEW.space_id AND space.user_id = NEW.user_id)"
        ),
    )


def _one_active_guard(dialect: str) -> Guard:
    """Refuse a second active algorithm version."""
    is_alone = (
        f"NOT EXISTS (SELECT 1 FROM {qualified_name(ALGORITHMS, dialect)} AS other"
        " WHERE other.status = 'ACTIVE' AND other.id <> NEW.id)"
    )
    return Guard(
        table=ALGORITHMS,
        rule="one_active",
        event="UPDATE",
        condition=f"NEW.status <> 'ACTIVE' OR {is_alone}",
    )
