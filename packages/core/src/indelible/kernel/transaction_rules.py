"""Rules of a context: functions that refuse an action for what the transaction finds elsewhere.

    def require_offered(tx: Transaction, grant: Grant) -> None:
        consent = consents.of(tx).lock(grant.consent).entity
        if consent.status != Status.OFFERED:
            raise Refused("the consent is not offered")

    grants = Context(Grant, rules={Grant.give: require_offered})

The body of an action sees its own aggregate alone. A rule reads and locks others with the
transaction of the command, whether a program runs it, REST or the console. It gets the aggregate as
the action leaves it, after the body and before anything is saved: also before the other commands of
an `execute_many` are, so that a rule which counts does not see these. No database knows it: raw SQL
is not asked, and `verify` does not judge it.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

from indelible.kernel.actions import Action, actions_of
from indelible.kernel.choices import choices_of
from indelible.kernel.errors import UsageError
from indelible.kernel.history import Entity
from indelible.kernel.transaction import Transaction
from indelible.kernel.values import value_text

E = TypeVar("E", bound=Entity)

Rules: TypeAlias = Mapping[Action[E, ...], Callable[[Any, E], None]]
# A call of such a function only begins it.
BEGINNING: Final = (
    inspect.iscoroutinefunction,
    inspect.isgeneratorfunction,
    inspect.isasyncgenfunction,
)
NO_RULES: Final[Rules[Any]] = MappingProxyType({})


def obey(rules: Rules[E], tx: Transaction, action: Action[E, ...], entity: E) -> None:
    """Run the rule of an action on the aggregate as the action leaves it.

    Raises:
        IndelibleError: The rule refuses it.
        UsageError: The rule returns something, which would be taken for an answer.
    """
    rule = rules.get(action)
    if rule is None:
        return
    answer: object = rule(tx, entity)
    if answer is not None:
        raise UsageError(
            f"the rule {_name_of(rule)} of {action} returned {value_text(answer)}: a rule raises an"
            " error, such as Refused, to refuse, and returns nothing"
        )


def rule_faults(entity: type[Any], rules: Mapping[Any, object]) -> Iterator[str]:
    """Yield what is wrong with the rules of an aggregate's context."""
    actions = actions_of(entity).values()
    choices = choices_of(entity).values()
    for action, rule in rules.items():
        if action in choices:
            taken = ", ".join(map(str, action.actions))
            yield f"rule of {action}, which is a choice: name the actions that it takes, {taken}"
        elif action not in actions:
            yield f"rule of {action}, which is no action of {entity.__name__}"
        if not callable(rule):
            yield f"rule of {action}: {value_text(rule)} is no function"
        elif any(begins(rule) for begins in BEGINNING):
            yield f"rule of {action}: {_name_of(rule)} would only begin: write a plain function"


def _name_of(rule: object) -> str:
    return getattr(rule, "__qualname__", repr(rule))
