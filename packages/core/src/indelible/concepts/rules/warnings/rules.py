"""The rules that warn about the content of a version, one function per field."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import Final

from attrs import frozen

from indelible.concepts.entities import CONTENT_FIELDS, ConceptContent, ConceptPolicy, name_key
from indelible.concepts.rules.diff.words import similarity_percent
from indelible.concepts.rules.warnings.circularity import is_circular
from indelible.concepts.rules.warnings.codes import WarningCode
from indelible.concepts.rules.warnings.names import LINK, RelatedNames, references, without_links
from indelible.kernel.values import INVISIBLE

MIN_NOTE_WORDS: Final = 3
MAX_LINK_LIST_WORDS: Final = 4  # outside the links of a list of links
MIN_STEM_LETTERS: Final = 4
MAX_ENDING_LETTERS: Final = 3  # letters that a stem leaves out

WORD: Final = re.compile(r"\w+(?:['\u2019-]\w+)*")
CONJUNCTION: Final = re.compile(r";|\band\b")
# Lower-case `todo` is a Spanish word and no placeholder. The look-behinds stand after the first
# letter, because the regex engine can search for a first letter quickly.
PLACEHOLDER: Final = re.compile(
    r"T(?<!\wT)(?:ODO|BD)\b|F(?<!\wF)IXME\b|[Ll](?<!\w.)(?i:orem\s+ipsum)\b"
)
# A text without any of these has no placeholder and, where it is printable, no invisible character.
SUSPICIOUS_TEXTS: Final = ("TODO", "TBD", "FIXME", "\ufffd")
SUSPICIOUS_FOLDED_TEXT: Final = "lorem"

# True, or the values of the warning; False or an empty sequence where there is no warning.
Values = bool | Sequence[object]
Findings = Mapping[WarningCode, Values]


@frozen(kw_only=True)
class RuleInput:
    """The version that the rules examine, with its predecessor and related names."""

    content: ConceptContent
    note: str | None
    previous: ConceptContent | None
    names: RelatedNames
    policy: ConceptPolicy

    @cached_property
    def name_key(self) -> str:
        """Return the normalized name."""
        return name_key(self.content.name)

    @cached_property
    def definition_key(self) -> str:
        """Return the normalized definition."""
        return name_key(self.content.definition)

    @cached_property
    def definition_words(self) -> list[str]:
        """Return the words of the normalized definition."""
        return WORD.findall(self.definition_key)

    @cached_property
    def has_unusual_characters(self) -> bool:
        """Return True where a text may hold invisible characters or a placeholder.

        The test is cheap and almost always negative; the exact search runs only if it is positive.
        """
        text = "\n".join(_field_text(self.content, field) for field in CONTENT_FIELDS)
        if not text.replace("\n", " ").isprintable():
            return True
        if any(suspicious in text for suspicious in SUSPICIOUS_TEXTS):
            return True

        return SUSPICIOUS_FOLDED_TEXT in text.casefold()


@frozen
class Rule:
    """A rule on one field: the codes that it may find, in the order of the warnings."""

    field: str
    codes: tuple[WarningCode, ...]
    find: Callable[[RuleInput], Findings]


def _name(version: RuleInput) -> Findings:
    name = version.content.name
    max_length = version.policy.max_name_characters

    findings: dict[WarningCode, Values] = {}
    if len(name) > max_length:
        findings[WarningCode.NAME_LONG] = (len(name), max_length)
    if not name.strip():
        findings[WarningCode.NAME_BLANK] = True
        return findings

    findings[WarningCode.NAME_WHITESPACE] = name != " ".join(name.split())
    findings[WarningCode.NAME_COLLISION] = version.names.same
    return findings


def _definition(version: RuleInput) -> Findings:
    text = version.content.definition
    policy = version.policy

    findings: dict[WarningCode, Values] = {}
    findings[WarningCode.DEF_CIRCULAR] = is_circular(version.content.name, text)
    if not text.strip():
        findings[WarningCode.DEF_EMPTY] = True
        return findings

    length = len(without_links(text).strip())
    if length > policy.max_definition_characters:
        findings[WarningCode.DEF_LONG] = (length, policy.max_definition_characters)
    if len(version.definition_words) < policy.min_definition_words:
        findings[WarningCode.DEF_SHORT] = (policy.min_definition_words,)
    explanation_key = name_key(version.content.explanation)
    findings[WarningCode.DEF_EQUALS_EXPLANATION] = version.definition_key == explanation_key
    findings[WarningCode.EDIT_LARGE] = _large_edit(version)
    return findings


def _large_edit(version: RuleInput) -> Values:
    """Return the percentage kept of the previous definition and the least that is expected.

    Return False where enough is kept, or where there was no definition to rewrite: none, or only a
    placeholder.
    """
    previous = version.previous.definition if version.previous else ""
    if not WORD.search(PLACEHOLDER.sub("", previous)):
        return False

    min_percent = version.policy.large_edit_percent
    percent = similarity_percent(previous, version.content.definition)
    if percent >= min_percent:
        return False

    return (percent, min_percent)


def _explanation(version: RuleInput) -> Findings:
    text = version.content.explanation
    if not text.strip():
        return {WarningCode.EXPL_EMPTY: True}
    if _is_list_of_links(text):
        return {}

    definition_length = len(version.definition_words)
    counted_words = sum(1 for _ in islice(WORD.finditer(text), definition_length))
    return {WarningCode.EXPL_SHORTER_THAN_DEF: counted_words < definition_length}


def _is_list_of_links(text: str) -> bool:
    """Return True for a text such as "See also: [mean](#mean)", where related concepts stand."""
    rest, count = LINK.subn(" ", text)
    return count > 0 and len(WORD.findall(rest)) <= MAX_LINK_LIST_WORDS


def _objective(version: RuleInput) -> Findings:
    text = version.content.learning_objective
    if not text.strip():
        return {WarningCode.OBJ_EMPTY: True}

    observable_verbs = version.policy.observable_verbs
    key = name_key(text)
    verbs: list[str] = []
    for part in CONJUNCTION.split(key):
        verb = _first_word(part)
        if verb in observable_verbs:
            verbs.append(verb)

    return {
        WarningCode.OBJ_VERB: _first_word(key) not in observable_verbs,
        WarningCode.OBJ_MULTIPLE: verbs if len(verbs) > 1 else False,
    }


def _examples(version: RuleInput) -> Findings:
    keys = [name_key(example) for example in version.content.examples]
    blank: list[str] = []
    duplicate: list[str] = []
    for index, key in enumerate(keys):
        number = str(index + 1)
        if not key:
            blank.append(number)
        elif key in keys[:index]:
            duplicate.append(number)

    return {
        WarningCode.EX_NONE: not keys,
        WarningCode.EX_BLANK: blank,
        WarningCode.EX_DUPLICATE: duplicate,
        WarningCode.EX_NO_TERM: any(keys) and not _mention_the_name(keys, version.name_key),
    }


def _mention_the_name(keys: Iterable[str], name: str) -> bool:
    """Return True where a word begins like a word of the name, or the name has no words."""
    stems = _stems(name)
    if not stems:
        return True

    for key in keys:
        for word in WORD.findall(key):
            if word.startswith(stems):
                return True

    return False


def _misconceptions(version: RuleInput) -> Findings:
    misconceptions = version.content.misconceptions
    if not misconceptions:
        return {WarningCode.MISC_NONE: True}

    equal: list[str] = []
    for number, text in enumerate(misconceptions, start=1):
        if version.definition_key and name_key(text) == version.definition_key:
            equal.append(str(number))

    return {WarningCode.MISC_EQUALS_DEF: equal}


def _scope(version: RuleInput) -> Findings:
    scope = version.content.scope_boundaries or ""
    return {WarningCode.SCOPE_EMPTY: not scope.strip()}


def _prerequisites(version: RuleInput) -> Findings:
    if any(text.strip() for text in version.content.prerequisites):
        return {}

    others = [name for name in version.names.mentioned if name_key(name) != version.name_key]
    if not others:
        return {}

    return {WarningCode.PREREQ_NONE_BUT_REFERENCED: references(version.content.definition, others)}


def _characters(field: str, version: RuleInput) -> Findings:
    text = _field_text(version.content, field)
    invisible = {f"U+{ord(character):04X}" for character in INVISIBLE.findall(text)}
    return {
        WarningCode.TEXT_CONTROL_CHARS: sorted(invisible),
        WarningCode.TEXT_PLACEHOLDER: sorted(set(PLACEHOLDER.findall(text))),
    }


def _field_text(content: ConceptContent, field: str) -> str:
    """Return a field as one text; the items of a list stand on lines of their own."""
    value: str | tuple[str, ...] | None = getattr(content, field)
    if isinstance(value, str):
        return value

    return "\n".join(value or ())


def _change_note(version: RuleInput) -> Findings:
    if version.previous is None:
        return {}

    findings: dict[WarningCode, Values] = {}
    if len(WORD.findall(name_key(version.note or ""))) < MIN_NOTE_WORDS:
        findings[WarningCode.NOTE_UNINFORMATIVE] = (MIN_NOTE_WORDS,)
    findings[WarningCode.EDIT_NO_CHANGE] = version.previous == version.content

    return findings


CONTENT_RULES: Final = (
    Rule(
        "name",
        (
            WarningCode.NAME_BLANK,
            WarningCode.NAME_LONG,
            WarningCode.NAME_WHITESPACE,
            WarningCode.NAME_COLLISION,
        ),
        _name,
    ),
    Rule(
        "definition",
        (
            WarningCode.DEF_EMPTY,
            WarningCode.DEF_LONG,
            WarningCode.DEF_SHORT,
            WarningCode.DEF_CIRCULAR,
            WarningCode.DEF_EQUALS_EXPLANATION,
            WarningCode.EDIT_LARGE,
        ),
        _definition,
    ),
    Rule("explanation", (WarningCode.EXPL_EMPTY, WarningCode.EXPL_SHORTER_THAN_DEF), _explanation),
    Rule(
        "learning_objective",
        (WarningCode.OBJ_EMPTY, WarningCode.OBJ_VERB, WarningCode.OBJ_MULTIPLE),
        _objective,
    ),
    Rule(
        "examples",
        (
            WarningCode.EX_NONE,
            WarningCode.EX_BLANK,
            WarningCode.EX_DUPLICATE,
            WarningCode.EX_NO_TERM,
        ),
        _examples,
    ),
    Rule("misconceptions", (WarningCode.MISC_NONE, WarningCode.MISC_EQUALS_DEF), _misconceptions),
    Rule("scope_boundaries", (WarningCode.SCOPE_EMPTY,), _scope),
    Rule("prerequisites", (WarningCode.PREREQ_NONE_BUT_REFERENCED,), _prerequisites),
)
CHARACTER_CODES: Final = (WarningCode.TEXT_CONTROL_CHARS, WarningCode.TEXT_PLACEHOLDER)
CHARACTER_RULES: Final = tuple(
    Rule(field, CHARACTER_CODES, partial(_characters, field)) for field in CONTENT_FIELDS
)
CHANGE_NOTE_RULE: Final = Rule(
    "change_note",
    (WarningCode.NOTE_UNINFORMATIVE, WarningCode.EDIT_NO_CHANGE),
    _change_note,
)
RULES: Final = (*CONTENT_RULES, *CHARACTER_RULES, CHANGE_NOTE_RULE)
# For nearly every content: the rules on characters would find nothing in it.
RULES_ON_USUAL_CHARACTERS: Final = (*CONTENT_RULES, CHANGE_NOTE_RULE)


def applicable_rules(version: RuleInput) -> tuple[Rule, ...]:
    """Return the rules that may find something, in the order of the warnings."""
    if version.has_unusual_characters:
        return RULES
    return RULES_ON_USUAL_CHARACTERS


def _first_word(key: str) -> str:
    match = WORD.search(key)
    return match.group() if match else ""


def _stems(key: str) -> tuple[str, ...]:
    """Return the beginnings of the name's words, without their endings.

    Short words count only where the name has no longer ones.
    """
    words = WORD.findall(key)
    long_words = [word for word in words if len(word) >= MIN_STEM_LETTERS]

    stems: list[str] = []
    for word in long_words or words:
        length = max(MIN_STEM_LETTERS, len(word) - MAX_ENDING_LETTERS)
        stems.append(word[:length])

    return tuple(stems)
