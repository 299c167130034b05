from collections.abc import Iterator, Mapping, Sequence
from typing import Any

class ValidationError(Exception):
    message: str
    json_path: str
    path: Sequence[str | int]
    absolute_path: Sequence[str | int]
    schema_path: Sequence[str | int]
    context: Sequence[ValidationError]
    instance: Any
    schema: Mapping[str, Any]
    validator: str
    validator_value: Any

class Draft4Validator:
    def __init__(self, schema: Mapping[str, Any]) -> None: ...
    def is_valid(self, instance: object) -> bool: ...
    def iter_errors(self, instance: object) -> Iterator[ValidationError]: ...
