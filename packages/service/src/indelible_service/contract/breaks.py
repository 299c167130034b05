"""Find what breaks the callers of an OpenAPI document in another version of it.

A caller is broken by what is gone, by what asks for more, and by an answer of another type. What is
added breaks nobody: a caller ignores the fields and values that it does not know. No library does
this: those for Python are months old, and the kept ones are programs in Go and Java.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from attrs import field, frozen

Json = Mapping[str, Any]

UPPER_LIMITS: Final = ("maxLength", "maxItems", "maximum", "x-maximum")
ANY_TYPE: Final = "any type"
LOWER_LIMITS: Final = ("minLength", "minItems", "minimum", "x-minimum")


def breaking_changes(old: Json, new: Json) -> Iterator[str]:
    """Yield a line for each change of a document that breaks a caller of the old one."""
    comparison = _Comparison(old["components"]["schemas"], new["components"]["schemas"])
    for path, methods in old["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            present = new["paths"].get(path, {}).get(method)
            if present is None:
                yield f"{name} is gone"
            else:
                yield from comparison.operation(name, operation, present)


@frozen
class _Comparison:
    """Compare operations and the schemas that they name; each pair of schemas is compared once."""

    old_schemas: Json
    new_schemas: Json
    compared: set[tuple[str, str, bool]] = field(factory=set[tuple[str, str, bool]])

    def operation(self, name: str, old: Json, new: Json) -> Iterator[str]:
        old_scopes, new_scopes = _scopes(old), _scopes(new)
        if new_scopes and not (old_scopes and old_scopes <= new_scopes):
            yield f"{name} needs {_listed(new_scopes)}, needed {_listed(old_scopes) or 'no scope'}"

        yield from self._parameters(name, old, new)

        new_body = new.get("requestBody", {})
        if new_body.get("required") and not old.get("requestBody", {}).get("required"):
            yield f"{name} requires a body"
        yield from self._contents(f"{name} body", old.get("requestBody", {}), new_body, sent=True)

        for status, answer in old["responses"].items():
            if not status.startswith("2"):
                continue  # refusals are problems, whose codes have a list of their own
            if status not in new["responses"]:
                yield f"{name} no longer answers {status}"
            else:
                place = f"{name} answer {status}"
                yield from self._contents(place, answer, new["responses"][status], sent=False)

    def _parameters(self, name: str, old: Json, new: Json) -> Iterator[str]:
        old_parameters, new_parameters = _parameters(old), _parameters(new)
        for key, parameter in old_parameters.items():
            if key not in new_parameters:
                yield f"{name} {key} is gone"
            else:
                schema = new_parameters[key]["schema"]
                yield from self._schema(f"{name} {key}", parameter["schema"], schema, sent=True)
        for key, parameter in new_parameters.items():
            was_required = old_parameters.get(key, {}).get("required", False)
            if parameter.get("required") and not was_required:
                yield f"{name} {key} is required"

    def _contents(self, place: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        new_media = new.get("content", {})
        for media_type, content in old.get("content", {}).items():
            if media_type not in new_media:
                yield f"{place} is no longer {media_type}"
            else:
                schema = new_media[media_type]["schema"]
                yield from self._schema(place, content["schema"], schema, sent=sent)

    def _schema(self, place: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        """Compare a value that a caller sends, or one that it gets.

        Fields of a named schema are reported by its name, and another name is no difference.
        """
        old_types = _types(old, self.old_schemas)
        new_types = _types(new, self.new_schemas)
        if _excludes(old_types, new_types) if sent else _excludes(new_types, old_types):
            was, is_now = _listed(old_types) or ANY_TYPE, _listed(new_types) or ANY_TYPE
            yield f"{place} was {was}, is {is_now}"

        yield from _values(place, old, new, sent=sent)
        if sent:
            yield from _limits(place, old, new)
        if "items" in old and "items" in new:
            yield from self._schema(f"{place}[]", old["items"], new["items"], sent=sent)
        yield from self._fields(place, old, new, sent=sent)

        for kind, name in old_types.items():
            new_name = new_types.get(kind, "")
            pair = (name or place, new_name or place, sent)
            if (name or new_name) and kind in new_types and pair not in self.compared:
                self.compared.add(pair)
                old_schema = self.old_schemas.get(name, old)
                new_schema = self.new_schemas.get(new_name, new)
                yield from self._schema(name or place, old_schema, new_schema, sent=sent)

    def _fields(self, place: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
        for name, schema in old_fields.items():
            if name not in new_fields:
                yield f"{place}.{name} is gone"
            else:
                yield from self._schema(f"{place}.{name}", schema, new_fields[name], sent=sent)

        old_required, new_required = set(old.get("required", ())), set(new.get("required", ()))
        if sent:
            for name in sorted(new_required - old_required):
                yield f"{place}.{name} is required"
        else:
            for name in sorted((old_required - new_required) & new_fields.keys()):
                yield f"{place}.{name} may be missing"


def _scopes(operation: Json) -> set[str]:
    """Return the scopes of which a caller needs one; empty if the route is open."""
    scopes: set[str] = set()
    for requirement in operation.get("security", ()):
        scopes.update(" and ".join(sorted(names)) for names in requirement.values())
    return scopes


def _parameters(operation: Json) -> dict[str, Json]:
    return {f"{one['in']} {one['name']}": one for one in operation.get("parameters", ())}


def _types(schema: Json, schemas: Json) -> dict[str, str]:
    """Return the types that a value may have, each with the name of its schema if it has one."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {schemas[name]["type"]: name} if name in schemas else {}
    types: dict[str, str] = {}
    for alternative in schema.get("anyOf", ()):
        types.update(_types(alternative, schemas))
    names = schema.get("type", [])
    for name in [names] if isinstance(names, str) else names:
        has_format = "format" in schema and name != "null"
        types[f"{name} ({schema['format']})" if has_format else name] = ""
    return types


def _excludes(some: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Return True if a value of some types may be of none of the others; no type is any type."""
    return bool(others) and (not some or bool(some.keys() - others))


def _values(place: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
    """Compare the values of an enumeration; one in an answer may get values, and lose none."""
    if "enum" in new and ("enum" in old or sent):
        for value in old.get("enum", ()):
            if value not in new["enum"]:
                yield f"{place} value {value} is gone"
        if "enum" not in old:
            yield f"{place} takes only {_listed(new['enum'])}"


def _limits(place: str, old: Json, new: Json) -> Iterator[str]:
    """Compare the limits of a value that a caller sends."""
    for limit in (*UPPER_LIMITS, *LOWER_LIMITS):
        if limit not in new:
            continue
        is_tighter = limit not in old
        if limit in old:
            change = Decimal(str(new[limit])) - Decimal(str(old[limit]))
            is_tighter = change < 0 if limit in UPPER_LIMITS else change > 0
        if is_tighter:
            yield f"{place} {limit} was {old.get(limit, 'absent')}, is {new[limit]}"

    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{place} pattern was {old.get('pattern', 'absent')}, is {new['pattern']}"
    closed = new.get("additionalProperties") is False
    if closed and old.get("additionalProperties") is not False:
        yield f"{place} takes no further fields"


def _listed(values: Iterable[object]) -> str:
    return " or ".join(str(value) for value in sorted(values, key=str))
