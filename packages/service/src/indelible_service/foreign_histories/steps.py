"""Lines of another system's history of concepts: parse them, and name what is wrong with them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, cast

from attrs import field, frozen
from attrs.validators import optional
from marshmallow import ValidationError

from indelible.concepts import CONCEPT, Concept, ConceptContent, ConceptVersion
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.exports import InvalidExportLine, Line
from indelible.kernel.values import IDENTIFIER, LINE, is_identifier, is_instant, non_blank_line
from indelible_web.http.parsing import parse_json
from indelible_web.http.schemas import Side, schema_of, structure

MAX_VALUE_CHARACTERS: Final = 80  # of a wrong value in a message
WHOLE_VALUE: Final = "_schema"  # marshmallow's key of an error on a whole value


@frozen(kw_only=True)
class ForeignStep:
    """A line of another system's history; it has no hash, no number and no version id."""

    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    action: str = field(validator=is_identifier, metadata=IDENTIFIER)
    actor: Actor
    reason: str = field(validator=non_blank_line, metadata=LINE)
    at: datetime = field(validator=is_instant)
    content: ConceptContent | None = None
    change_note: str | None = field(default=None, validator=optional(non_blank_line), metadata=LINE)

    def apply(
        self, head: Head[Concept] | None, version_id: str
    ) -> tuple[Concept, ConceptVersion | None]:
        """Return the concept after this step, and the version where the step adds one.

        Raises: InvalidTransition, UsageError where content is missing or superfluous.
        """
        state = head.revision.state if head else ""
        edge = CONCEPT.edge(state, self.action)
        if bool(edge.adds_version) != bool(self.content):
            raise UsageError("content belongs to a step that adds a version, and to no other")

        if self.content is None:
            concept = cast("Head[Concept]", head).entity
            return concept.transition(self.action, now=self.at), None

        if head is None:
            concept = Concept.create(self.action, now=self.at, id=self.concept_id)
        else:
            concept = head.entity.transition(self.action, now=self.at)

        note = self.change_note or self.reason
        version = concept.new_version(self.content, version_id=version_id, by=self.actor, note=note)
        return concept, version


def parse_step(line: Line) -> ForeignStep:
    """Return the step of a line.

    Raises: InvalidExportLine with all wrong fields and their values.
    """
    document: Any = None
    try:
        document = parse_json(line.text)
        values = cast("dict[str, Any]", schema_of(ForeignStep, Side.BODY)().load(document))
        return structure(values, ForeignStep)
    except ValidationError as error:
        problems = list(_field_problems(error.messages_dict, document, ""))
        raise InvalidExportLine(line.number, "; ".join(problems)) from error
    except IndelibleError as error:
        value = _wrong_value(error, document, line)
        raise InvalidExportLine(line.number, f"{error} (got {value})") from error


def _field_problems(messages: Mapping[str, Any], value: object, path: str) -> Iterator[str]:
    """Yield each problem as a path, the problem and the wrong value."""
    for key, problem in messages.items():
        if key == WHOLE_VALUE:
            name, part = path, value
        else:
            name = f"{path}.{key}".removeprefix(".")
            part = _part_of(value, key)

        if isinstance(problem, dict):
            yield from _field_problems(cast("dict[str, Any]", problem), part, name)
            continue

        text = " ".join(str(sentence) for sentence in problem)
        yield f"{name or 'line'}: {text} (got {shortened(part)})"


def _part_of(value: object, key: object) -> object:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).get(key)
    if isinstance(value, list) and isinstance(key, int):
        return cast("list[object]", value)[key]

    return None


def _wrong_value(error: IndelibleError, document: object, line: Line) -> str:
    """Return the value of the field that the error names, or the beginning of the line.

    A field of the content is looked up there.
    """
    name = getattr(error, "field", None)
    for values in (document, _part_of(document, "content")):
        if isinstance(name, str) and isinstance(values, dict) and name in values:
            return shortened(cast("dict[str, object]", values)[name])

    return shortened(line.text.decode(errors="replace").strip())


def concept_id_of(line: Line) -> str | None:
    """Return the concept id of an invalid line where it can still be read."""
    try:
        concept_id = _part_of(parse_json(line.text), "concept_id")
    except IndelibleError:
        return None

    return concept_id if isinstance(concept_id, str) else None


def shortened(value: object) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    if len(text) <= MAX_VALUE_CHARACTERS:
        return text

    return f"{text[:MAX_VALUE_CHARACTERS]}\u2026"
