"""Simulate an installation by a seed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from indelible_service.cli.output import REFUSED, Command, print_result

if TYPE_CHECKING:
    from indelible_service.simulation.databases import DatabaseKind
    from indelible_service.simulation.many import SeedResult
    from indelible_service.simulation.plan import Plan, Profile
    from indelible_service.simulation.running import SimulationReport

DATABASES: Final = ("sqlite", "postgresql")
PROFILES: Final = ("calm", "money", "storm")
MAX_DAYS: Final = 366
MAX_SEED: Final = 2**63 - 1
MAX_JOBS: Final = 256
SECONDS_PER_MINUTE: Final = 60
FILE: Final = click.Path(path_type=Path, dir_okay=False)


class SeedRange(click.ParamType[range]):
    """A range of seeds, such as 1-40."""

    name = "A-B"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> range:
        """Return the seeds, both ends included."""
        first, _, last = str(value).partition("-")
        if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last) <= MAX_SEED):
            self.fail(f"{value} is no range of seeds such as 1-40", param, ctx)
        return range(int(first), int(last) + 1)


@click.command(cls=Command)
@click.option("--days", type=click.IntRange(1, MAX_DAYS), default=30, show_default=True)
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=1, show_default=True)
@click.option(
    "--db", "database", type=click.Choice(DATABASES), default=DATABASES[0], show_default=True
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="storm",
    show_default=True,
    help="What happens most: nothing unusual, money that goes other ways, or all faults.",
)
@click.option("--seeds", type=SeedRange(), help="Many seeds in place of one, such as 1-40.")
@click.option(
    "--jobs",
    type=click.IntRange(1, MAX_JOBS),
    default=1,
    show_default=True,
    help="With --seeds: the number of processes.",
)
@click.option("--replay", type=FILE, help="A plan in place of a seed, as --shrink writes it.")
@click.option(
    "--shrink",
    type=FILE,
    metavar="FILE",
    help="If an invariant is broken: leave out of the plan what the failure does not need, write"
    " the rest to FILE, and tell the story.",
)
@click.pass_context
def simulate(
    context: click.Context,
    *,
    days: int,
    seed: int,
    database: str,
    profile: str,
    seeds: range | None,
    jobs: int,
    replay: Path | None,
    shrink: Path | None,
) -> None:
    """Run an installation for DAYS virtual days in one thread, and check its invariants.

    The code is that of the service: handlers, store, stages, subscribers and the API. Its time is
    virtual, its provider and its Stripe are simulated, and everything that people and faults do
    follows from SEED. No setting is read, and nothing stays: the database is a new one in a
    temporary directory. Exits with 1 and the cause if an invariant is broken, or if many seeds
    never had what must sometimes happen.
    """
    from indelible.kernel.distributions import STRIPE_SIMULATOR
    from indelible_service.simulation.databases import DatabaseKind
    from indelible_service.simulation.plan import Profile, read_plan
    from indelible_service.simulation.planning import make_plan

    STRIPE_SIMULATOR.check()
    kind = DatabaseKind(database)
    if seeds is not None:
        is_clean = simulate_many(seeds, days, Profile(profile), kind, jobs)
    else:
        plan = make_plan(seed, days, Profile(profile)) if replay is None else read_plan(replay)
        is_clean = simulate_one(plan, kind, shrink)
    context.exit(0 if is_clean else REFUSED)


def simulate_one(plan: "Plan", kind: "DatabaseKind", shrink: Path | None) -> bool:
    """Run one plan, and print its report; return True if no invariant is broken."""
    from indelible_service.simulation.plan import write_plan
    from indelible_service.simulation.running import run_plan
    from indelible_service.simulation.shrinking import shrink as shrink_plan

    report = run_plan(plan, kind)
    text = text_of(report)
    if shrink is not None and not report.is_clean:
        report = shrink_plan(report)
        write_plan(report.plan, shrink)
        text = f"{text_of(report)}\nReplay it: indelible simulate --db {kind} --replay {shrink}"
    print_result(document_of(report), text)
    return report.is_clean


def simulate_many(
    seeds: Sequence[int], days: int, profile: "Profile", kind: "DatabaseKind", jobs: int
) -> bool:
    """Run seeds in processes, and print a line for each; return True if all are clean."""
    from indelible_service.simulation.many import never_reached, run_seeds

    results = list(run_seeds(seeds, days, profile, kind, jobs=jobs))
    broken = [result for result in results if result.violation]
    missing = never_reached(results, days, profile)
    seconds = sum(result.seconds for result in results)
    lines = [line_of(result) for result in results]
    lines.append(
        f"{len(results)} seeds of {days} days, {len(broken)} broken;"
        f" {len(results) * days * SECONDS_PER_MINUTE / seconds:.1f} virtual days per minute and"
        " process."
    )
    lines.extend(f"NEVER HAPPENED: {name}" for name in missing)
    document = {
        "seeds": len(results),
        "broken": {str(result.seed): result.violation for result in broken},
        "never_happened": missing,
    }
    print_result(document, "\n".join(lines))
    return not broken and not missing


def line_of(result: "SeedResult") -> str:
    """Return the outcome of a seed in one line."""
    outcome = f"BROKEN: {result.violation}" if result.violation else "clean"
    return f"seed {result.seed}: {result.seconds:.1f} s, {result.changes_digest}: {outcome}"


def document_of(report: "SimulationReport") -> dict[str, object]:
    """Return a report as a JSON object."""
    return {
        "seed": report.plan.seed,
        "days": report.plan.days,
        "profile": report.plan.profile.value,
        "database": report.database.value,
        "is_clean": report.is_clean,
        "violation": None if report.violation is None else str(report.violation),
        "changes": report.changes,
        "changes_digest": report.changes_digest,
        "trace_digest": report.trace_digest,
        "steps": report.steps,
        "counts": report.counts,
        "milliseconds": round(report.seconds * 1_000),  # of the machine
    }


def text_of(report: "SimulationReport") -> str:
    """Return a report for persons, with the story of a failure."""
    from indelible_service.simulation.story import story_of

    plan = report.plan
    speed = plan.days * SECONDS_PER_MINUTE / report.seconds
    run = f"Seed {plan.seed}, profile {plan.profile}, {report.database}: {plan.days} virtual days"
    digests = f"digest {report.changes_digest}; trace {report.trace_digest}"
    lines = [
        f"{run} in {report.seconds:.1f} s ({speed:.1f} per minute), {report.steps} steps.",
        ", ".join(f"{name}: {number}" for name, number in report.counts.items()),
        f"{report.changes} committed changes, {digests}.",
    ]
    if report.is_clean:
        lines.append("No invariant is broken.")
    else:
        lines.append("An invariant is BROKEN.")
        lines.extend(story_of(report))

    return "\n".join(lines)
