"""The warning codes, and the warning made of a code and its values."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Self

from indelible.concepts.entities import ConceptWarning, Severity

MAX_PARAMS: Final = 20  # a warning stays readable, however many values caused it
MAX_PARAM_LENGTH: Final = 200  # characters
ELLIPSIS: Final = "\u2026"
ARROW: Final = " \u2192 "

INFO: Final = Severity.INFO
MINOR: Final = Severity.MINOR
MAJOR: Final = Severity.MAJOR


class WarningCode(StrEnum):
    """A warning code with its severity and its text.

    The placeholders `{0}`, `{list}`, `{names}`, `{path}` and `{hint}` are parameters.
    """

    severity: Severity
    template: str

    def __new__(cls, code: str, severity: Severity, template: str) -> Self:
        self = str.__new__(cls, code)
        self._value_ = code
        self.severity = severity
        self.template = template
        return self

    NAME_BLANK = "NAME_BLANK", MAJOR, "The name is blank."
    NAME_LONG = "NAME_LONG", MINOR, "The name has {0} characters, more than {1}."
    NAME_WHITESPACE = (
        "NAME_WHITESPACE",
        MINOR,
        "The name has space around it, or more than one between words.",
    )
    NAME_COLLISION = "NAME_COLLISION", MINOR, "Another concept has the same name, {names}."
    DEF_EMPTY = "DEF_EMPTY", MAJOR, "The definition is empty."
    DEF_LONG = "DEF_LONG", MINOR, "The definition has {0} characters, more than {1}."
    DEF_SHORT = "DEF_SHORT", MINOR, "The definition has fewer than {0} words."
    DEF_CIRCULAR = "DEF_CIRCULAR", MINOR, "The definition uses the name that it defines."
    DEF_EQUALS_EXPLANATION = (
        "DEF_EQUALS_EXPLANATION",
        MINOR,
        "The definition and the explanation are the same.",
    )
    EXPL_EMPTY = "EXPL_EMPTY", MAJOR, "The explanation is empty."
    EXPL_SHORTER_THAN_DEF = (
        "EXPL_SHORTER_THAN_DEF",
        INFO,
        "The explanation has fewer words than the definition.",
    )
    OBJ_EMPTY = "OBJ_EMPTY", MAJOR, "The learning objective is empty."
    OBJ_VERB = (
        "OBJ_VERB",
        MINOR,
        "The learning objective does not begin with a verb that can be observed.",
    )
    OBJ_MULTIPLE = (
        "OBJ_MULTIPLE",
        INFO,
        "The learning objective asks for more than one thing: {list}.",
    )
    EX_NONE = "EX_NONE", MAJOR, "There is no example."
    EX_BLANK = "EX_BLANK", MINOR, "Some examples are blank: number {list}."
    EX_DUPLICATE = "EX_DUPLICATE", MINOR, "Some examples repeat an earlier one: number {list}."
    EX_NO_TERM = "EX_NO_TERM", INFO, "No example mentions the name."
    MISC_NONE = "MISC_NONE", INFO, "There is no misconception."
    MISC_EQUALS_DEF = (
        "MISC_EQUALS_DEF",
        MAJOR,
        "Some misconceptions say what the definition says: number {list}.",
    )
    SCOPE_EMPTY = "SCOPE_EMPTY", MINOR, "The scope boundaries are empty."
    PREREQ_NONE_BUT_REFERENCED = (
        "PREREQ_NONE_BUT_REFERENCED",
        MINOR,
        "The definition mentions {names}, and no prerequisite is listed.",
    )
    PREREQ_SELF = "PREREQ_SELF", MAJOR, "The concept is listed as its own prerequisite."
    PREREQ_DUPLICATE = "PREREQ_DUPLICATE", MINOR, 'The prerequisite "{0}" is listed more than once.'
    PREREQ_DANGLING = "PREREQ_DANGLING", MINOR, 'No concept is called "{0}"{hint}.'
    PREREQ_AMBIGUOUS = "PREREQ_AMBIGUOUS", MINOR, 'There are {1} concepts called "{0}".'
    PREREQ_CYCLE = "PREREQ_CYCLE", MAJOR, "The concept is needed before itself: {path}."
    PREREQ_BELOW_STATUS = (
        "PREREQ_BELOW_STATUS",
        MINOR,
        'The prerequisite "{0}" is only in {1}, this concept in {2}.',
    )
    PREREQ_DEPTH = (
        "PREREQ_DEPTH",
        INFO,
        "The longest chain of prerequisites has {0} steps, more than {1}.",
    )
    TEXT_CONTROL_CHARS = (
        "TEXT_CONTROL_CHARS",
        MAJOR,
        "The text holds characters that nobody can read: {list}.",
    )
    TEXT_PLACEHOLDER = "TEXT_PLACEHOLDER", MINOR, "The text holds a placeholder: {list}."
    NOTE_UNINFORMATIVE = (
        "NOTE_UNINFORMATIVE",
        INFO,
        "The note on the change has fewer than {0} words.",
    )
    EDIT_NO_CHANGE = "EDIT_NO_CHANGE", INFO, "The version says the same as the one before it."
    EDIT_LARGE = (
        "EDIT_LARGE",
        INFO,
        "The definition keeps {0} % of the one before it, less than {1} %.",
    )
    APPROVAL_STALE = (
        "APPROVAL_STALE",
        MAJOR,
        "Version {0} was approved, and the concept is now at version {1}.",
    )
    RULE_CRASHED = (
        "RULE_CRASHED",
        MINOR,
        "The checks of {0} failed, and say nothing for that reason.",
    )


def warning(code: WarningCode, *values: object, field: str | None) -> ConceptWarning:
    """Return the code's warning about the values; long lists and long values are cut."""
    params = [_shortened(str(value)) for value in values[:MAX_PARAMS]]
    if len(values) > MAX_PARAMS:
        params.append(ELLIPSIS)

    hint = "".join(f" (perhaps {text})" for text in params[1:])
    message = code.template.format(
        *params,
        list=", ".join(params),
        names=_quoted_names(params),
        path=ARROW.join(params),
        hint=hint,
    )
    return ConceptWarning(
        code=str(code),
        field=field,
        severity=code.severity,
        message=message,
        params=tuple(params),
    )


def _quoted_names(params: Sequence[str]) -> str:
    """Return names as a sentence lists them, such as `"edge", "graph" and "node"`."""
    quoted: list[str] = []
    for name in params[:MAX_PARAMS]:
        quoted.append(f'"{name}"')
    quoted.extend(params[MAX_PARAMS:])
    first_names = ", ".join(quoted[:-1])
    if not first_names:
        return "".join(quoted)

    return f"{first_names} and {quoted[-1]}"


def _shortened(text: str) -> str:
    if len(text) <= MAX_PARAM_LENGTH:
        return text

    return text[:MAX_PARAM_LENGTH] + ELLIPSIS
