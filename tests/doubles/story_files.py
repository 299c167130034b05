"""Read the stories of the provider's stand-in from a file; the first fault refuses the file."""

import json
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from attrs import frozen

from indelible.kernel import Invalid
from indelible.kernel.values import value_text
from indelible_service.demos.provider import ProviderFault, Step, Story
from indelible_service.files.access import translate_os_errors

ROOT_PATH: Final = "$"
STORY_KEYS: Final = ("steps", "advances_by_request")
MAX_SECONDS: Final = 10**9
CONTENT_KEYS: Final = ("document", "body_base64", "fault")
STEP_KEYS: Final = (*CONTENT_KEYS, "at_seconds", "requests", "retry_after_seconds")


@frozen
class StoryUnusable(Invalid):
    """A file that contains no stories of tournaments."""

    message: ClassVar[str] = "File {file} is unusable at {path}: expected {expected}; got {actual}."
    file: str
    path: str
    expected: str
    actual: str


@frozen
class _Value:
    """A value of JSON in a file, with its path."""

    file: str
    path: str
    content: object

    def refusal(self, expected: str, actual: str = "") -> StoryUnusable:
        return StoryUnusable(self.file, self.path, expected, actual or value_text(self.content))

    def children(self, expected: str, keys: tuple[str, ...] = ()) -> "dict[str, _Value]":
        """Return the values of an object that is not empty; with `keys`, only these may occur."""
        content = self.content
        if not isinstance(content, dict):
            raise self.refusal(expected)
        entries = cast("dict[str, object]", content)
        if not entries:
            raise self.refusal(expected, "an empty object")

        children: dict[str, _Value] = {}
        for key, value in entries.items():
            child = _Value(self.file, f"{self.path}.{key}", value)
            if keys and key not in keys:
                raise child.refusal(f"one of the keys {', '.join(keys)}", f"key {value_text(key)}")
            children[key] = child

        return children

    def items(self) -> "list[_Value]":
        """Return the values of a list that is not empty."""
        expected = "a list of at least one step"
        content = self.content
        if not isinstance(content, list):
            raise self.refusal(expected)
        steps = cast("list[object]", content)
        if not steps:
            raise self.refusal(expected, "an empty list")

        items: list[_Value] = []
        for number, step in enumerate(steps):
            items.append(_Value(self.file, f"{self.path}[{number}]", step))

        return items

    def flag(self) -> bool:
        if not isinstance(self.content, bool):
            raise self.refusal("true or false")
        return self.content

    def whole_number(self, minimum: int) -> int:
        is_number = isinstance(self.content, int) and not isinstance(self.content, bool)
        number = cast("int", self.content)
        if not is_number or number < minimum:
            raise self.refusal(f"a whole number of at least {minimum}")
        return number

    def seconds(self) -> float:
        is_number = isinstance(self.content, int | float) and not isinstance(self.content, bool)
        number = cast("float", self.content)
        if not is_number or not 0 <= number <= MAX_SECONDS:
            raise self.refusal(f"a number of seconds from 0 to {MAX_SECONDS}")
        return float(number)

    def fault(self) -> ProviderFault:
        for fault in ProviderFault:
            if fault.value == self.content:
                return fault

        names = ", ".join(ProviderFault)
        raise self.refusal(f"one of {names}")

    def decoded(self) -> bytes:
        """Return the bytes of a text in base64."""
        if isinstance(self.content, str):
            with suppress(ValueError):
                decoded = b64decode(self.content, validate=True)
                if decoded:
                    return decoded

        raise self.refusal("a text in base64 of at least one byte")


def read_stories(file: Path) -> dict[str, Story]:
    """Return the stories of a file by the provider's event id.

    The file is a JSON object: `{"EVENT": {"advances_by_request": true, "steps": [...]}}`. The body
    of a step is `document`, any JSON, or `body_base64`; it has a `fault` with or without one.

    Raises: FileUnusable, StoryUnusable.
    """
    with translate_os_errors(file):
        content = file.read_bytes()

    try:
        document = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise StoryUnusable(str(file), ROOT_PATH, "JSON in UTF-8", str(error)) from error

    root = _Value(str(file), ROOT_PATH, document)
    stories: dict[str, Story] = {}
    for event_id, value in root.children("an object of stories by event id").items():
        stories[event_id] = _read_story(value)

    return stories


def _read_story(value: _Value) -> Story:
    children = value.children("an object with the key steps", STORY_KEYS)
    if "steps" not in children:
        raise value.refusal("an object with the key steps", "an object without it")

    advances_by_request = False
    if "advances_by_request" in children:
        advances_by_request = children["advances_by_request"].flag()

    steps: list[Step] = []
    for item in children["steps"].items():
        step = _read_step(item)
        # A step that does not begin after the one before would replace it from the start on.
        if steps and not advances_by_request and step.at_seconds <= steps[-1].at_seconds:
            before = f"at_seconds of more than {steps[-1].at_seconds}, that of the step before"
            raise item.refusal(before, str(step.at_seconds))
        steps.append(step)

    return Story(steps=tuple(steps), advances_by_request=advances_by_request)


def _read_step(value: _Value) -> Step:
    expected = f"an object with at least one of the keys {', '.join(CONTENT_KEYS)}"
    children = value.children(expected, STEP_KEYS)
    if not any(key in children for key in CONTENT_KEYS):
        raise value.refusal(expected, f"the keys {', '.join(children)}")
    if "document" in children and "body_base64" in children:
        raise value.refusal("one body", "document and body_base64")

    fault = None
    if "fault" in children:
        fault = children["fault"].fault()
    body = _read_body(children)
    if fault is ProviderFault.TRUNCATED and not body:
        raise value.refusal("a body that is truncated", "no body")

    return Step(body=body, fault=fault, **_read_timing(children))


def _read_body(children: Mapping[str, _Value]) -> bytes:
    if "document" in children:
        return json.dumps(children["document"].content, separators=(",", ":")).encode()
    if "body_base64" in children:
        return children["body_base64"].decoded()

    return b""


def _read_timing(children: Mapping[str, _Value]) -> dict[str, Any]:
    """Return the keys of a step that say when it is served, and for how long."""
    timing: dict[str, Any] = {}
    if "at_seconds" in children:
        timing["at_seconds"] = children["at_seconds"].seconds()
    if "requests" in children:
        timing["requests"] = children["requests"].whole_number(minimum=1)
    if "retry_after_seconds" in children:
        timing["retry_after_seconds"] = children["retry_after_seconds"].whole_number(minimum=0)

    return timing
