# noqa: INP001 - a script next to its pages, not a package
"""Write the generated pages.

The documentation build writes the reference, which is not committed. `python -m docs.generate`
writes what is committed: the schema of projects and jobs, and the code on pages that show a file.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Final

from docs.generators.alerts import alerts_page
from docs.generators.api import index_page, write_chapters
from docs.generators.benchmarks import benchmarks_page
from docs.generators.code import page_with_code, pages_with_code
from docs.generators.commands import commands_page
from docs.generators.contest_configuration import contest_configuration_page
from docs.generators.critique import critique_page
from docs.generators.database import database_page, schema_page
from docs.generators.drawings import schema_drawing
from docs.generators.errors import errors_page
from docs.generators.hooks import hooks_page
from docs.generators.http import http_page, operators_page
from docs.generators.lifecycles import drawings, lifecycle_drawing, lifecycles_page
from docs.generators.metrics import metrics_page
from docs.generators.payment_contract import payment_contract_page
from docs.generators.reasons import reasons_page
from docs.generators.rejections import rejections_page
from docs.generators.settings import settings_page
from docs.generators.warnings import warnings_page

DOCS: Final = Path(__file__).parent
REFERENCE: Final = "_build/reference"  # below docs
SCHEMA: Final = DOCS / "DATABASE_SCHEMA.md"
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "alerts.md": alerts_page,
    "api.md": index_page,
    "benchmarks.md": benchmarks_page,
    "command-line.md": commands_page,
    "contest-configuration.md": contest_configuration_page,
    "critique.md": critique_page,
    "database.md": database_page,
    "errors.md": errors_page,
    "hooks.md": hooks_page,
    "http.md": http_page,
    "lifecycles.md": lifecycles_page,
    "metrics.md": metrics_page,
    "operators.md": operators_page,
    "payment-contract.md": payment_contract_page,
    "reason-codes.md": reasons_page,
    "rejection-codes.md": rejections_page,
    "settings.md": settings_page,
    "warnings.md": warnings_page,
}


def write_reference(docs: Path) -> None:
    """Write the pages and drawings of the reference, and the chapters of the library."""
    folder = docs / REFERENCE
    rmtree(folder, ignore_errors=True)  # a page that is no longer generated goes
    (folder / "drawings").mkdir(parents=True)
    writers = {**PAGES, "drawings/schema.svg": schema_drawing}
    for name, lifecycle in drawings().items():
        writers[name] = partial(lifecycle_drawing, lifecycle)
    for name, write in writers.items():
        (folder / name).write_text(write(), encoding="utf-8")
    write_chapters(docs)


if __name__ == "__main__":
    SCHEMA.write_text(schema_page(), encoding="utf-8")
    for page in pages_with_code():
        (DOCS / page).write_text(page_with_code(page), encoding="utf-8")
