"""Remarks on what a version says: they never block, and they never change anything."""

import logging
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice
from typing import Final, Self

from attrs import asdict, frozen

from indelible.concepts.entities import (
    ConceptContent,
    ConceptPolicy,
    ConceptVersion,
    ConceptWarning,
    Severity,
    name_key,
)
from indelible.concepts.rules.diff import similarity_percent

RULESET: Final = 1  # raised whenever a rule starts to say something else

MOST_PARAMS: Final = 20  # a warning stays readable, however many values caused it
LONGEST_PARAM: Final = 200
SHORTEST_NOTE_WORDS: Final = 3
SHORTEST_STEM: Final = 4  # letters
LONGEST_ENDING: Final = 3  # letters that a stem may leave out

WORD: Final = re.compile(r"\w+(?:['\u2019-]\w+)*")
WORD_EDGES: Final = ".,;:!?()[]{}\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb\u2026\u2013\u2014"
CONJUNCTION: Final = re.compile(r";|\band\b")
PLACEHOLDER: Final = re.compile(r"\b(?:TODO|TBD)\b|(?i:\blorem\s+ipsum\b)")  # in small letters `todo` is Spanish
# Tab and line breaks are text, and some scripts need joiners; what hides or reorders text has no use in any.
INVISIBLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]"
)

INFO, MINOR, MAJOR = Severity.INFO, Severity.MINOR, Severity.MAJOR
FIELDS: Final = {
    "NAME": "name",
    "DEF": "definition",
    "EXPL": "explanation",
    "OBJ": "learning_objective",
    "EX": "examples",
    "MISC": "misconceptions",
    "SCOPE": "scope_boundaries",
    "PREREQ": "prerequisites",
    "NOTE": "change_note",
}

logger = logging.getLogger(__name__)


class WarningCode(StrEnum):
    """Every remark there is: how much it should worry, and what it says; the code's first word names the field."""

    severity: Severity
    message: str

    def __new__(cls, code: str, severity: Severity, message: str) -> Self:
        """The code, with what is declared beside it."""
        member = str.__new__(cls, code)
        member._value_, member.severity, member.message = code, severity, message
        return member

    NAME_BLANK = "NAME_BLANK", MAJOR, "The name is blank."
    NAME_LONG = "NAME_LONG", MINOR, "The name has {0} characters, more than {1}."
    NAME_WHITESPACE = "NAME_WHITESPACE", MINOR, "The name has other space than one between words."
    NAME_COLLISION = "NAME_COLLISION", MINOR, "Another concept has this name too: {list}."
    DEF_EMPTY = "DEF_EMPTY", MAJOR, "The definition is empty."
    DEF_LONG = "DEF_LONG", MINOR, "The definition has {0} characters, more than {1}."
    DEF_SHORT = "DEF_SHORT", MINOR, "The definition has fewer than {0} words."
    DEF_CIRCULAR = "DEF_CIRCULAR", MINOR, "The definition uses the name that it defines."
    DEF_EQUALS_EXPLANATION = "DEF_EQUALS_EXPLANATION", MINOR, "The definition and the explanation are the same."
    EXPL_EMPTY = "EXPL_EMPTY", MAJOR, "The explanation is empty."
    EXPL_SHORTER_THAN_DEF = "EXPL_SHORTER_THAN_DEF", INFO, "The explanation has fewer words than the definition."
    OBJ_EMPTY = "OBJ_EMPTY", MAJOR, "The learning objective is empty."
    OBJ_VERB = "OBJ_VERB", MINOR, "The learning objective does not begin with a verb that can be observed."
    OBJ_MULTIPLE = "OBJ_MULTIPLE", INFO, "The learning objective asks for more than one thing: {list}."
    EX_NONE = "EX_NONE", MAJOR, "There is no example."
    EX_BLANK = "EX_BLANK", MINOR, "Some examples are blank: number {list}."
    EX_DUPLICATE = "EX_DUPLICATE", MINOR, "Some examples repeat an earlier one: number {list}."
    EX_NO_TERM = "EX_NO_TERM", INFO, "No example mentions the name."
    MISC_NONE = "MISC_NONE", INFO, "There is no misconception."
    MISC_EQUALS_DEF = "MISC_EQUALS_DEF", MAJOR, "Some misconceptions say what the definition says: number {list}."
    SCOPE_EMPTY = "SCOPE_EMPTY", MINOR, "Nothing says where the concept ends."
    PREREQ_NONE_BUT_REFERENCED = "PREREQ_NONE_BUT_REFERENCED", MINOR, "No prerequisite, but a mention of {list}."
    PREREQ_SELF = "PREREQ_SELF", MAJOR, "The concept is listed as its own prerequisite."
    PREREQ_DUPLICATE = "PREREQ_DUPLICATE", MINOR, 'The prerequisite "{0}" is listed more than once.'
    PREREQ_DANGLING = "PREREQ_DANGLING", MINOR, 'No concept is called "{0}"{maybe}.'
    PREREQ_AMBIGUOUS = "PREREQ_AMBIGUOUS", MINOR, 'There are {1} concepts called "{0}".'
    PREREQ_CYCLE = "PREREQ_CYCLE", MAJOR, "The concept is needed before itself: {path}."
    PREREQ_BELOW_STATUS = "PREREQ_BELOW_STATUS", MINOR, 'The prerequisite "{0}" is only in {1}, this concept in {2}.'
    PREREQ_DEPTH = "PREREQ_DEPTH", INFO, "The longest chain of prerequisites has {0} steps, more than {1}."
    TEXT_CONTROL_CHARS = "TEXT_CONTROL_CHARS", MAJOR, "The text holds characters that cannot be seen: {list}."
    TEXT_PLACEHOLDER = "TEXT_PLACEHOLDER", MINOR, "The text holds a placeholder: {list}."
    NOTE_UNINFORMATIVE = "NOTE_UNINFORMATIVE", INFO, "The note on the change has fewer than {0} words."
    EDIT_NO_CHANGE = "EDIT_NO_CHANGE", INFO, "The version says the same as the one before it."
    EDIT_LARGE = "EDIT_LARGE", INFO, "The definition keeps {0} % of the one before it, less than {1} %."
    APPROVAL_STALE = "APPROVAL_STALE", MAJOR, "Version {0} was approved, and the concept is now at version {1}."
    RULE_CRASHED = "RULE_CRASHED", MINOR, 'The check "{0}" failed, and says nothing for that reason.'


@frozen(kw_only=True)
class NamesLike:
    """Other concepts' names: those equal to a version's name, and those that occur in its definition."""

    same: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()


@frozen(kw_only=True)
class Subject:
    """What a rule looks at."""

    version: ConceptVersion
    previous: ConceptVersion | None
    names: NamesLike
    policy: ConceptPolicy

    @property
    def content(self) -> ConceptContent:
        """What the version says."""
        return self.version.content


Rule = Callable[[Subject], Iterator[ConceptWarning]]


def content_warnings(
    version: ConceptVersion, previous: ConceptVersion | None, names: NamesLike, policy: ConceptPolicy
) -> tuple[ConceptWarning, ...]:
    """What can be remarked on a version when it is written, in the order of the rules."""
    subject = Subject(version=version, previous=previous, names=names, policy=policy)
    return tuple(remark for rule in RULES for remark in remarks(rule, subject))


def remarks(rule: Rule, subject: Subject) -> tuple[ConceptWarning, ...]:
    """What the rule says of the subject; or, of a rule that fails, that it failed."""
    try:
        return tuple(rule(subject))
    except Exception as error:  # noqa: BLE001 - a defect of ours may not stop anyone's work
        # An error's message may quote content, and content is nothing for a log.
        logger.warning("rule %s crashed with %s", rule.__name__, type(error).__name__)
        return (warning(WarningCode.RULE_CRASHED, rule.__name__),)


def warning(code: WarningCode, *values: str, field: str | None = None) -> ConceptWarning:
    """The code's warning about these values, cut to what a reader takes in."""
    shown = values if len(values) <= MOST_PARAMS else (*values[: MOST_PARAMS - 1], "\u2026")
    params = tuple(value if len(value) <= LONGEST_PARAM else f"{value[: LONGEST_PARAM - 1]}\u2026" for value in shown)
    maybe = "".join(f" (perhaps {value})" for value in params[1:])
    message = code.message.format(*params, list=", ".join(params), path=" \u2192 ".join(params), maybe=maybe)
    field = field or FIELDS.get(code.partition("_")[0])
    return ConceptWarning(code=code.value, field=field, severity=code.severity, message=message, params=params)


def candidate_names(definition: str, *, longest: int = 5, most: int = 400) -> tuple[str, ...]:
    """The keys that a name in the definition can have: of each run of up to `longest` words, the first `most`."""
    words = [word for text in name_key(definition).split() if (word := text.strip(WORD_EDGES))]
    runs = (
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + longest, len(words)) + 1)
    )
    return tuple(dict.fromkeys(islice(runs, most)))


def name(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the name."""
    text, longest = subject.content.name, subject.policy.longest_name
    if not text.strip():
        yield warning(WarningCode.NAME_BLANK)
        return
    if len(text) > longest:
        yield warning(WarningCode.NAME_LONG, str(len(text)), str(longest))
    if text != " ".join(text.split()):
        yield warning(WarningCode.NAME_WHITESPACE)
    if subject.names.same:
        yield warning(WarningCode.NAME_COLLISION, *subject.names.same)


def definition(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the definition."""
    text, policy = subject.content.definition, subject.policy
    if not text.strip():
        yield warning(WarningCode.DEF_EMPTY)
        return
    if len(text) > policy.longest_definition:
        yield warning(WarningCode.DEF_LONG, str(len(text)), str(policy.longest_definition))
    if len(_words(text)) < policy.shortest_definition_words:
        yield warning(WarningCode.DEF_SHORT, str(policy.shortest_definition_words))
    if _mentions(text, subject.content.name):
        yield warning(WarningCode.DEF_CIRCULAR)
    if name_key(text) == name_key(subject.content.explanation):
        yield warning(WarningCode.DEF_EQUALS_EXPLANATION)


def explanation(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the explanation."""
    text = subject.content.explanation
    if not text.strip():
        yield warning(WarningCode.EXPL_EMPTY)
    elif len(_words(text)) < len(_words(subject.content.definition)):
        yield warning(WarningCode.EXPL_SHORTER_THAN_DEF)


def objective(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the learning objective."""
    text, verbs = subject.content.learning_objective, subject.policy.observable_verbs
    if not text.strip():
        yield warning(WarningCode.OBJ_EMPTY)
        return
    if not set(_words(text)[:1]) & verbs:
        yield warning(WarningCode.OBJ_VERB)
    asked = [verb for part in CONJUNCTION.split(name_key(text)) for verb in _words(part)[:1] if verb in verbs]
    if len(asked) > 1:
        yield warning(WarningCode.OBJ_MULTIPLE, *asked)


def examples(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the examples."""
    keys = [name_key(example) for example in subject.content.examples]
    if not keys:
        yield warning(WarningCode.EX_NONE)
    if blank := _numbers(key == "" for key in keys):
        yield warning(WarningCode.EX_BLANK, *blank)
    if again := _numbers(key != "" and key in keys[:place] for place, key in enumerate(keys)):
        yield warning(WarningCode.EX_DUPLICATE, *again)
    stems = _stems(subject.content.name)
    if stems and any(keys) and not any(word.startswith(stems) for key in keys for word in _words(key)):
        yield warning(WarningCode.EX_NO_TERM)


def misconceptions(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the misconceptions."""
    texts, key = subject.content.misconceptions, name_key(subject.content.definition)
    if not texts:
        yield warning(WarningCode.MISC_NONE)
    if equal := _numbers(key != "" and name_key(text) == key for text in texts):
        yield warning(WarningCode.MISC_EQUALS_DEF, *equal)


def scope(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the scope."""
    if not (subject.content.scope_boundaries or "").strip():
        yield warning(WarningCode.SCOPE_EMPTY)


def prerequisites(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on prerequisites that the graph does not see."""
    own = name_key(subject.content.name)
    others = [other for other in subject.names.mentioned if name_key(other) != own]
    if others and not any(text.strip() for text in subject.content.prerequisites):
        yield warning(WarningCode.PREREQ_NONE_BUT_REFERENCED, *others)


def texts(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on characters and words that no field should hold."""
    for field, value in asdict(subject.content).items():
        text = value if isinstance(value, str) else "\n".join(value or ())
        if hidden := sorted({f"U+{ord(character):04X}" for character in INVISIBLE.findall(text)}):
            yield warning(WarningCode.TEXT_CONTROL_CHARS, *hidden, field=field)
        if found := sorted(set(PLACEHOLDER.findall(text))):
            yield warning(WarningCode.TEXT_PLACEHOLDER, *found, field=field)


def edit(subject: Subject) -> Iterator[ConceptWarning]:
    """Remarks on the step from the version before."""
    if subject.previous is None:
        return
    if len(_words(subject.version.change_note or "")) < SHORTEST_NOTE_WORDS:
        yield warning(WarningCode.NOTE_UNINFORMATIVE, str(SHORTEST_NOTE_WORDS))
    if subject.content == subject.previous.content:
        yield warning(WarningCode.EDIT_NO_CHANGE)
    old, new, least = subject.previous.content.definition, subject.content.definition, subject.policy.large_edit_percent
    # To write a first definition, or to take one away, is no rewriting.
    if old.strip() and new.strip() and (kept := similarity_percent(old, new)) < least:
        yield warning(WarningCode.EDIT_LARGE, str(kept), str(least))


RULES: Final[tuple[Rule, ...]] = (
    name,
    definition,
    explanation,
    objective,
    examples,
    misconceptions,
    scope,
    prerequisites,
    texts,
    edit,
)


def _words(text: str) -> list[str]:
    return WORD.findall(name_key(text))


def _mentions(text: str, term: str) -> bool:
    key = name_key(term)
    return key != "" and re.search(rf"(?<!\w){re.escape(key)}(?!\w)", name_key(text)) is not None


def _stems(term: str) -> tuple[str, ...]:
    """How the words that carry a name begin, whatever their endings; of a name of short words only, all of them."""
    words = _words(term)
    carrying = [word for word in words if len(word) >= SHORTEST_STEM] or words
    return tuple(word[: max(SHORTEST_STEM, len(word) - LONGEST_ENDING)] for word in carrying)


def _numbers(marks: Iterator[bool]) -> list[str]:
    return [str(number) for number, is_marked in enumerate(marks, start=1) if is_marked]
