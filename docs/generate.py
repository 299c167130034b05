# noqa: INP001 - a script next to its pages, not a package
"""Write the generated pages: `python -m docs.generate`; a test compares them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from docs.generators.alerts import alerts_page
from docs.generators.api import index_page
from docs.generators.benchmarks import benchmarks_page
from docs.generators.code import page_with_code, pages_with_code
from docs.generators.commands import commands_page
from docs.generators.contest_configuration import contest_configuration_page
from docs.generators.critique import critique_page
from docs.generators.database import database_page, schema_page
from docs.generators.drawings import schema_drawing
from docs.generators.errors import errors_page
from docs.generators.finders import finders_page
from docs.generators.guards import guards_page
from docs.generators.hooks import hooks_page
from docs.generators.http import http_page
from docs.generators.lifecycles import drawings, lifecycle_drawing, lifecycles_page, overview
from docs.generators.metrics import metrics_page
from docs.generators.money_operations import money_operations_page
from docs.generators.operator_scopes import operator_scopes_page
from docs.generators.payment_contract import payment_contract_page
from docs.generators.reasons import reasons_page
from docs.generators.rejections import rejections_page
from docs.generators.settings import settings_page
from docs.generators.waits import waits_page
from docs.generators.warnings import warnings_page

DOCS = Path(__file__).parent
BEGIN, END = "<!-- generated: lifecycles -->\n", "<!-- end -->\n"


def architecture_page() -> str:
    """Return the page on the architecture with its table of lifecycles written again."""
    before, _, rest = (DOCS / "architecture.md").read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{overview()}\n{END}{rest.partition(END)[2]}"


def drawing_pages() -> dict[str, Callable[[], str]]:
    """Return the writer of every drawing by its file name."""
    pages: dict[str, Callable[[], str]] = {"drawings/schema.svg": schema_drawing}
    for name, lifecycle in drawings().items():
        pages[name] = partial(lifecycle_drawing, lifecycle)

    return pages


PAGES: Mapping[str, Callable[[], str]] = {
    "DATABASE_SCHEMA.md": schema_page,
    "architecture.md": architecture_page,
    **drawing_pages(),
    "reference/alerts.md": alerts_page,
    "reference/api.md": index_page,
    "reference/benchmarks.md": benchmarks_page,
    "reference/command-line.md": commands_page,
    "reference/contest-configuration.md": contest_configuration_page,
    "reference/critique.md": critique_page,
    "reference/database.md": database_page,
    "reference/errors.md": errors_page,
    "reference/finders.md": finders_page,
    "reference/guards.md": guards_page,
    "reference/hooks.md": hooks_page,
    "reference/http.md": http_page,
    "reference/lifecycles.md": lifecycles_page,
    "reference/metrics.md": metrics_page,
    "reference/money-operations.md": money_operations_page,
    "reference/operator-scopes.md": operator_scopes_page,
    "reference/payment-contract.md": payment_contract_page,
    "reference/rejection-codes.md": rejections_page,
    "reference/reason-codes.md": reasons_page,
    "reference/settings.md": settings_page,
    "reference/waits.md": waits_page,
    "reference/warnings.md": warnings_page,
}
PAGES_WITH_CODE = tuple(pages_with_code())

if __name__ == "__main__":
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")
    for name in PAGES_WITH_CODE:
        (DOCS / name).write_text(page_with_code(name), encoding="utf-8")
