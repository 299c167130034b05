"""The generated classes of a host's requests and answers, and the names of its views."""

from collections.abc import Callable
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, cast

from attrs import Attribute, field, make_class

from indelible.kernel.kinds import kinds


def generated_class(
    name: str,
    attributes: dict[str, Any],
    sentence: str,
    *,
    base: type[Any] = object,
    transformer: Callable[..., list["Attribute[Any]"]] = kinds,
) -> type[Any]:
    """Return a class of requests or of answers; `sentence` describes it in the document."""
    new_class: type[Any] = make_class(
        name,
        attributes,
        bases=(base,),
        class_body={"__doc__": sentence},
        frozen=True,
        kw_only=True,
        slots=False,
        field_transformer=transformer,
    )
    return new_class


def required_field(kind: Any) -> Any:  # noqa: ANN401 - a kind or a type, and a field of attrs
    """Return a required field of a kind."""
    return field(type=kind)


def name_view(view: Callable[..., Any], name: str, sentence: str) -> None:
    """Give a view its name and its sentence in the OpenAPI document."""
    named = SimpleNamespace(__name__=name, __doc__=sentence)
    update_wrapper(view, cast("Any", named), ("__name__", "__doc__"), ())
