"""Both official descriptions of Stripe's API, against which everything is validated.

The first is Stripe's OpenAPI document, trimmed by `description/trim.py`. The second are the types
of parameters in the `stripe` package, which know newer parameters. A parameter conforms if one of
them accepts it.
"""

import json
from collections.abc import Mapping
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final, cast

from attrs import field, frozen
from jsonschema import Draft4Validator

from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.coercion import coerced
from indelible_stripe.simulator.operations import Operation
from indelible_stripe.simulator.parameter_types import schema_of_parameters

MAX_PROBLEM_LENGTH: Final = 200
# Values that are newer than the trimmed description.
NEWER_VALUES: Final = {"dispute": {"status": ["prevented"]}}

Schema = dict[str, Any]


@cache
def _read_document() -> Schema:
    """Read the trimmed description, with `nullable` in the words of JSON Schema."""
    file = resources.files("indelible_stripe.simulator").joinpath("openapi.json")
    document: Schema = json.loads(file.read_text("utf-8"))
    for name, values in NEWER_VALUES.items():
        properties = document["components"]["schemas"][name]["properties"]
        for property_, more in values.items():
            properties[property_]["enum"] = [*properties[property_]["enum"], *more]
    result: Schema = _with_null(document)
    return result


def _with_null(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Replace `nullable`, which JSON Schema does not know, by a choice with null."""
    if isinstance(schema, list):
        return [_with_null(item) for item in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema

    parts = cast("Schema", schema)
    result: Schema = {}
    for name, part in parts.items():
        if name != "nullable":
            result[name] = _with_null(part)
    if parts.get("nullable") is True:
        return {"anyOf": [result, {"type": "null"}]}
    return result


@frozen
class Judgement:
    """The parameters of a request with their types, and what is wrong with them."""

    values: JsonObject = field(factory=dict[str, Any])
    problems: tuple[str, ...] = ()
    param: str | None = None  # of the first problem
    newer: tuple[str, ...] = ()  # parameters that only the second description accepts


@frozen(slots=False)
class Descriptions:
    """Validates requests and responses."""

    document: Schema = field(factory=_read_document, repr=False)

    def judge(self, operation: Operation, parameters: Mapping[str, Any]) -> Judgement:
        """Return the parameters of a request with their types, and every problem."""
        first = self._request_schema(operation)
        second = schema_of_parameters(operation.parameters)
        values: JsonObject = {}
        problems: list[tuple[str, str]] = []
        newer: list[str] = []
        for name, text in parameters.items():
            own = self._check(first, name, text)
            if own.problems:
                other = self._check(second, name, text)
                if not other.problems:
                    newer.append(name)
                    own = other
            values[name] = own.value
            problems += [(name, problem) for problem in own.problems]

        for name in sorted({*first.get("required", ()), *second.get("required", ())}):
            if name not in parameters and name in second.get("required", ()):
                problems.append((name, f"Missing required param: {name}."))
        return Judgement(
            values=values,
            problems=tuple(problem for _, problem in problems),
            param=problems[0][0] if problems else None,
            newer=tuple(newer),
        )

    def problems_of_response(self, operation: Operation, body: JsonObject) -> tuple[str, ...]:
        """Return what the first description says against a successful response."""
        schema = self._operation(operation)["response"]
        if body.get("object") != "list":
            return self._problems_of(schema, body)

        problems = list(self._problems_of(schema, {**body, "data": []}))
        items = schema["properties"]["data"]["items"]
        for item in body["data"]:
            problems += self._problems_of(items, item)
        return tuple(problems)

    def problems_of_object(self, name: str, value: JsonObject) -> tuple[str, ...]:
        """Return what the first description says against an object of this name."""
        return self._problems_of({"$ref": f"#/components/schemas/{name}"}, value)

    @cached_property
    def _validators(self) -> dict[str, Draft4Validator]:
        return {}

    def _operation(self, operation: Operation) -> Schema:
        result: Schema = self.document["paths"][operation.path][operation.method.lower()]
        return result

    def _request_schema(self, operation: Operation) -> Schema:
        result: Schema = self._operation(operation)["request"]
        return result

    def _check(self, schema: Schema, name: str, text: object) -> "_Checked":
        if name not in schema["properties"]:
            return _Checked(text, (f"Received unknown parameter: {name}",))
        part = schema["properties"][name]
        value = coerced(text, part, self)
        problems = self._problems_of(part, value)
        return _Checked(value, tuple(f"Invalid {name}: {problem}" for problem in problems))

    def accepts(self, schema: Schema, value: object) -> bool:
        """Return whether a value conforms to a schema."""
        return self._validator(schema).is_valid(value)

    def resolved(self, schema: Schema) -> Schema:
        """Return the schema that a reference names, or the schema itself."""
        reference = schema.get("$ref")
        if reference is None:
            return schema
        result: Schema = self.document["components"]["schemas"][reference.rsplit("/", 1)[1]]
        return result

    def _problems_of(self, schema: Schema, value: object) -> tuple[str, ...]:
        problems: list[str] = []
        for error in self._validator(schema).iter_errors(value):
            text = f"{error.json_path}: {error.message}"
            problems.append(text[:MAX_PROBLEM_LENGTH])
        return tuple(problems)

    def _validator(self, schema: Schema) -> Draft4Validator:
        key = json.dumps(schema, sort_keys=True)
        validator = self._validators.get(key)
        if validator is None:
            whole = {**schema, "components": self.document["components"]}
            if "$ref" in schema:  # a reference hides what stands next to it
                whole = {"allOf": [schema], "components": self.document["components"]}
            validator = Draft4Validator(whole)
            self._validators[key] = validator
        return validator


@frozen
class _Checked:
    value: Any
    problems: tuple[str, ...]
