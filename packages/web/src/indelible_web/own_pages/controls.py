"""Controls: the way in which a form takes, and a page shows, a field of each kind."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, cast, get_args, get_origin

from attrs import NOTHING, Attribute, frozen
from werkzeug.datastructures import MultiDict

from indelible.kernel import IndelibleError, canonical_json, instant_text
from indelible.kernel.declarations import is_optional
from indelible.kernel.values import LINE, is_one_line, is_text
from indelible_web.console.layout import TECHNICAL_FIELDS, field_label
from indelible_web.console.lists import DAY
from indelible_web.http.errors import InvalidFields
from indelible_web.http.parsing import parse_documents
from indelible_web.http.responses import to_json
from indelible_web.http.routing import EXPECTED_SEQ
from indelible_web.http.scalars import DECIMAL

AnyAttribute: TypeAlias = "Attribute[Any]"
AnyType: TypeAlias = Any  # the type of a field
FormTexts: TypeAlias = Mapping[str, Sequence[str]]

MORE_BOXES: Final = "more_boxes"  # the button that asks for more boxes of a list
RESERVED: Final = TECHNICAL_FIELDS | {EXPECTED_SEQ, MORE_BOXES, "reason"}
EMPTY_BOXES: Final = 2  # at the end of each list
YES: Final = "true"
NO: Final = "false"
MAX_EXACT: Final = 2**53  # Browsers compare larger numbers inexactly.
# As a field for a time sends it, and as people write it: in UTC, unless it names a zone.
LOCAL_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,6})?)?"
)
PICKED_TIME: Final = re.compile(r"[0-9-]{10}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?")


class Control(StrEnum):
    """The way in which a form takes a value."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    TIME = "time"
    DATE = "date"
    DECIMAL = "decimal"
    TEXTS = "texts"
    DOCUMENT = "document"


# The controls of values that fit into a column of a list.
SHORT: Final = (
    Control.LINE,
    Control.NUMBER,
    Control.DECIMAL,
    Control.FLAG,
    Control.CHOICE,
    Control.TIME,
    Control.DATE,
)


@frozen(kw_only=True)
class FieldControl:
    """A field with its control; `field_name` is its name in a form."""

    name: str
    field_name: str
    control: Control
    value_type: AnyType
    is_optional: bool
    has_default: bool
    limits: Mapping[str, Any]
    validator: object

    @property
    def label(self) -> str:
        """Return the name of the field for people."""
        return field_label(self.name)

    @property
    def is_required(self) -> bool:
        """Return True if a form without a text here is refused for certain."""
        return not self.is_optional and not self.has_default

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Return the values of a choice, with their labels."""
        if self.control is Control.FLAG:
            return ((YES, "Yes"), (NO, "No"))
        return tuple((str(member), field_label(str(member))) for member in self.value_type)

    @property
    def is_checkbox(self) -> bool:
        """Return True for a flag that always has a value."""
        return self.control is Control.FLAG and not self.is_optional

    @property
    def may_be_blank(self) -> bool:
        """Return True if a text of the field may be empty, so that a form may leave it so."""
        return self.validator in (is_text, is_one_line, None)

    @property
    def minimum(self) -> int | None:
        """Return the least number that a browser lets pass."""
        return self._bound("minimum")

    @property
    def maximum(self) -> int | None:
        """Return the greatest number that a browser lets pass, None where it cannot tell."""
        return self._bound("maximum")

    @property
    def max_length(self) -> int | None:
        """Return the greatest number of characters."""
        length: int | None = self.limits.get("max_length")
        return length

    def texts_of(self, value: object) -> tuple[str, ...]:
        """Return a value as the texts of its boxes."""
        if self.control is Control.TEXTS:
            return tuple(cast("Iterable[str]", value or ()))
        return ("" if value is None else self._text_of(value),)

    def typed_in(self, form: MultiDict[str, str]) -> tuple[str, ...]:
        """Return the texts of a form that was sent; an empty box of a list is no item."""
        texts = [text.replace("\r\n", "\n") for text in form.getlist(self.field_name)]
        if self.control is Control.TEXTS:
            return tuple(text for text in texts if text)
        return tuple(texts[:1])

    def is_number(self, text: str) -> bool:
        """Return True if the text is blank or a number, which a browser's field can show."""
        return not text or bool(DECIMAL.fullmatch(text))

    def is_date(self, text: str) -> bool:
        """Return True if the text is blank or a date, which a calendar can show."""
        return not text or bool(DAY.fullmatch(text))

    def is_picked_time(self, text: str) -> bool:
        """Return True if the text is blank or a time that a browser's field for times can show."""
        return not text or bool(PICKED_TIME.fullmatch(text))

    def json_value(self, texts: Sequence[str], before: object) -> object:
        """Return typed texts as a value of a JSON body, NOTHING for a value that is missing.

        `before` is the value that the form has shown: a text that is typed as it was is the same
        text, with the line endings that it had.

        Raises: InvalidFields.
        """
        if self.is_checkbox:
            return bool(texts)
        if self.control is Control.TEXTS:
            return self._list_of(texts, before)
        text = texts[0] if texts else None
        if text is None or (not text and self._is_empty(before)):
            return None if self.is_optional else NOTHING
        if self.control in (Control.LINE, Control.TEXT):
            return original_of(text, (before,))
        return self._parsed(text.strip())

    def _text_of(self, value: object) -> str:
        """Return a value as the text of its box."""
        match value:
            case bool():
                return YES if value else NO
            case datetime():
                return _time_text(value)
            case Decimal():
                return str(to_json(value))
            case _ if self.control is Control.DOCUMENT:
                return document_text(value)
            case _:
                return str(value)

    def _parsed(self, text: str) -> object:
        """Return a typed text as the value that it stands for, unchanged where it is none."""
        match self.control:
            case Control.NUMBER:
                return int(text) if DECIMAL.fullmatch(text) else text
            case Control.FLAG:
                return {YES: True, NO: False}.get(text, text)
            case Control.TIME:
                return _instant_of(text)
            case Control.DOCUMENT:
                return self._document_of(text)
            case _:
                return text

    def _is_empty(self, before: object) -> bool:
        """Return True if a box without a text means that there is no value."""
        if self.control not in (Control.LINE, Control.TEXT):
            return True
        return self.is_optional and before != ""

    def _list_of(self, texts: Sequence[str], before: object) -> object:
        if not texts and self.is_optional and before != ():
            return None
        originals = cast("tuple[object, ...]", before or ())
        return [original_of(text, originals) for text in texts]

    def _document_of(self, text: str) -> object:
        try:
            return parse_documents(text.encode("utf-8", "replace"))
        except IndelibleError as error:
            raise InvalidFields({self.name: error.describe()}) from error

    def _bound(self, name: str) -> int | None:
        bound: int | None = self.limits.get(name)
        return bound if bound is not None and abs(bound) <= MAX_EXACT else None


def control_of(attribute: AnyAttribute, field_name: str = "") -> FieldControl:
    """Return the control of a field."""
    value_type = _without_none(attribute.type)
    return FieldControl(
        name=attribute.name,
        field_name=field_name or attribute.name,
        control=_control_of(value_type, attribute.metadata),
        value_type=value_type,
        is_optional=is_optional(attribute),
        has_default=attribute.default is not NOTHING,
        limits=attribute.metadata,
        validator=attribute.validator,
    )


def controls_of(attributes: Iterable[AnyAttribute]) -> tuple[FieldControl, ...]:
    """Return the controls of the fields of a form; no two have the same name in it."""
    attributes = tuple(attributes)
    taken = {*RESERVED, *(attribute.name for attribute in attributes)}
    controls: list[FieldControl] = []
    for attribute in attributes:
        name = attribute.name
        if name in RESERVED:
            name = free_name(name, taken)
            taken.add(name)
        controls.append(control_of(attribute, name))
    return tuple(controls)


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return a name with as many _ at its end as it needs to be none of those that are taken."""
    names = set(taken)
    while name in names:
        name += "_"
    return name


def document_text(value: object) -> str:
    """Return a JSON value for people."""
    return canonical_json(to_json(value))


def original_of(text: str, originals: Iterable[object]) -> str:
    """Return a typed text; one of the originals has kept its line endings."""
    for original in originals:
        if isinstance(original, str) and _same_lines(original) == _same_lines(text):
            return original
    return text


def _same_lines(text: str) -> str:
    """Return a text with the line endings to which browsers change all others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_none(annotation: AnyType) -> AnyType:
    origin: Any = get_origin(annotation)
    if origin not in (Union, UnionType):
        return annotation
    parts = [part for part in get_args(annotation) if part is not NoneType]
    return parts[0]


def _control_of(value_type: AnyType, limits: Mapping[str, Any]) -> Control:
    origin: Any = get_origin(value_type)
    if origin is tuple and get_args(value_type)[0] is str:
        return Control.TEXTS
    if not isinstance(value_type, type):
        return Control.DOCUMENT
    if issubclass(value_type, StrEnum):
        return Control.CHOICE
    if value_type is str:
        is_line = limits.get("max_length", 0) <= LINE["max_length"]
        return Control.LINE if is_line else Control.TEXT
    by_type: Mapping[object, Control] = {
        bool: Control.FLAG,
        int: Control.NUMBER,
        datetime: Control.TIME,
        date: Control.DATE,
        Decimal: Control.DECIMAL,
    }
    return by_type.get(cast("object", value_type), Control.DOCUMENT)


def _time_text(time: datetime) -> str:
    """Return a time in UTC as a field for times has it."""
    text = instant_text(time).removesuffix("+00:00")
    return text.removesuffix(".000000").removesuffix(":00") if time.microsecond == 0 else text


def _instant_of(text: str) -> str:
    """Return a time in the form of requests, which name the zone; other texts unchanged."""
    match = LOCAL_TIME.fullmatch(text)
    if match is None:
        return text
    day, minute, second = match.groups()
    return f"{day}T{minute}{second or ':00'}Z"
