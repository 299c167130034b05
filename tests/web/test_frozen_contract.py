"""Test that the public contract of contests and payments is frozen: iteration 04, seed 002."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import pytest
from tests.web.compatibility import breaking_changes
from tests.web.frozen import (
    CHANGELOG,
    additions,
    frozen_part,
    read_frozen,
    unnamed_additions,
)
from tests.web.harness import Json, Web

CONTRACT: Final = read_frozen()
SCHEMAS: Final = sorted(CONTRACT["components"]["schemas"])
OPERATIONS: Final = sorted(
    (path, method) for path, operations in CONTRACT["paths"].items() for method in operations
)


def remove_field(schema: Json) -> None:
    """Remove the first field of a schema."""
    schema["properties"].pop(min(schema["properties"]))


def change_type(schema: Json) -> None:
    """Give the first field of a schema a type that nothing else has."""
    schema["properties"][min(schema["properties"])] = {"type": "null"}


SCHEMA_BREAKS: Final[dict[str, Callable[[Json], None]]] = {
    "a field is gone": remove_field,
    "a field has another type": change_type,
}


def planted(name: str, change: Callable[[Json], Any]) -> Json:
    """Return the contract with a change of one schema."""
    contract = deepcopy(CONTRACT)
    change(contract["components"]["schemas"][name])
    return contract


def test_the_served_contract_breaks_nothing_that_is_frozen(web: Web) -> None:
    assert breaking_changes(CONTRACT, frozen_part(web.document)) == []


def test_every_addition_to_the_contract_is_named_in_the_changelog(web: Web) -> None:
    served = frozen_part(web.document)

    assert unnamed_additions(CONTRACT, served, CHANGELOG.read_text("utf-8")) == []


def test_every_public_route_of_contests_and_payments_is_frozen(web: Web) -> None:
    routes: set[str] = set()
    for rule in web.app.url_map.iter_rules():
        if rule.rule.startswith(("/v1/contests", "/v1/payments")):
            path = rule.rule.replace("<", "{").replace(">", "}")
            for method in (rule.methods or set[str]()) - {"HEAD"}:
                routes.add(f"{method} {path}")

    frozen = {f"{method.upper()} {path}" for path, method in OPERATIONS}
    assert routes - frozen <= set(additions(CONTRACT, frozen_part(web.document)))
    assert frozen <= routes


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("change", SCHEMA_BREAKS)
def test_a_planted_breaking_change_of_any_schema_is_found(name: str, change: str) -> None:
    contract = planted(name, SCHEMA_BREAKS[change])

    assert any(found.startswith(name) for found in breaking_changes(CONTRACT, contract))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_planted_requirement_of_any_schema_is_found(name: str) -> None:
    def require_otherwise(schema: Json) -> None:
        if name.endswith("Body"):
            schema["properties"]["new"] = {"type": "string"}
            schema["required"] = [*schema.get("required", ()), "new"]
        else:
            schema["required"] = schema["required"][1:]

    assert len(breaking_changes(CONTRACT, planted(name, require_otherwise))) == 1


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_a_planted_breaking_change_of_any_operation_is_found(path: str, method: str) -> None:
    title = f"{method.upper()} {path}"
    gone = deepcopy(CONTRACT)
    gone["paths"][path].pop(method)
    other = deepcopy(CONTRACT)
    for status, response in other["paths"][path][method]["responses"].items():
        if status.startswith("2"):
            for media in response["content"].values():
                media["schema"] = {"$ref": "#/components/schemas/Problem"}

    assert breaking_changes(CONTRACT, gone) == [f"{title} is gone"]
    assert any(found.startswith(title) for found in breaking_changes(CONTRACT, other))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_planted_addition_asks_for_a_line_in_the_changelog(name: str) -> None:
    contract = planted(name, lambda schema: schema["properties"].update(new={"type": "string"}))
    named = f"## [Unreleased]\n\n- `{name}.new` is new.\n\n## [1.0.0]\n"
    elsewhere = f"## [Unreleased]\n\n## [1.0.0]\n\n- `{name}.new` is new.\n"

    assert breaking_changes(CONTRACT, contract) == []
    assert unnamed_additions(CONTRACT, contract, named) == []
    assert unnamed_additions(CONTRACT, contract, elsewhere) == [f"{name}.new"]
