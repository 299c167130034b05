"""Type checkers refuse wrong declarations of actions, as making the class does.

mypy reports a `type: ignore` that hides nothing, and pyright does in this file.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=error

from enum import StrEnum
from typing import ClassVar

import pytest
from attrs import frozen

from indelible.kernel import Lifecycle, UsageError
from indelible.kernel.actions import action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.kinds import kinds


class Light(StrEnum):
    """The states of a lamp."""

    RED = "RED"
    GREEN = "GREEN"


def test_an_action_that_is_declared_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="no action leads to state GREEN"):

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
            status: Light

            @creates(Light.RED)
            def build(self) -> None: ...
            @action(Light.RED, to=Light.GREEN)
            def go(self) -> None: ...  # pyright: ignore[reportRedeclaration]  # the first one
            # The text makes pyright refuse this line too: it names the first of the two methods.
            @action("GREEN")  # type: ignore[no-redef]  # the second one
            def go(self) -> None: ...  # noqa: F811 - the fault


def test_an_action_with_the_name_of_a_method_is_refused() -> None:
    with pytest.raises(UsageError, match="action create has the name of a method of aggregates"):

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
            status: Light

            @creates(Light.RED)
            def create(self) -> None: ...  # type: ignore[override]  # makes aggregates
            @action(Light.RED, to=Light.GREEN)
            def go(self) -> None: ...


def test_an_action_without_self_is_refused() -> None:
    with pytest.raises(UsageError, match="action build lacks self"):

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
            status: Light

            @creates(Light.RED)  # type: ignore[arg-type]  # a method has `self`
            def build() -> None: ...
            @action(Light.RED, to=Light.GREEN)
            def go(self) -> None: ...


def test_a_text_as_a_state_is_refused() -> None:
    with pytest.raises(UsageError, match="action go: 'GREEN' is no Light"):

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
            status: Light

            @creates(Light.RED)
            def build(self) -> None: ...
            @action(Light.RED, to="GREEN")  # type: ignore[arg-type]  # a text
            def go(self) -> None: ...
