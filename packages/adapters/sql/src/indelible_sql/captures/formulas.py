"""The formulas of an algorithm version as SQL statements."""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from attrs import asdict, frozen
from sqlalchemy import Integer, Text, TextClause, bindparam, func, select, text, type_coerce
from sqlalchemy.sql.selectable import TextualSelect
from sqlalchemy.types import NullType

from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.vectors import Vector
from indelible.captures.errors import AlgorithmFailed, AlgorithmNotInstalled
from indelible.captures.rules.evaluation import (
    CentroidUpdate,
    NearestCentroid,
    Score,
    ScoreInputs,
    UpdateInputs,
)
from indelible.captures.rules.formulas import (
    PARAMETERS,
    VECTOR_FORMULA,
    VECTOR_PARAMETERS,
    parse_formulas,
)
from indelible_sql.captures.columns import EMBEDDING
from indelible_sql.captures.functions import FUNCTION_BODY, name_of
from indelible_sql.captures.space_sizes import SPACE_SIZES
from indelible_sql.captures.sqlite_functions import vector_functions, vector_rows
from indelible_sql.captures.tables import CENTROIDS, SUBSPACES
from indelible_sql.engine.errors import DatabaseFault, ValueUnstorable
from indelible_sql.engine.session import Row, Session
from indelible_sql.schema.columns import NUMBER, prefix_of

VECTORS: Final = VECTOR_PARAMETERS | {"logged_centroid"}

# MATERIALIZED, so that each distance is computed once.
NEAREST_TEMPLATE: Final = """
WITH positions AS (
  SELECT
    subspaces.id,
    coalesce(centroids.vector, subspaces.seed){as_array} AS position
  FROM {schema_prefix}subspaces AS subspaces
  LEFT JOIN {schema_prefix}centroids AS centroids ON centroids.id = subspaces.id
  WHERE subspaces.space_id = :space_id
    AND subspaces.status = 'ACTIVE'{selection}
),
candidates AS MATERIALIZED (
  SELECT
    positions.id,
    CASE WHEN positions.id = CAST(:named AS text) THEN 0 ELSE 1 END AS is_other,
    {distance} AS distance
  FROM positions
  WHERE positions.position IS NOT NULL
),
ranked AS (
  SELECT
    id,
    is_other,
    distance,
    lead(distance) OVER (ORDER BY is_other, distance, id) AS second_distance
  FROM candidates
),
nearest AS (
  SELECT id, distance, second_distance
  FROM ranked
  WHERE CAST(:named AS text) IS NULL OR id = CAST(:named AS text)
  ORDER BY is_other, distance, id
  LIMIT 1
)
SELECT
  nearest.id,
  nearest.distance,
  nearest.second_distance,
  CASE WHEN nearest.second_distance IS NOT NULL THEN {margin} END AS margin,
  (SELECT count(*) FROM candidates) AS compared
FROM nearest
"""


SELECTION: Final = """
    AND subspaces.id IN (SELECT value FROM json_each(:candidates))"""
# The formula of the shipped versions, for which SQLite's candidates can be selected by numpy.
COSINE_DISTANCE: Final = "vec_dist(centroid, vector)"
MIN_SELECTED_SUBSPACES: Final = 8  # among fewer, a selection takes longer than it saves
POSITIONS: Final = (
    select(
        SUBSPACES.c.id,
        type_coerce(func.coalesce(CENTROIDS.c.vector, SUBSPACES.c.seed), NullType()).label(
            "position"
        ),
    )
    .select_from(SUBSPACES.outerjoin(CENTROIDS, CENTROIDS.c.id == SUBSPACES.c.id))
    .where(SUBSPACES.c.space_id == bindparam("space_id"))
    .where(SUBSPACES.c.status == "ACTIVE")
    .order_by(SUBSPACES.c.id)
)


@lru_cache(maxsize=100)
def formula_statement(formulas: str, formula: str, schema_prefix: str) -> TextualSelect:
    """Return the statement that evaluates one formula; `schema_prefix` is '' on SQLite."""
    parameters = _parameters(PARAMETERS[formula], schema_prefix)
    value = parse_formulas(formulas)[formula].to_sql(parameters, schema_prefix)
    kind = EMBEDDING if formula == VECTOR_FORMULA else NUMBER
    return _bound(f"SELECT {value} AS value").columns(value=kind)


@lru_cache(maxsize=100)
def score_statement(formulas: str, schema_prefix: str) -> TextualSelect:
    """Return the statement that evaluates `depth` and `magnitude`."""
    parsed = parse_formulas(formulas)
    parameters = _parameters(("words", "dwell", "scroll", "depth", "weight"), schema_prefix)
    expected_depth = parsed["depth"].to_sql(parameters, schema_prefix)
    magnitude = parsed["magnitude"].to_sql(parameters, schema_prefix)
    statement = f"""
        SELECT
          CASE WHEN {parameters["words"]} > 0 THEN {expected_depth} END AS expected_depth,
          {magnitude} AS magnitude
    """
    return _bound(statement).columns(expected_depth=NUMBER, magnitude=NUMBER)


@lru_cache(maxsize=100)
def update_statement(formulas: str, schema_prefix: str) -> TextualSelect:
    """Return the statement that evaluates the formulas of a centroid's update."""
    parsed = parse_formulas(formulas)
    names = ("centroid", "logged_centroid", "vector", "applied", "applied_next")
    parameters = _parameters(names, schema_prefix)

    rate = parsed["rate"].to_sql(parameters, schema_prefix)
    vector = parsed["centroid"].to_sql({**parameters, "rate": "rated.rate"}, schema_prefix)
    after = {"moved": "updated.vector"}
    drift = parsed["drift"].to_sql({**after, "centroid": parameters["centroid"]}, schema_prefix)
    logged_drift = parsed["drift"].to_sql(
        {**after, "centroid": parameters["logged_centroid"]}, schema_prefix
    )
    confidence = parsed["confidence"].to_sql({"applied": parameters["applied_next"]}, schema_prefix)
    # MATERIALIZED, so that the vector is computed once and not for each of its uses.
    statement = f"""
        WITH rated AS MATERIALIZED (
          SELECT {rate} AS rate
        ),
        updated AS MATERIALIZED (
          SELECT {vector} AS vector
          FROM rated
        )
        SELECT
          updated.vector,
          {drift} AS drift,
          {logged_drift} AS logged_drift,
          {confidence} AS confidence
        FROM updated
    """
    return _bound(statement).columns(
        vector=EMBEDDING, drift=NUMBER, logged_drift=NUMBER, confidence=NUMBER
    )


@lru_cache(maxsize=100)
def nearest_statement(
    formulas: str, schema_prefix: str, *, is_selected: bool = False
) -> TextualSelect:
    """Return the statement that finds a space's nearest centroid and evaluates its margin.

    A named subspace comes first, whatever its distance; where it has no centroid, there is no row.
    With `is_selected` it compares the candidates only, which SQLite gets as JSON.
    """
    parsed = parse_formulas(formulas)
    vector = _parameters(("vector",), schema_prefix)["vector"]
    distance = parsed["distance"].to_sql(
        {"centroid": "positions.position", "vector": vector}, schema_prefix
    )
    margin = parsed["margin"].to_sql(
        {"nearest": "nearest.distance", "second": "nearest.second_distance"}, schema_prefix
    )
    statement = NEAREST_TEMPLATE.format(
        schema_prefix=schema_prefix,
        as_array="::real[]" if schema_prefix else "",
        distance=distance,
        margin=margin,
        selection=SELECTION if is_selected else "",
    )
    return _bound(statement).columns(
        id=Text(), distance=NUMBER, second_distance=NUMBER, margin=NUMBER, compared=Integer()
    )


@frozen
class SqlFormulaEngine:
    """The FormulaEngine in SQL: the database evaluates the registered text."""

    _session: Session

    @property
    def schema_prefix(self) -> str:
        """Return what stands before the names of tables and functions in a statement's text."""
        return prefix_of(self._session, self._session.schema)

    def evaluate(
        self, algorithm: AlgorithmVersion, formula: str, arguments: Mapping[str, Any]
    ) -> object:
        """Return the value of one formula."""
        statement = formula_statement(algorithm.formulas, formula, self.schema_prefix)
        return self._compute(algorithm, statement, arguments)[0]["value"]

    def compute_score(self, algorithm: AlgorithmVersion, inputs: ScoreInputs) -> Score:
        """Evaluate `depth` and `magnitude` in one statement."""
        statement = score_statement(algorithm.formulas, self.schema_prefix)
        rows = self._compute(algorithm, statement, asdict(inputs))
        return Score(**rows[0])

    def compute_update(self, algorithm: AlgorithmVersion, inputs: UpdateInputs) -> CentroidUpdate:
        """Evaluate the formulas of a centroid's update in one statement."""
        statement = update_statement(algorithm.formulas, self.schema_prefix)
        values = asdict(inputs, recurse=False)
        values["applied"] = float(inputs.applied)
        values["applied_next"] = float(inputs.applied + 1)
        rows = self._compute(algorithm, statement, values)
        return CentroidUpdate(**rows[0])

    def find_nearest(
        self,
        algorithm: AlgorithmVersion,
        space_id: str,
        vector: Vector,
        named_subspace_id: str | None,
    ) -> NearestCentroid | None:
        """Return the nearest centroid of the space, or the named one, with its margin."""
        values: dict[str, Any] = {
            "space_id": space_id,
            "vector": vector,
            "named": named_subspace_id,
        }
        candidates = self._select_candidates(algorithm, space_id, vector)
        if candidates is not None:
            values["candidates"] = json.dumps([*candidates, named_subspace_id])

        statement = nearest_statement(
            algorithm.formulas, self.schema_prefix, is_selected=candidates is not None
        )
        rows = self._compute(algorithm, statement, values)
        if not rows:
            return None
        if candidates is None:
            SPACE_SIZES.remember(space_id, rows[0]["compared"])
        return NearestCentroid(
            subspace_id=rows[0]["id"],
            distance=rows[0]["distance"],
            second_distance=rows[0]["second_distance"],
            margin=rows[0]["margin"],
        )

    def _select_candidates(
        self, algorithm: AlgorithmVersion, space_id: str, vector: Vector
    ) -> list[str] | None:
        """Return the subspaces on SQLite that may be the nearest two; None for every subspace."""
        select_candidates = vector_functions().select
        if not self._session.is_sqlite or select_candidates is None:
            return None
        if SPACE_SIZES.get(space_id) < MIN_SELECTED_SUBSPACES:
            return None
        if not _is_cosine_distance(algorithm.formulas):
            return None

        positions = self._session.rows(POSITIONS, {"space_id": space_id})
        SPACE_SIZES.remember(space_id, len(positions))

        known = [(row["id"], row["position"]) for row in positions if row["position"] is not None]
        return select_candidates(vector.packed(), known, 2)

    def run_self_test(
        self, algorithm: AlgorithmVersion, cases: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Return what the database computes for each case; AlgorithmNotInstalled."""
        if not self._session.is_sqlite:
            name = self.schema_prefix + name_of(algorithm.formulas)
            if not self._session.rows(FUNCTION_BODY, {"name": name}):
                raise AlgorithmNotInstalled(algorithm.id)
        return {
            formula: self.evaluate(algorithm, formula, arguments)
            for formula, arguments in cases.items()
        }

    def _compute(
        self, algorithm: AlgorithmVersion, statement: TextualSelect, values: Row
    ) -> list[dict[str, Any]]:
        try:
            return vector_rows(self._session, statement, values)
        except (DatabaseFault, ValueUnstorable) as error:
            # SQLite reports every exception of our own functions as one kind of error.
            raise AlgorithmFailed(algorithm.id) from error


@lru_cache(maxsize=100)
def _is_cosine_distance(formulas: str) -> bool:
    """Return whether the distance of an algorithm version is that of the vectors."""
    return ast.unparse(parse_formulas(formulas)["distance"].tree) == COSINE_DISTANCE


def _parameters(names: Iterable[str], schema_prefix: str) -> dict[str, str]:
    """Return the SQL of each parameter; PostgreSQL needs to know its type."""
    if not schema_prefix:
        return {name: f":{name}" for name in names}
    parameters: dict[str, str] = {}
    for name in names:
        kind = "real[]" if name in VECTORS else "double precision"
        parameters[name] = f"CAST(:{name} AS {kind})"
    return parameters


def _bound(statement: str) -> TextClause:
    """Return the statement with the types of the vector parameters that it uses."""
    used = [name for name in sorted(VECTORS) if re.search(rf":{name}\b", statement)]
    vectors = [bindparam(name, type_=EMBEDDING) for name in used]
    return text(statement).bindparams(*vectors)
