"""Names of the generated views of a host's context."""

from collections.abc import Callable
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, cast


def name_view(view: Callable[..., Any], name: str, sentence: str) -> None:
    """Give a view its name and its sentence in the OpenAPI document."""
    named = SimpleNamespace(__name__=name, __doc__=sentence)
    update_wrapper(view, cast("Any", named), ("__name__", "__doc__"), ())
