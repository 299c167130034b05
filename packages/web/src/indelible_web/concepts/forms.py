"""A concept's content as the texts of a form, and back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import fields
from werkzeug.datastructures import MultiDict

from indelible.concepts import ConceptContent
from indelible.concepts.rules.diff.operations import Value

FIELD_NAMES: Final = tuple(attribute.name for attribute in fields(ConceptContent))
EMPTY_CONTENT: Final = ConceptContent(name="")
EMPTY_BOXES: Final = 2  # At the end of each list.

FormTexts = Mapping[str, Sequence[str]]


def is_list(name: str) -> bool:
    """Return True if the field is a list of texts."""
    return isinstance(getattr(EMPTY_CONTENT, name), tuple)


def texts_of(content: ConceptContent) -> FormTexts:
    """Return the content as a form shows it: each field is a sequence of texts."""
    texts: dict[str, Sequence[str]] = {}
    for name in FIELD_NAMES:
        value: Value = getattr(content, name)
        texts[name] = value if isinstance(value, tuple) else (value or "",)

    return texts


def texts_of_form(form: MultiDict[str, str]) -> FormTexts:
    """Return the texts of a form that was sent; an empty box of a list is no item."""
    texts: dict[str, Sequence[str]] = {}
    for name in FIELD_NAMES:
        values = [text.replace("\r\n", "\n") for text in form.getlist(name)]
        if is_list(name):
            texts[name] = [text for text in values if text]
        else:
            texts[name] = values[:1] or [""]

    return texts


def with_empty_boxes(texts: FormTexts) -> FormTexts:
    """Return the texts with empty boxes at the end of each list."""
    result: dict[str, Sequence[str]] = {}
    for name, values in texts.items():
        result[name] = (*values, *[""] * EMPTY_BOXES) if is_list(name) else values

    return result


def content_of(texts: FormTexts, before: ConceptContent) -> ConceptContent:
    """Return the texts as content; unchanged texts keep the line endings that they had."""
    texts_before = texts_of(before)
    values: dict[str, Any] = {}
    for name, new_texts in texts.items():
        # Browsers send every line ending as CR LF, which is no change of the text.
        originals = {text.replace("\r\n", "\n"): text for text in texts_before[name]}
        items = tuple(originals.get(text, text) for text in new_texts)
        values[name] = items if is_list(name) else items[0]

    if not values["scope_boundaries"]:
        # A form cannot tell an empty text from a missing one.
        values["scope_boundaries"] = "" if before.scope_boundaries == "" else None

    return ConceptContent(**values)
