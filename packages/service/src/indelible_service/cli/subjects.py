"""List what must succeed again and again, and miss a subject no longer."""

from datetime import datetime
from typing import Final

import click
from attrs import frozen

from indelible.kernel import Actor, SystemClock
from indelible.kernel.silence import (
    ForgetSubject,
    SubjectKind,
    SubjectState,
    forget_subject,
    subject_states,
)
from indelible_service.cli.output import (
    Command,
    open_settings_store,
    print_result,
    print_results,
)

COLUMNS: Final = ("kind", "name", "problem", "succeeded_at", "longest_silence_seconds")
KINDS: Final = click.Choice([kind.value for kind in SubjectKind])


@frozen(kw_only=True)
class SubjectLine:
    """A subject as it is listed; without a longest silence it is not missed."""

    kind: str
    name: str
    problem: str | None
    succeeded_at: datetime | None
    known_since: datetime
    longest_silence_seconds: int | None


@click.group()
def subjects() -> None:
    """List what must succeed again and again, and forget what no longer must."""


@subjects.command("list", cls=Command)
def list_command() -> None:
    """List stages, recurring tasks, subscribers and the backup, with the last success of each."""
    now = SystemClock().now()
    with open_settings_store() as store:
        lines = [_line(state, now) for state in store.read(subject_states)]

    print_results(lines, COLUMNS, f"Subjects: {len(lines)}")


@subjects.command(cls=Command)
@click.argument("kind", type=KINDS)
@click.argument("name")
@click.option("--reason", required=True, help="The reason, which is logged.")
@click.option("--by", default="system:cli", show_default=True, help="The actor, who is logged.")
def forget(kind: str, name: str, reason: str, by: str) -> None:
    """Miss the subject NAME of KIND no longer: it was removed from the configuration.

    Its last success stays. A process that still has it misses it again after its next start.
    """
    with (
        open_settings_store() as store,
        store.transaction(actor=Actor.parse(by), reason=reason) as tx,
    ):
        forget_subject(tx, ForgetSubject(kind=SubjectKind(kind), name=name))

    print_result({"kind": kind, "name": name}, f"The {kind} {name} is not missed any more.")


def _line(state: SubjectState, now: datetime) -> SubjectLine:
    subject = state.subject
    return SubjectLine(
        kind=subject.kind.value,
        name=subject.name,
        problem=state.problem(now),
        succeeded_at=state.succeeded_at,
        known_since=state.known_since,
        longest_silence_seconds=subject.longest_silence_seconds,
    )
