"""Names of other concepts that a content mentions."""

from collections.abc import Iterable
from typing import Final, Self

from attrs import frozen

from indelible.concepts.entities import ConceptContent, name_key

# Punctuation and quotation marks around a word.
WORD_EDGES: Final = ".,;:!?()[]{}\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb\u2026\u2013\u2014"
MAX_NAME_WORDS: Final = 5
MAX_CANDIDATES: Final = 400


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
        candidates = set(candidate_names(content.definition))
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
    for text in name_key(definition).split():
        word = text.strip(WORD_EDGES)
        if word:
            words.append(word)

    runs: list[str] = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + max_words, len(words)) + 1):
            if len(runs) == limit:
                return tuple(dict.fromkeys(runs))
            runs.append(" ".join(words[start:end]))

    return tuple(dict.fromkeys(runs))


def related_name_keys(content: ConceptContent) -> set[str]:
    """Return the keys of all names that the content may be related to."""
    return {name_key(content.name), *candidate_names(content.definition)}
