"""The fields of an operation's answers, as the document of the service describes them."""

from collections.abc import Iterator
from typing import Any, Final, cast

from attrs import field, frozen

from indelible_service.remote.calls import SUCCESS, Body

ITEMS: Final = "items"  # of a page of a list
# The parts of a schema of which one says what a value is; without them it is anything.
DESCRIBING: Final = ("type", "properties", "enum", "anyOf", "oneOf")


@frozen
class AnswerShape:
    """The JSON Schema of an answer, and the document that it refers to."""

    _document: Body = field(repr=False)
    _schema: Body

    @classmethod
    def of_operation(cls, document: Body, operation: Body) -> "AnswerShape":
        """Return the shape of the answers that are no refusals."""
        for status, answer in operation.get("responses", {}).items():
            if status.isdecimal() and int(status) in SUCCESS:
                return cls(document, _json_schema(answer))
        return cls(document, {})

    @property
    def is_list(self) -> bool:
        """Return True if an answer is a page of entries."""
        return "items" in self._items

    def has_field(self, name: str) -> bool:
        """Return False if no entry has the field; `contest.status` is one of an object in it."""
        return bool(self._schemas(name))

    def fields_near(self, name: str) -> tuple[str, ...]:
        """Return the fields of the innermost object that a name of a field leads to."""
        parent, _, _ = name.rpartition(".")
        names: list[str] = []
        for schema in self._schemas(parent):
            names += self._names(schema)
        if not names and parent:
            return self.fields_near(parent)
        return tuple(f"{parent}.{field}" if parent else field for field in names)

    def _schemas(self, name: str) -> list[Body]:
        """Return what the field may be; without a name, the entry itself."""
        schemas = [self._entry]
        for part in name.split(".") if name else ():
            inner: list[Body] = []
            for outer in schemas:
                inner += self._fields_of(outer, part)
            schemas = inner
        return schemas

    def _names(self, schema: Body) -> Iterator[str]:
        for alternative in self._alternatives(schema):
            yield from alternative.get("properties", ())

    def _alternatives(self, schema: Body) -> Iterator[Body]:
        """Yield a schema, and those of which one holds."""
        yield schema
        for alternative in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from self._alternatives(resolved(self._document, alternative))

    @property
    def _items(self) -> Body:
        schema = resolved(self._document, self._schema)
        return resolved(self._document, schema.get("properties", {}).get(ITEMS, {}))

    @property
    def _entry(self) -> Body:
        """Return the schema of an entry of a list, or else that of the answer."""
        entry = self._items["items"] if self.is_list else self._schema
        return resolved(self._document, entry)

    def _fields_of(self, schema: Body, name: str) -> Iterator[Body]:
        """Yield what a field may be; anything may be in an object that is not described."""
        for alternative in self._alternatives(schema):
            properties = alternative.get("properties", {})
            if name in properties:
                yield resolved(self._document, properties[name])
            elif _is_open(alternative):
                yield {}


def resolved(document: Body, schema: Body) -> Body:
    """Return a schema, or the one of the document that it names."""
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    named = document["components"]["schemas"][reference.rpartition("/")[2]]
    return {**cast("Body", named), **{k: v for k, v in schema.items() if k != "$ref"}}


def _is_open(schema: Body) -> bool:
    """Return True if a value may have fields that its schema does not name."""
    if schema.get("additionalProperties", False) is not False:
        return True
    return schema.keys().isdisjoint(DESCRIBING)


def _json_schema(answer: Body) -> Body:
    content: dict[str, Any] = answer.get("content", {})
    schema: Body = content.get("application/json", {}).get("schema", {})
    return schema
