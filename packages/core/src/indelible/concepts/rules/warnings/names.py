"""Names of other concepts that a content mentions."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final, Self

from attrs import frozen

from indelible.concepts.entities import ConceptContent, name_key

# Punctuation and quotation marks around a word.
WORD_EDGES: Final = ".,;:!?()[]{}\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb\u2026\u2013\u2014"
MAX_NAME_WORDS: Final = 5
MAX_CANDIDATES: Final = 400
MAX_LINKS: Final = 100
# A Markdown link. Its parts are bounded, so that the search takes linear time.
LINK: Final = re.compile(r"\[([^\[\]]{1,200})\]\s?\(([^()\s]{0,200})\)")
SLUG_SEPARATORS: Final = re.compile("[_-]+")
LINK_GAP: Final = ", "  # in the place of a link or a name, so that the words around it stay apart
# Neither an abbreviation such as "e.g." nor a number such as "1." ends a sentence.
SENTENCE_END: Final = re.compile(r"(?<!\.\w)(?<!^\d)(?<!\s\d)[.!?](?=\s|$)|\n\s*\n")
ALIAS: Final = re.compile(r"(?:see|(?:another|other) (?:name|term|word)s? for)\b", re.IGNORECASE)
SENTENCE_ENDS: Final = ".!?:"
MAX_GAP: Final = 10  # characters between the end of a sentence and the next word


@frozen(kw_only=True)
class RelatedNames:
    """Names of other concepts: equal to the version's name, and mentioned in its definition."""

    same: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()

    @classmethod
    def among(cls, content: ConceptContent, names: Iterable[str]) -> Self:
        """Select the names that the content is related to, each once and in order."""
        unique_names = sorted(set(names))
        if not unique_names:
            return cls()

        own_key = name_key(content.name)
        candidates = _mentionable_keys(content.definition)
        same: list[str] = []
        mentioned: list[str] = []
        for name in unique_names:
            key = name_key(name)
            if key == own_key:
                same.append(name)
            if key in candidates:
                mentioned.append(name)

        return cls(same=tuple(same), mentioned=tuple(mentioned))


def candidate_names(
    definition: str, *, max_words: int = MAX_NAME_WORDS, limit: int = MAX_CANDIDATES
) -> tuple[str, ...]:
    """Return the keys of all names that may occur in the definition.

    Each run of up to `max_words` words is a candidate; only the first `limit` runs count.
    """
    words: list[str] = []
    for text in name_key(without_links(definition)).split():
        word = text.strip(WORD_EDGES)
        if word:
            words.append(word)

    runs: list[str] = []
    for start, first_word in enumerate(words):
        if len(runs) >= limit:
            break
        run = first_word
        runs.append(run)
        for word in words[start + 1 : start + max_words]:
            run = f"{run} {word}"
            runs.append(run)

    return tuple(dict.fromkeys(runs[:limit]))


def related_name_keys(content: ConceptContent) -> set[str]:
    """Return the keys of all names that the content may be related to."""
    return {name_key(content.name)} | _mentionable_keys(content.definition)


def without_links(text: str) -> str:
    """Return the text with each Markdown link replaced by the link's own text."""
    if "](" not in text and "] (" not in text:
        return text

    return LINK.sub(r"\1", text)


def linked_keys(definition: str) -> set[str]:
    """Return the keys of the names that the definition's Markdown links may point to.

    A link points to a name by its text, or by a target such as `#unit_fraction`.
    """
    keys: set[str] = set()
    for match in islice(LINK.finditer(definition), MAX_LINKS):
        text, target = match.groups()
        keys.add(name_key(text))
        keys.add(name_key(SLUG_SEPARATORS.sub(" ", target.removeprefix("#"))))

    return keys - {""}


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    return SENTENCE_END.split(text.strip(), maxsplit=1)[0]


def references(definition: str, names: Iterable[str]) -> tuple[str, ...]:
    """Select the names that the definition is built on, those with a link first.

    Only the first sentence counts: later ones give examples, history and contrasts. A link is a
    reference. So is a name of several words, or one with a spelling of its own, outside links and
    outside longer names. One ordinary word, such as "true" or "model", is far more often just a
    word. A definition that only points to another concept ("See ...") is built on nothing.
    """
    sentence = first_sentence(definition)
    if ALIAS.match(sentence):
        return ()

    linked = linked_keys(sentence)
    with_link: list[str] = []
    others: list[str] = []
    for name in names:
        group = with_link if name_key(name) in linked else others
        group.append(name)

    return (*with_link, *_names_in_text(LINK.sub(LINK_GAP, sentence), others))


def _names_in_text(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Select the names that are clearly names in a text without links, in their order."""
    unread_text = name_key(text)
    selected: set[str] = set()
    longest_first = sorted(names, key=lambda name: len(name_key(name)), reverse=True)
    for name in longest_first:
        key = name_key(name)
        if " " not in key and not _has_own_spelling(name, text):
            continue

        pattern = rf"(?<!\w){re.escape(key)}(?!\w)"
        unread_text, count = re.subn(pattern, LINK_GAP, unread_text)
        if count:
            selected.add(name)

    return tuple(name for name in names if name in selected)


def _mentionable_keys(definition: str) -> set[str]:
    return set(candidate_names(definition)) | linked_keys(definition)


def _has_own_spelling(name: str, text: str) -> bool:
    """Return True where the name has a capital or a digit, and the text spells it so.

    At the beginning of a sentence every word has a capital, so that place does not count.
    """
    name = name.strip()
    if name == name.lower() and not any(character.isdigit() for character in name):
        return False

    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        start = match.start()
        before = text[max(0, start - MAX_GAP) : start].rstrip()
        if before and before[-1] not in SENTENCE_ENDS:
            return True

    return False
