"""What breaks a caller, planted in the committed contract, is found and named."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import pytest

from indelible_service.contract.files import (
    OTHER,
    PUBLIC,
    Contract,
    breaks,
    configured_contract,
    read_contract,
    text_of,
)
from indelible_service.settings.service import Settings

Json = dict[str, Any]

COMMITTED: Final = Path(__file__).parents[2] / "docs" / "reference"
CONCEPTS: Final = "/v1/concepts"


@pytest.mark.slow
def test_the_code_keeps_the_committed_contract() -> None:
    promised, actual = committed(), configured_contract(Settings())

    assert breaks(promised, actual) == []
    for name, content in actual.items():
        is_written = (COMMITTED / name).read_text("utf-8") == text_of(content)
        assert is_written, f"{name}: run `indelible contract write docs/reference`"


@cache
def committed() -> Contract:
    return read_contract(COMMITTED)


def operation(contract: Json, method: str) -> Json:
    return cast("Json", contract[PUBLIC]["paths"][CONCEPTS][method])


def schema(contract: Json, name: str) -> Json:
    return cast("Json", contract[PUBLIC]["components"]["schemas"][name])


def fields(contract: Json, name: str) -> Json:
    return cast("Json", schema(contract, name)["properties"])


def parameter(contract: Json, name: str) -> Json:
    parameters: list[Json] = operation(contract, "get")["parameters"]
    return next(parameter for parameter in parameters if parameter["name"] == name)


BREAKS: Final[dict[str, Callable[[Json], Any]]] = {
    "GET /v1/learning-order is gone": lambda new: new[PUBLIC]["paths"].pop("/v1/learning-order"),
    "POST /v1/concepts is gone": lambda new: new[PUBLIC]["paths"][CONCEPTS].pop("post"),
    "GET /v1/concepts no longer answers 200": lambda new: operation(new, "get")["responses"].pop(
        "200"
    ),
    "GET /v1/concepts needs concepts:all, needed concepts:read": lambda new: operation(
        new, "get"
    ).update(security=[{"key": ["concepts:all"]}]),
    "Concept.status is gone": lambda new: fields(new, "Concept").pop("status"),
    "Concept.status may be missing": lambda new: schema(new, "Concept")["required"].remove(
        "status"
    ),
    "EditConceptBody.change_note is gone": lambda new: fields(new, "EditConceptBody").pop(
        "change_note"
    ),
    "CreateConceptBody.corrects is required": lambda new: schema(new, "CreateConceptBody")[
        "required"
    ].append("corrects"),
    "Concept.status value REVIEW is gone": lambda new: fields(new, "Concept")["status"][
        "enum"
    ].remove("REVIEW"),
    "Concept.id was string, is integer": lambda new: fields(new, "Concept")["id"].update(
        type="integer"
    ),
    "Concept.id was string, is null or string": lambda new: fields(new, "Concept")["id"].update(
        type=["string", "null"]
    ),
    "Concept.id was string, is any type": lambda new: fields(new, "Concept")["id"].pop("type"),
    "ConceptContent.examples[] was string, is integer": lambda new: fields(new, "ConceptContent")[
        "examples"
    ].update(items={"type": "integer"}),
    "ConceptContentBody.name maxLength was 1000, is 10": lambda new: fields(
        new, "ConceptContentBody"
    )["name"].update(maxLength=10),
    "GET /v1/concepts query text is gone": lambda new: operation(new, "get")["parameters"].remove(
        parameter(new, "text")
    ),
    "GET /v1/concepts query text is required": lambda new: parameter(new, "text").update(
        required=True
    ),
    "GET /v1/concepts query limit maximum was 100, is 10": lambda new: parameter(new, "limit")[
        "schema"
    ].update(maximum=10),
    "GET /v1/concepts query text takes only draft": lambda new: parameter(new, "text")[
        "schema"
    ].update(enum=["draft"]),
    "error code STALE is gone": lambda new: new[OTHER]["errors"].pop("STALE"),
    "error code STALE had status 412, has 409": lambda new: new[OTHER]["errors"].update(STALE=409),
    "state DRAFT of concept is gone": lambda new: new[OTHER]["states"]["concept"].remove("DRAFT"),
    "event concept.approve is gone": lambda new: new[OTHER]["events"].remove("concept.approve"),
}
ADDITIONS: Final[dict[str, Callable[[Json], Any]]] = {
    "an operation": lambda new: new[PUBLIC]["paths"].update(
        {"/v1/new": new[PUBLIC]["paths"][CONCEPTS]}
    ),
    "another scope": lambda new: operation(new, "get")["security"].append({"key": ["all"]}),
    "a field of an answer": lambda new: fields(new, "Concept").update(new={"type": "string"}),
    "a field that may be sent": lambda new: fields(new, "EditConceptBody").update(
        new={"type": "string"}
    ),
    "a value of an enumeration": lambda new: fields(new, "Concept")["status"]["enum"].append(
        "ARCHIVED"
    ),
    "a longer text": lambda new: fields(new, "ConceptContentBody")["name"].update(maxLength=2_000),
    "another summary": lambda new: operation(new, "get").update(summary="List concepts."),
    "an optional field that was required": lambda new: schema(new, "CreateConceptBody")[
        "required"
    ].clear(),
    "an error code": lambda new: new[OTHER]["errors"].update(NEW=409),
    "a state": lambda new: new[OTHER]["states"]["concept"].append("NEW"),
    "an event": lambda new: new[OTHER]["events"].append("concept.new"),
}


@pytest.mark.parametrize("line", BREAKS)
def test_a_planted_breaking_change_is_named(line: str) -> None:
    old, new = committed(), cast("Json", deepcopy(committed()))
    BREAKS[line](new)

    assert breaks(old, new) == [line]


def test_a_schema_without_its_name_has_lost_its_fields() -> None:
    old, new = committed(), cast("Json", deepcopy(committed()))
    named = [
        field
        for schema in new[PUBLIC]["components"]["schemas"].values()
        for field in schema.get("properties", {}).values()
        if field.get("$ref", "").endswith("/ConceptContent")
    ]
    for field in named:
        field.clear()
        field.update(type="object", additionalProperties={})

    assert "ConceptContent.examples is gone" in breaks(old, new)


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_is_no_breaking_change(name: str) -> None:
    old, new = committed(), cast("Json", deepcopy(committed()))
    ADDITIONS[name](new)

    assert new != old
    assert breaks(old, new) == []
