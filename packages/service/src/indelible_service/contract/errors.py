"""The error classes of all packages that are installed, and those of a host's aggregates."""

import sys
from collections.abc import Collection
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages
from typing import Final

from indelible.kernel import IndelibleError
from indelible.kernel.errors import error_types

ErrorType = type[IndelibleError]

PACKAGES: Final = (
    "indelible",
    "indelible_sql",
    "indelible_evm",
    "indelible_git",
    "indelible_stripe",
    "indelible_wordllama",
    "indelible_web",
    "indelible_workers",
    "indelible_service",
)
NOT_IMPORTABLE: Final = ("indelible_sql.schema.migrations.", "indelible_service.__main__")


@cache
def all_errors() -> tuple[ErrorType, ...]:
    """Return every error of every installed package, in order of code and module."""
    for name in PACKAGES:
        if find_spec(name) is None:
            continue
        for module in walk_packages(import_module(name).__path__, f"{name}."):
            if not module.name.startswith(NOT_IMPORTABLE):
                _import_if_installed(module.name)

    own_errors: set[ErrorType] = set()
    for error in error_types():
        if package_of(error) in PACKAGES and _is_current(error):
            own_errors.add(error)
    return tuple(sorted(own_errors, key=lambda error: (error.code, error.__module__)))


def _import_if_installed(name: str) -> None:
    """Import a module, unless it needs the distribution of an extra that is not installed."""
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or find_spec(package) is not None:
            raise


def errors_of_modules(modules: Collection[str]) -> tuple[ErrorType, ...]:
    """Return the errors of these modules, those derived from an aggregate too."""
    errors: list[ErrorType] = []
    for error in error_types():
        if error.__module__ not in modules:
            continue
        declared = getattr(sys.modules.get(error.__module__), error.__qualname__, error)
        if declared is error:
            errors.append(error)
    return tuple(errors)


def package_of(error: ErrorType) -> str:
    """Return the package that raises the error."""
    return error.__module__.partition(".")[0]


def _is_current(error: ErrorType) -> bool:
    """Return whether the module still has this class.

    attrs replaces a class by one with slots, and the garbage collector may not have removed the
    first one yet. No module has a derived leaf: it belongs to its aggregate.
    """
    return getattr(import_module(error.__module__), error.__qualname__, None) is error
