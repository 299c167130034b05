"""Names of planned files that are derived from labels, so that they are always allowed paths."""

import keyword
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from attrs import Factory, define

from indelible.projects.rules.paths import is_device_name

MAX_SLUG_CHARACTERS: Final = 60


def slug(text: str, default: str) -> str:
    """Return the text in lower-case ASCII words joined by `-`; accents are dropped.

    The slug begins with a letter, and is no keyword of Python and no device of Windows.
    """
    decomposed = unicodedata.normalize("NFKD", text[: 10 * MAX_SLUG_CHARACTERS])
    ascii_text = decomposed.encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", ascii_text)
    name = "-".join(words)[:MAX_SLUG_CHARACTERS].rstrip("-") or default
    is_usable = name[0].isalpha() and not keyword.iskeyword(name) and not is_device_name(name)
    return name if is_usable else f"{default}-{name}"


@define
class Slugs:
    """Slugs that are all different: a repeated or reserved one gets the next free number."""

    _default: str
    _taken: set[str] = Factory(set[str])
    _last_numbers: dict[str, int] = Factory(dict[str, int])

    def add(self, text: str) -> str:
        """Return a slug of the text that was not returned before."""
        base = slug(text, self._default)
        name = base
        number = self._last_numbers.get(base, 1)
        while name in self._taken:
            number += 1
            name = f"{base}-{number}"

        self._last_numbers[base] = number
        self._taken.add(name)
        return name

    def reserve(self, names: Iterable[str]) -> None:
        """Never return these slugs."""
        self._taken.update(names)


def module_name(slug: str) -> str:
    """Return the name of the Python module of a slug."""
    return slug.replace("-", "_")
