"""The faults of numbered versions that the actions of an aggregate show."""

from collections.abc import Iterator, Mapping
from typing import Any

from indelible.kernel.actions import Action
from indelible.kernel.numbered_versions import NumberedVersions


def version_faults(
    rule: NumberedVersions, actions: Mapping[str, Action[Any, ...]]
) -> Iterator[str]:
    """Yield actions that set the number themselves, and content that no action changes."""
    is_changed = False
    for action in actions.values():
        subject = f"{action.declared_at}: action {action.name}"
        if rule.field in (*action.parameters, *action.derived_fields):
            yield f"{subject} sets field {rule.field}, which counts by itself: nobody passes it"
        stamped = (*action.actor_fields, *action.reason_fields)
        if action.time_field:
            stamped = (*stamped, action.time_field)
        for name in rule.counted_fields:
            if name in stamped:
                yield (
                    f"{rule.declared_at}: field {rule.field} counts the values of {name}, which"
                    f" action {action.name} stamps: it is no content"
                )
        is_changed = is_changed or rule.field in action.affected_names
    if not is_changed:
        yield (
            f"{rule.declared_at}: field {rule.field} is always 1: no action changes"
            f" {' or '.join(rule.counted_fields)}"
        )
