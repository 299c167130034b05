"""Assign texts by their words alone: TF-IDF vectors and the nearest mean of a topic."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from math import hypot, log, log1p
from typing import Final

from attrs import frozen

from indelible.captures.rules.trials import Outcome

WORD: Final = re.compile(r"\w{2,}")

Weights = Mapping[str, float]  # by word, of length 1


def count_words(text: str) -> Counter[str]:
    """Return how often each word is in a text, whatever its case."""
    return Counter(WORD.findall(text.casefold()))


@frozen
class LexicalBaseline:
    """The mean TF-IDF vector of each topic."""

    _rarity: Mapping[str, float]  # by word
    _centroids: Mapping[str, Weights]

    @classmethod
    def over(cls, known: Mapping[str, Sequence[Counter[str]]]) -> "LexicalBaseline":
        """Return the baseline that knows these texts of each topic, each as its words."""
        occurrences = Counter[str]()
        for words in chain.from_iterable(known.values()):
            occurrences.update(words.keys())
        total = sum(map(len, known.values()))
        rarity: dict[str, float] = {}
        for word, count in occurrences.items():
            rarity[word] = log((1 + total) / (1 + count)) + 1

        centroids: dict[str, Weights] = {}
        for topic, topic_texts in known.items():
            sums = defaultdict[str, float](float)
            for words in topic_texts:
                for word, weight in _weigh(words, rarity).items():
                    sums[word] += weight
            centroids[topic] = _unit(sums)

        return cls(rarity, centroids)

    def assign(self, words: Counter[str]) -> str:
        """Return the topic whose mean is nearest; the first name wins a tie."""
        weights = _weigh(words, self._rarity)

        def closeness(topic: str) -> float:
            centroid = self._centroids[topic]
            return sum(weight * centroid.get(word, 0.0) for word, weight in weights.items())

        return max(sorted(self._centroids), key=closeness)

    def assign_all(self, samples: Iterable[tuple[str, Counter[str]]]) -> Outcome:
        """Assign the words of every text; each comes with its own topic."""
        counts = Counter[tuple[str, str]]()
        for topic, words in samples:
            counts[topic, self.assign(words)] += 1

        return Outcome(counts=counts)


def _weigh(words: Counter[str], rarity: Mapping[str, float]) -> Weights:
    """Return the TF-IDF vector of a text; words that no known text has count nothing."""
    weights: dict[str, float] = {}
    for word, count in words.items():
        if word in rarity:
            weights[word] = log1p(count) * rarity[word]

    return _unit(weights)


def _unit(weights: Mapping[str, float]) -> Weights:
    length = hypot(*weights.values()) or 1.0
    return {word: weight / length for word, weight in weights.items()}
