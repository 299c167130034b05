"""Both official descriptions of Stripe's API, against which everything is validated.

The first is Stripe's OpenAPI document, trimmed by `description/trim.py`. The second are the types
of parameters in the `stripe` package, which know newer parameters. A parameter conforms if one of
them accepts it.
"""

import json
from collections.abc import Mapping
from functools import cache, cached_property
from hashlib import blake2b
from importlib import resources
from typing import Any, Final, cast

from attrs import field, frozen
from jsonschema import Draft4Validator

from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.coercion import coerced
from indelible_stripe.simulator.operations import Operation
from indelible_stripe.simulator.parameter_types import schema_of_parameters
from indelible_stripe.simulator.problems import Problem, missing_parameter, problem_of, unknown

MAX_PROBLEM_LENGTH: Final = 200
DIGEST_SIZE: Final = 16
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
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["request"] = _closed(operation["request"])
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


def _closed(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Let each object of a request have no other members than those that are described."""
    if isinstance(schema, list):
        return [_closed(item) for item in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema

    parts = {name: _closed(part) for name, part in cast("Schema", schema).items()}
    if parts.get("type") == "object" and "properties" in parts:
        parts.setdefault("additionalProperties", False)
    return parts


@frozen
class Judgement:
    """The parameters of a request with their types, and what is wrong with them."""

    values: JsonObject = field(factory=dict[str, Any])
    problems: tuple[Problem, ...] = ()
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
        problems: list[Problem] = []
        newer: list[str] = []
        for name, text in parameters.items():
            checked = self._check(first, name, text)
            if checked.problems:
                checked = self._check_again(checked, second, name, text)
                if not checked.problems:
                    newer.append(name)
            values[name] = checked.value
            problems += checked.problems

        for name in sorted(second.get("required", ())):
            if name not in parameters:
                problems.append(missing_parameter(name))
        return Judgement(values=values, problems=tuple(problems), newer=tuple(newer))

    def problems_of_response(self, operation: Operation, body: JsonObject) -> tuple[str, ...]:
        """Return what the first description says against a successful response."""
        schema = self.response_schema(operation)
        if body.get("object") != "list":
            return self._problems_of(schema, body)

        problems = list(self._problems_of(schema, {**body, "data": []}))
        items = schema["properties"]["data"]["items"]
        for item in body["data"]:
            problems += self._problems_of(items, item)
        return tuple(problems)

    def response_schema(self, operation: Operation) -> Schema:
        """Return the schema of a successful response."""
        result: Schema = self._operation(operation)["response"]
        return result

    def problems_of_object(self, name: str, value: JsonObject) -> tuple[str, ...]:
        """Return what the first description says against an object of this name."""
        return self._problems_of({"$ref": f"#/components/schemas/{name}"}, value)

    @cached_property
    def _validators(self) -> dict[str, Draft4Validator]:
        return {}

    @cached_property
    def _faultless(self) -> set[bytes]:
        """Return the digests of a schema with a value that conforms to it."""
        return set()

    def _operation(self, operation: Operation) -> Schema:
        result: Schema = self.document["paths"][operation.path][operation.method.lower()]
        return result

    def _request_schema(self, operation: Operation) -> Schema:
        result: Schema = self._operation(operation)["request"]
        return result

    def _check(self, schema: Schema, name: str, text: object) -> "_Checked":
        if name not in schema["properties"]:
            return _Checked(text, (unknown(name),))
        part = schema["properties"][name]
        value = coerced(text, part, self)
        errors = self._validator(part).iter_errors(value)
        return _Checked(value, tuple(problem_of(name, error) for error in errors))

    def _check_again(
        self, first: "_Checked", schema: Schema, name: str, text: object
    ) -> "_Checked":
        """Check a parameter by the second description, which has no limits, but newer names."""
        if any(problem.is_limit for problem in first.problems):
            return first
        second = self._check(schema, name, text)
        is_unknown = first.problems == (unknown(name),)
        if second.problems and not is_unknown:
            return first
        return second

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
        """Return what a schema says against a value.

        An object is listed many times: it is judged again only after it has changed.
        """
        text = f"{_text_of(schema)} {json.dumps(value)}"
        digest = blake2b(text.encode(), digest_size=DIGEST_SIZE).digest()
        if digest in self._faultless:
            return ()

        problems: list[str] = []
        for error in self._validator(schema).iter_errors(value):
            problem = f"{error.json_path}: {error.message}"
            problems.append(problem[:MAX_PROBLEM_LENGTH])
        if not problems:
            self._faultless.add(digest)
        return tuple(problems)

    def _validator(self, schema: Schema) -> Draft4Validator:
        key = _text_of(schema)
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
    problems: tuple[Problem, ...]


def _text_of(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True)
