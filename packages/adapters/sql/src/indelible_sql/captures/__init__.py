"""Captures in SQL: aggregates with a history, and signals with their derived heads."""

from collections.abc import Iterator
from typing import Any

from indelible.captures.rules.tuning import KEYS
from indelible_sql.captures.columns import DOMAINS
from indelible_sql.captures.export import check_rows, exported_rows, save_rows
from indelible_sql.captures.extension import install_vector_functions, vector_function_faults
from indelible_sql.captures.functions import INSTALLED, functions, name_of
from indelible_sql.captures.heads import ALGORITHM_HEADS, SPACE_HEADS, SUBSPACE_HEADS
from indelible_sql.captures.nearest import INDEX_PREFIX
from indelible_sql.captures.rebuild import folded_artifacts, replayed_centroids
from indelible_sql.captures.replays import replay_findings
from indelible_sql.captures.store import SqlCaptureReaders, SqlCaptures
from indelible_sql.captures.tables import (
    ARTIFACT_RULE,
    ARTIFACTS,
    CENTROID_RULE,
    CENTROIDS,
    SIGNALS,
    capture_guards,
)
from indelible_sql.captures.verify import folded_findings
from indelible_sql.engine.session import Session
from indelible_sql.schema.findings import Finding
from indelible_sql.schema.sql_context import DerivedHead, RecordExport, SqlContext


def _extra_ddl(dialect: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield from functions()


def _open_reader(tx: Any) -> SqlCaptureReaders:
    return SqlCaptureReaders(tx.session, tx)


def _open_writer(tx: Any) -> SqlCaptures:
    return SqlCaptures(tx.session, tx)


def _verify(session: Session) -> Iterator[Finding]:
    yield from folded_findings(session)
    yield from replay_findings(session)


CONTEXT = SqlContext(
    name="captures",
    mappings=(SPACE_HEADS, SUBSPACE_HEADS, ALGORITHM_HEADS),
    derived_heads=(
        DerivedHead(table=ARTIFACTS, replay=folded_artifacts, rules=(ARTIFACT_RULE,)),
        DerivedHead(table=CENTROIDS, replay=replayed_centroids, rules=(CENTROID_RULE,)),
    ),
    records=(SIGNALS,),
    record_export=RecordExport(
        tables=(CENTROIDS, SIGNALS),
        hashed=(SIGNALS,),
        rows=exported_rows,
        check=check_rows,
        save=save_rows,
    ),
    guards=capture_guards,
    domains=DOMAINS,
    extra_ddl=_extra_ddl,
    functions=("ingest_with_signal", *map(name_of, INSTALLED)),
    optional_indexes=(f"{INDEX_PREFIX}%",),
    after_upgrade=install_vector_functions,
    function_faults=vector_function_faults,
    settings=KEYS,
    verify=_verify,
    open_reader=_open_reader,
    open_writer=_open_writer,
)
