"""The hint of an answer about an unknown address: paths that are served, from the public document.

It depends on the address alone, never on the caller or on what is stored.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final, Self

from attrs import frozen
from flask import Flask, current_app, request

from indelible_web.http.errors import RouteNotFound

EXTENSION: Final = "indelible_paths"  # of the application
MAX_PATHS: Final = 3  # that are named where some are near; without any, each collection is named
NEAR: Final = 0.8  # of the ratio of `difflib`: `ticket` is near `tickets`, `consents` no concept
MAX_CHARACTERS: Final = 100  # of an address that are compared
VARIABLE: Final = re.compile("<([a-z_]+)>")


@frozen
class ServedPaths:
    """The paths below a prefix by their first segments, each as in the OpenAPI document."""

    _prefix: str
    _by_root: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, prefix: str, rules: Iterable[str]) -> Self:
        """Return the paths of these rules, each of which has the prefix before it."""
        paths = {VARIABLE.sub(r"{\1}", rule) for rule in rules}
        by_root: dict[str, tuple[str, ...]] = {}
        for path in sorted(paths, key=lambda path: (path.count("/"), path)):
            root = _segments(path)[0]
            by_root[root] = (*by_root.get(root, ()), path)
        return cls(prefix, by_root)

    def nearest(self, address: str) -> tuple[str, ...]:
        """Return the nearest paths, or the first path of each collection if none is near."""
        segments = _segments(address[:MAX_CHARACTERS].lower().removeprefix(self._prefix))
        if segments[0] in self._by_root:
            paths = self._nearest_below(segments)
        else:
            near = get_close_matches(segments[0], self._by_root, n=MAX_PATHS, cutoff=NEAR)
            roots = near or sorted(self._by_root)
            paths = [self._by_root[root][0] for root in roots]
        return tuple(f"{self._prefix}{path}" for path in paths)

    def _nearest_below(self, segments: list[str]) -> list[str]:
        """Return the nearest paths with the same first segment."""
        by_text: dict[str, str] = {}
        for path in self._by_root[segments[0]]:
            by_text.setdefault(_with_values(path, segments), path)
        near = get_close_matches("/".join(segments), by_text, n=MAX_PATHS, cutoff=0)
        return [by_text[text] for text in near]


def declare_paths(app: Flask, prefix: str, rules: Iterable[str]) -> None:
    """Let the application name the paths of these rules to who asks for an unknown one."""
    app.extensions[EXTENSION] = ServedPaths.of(prefix, rules)


def no_route() -> RouteNotFound:
    """Return the error about the address of the current request."""
    paths: ServedPaths = current_app.extensions[EXTENSION]
    return RouteNotFound(paths.nearest(request.path))


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _with_values(path: str, segments: list[str]) -> str:
    """Return a path with the segments of an address in the places of its variables."""
    parts = _segments(path)
    for index, part in enumerate(parts):
        if part.startswith("{") and index < len(segments):
            parts[index] = segments[index]
    return "/".join(parts)
