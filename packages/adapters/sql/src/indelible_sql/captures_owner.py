"""What the schema's owner does for captures: install a version of the algorithm."""

from indelible_sql.captures import OF_ALGORITHMS
from indelible_sql.captures_functions import capture_function, name_of
from indelible_sql.columns import SCHEMA
from indelible_sql.migrate import migrating
from indelible_sql.session import Session
from indelible_sql.snapshot import quoted
from indelible_sql.store import SqlStore


def install_algorithm(store: SqlStore, algorithm_id: str, owner_url: str | None = None) -> str:
    """Give PostgreSQL the function of a registered version; its name, '' on SQLite, which needs none.

    `owner_url` where another role owns the schema. What is there already is left alone: a text has one function.
    """
    with migrating(owner_url or store.own_url, store.schema) as (connection, place):
        algorithm = OF_ALGORITHMS.get(Session(connection, store.schema), algorithm_id).entity
        if place is None:
            return ""
        name, schema = name_of(algorithm.formulas), f"{quoted(connection, place)}."
        if connection.exec_driver_sql(f"SELECT to_regproc('{schema}{name}')").scalar() is None:
            connection.exec_driver_sql(capture_function(algorithm.formulas).replace(f"{SCHEMA}.", schema))
        return name
