"""The operations that a running service describes in its OpenAPI documents."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import quote

from attrs import frozen

from indelible.kernel import Invalid
from indelible_service.remote.calls import (
    MAX_QUOTED_CHARACTERS,
    SUCCESS,
    Answer,
    Body,
    RemoteService,
)
from indelible_service.remote.errors import UnexpectedAnswer
from indelible_service.remote.shapes import AnswerShape, resolved

OPERATORS_DOCUMENT: Final = "/admin/openapi.json"
PUBLIC_DOCUMENT: Final = "/openapi.json"
READ: Final = "GET"
COMMAND: Final = "POST"
IN_PATH: Final = "path"
IN_QUERY: Final = "query"
IN_BODY: Final = "body"
IN_HEADER: Final = "header"
IF_MATCH: Final = "If-Match"  # the only header that is a value of an operation
REASON: Final = "reason"
STRING: Final = "string"
FILE_MARK: Final = "@"  # before the name of a file that holds a value


@frozen
class ValueNotJson(Invalid):
    """A value of an operation is no string, and its text is no JSON."""

    message: ClassVar[str] = "The value of {name} must be JSON, or `@` and the name of its file."
    name: str


@frozen(kw_only=True)
class Parameter:
    """A value that an operation takes: its name, where it is sent, and what it is for."""

    name: str
    location: str
    description: str
    is_required: bool
    is_text: bool
    choices: tuple[str, ...] = ()

    def value_of(self, text: str) -> object:
        """Return the value that a text stands for: the text itself, or its JSON.

        Raises: ValueNotJson.
        """
        if self.is_text:
            return text
        try:
            if text.startswith(FILE_MARK):
                text = Path(text.removeprefix(FILE_MARK)).read_text(encoding="utf-8")
            return json.loads(text)
        except (OSError, ValueError) as error:
            raise ValueNotJson(self.name) from error


@frozen(kw_only=True)
class RemoteOperation:
    """An operation of the service, as its document describes it."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    answer: AnswerShape

    @property
    def is_command(self) -> bool:
        """Return True if the operation changes something."""
        return self.method == COMMAND

    def call(
        self, service: RemoteService, values: Mapping[str, str], idempotency_key: str
    ) -> Answer:
        """Call the operation with the texts of its values.

        Raises: ValueNotJson, NotRunning, AnswerLost; UnexpectedAnswer from a query.
        """
        path, query, body = self.path, dict[str, str](), dict[str, Any]()
        headers: dict[str, str] = {}
        for parameter in self.parameters:
            text = values.get(parameter.name)
            if text is None:
                continue
            if parameter.location == IN_PATH:
                path = path.replace(f"{{{parameter.name}}}", quote(text, safe=""))
            elif parameter.location == IN_QUERY:
                query[parameter.name] = text
            elif parameter.location == IN_HEADER:
                headers[IF_MATCH] = f'"{text}"'
            else:
                body[parameter.name] = parameter.value_of(text)

        if self.is_command:
            return service.post(path, body, idempotency_key, headers)
        return service.get(path, query)


def remote_operations(service: RemoteService) -> dict[str, RemoteOperation]:
    """Return the operators' operations and the public queries, by the names of commands.

    Raises: DocumentRefused, NotRunning, UnexpectedAnswer.
    """
    operations = public_queries(service)
    for operation in _operations(service, OPERATORS_DOCUMENT):
        operations[operation.name] = operation

    return dict(sorted(operations.items()))


def public_queries(service: RemoteService) -> dict[str, RemoteOperation]:
    """Return the public queries, which a service lists without a key and without a database.

    Raises: DocumentRefused, NotRunning, UnexpectedAnswer.
    """
    operations: dict[str, RemoteOperation] = {}
    for operation in _operations(service, PUBLIC_DOCUMENT):
        if not operation.is_command:
            operations[operation.name] = operation

    return operations


def _operations(service: RemoteService, address: str) -> Iterator[RemoteOperation]:
    document = service.document(address)
    if not isinstance(document.get("paths"), dict):
        text = str(document)[:MAX_QUOTED_CHARACTERS]
        raise UnexpectedAnswer(f"GET {address}", SUCCESS.start, text)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method.upper() in (READ, COMMAND):
                yield RemoteOperation(
                    name=operation["operationId"].replace("_", "-"),
                    method=method.upper(),
                    path=path,
                    summary=operation.get("summary", ""),
                    description=operation.get("description", ""),
                    parameters=tuple(_parameters(document, operation)),
                    answer=AnswerShape.of_operation(document, operation),
                )


def _parameters(document: Body, operation: Body) -> Iterator[Parameter]:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == IF_MATCH:
            description = "The `seq` of the state that the command is about."
            yield Parameter(
                name="if_match",
                location=IN_HEADER,
                description=description,
                is_required=parameter.get("required", False),
                is_text=True,
            )
        if parameter["in"] in (IN_PATH, IN_QUERY):
            yield _parameter(
                parameter["name"],
                parameter["in"],
                {**parameter["schema"], "description": parameter.get("description", "")},
                is_required=parameter.get("required", False),
            )
    content = operation.get("requestBody", {}).get("content", {})
    schema = resolved(document, content.get("application/json", {}).get("schema", {}))
    required = schema.get("required", ())
    for name, value in schema.get("properties", {}).items():
        is_required = name in required
        yield _parameter(name, IN_BODY, resolved(document, value), is_required=is_required)


def _parameter(name: str, location: str, schema: Body, *, is_required: bool) -> Parameter:
    kinds = schema.get("type", ())
    return Parameter(
        name=name,
        location=location,
        description=schema.get("description", ""),
        is_required=is_required,
        is_text=location != IN_BODY or STRING in ([kinds] if isinstance(kinds, str) else kinds),
        choices=tuple(choice for choice in schema.get("enum", ()) if isinstance(choice, str)),
    )
