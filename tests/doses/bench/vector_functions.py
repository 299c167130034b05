"""The implementations of the vector functions on SQLite, to be measured in turns."""

from typing import Final

from attrs import evolve
from tests.doses.bench.rounds import Act

from indelible_sql.captures import formulas, python_vectors, sqlite_functions, sqlite_search
from indelible_sql.captures.sqlite_functions import VectorFunctions

IN_PYTHON: Final = "indelible, without numpy"
UNCACHED: Final = "indelible, without a cache"
PURE_PYTHON: Final = VectorFunctions(python_vectors.functions(), python_vectors.nearest)
NUMPY_ALONE: Final = evolve(sqlite_functions.vector_functions(), cache_of=None)


def with_functions(functions: VectorFunctions, act: Act) -> Act:
    """Return a function that acts with these functions, and then restores those of the process."""
    usual = sqlite_functions.vector_functions

    def act_with_functions() -> object:
        _use(lambda: functions)
        try:
            return act()
        finally:
            _use(usual)

    return act_with_functions


def _use(vector_functions: object) -> None:
    for module in (sqlite_functions, sqlite_search, formulas):
        module.vector_functions = vector_functions  # type: ignore[attr-defined]  # the module imports the name
