"""The page of the operators' routes of money has every route, with its fields and its codes."""

import re
from typing import Final

import pytest
from docs.generators.money_operations import money_operations_page, path_of
from tests.architecture.pages import code, page, rows

from indelible.app import AppContext
from indelible.memory import MemoryStore
from indelible_web import WebSettings, create_app
from indelible_web.http.downloads import Download
from indelible_web.http.routing import field_names
from indelible_web.money import CONTEXT, inbox_admin

COMMITTED_PAGE: Final = page("reference/money-operations.md")
LISTED: Final = {code(row[0])[0]: row for row in rows(COMMITTED_PAGE, "request")}
OPERATIONS: Final = {
    f"{operation.method} {path_of(operation)}": operation
    for routes in CONTEXT.admin_routes
    for operation in routes.operations
}


def served_routes() -> set[str]:
    """Return the operators' routes of money that an application answers."""
    app = create_app(AppContext(store=MemoryStore()), WebSettings(secret=bytes(32)))
    groups = {routes.name for routes in CONTEXT.admin_routes}
    served: set[str] = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in groups:
            continue
        for method in (rule.methods or set[str]()) - {"HEAD", "OPTIONS"}:
            served.add(f"{method} {rule.rule}")

    return served


def test_every_route_that_an_application_serves_is_listed() -> None:
    assert set(LISTED) == served_routes()


@pytest.mark.parametrize(
    "route",
    [
        "GET /admin/ledger/balances",
        "POST /admin/payments/events/<event_id>/replay",
        "POST /admin/payments/backfill",
        "GET /admin/payments/disputes",
        "POST /admin/payments/reconciliations",
        "POST /admin/payouts/transfers/<transfer_id>/approve",
        "POST /admin/payments/halt",
        "POST /admin/payments/resume",
    ],
)
def test_the_routes_of_every_task_of_an_operator_are_listed(route: str) -> None:
    assert route in LISTED


def test_the_page_is_stale_once_a_route_has_gone() -> None:
    operations = inbox_admin.routes.operations
    removed = operations.pop()
    try:
        changed = money_operations_page()
    finally:
        operations.append(removed)

    row = f"| `{removed.method} {path_of(removed)}` |"
    assert row in COMMITTED_PAGE
    assert row not in changed


@pytest.mark.parametrize("route", OPERATIONS)
def test_a_row_names_the_effect_the_fields_and_the_codes_of_its_route(route: str) -> None:
    operation = OPERATIONS[route]
    _, effect, scopes, fields, _, codes = LISTED[route]

    assert effect.endswith(".")
    assert set(code(scopes)) == set(operation.scopes)
    assert set(code(fields)) >= {attribute.name for attribute in operation.payload}
    assert set(code(codes)) == {leaf.code for leaf in operation.errors}


@pytest.mark.parametrize("route", OPERATIONS)
def test_the_answer_of_a_route_has_a_table_of_its_fields(route: str) -> None:
    answer = OPERATIONS[route].response_type
    if answer is Download:
        assert "bytes" in LISTED[route][4]
        return

    name = answer.__name__
    section = COMMITTED_PAGE.partition(f"### {name}\n")[2].partition("\n### ")[0]
    assert f"[{name}](#{name.lower()})" in LISTED[route][4]
    assert {code(row[0])[0] for row in rows(section, "field")} == field_names(answer)


def test_every_schema_that_the_page_links_to_is_on_it() -> None:
    links = set(re.findall(r"\]\(#([a-z]+)\)", COMMITTED_PAGE))
    titles = {title.lower() for title in re.findall(r"^### (\w+)$", COMMITTED_PAGE, re.MULTILINE)}

    assert links
    assert links <= titles


def test_the_committed_page_is_the_generated_one() -> None:
    assert money_operations_page() == COMMITTED_PAGE
