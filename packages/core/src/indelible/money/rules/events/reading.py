"""Read the JSON of Stripe's events field by field; a field of another type is refused."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from attrs import frozen

from indelible.kernel.money import MAX_AMOUNT_MINOR
from indelible.kernel.strict_json import MalformedJson, read_json
from indelible.money.errors.payments import WebhookMalformed

MAX_BODY_BYTES: Final = 512 * 1_024
MAX_TEXT_CHARACTERS: Final = 200  # of an id, a status or a code
OWN_ID: Final = re.compile(r"[\w-]+", re.ASCII)
MAX_METADATA: Final = 50
MAX_METADATA_CHARACTERS: Final = 500
MAX_INSTANT: Final = 253_402_300_799  # the last second of the year 9999

CODE_LETTERS: Final = 3  # of a currency


@frozen
class JsonFields:
    """The fields of one JSON object, with its path for messages.

    Every method raises WebhookMalformed for a field that is missing or of another type.
    """

    values: Mapping[str, Any]
    path: str = ""

    def text(self, name: str) -> str:
        """Return a text of at least one character."""
        value = self.values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT_CHARACTERS:
            raise self.malformed(name, f"a text of up to {MAX_TEXT_CHARACTERS} characters")
        return value

    def own_id(self, name: str) -> str:
        """Return the id of the object itself, which can be a segment of a path."""
        value = self.text(name)
        if OWN_ID.fullmatch(value) is None:
            raise self.malformed(name, "letters, digits, _ and -")
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None where it is null, absent or empty."""
        if self.values.get(name) in (None, ""):
            return None
        return self.text(name)

    def id_or_none(self, name: str) -> str | None:
        """Return the id of another object, which may be expanded; None where it is null."""
        value = self.values.get(name)
        if isinstance(value, dict):
            return self.member(name).text("id")
        return self.text_or_none(name)

    def required_id(self, name: str) -> str:
        """Return the id of another object, which may be expanded."""
        value = self.id_or_none(name)
        if value is None:
            raise self.malformed(name, "an id")
        return value

    def amount(self, name: str) -> int:
        """Return an amount in whole minor units."""
        return self._whole(name, 0, MAX_AMOUNT_MINOR)

    def signed_amount(self, name: str) -> int:
        """Return an amount that may be negative."""
        return self._whole(name, -MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR)

    def instant(self, name: str) -> datetime:
        """Return a time that is given in seconds."""
        return datetime.fromtimestamp(self._whole(name, 0, MAX_INSTANT), UTC)

    def instant_or_none(self, name: str) -> datetime | None:
        """Return a time, or None where it is null or absent."""
        if self.values.get(name) is None:
            return None
        return self.instant(name)

    def deadline_or_none(self, name: str) -> datetime | None:
        """Return a deadline, or None where it is null, absent, or 0: Stripe's value for none."""
        return None if self.values.get(name) == 0 else self.instant_or_none(name)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self.malformed(name, "true or false")
        return value

    def currency(self) -> str:
        """Return the currency in upper case, as ours are."""
        value = self.text("currency").upper()
        if len(value) != CODE_LETTERS or not value.isascii() or not value.isalpha():
            raise self.malformed("currency", "three letters")
        return value

    def member(self, name: str) -> "JsonFields":
        """Return the fields of an object; those of an empty one where it is null or absent."""
        value = self.values.get(name)
        if value is None:
            return JsonFields({}, self._path_of(name))
        if not isinstance(value, dict):
            raise self.malformed(name, "an object")
        return JsonFields(cast("dict[str, Any]", value), self._path_of(name))

    def members(self, name: str) -> "tuple[JsonFields, ...]":
        """Return the fields of each object of an array; none where it is null or absent."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.malformed(name, "an array")

        result: list[JsonFields] = []
        for item in cast("list[object]", value):
            if not isinstance(item, dict):
                raise self.malformed(name, "an array of objects")
            result.append(JsonFields(cast("dict[str, Any]", item), self._path_of(name)))
        return tuple(result)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of an array; none where it is null or absent."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.malformed(name, "an array")

        result: list[str] = []
        for item in cast("list[object]", value):
            if not isinstance(item, str):
                raise self.malformed(name, "an array of texts")
            result.append(item)
        return tuple(result)

    def metadata(self) -> dict[str, str]:
        """Return the metadata: texts by their names."""
        values = self.member("metadata").values
        if len(values) > MAX_METADATA:
            raise self.malformed("metadata", f"at most {MAX_METADATA} texts")
        for value in values.values():
            if not isinstance(value, str) or len(value) > MAX_METADATA_CHARACTERS:
                raise self.malformed("metadata", "texts")
        return dict(values)

    def malformed(self, name: str, expected: str) -> WebhookMalformed:
        """Return the error about a field."""
        return WebhookMalformed(f"field {self._path_of(name)}: expected {expected}")

    def _whole(self, name: str, minimum: int, maximum: int) -> int:
        value = self.values.get(name)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not minimum <= cast("int", value) <= maximum:
            raise self.malformed(name, f"a whole number from {minimum} to {maximum}")
        return cast("int", value)

    def _path_of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def read_object(body: bytes) -> JsonFields:
    """Return the fields of a JSON object.

    Raises:
        WebhookMalformed: The body is too large, no strict JSON, or no object.
    """
    if len(body) > MAX_BODY_BYTES:
        raise WebhookMalformed(f"it has {len(body)} bytes, more than {MAX_BODY_BYTES}")
    try:
        value = read_json(body)
    except MalformedJson as error:
        raise WebhookMalformed(f"it is no strict JSON: {error}") from None
    if not isinstance(value, dict):
        raise WebhookMalformed("it is no JSON object")
    return JsonFields(cast("dict[str, Any]", value))
