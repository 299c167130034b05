"""Remarks on what a version says: they never block, and they never change anything."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property, partial
from itertools import chain, islice
from typing import Final, Self

from attrs import frozen

from indelible.concepts.entities import (
    CONTENT_FIELDS,
    ConceptContent,
    ConceptPolicy,
    ConceptVersion,
    ConceptWarning,
    Severity,
    Warnings,
    name_key,
)
from indelible.concepts.rules.diff import similarity_percent
from indelible.kernel.values import INVISIBLE

RULESET: Final = 1  # raised whenever a rule starts to say something else

MOST_PARAMS: Final = 20  # a warning stays readable, however many values caused it
LONGEST_PARAM: Final = 200
SHORTEST_NOTE_WORDS: Final = 3
SHORTEST_STEM: Final = 4  # letters
LONGEST_ENDING: Final = 3  # letters that a stem may leave out

WORD: Final = re.compile(r"\w+(?:['\u2019-]\w+)*")
WORD_EDGES: Final = ".,;:!?()[]{}\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb\u2026\u2013\u2014"
CONJUNCTION: Final = re.compile(r";|\band\b")
# In small letters `todo` is Spanish. A search skips to a first letter, so what stands before it is asked after it.
PLACEHOLDER: Final = re.compile(r"T(?<!\wT)(?:ODO|BD)\b|[Ll](?<!\w.)(?i:orem\s+ipsum)\b")

MARKS, LOREM = (
    ("TODO", "TBD", "\ufffd"),
    "lorem",
)  # what every placeholder holds, and what prints although it is odd

INFO, MINOR, MAJOR = Severity.INFO, Severity.MINOR, Severity.MAJOR

logger = logging.getLogger(__name__)


class WarningCode(StrEnum):
    """Every warning there is, how much it should worry its reader, and what it says."""

    severity: Severity
    remark: str

    def __new__(cls, code: str, severity: Severity, remark: str) -> Self:
        self = str.__new__(cls, code)
        self._value_, self.severity, self.remark = code, severity, remark
        return self

    NAME_BLANK = "NAME_BLANK", MAJOR, "The name is blank."
    NAME_LONG = "NAME_LONG", MINOR, "The name has {0} characters, more than {1}."
    NAME_WHITESPACE = (
        "NAME_WHITESPACE",
        MINOR,
        "The name has space around it, or more than one between words.",
    )
    NAME_COLLISION = "NAME_COLLISION", MINOR, "Another concept has this name too: {list}."
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
    SCOPE_EMPTY = "SCOPE_EMPTY", MINOR, "Nothing says where the concept ends."
    PREREQ_NONE_BUT_REFERENCED = (
        "PREREQ_NONE_BUT_REFERENCED",
        MINOR,
        "The definition mentions {list}, and no prerequisite is listed.",
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


@frozen(kw_only=True)
class RelatedNames:
    """Other concepts' names: those equal to a version's name, and those that occur in its definition."""

    same: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()

    @classmethod
    def among(cls, content: ConceptContent, names: Iterable[str]) -> Self:
        """What of these names the content is like, each once and in order."""
        keys = {name: name_key(name) for name in sorted(set(names))}
        own, candidates = (
            name_key(content.name),
            set(candidate_names(content.definition)) if keys else set[str](),
        )
        return cls(
            same=tuple(name for name, key in keys.items() if key == own),
            mentioned=tuple(name for name, key in keys.items() if key in candidates),
        )


@frozen(kw_only=True)
class RuleInput:
    """What a rule looks at."""

    content: ConceptContent
    note: str | None
    previous: ConceptContent | None
    names: RelatedNames
    policy: ConceptPolicy

    @cached_property
    def name_key(self) -> str:
        return name_key(self.content.name)

    @cached_property
    def definition_key(self) -> str:
        return name_key(self.content.definition)

    @cached_property
    def definition_words(self) -> list[str]:
        return WORD.findall(self.definition_key)

    @cached_property
    def has_unusual_characters(self) -> bool:
        """Whether any text may hold what nobody can read, or a placeholder: as good as never, and quickly said."""
        text = "\n".join(_text_of(self.content, field) for field in CONTENT_FIELDS)
        return (
            not text.replace("\n", " ").isprintable()
            or any(mark in text for mark in MARKS)
            or LOREM in text.casefold()
        )


Findings = Mapping[
    WarningCode, bool | Sequence[object]
]  # whether a warning holds, or the values for which it does
Rule = Callable[[RuleInput], Findings]


def content_warnings(
    version: ConceptVersion,
    previous: ConceptVersion | None,
    names: RelatedNames,
    policy: ConceptPolicy,
) -> Warnings:
    """What can be remarked on a version when it is written, in the order of the rules."""
    before = previous.content if previous else None
    subject = RuleInput(
        content=version.content,
        note=version.change_note,
        previous=before,
        names=names,
        policy=policy,
    )
    return tuple(chain.from_iterable(remarks(field, rule, subject) for field, rule in RULES))


def remarks(field: str, rule: Rule, subject: RuleInput) -> Sequence[ConceptWarning]:
    """What the rule finds in the field; or, of a rule that fails, that it failed."""
    try:
        found = rule(subject)
    except Exception as error:  # noqa: BLE001 - a defect of ours may not stop anyone's work
        # An error's message may quote content, and content is nothing for a log.
        logger.warning("the rule on %s crashed with %s", field, type(error).__name__)
        found = {WarningCode.RULE_CRASHED: (field,)}
    said = ((code, () if values is True else values) for code, values in found.items() if values)
    return [warning(code, *values, field=field) for code, values in said]


def warning(code: WarningCode, *values: object, field: str | None) -> ConceptWarning:
    """The code's warning about these values, cut to what a reader takes in."""
    shown = [str(value) for value in values[:MOST_PARAMS]] + ["\u2026"] * (
        len(values) > MOST_PARAMS
    )
    params = tuple(
        text if len(text) <= LONGEST_PARAM else f"{text[:LONGEST_PARAM]}\u2026" for text in shown
    )
    hint = "".join(f" (perhaps {text})" for text in params[1:])
    message = code.remark.format(
        *params, list=", ".join(params), path=" \u2192 ".join(params), hint=hint
    )
    return ConceptWarning(
        code=str(code), field=field, severity=code.severity, message=message, params=params
    )


def candidate_names(definition: str, *, longest: int = 5, most: int = 400) -> tuple[str, ...]:
    """The keys that a name in the definition can have: of each run of up to `longest` words, the first `most`."""
    words = [word for text in name_key(definition).split() if (word := text.strip(WORD_EDGES))]
    starts = range(len(words))
    runs = (
        " ".join(words[start : end + 1])
        for start in starts
        for end in starts[start : start + longest]
    )
    return tuple(dict.fromkeys(islice(runs, most)))


def related_name_keys(content: ConceptContent) -> set[str]:
    """The keys of the names that the content can be like."""
    return {name_key(content.name), *candidate_names(content.definition)}


def _name(subject: RuleInput) -> Findings:
    name, longest = subject.content.name, subject.policy.longest_name
    is_blank = not name.strip()
    return {
        WarningCode.NAME_BLANK: is_blank,
        WarningCode.NAME_LONG: len(name) > longest and (len(name), longest),
        WarningCode.NAME_WHITESPACE: not is_blank and name != " ".join(name.split()),
        WarningCode.NAME_COLLISION: not is_blank and subject.names.same,
    }


def _definition(subject: RuleInput) -> Findings:
    text, policy = subject.content.definition, subject.policy
    longest, fewest, least = (
        policy.longest_definition,
        policy.shortest_definition_words,
        policy.large_edit_percent,
    )
    before, is_blank = subject.previous.definition if subject.previous else "", not text.strip()
    # To write a first definition, or to take one away, is no rewriting.
    kept = least if is_blank or not before.strip() else similarity_percent(before, text)
    return {
        WarningCode.DEF_EMPTY: is_blank,
        WarningCode.DEF_LONG: not is_blank and len(text) > longest and (len(text), longest),
        WarningCode.DEF_SHORT: not is_blank
        and len(subject.definition_words) < fewest
        and (fewest,),
        WarningCode.DEF_CIRCULAR: _mentions(subject.definition_key, subject.name_key),
        WarningCode.DEF_EQUALS_EXPLANATION: not is_blank
        and subject.definition_key == name_key(subject.content.explanation),
        WarningCode.EDIT_LARGE: kept < least and (kept, least),
    }


def _explanation(subject: RuleInput) -> Findings:
    text, enough = subject.content.explanation, len(subject.definition_words)
    is_shorter = sum(1 for _ in islice(WORD.finditer(text), enough)) < enough
    return {
        WarningCode.EXPL_EMPTY: not text.strip(),
        WarningCode.EXPL_SHORTER_THAN_DEF: bool(text.strip()) and is_shorter,
    }


def _objective(subject: RuleInput) -> Findings:
    text, verbs = subject.content.learning_objective, subject.policy.observable_verbs
    key = name_key(text)
    asked = [verb for part in CONJUNCTION.split(key) if (verb := _first_word(part)) in verbs]
    return {
        WarningCode.OBJ_EMPTY: not text.strip(),
        WarningCode.OBJ_VERB: bool(text.strip()) and _first_word(key) not in verbs,
        WarningCode.OBJ_MULTIPLE: len(asked) > 1 and asked,
    }


def _examples(subject: RuleInput) -> Findings:
    keys = [name_key(example) for example in subject.content.examples]
    stems = _stems(subject.name_key)
    mentioned = any(word.startswith(stems) for key in keys for word in WORD.findall(key))
    return {
        WarningCode.EX_NONE: not keys,
        WarningCode.EX_BLANK: _numbers(not key for key in keys),
        WarningCode.EX_DUPLICATE: _numbers(
            bool(key) and key in keys[:place] for place, key in enumerate(keys)
        ),
        WarningCode.EX_NO_TERM: bool(stems) and any(keys) and not mentioned,
    }


def _misconceptions(subject: RuleInput) -> Findings:
    texts, key = subject.content.misconceptions, subject.definition_key
    return {
        WarningCode.MISC_NONE: not texts,
        WarningCode.MISC_EQUALS_DEF: _numbers(
            bool(key) and name_key(text) == key for text in texts
        ),
    }


def _scope(subject: RuleInput) -> Findings:
    return {WarningCode.SCOPE_EMPTY: not (subject.content.scope_boundaries or "").strip()}


def _prerequisites(subject: RuleInput) -> Findings:
    others = [name for name in subject.names.mentioned if name_key(name) != subject.name_key]
    is_none = not any(text.strip() for text in subject.content.prerequisites)
    return {WarningCode.PREREQ_NONE_BUT_REFERENCED: is_none and others}


def _characters(field: str, subject: RuleInput) -> Findings:
    if not subject.has_unusual_characters:
        return {}
    text = _text_of(subject.content, field)
    return {
        WarningCode.TEXT_CONTROL_CHARS: sorted(
            {f"U+{ord(character):04X}" for character in INVISIBLE.findall(text)}
        ),
        WarningCode.TEXT_PLACEHOLDER: sorted(set(PLACEHOLDER.findall(text))),
    }


def _text_of(content: ConceptContent, field: str) -> str:
    value: str | tuple[str, ...] | None = getattr(content, field)
    return value if isinstance(value, str) else "\n".join(value or ())


def _change(subject: RuleInput) -> Findings:
    is_short = len(WORD.findall(name_key(subject.note or ""))) < SHORTEST_NOTE_WORDS
    return {
        WarningCode.NOTE_UNINFORMATIVE: subject.previous is not None
        and is_short
        and (SHORTEST_NOTE_WORDS,),
        WarningCode.EDIT_NO_CHANGE: subject.previous == subject.content,
    }


RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("name", _name),
    ("definition", _definition),
    ("explanation", _explanation),
    ("learning_objective", _objective),
    ("examples", _examples),
    ("misconceptions", _misconceptions),
    ("scope_boundaries", _scope),
    ("prerequisites", _prerequisites),
    *((field, partial(_characters, field)) for field in CONTENT_FIELDS),
    ("change_note", _change),
)


def _mentions(text: str, key: str) -> bool:
    return (
        key != "" and key in text and re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text) is not None
    )


def _first_word(key: str) -> str:
    found = WORD.search(key)
    return found.group() if found else ""


def _stems(key: str) -> tuple[str, ...]:
    """How the words that carry a name begin, whatever their endings; of a name of short words only, all of them."""
    words = WORD.findall(key)
    carrying = [word for word in words if len(word) >= SHORTEST_STEM] or words
    return tuple(word[: max(SHORTEST_STEM, len(word) - LONGEST_ENDING)] for word in carrying)


def _numbers(marks: Iterable[bool]) -> list[str]:
    return [str(number) for number, is_marked in enumerate(marks, start=1) if is_marked]
