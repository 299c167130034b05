"""The search for a definition that defines a concept by its own name."""

import re
from typing import Final

from indelible.concepts.entities import name_key
from indelible.concepts.rules.warnings.names import first_sentence, without_links

# A quoted name and a name in code are mentioned, and define nothing. The lengths are bounded, so
# that the search takes linear time.
QUOTED: Final = re.compile(
    '`[^`]{0,200}`|"[^"]{0,200}"|\u201c[^\u201d]{0,200}\u201d|\u00ab[^\u00bb]{0,200}\u00bb'
)
COPULA: Final = re.compile(r"\b(?:is|are|was|were|means?|refers?)\b")
# After one of these words the name is the kind of thing that the concept is said to be.
CONNECTIVES: Final = "of|that|which|who|whose|for|between|from|with|to|and|or"


def is_circular(name: str, definition: str) -> bool:
    """Return True where the first sentence defines the name by the name.

    The name is either its whole genus ("A ratio of two numbers."), or both its subject and a part
    of what is said about it ("A ratio is the ratio of two numbers."). A name that is only the
    subject, is quoted, or stands in a later sentence makes no definition circular.
    """
    key = name_key(name)
    sentence = _first_sentence(definition)
    if not key or key not in sentence:
        return False

    whole_name = rf"(?<![\w-]){re.escape(key)}(?![\w-])"
    mentions = list(re.finditer(whole_name, sentence))
    if len(mentions) > 1:
        return _is_predicate(sentence, mentions[-1].start())

    return _is_genus(sentence, key)


def _first_sentence(definition: str) -> str:
    text = QUOTED.sub(" ", without_links(definition))
    return name_key(first_sentence(text))


def _is_predicate(sentence: str, last_mention: int) -> bool:
    """Return True where a verb stands between the first mention and the last one."""
    return COPULA.search(sentence, 0, last_mention) is not None


def _is_genus(sentence: str, key: str) -> bool:
    """Return True where the sentence begins with the name, after an article, and has no verb."""
    if COPULA.search(sentence):
        return False

    opening = rf"(?:\w+ )?{re.escape(key)}(?:$|[.,;:!?]| (?:{CONNECTIVES})\b)"
    return re.match(opening, sentence) is not None
