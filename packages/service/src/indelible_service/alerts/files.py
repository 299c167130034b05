"""The rule files of some contexts as one file for Prometheus."""

from collections.abc import Collection
from importlib.resources import files
from typing import Final

PACKAGE: Final = "indelible_service.alerts"
OPERATIONS: Final = "operations"  # of every installation, whatever its contexts
HEADER: Final = "groups:\n"
LEAD: Final = (
    "# Alert rules of indelible, for `rule_files` of Prometheus. The targets have the job\n"
    "# indelible. The annotation `runbook` is the page that ends the failure.\n"
)


def rules_of(contexts: Collection[str]) -> str:
    """Return one rule file with the rules of all operations and of these contexts."""
    parts = [LEAD, HEADER]
    for name in (OPERATIONS, *contexts):
        file = files(PACKAGE) / f"{name}.yml"
        if file.is_file():
            parts.append(file.read_text("utf-8").removeprefix(HEADER))
    return "".join(parts)
