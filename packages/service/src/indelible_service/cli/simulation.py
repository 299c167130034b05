"""Simulate an installation by a seed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import frozen

from indelible_service.cli.output import MODULE_OPTION, REFUSED, Command, print_line, print_result
from indelible_service.cli.workers import DASK_OPTION, JOBS_OPTION
from indelible_service.independent_work import Workers

if TYPE_CHECKING:
    from indelible_service.simulation.databases import DatabaseKind
    from indelible_service.simulation.many import Batch, SeedResult
    from indelible_service.simulation.plan import Plan
    from indelible_service.simulation.running import SimulationReport

DATABASES: Final = ("sqlite", "postgresql")
PROFILES: Final = ("calm", "money", "git", "chain", "storm", "absence")
ABSENCE: Final = "absence"
MAX_DAYS: Final = 366
MAX_SEED: Final = 2**63 - 1
SECONDS_PER_MINUTE: Final = 60
SHOWN_TIMINGS: Final = 4
FILE: Final = click.Path(path_type=Path, dir_okay=False)
SEED: Final = "SEED"  # in the name of a file: the seed
PLAN_FILE: Final = f"simulation-{SEED}.json"


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
    help="What happens most: nothing unusual, money that goes other ways, projects, tokens, or"
    " all of it with all faults; or days without engineers, as --absence.",
)
@click.option(
    "--absence",
    is_flag=True,
    help="Days without engineers: an operator executes steps of runbooks through the API, and any"
    " other call ends the run.",
)
@click.option(
    "--report",
    "report_file",
    type=FILE,
    help="With --absence: write what the operator did, the times to recover and the balances to"
    " FILE, as JSON.",
)
@click.option(
    "--seeds",
    type=SeedRange(),
    help="Many seeds in place of one, such as 1-40; --jobs and --dask share them.",
)
@JOBS_OPTION
@click.option("--replay", type=FILE, help="A plan in place of a seed, as --shrink writes it.")
@click.option(
    "--shrink",
    is_flag=False,
    flag_value=PLAN_FILE,
    type=FILE,
    metavar="[FILE]",
    help="If an invariant is broken: leave out of the plan what the failure does not need, write"
    f" the rest to FILE ({PLAN_FILE} in the working directory), and tell the story.",
)
@click.option(
    "--twice",
    is_flag=True,
    help="Run the plan again in a new process with another hash seed of Python, and compare the"
    " steps. With --seeds: all of them, in place of each tenth.",
)
@DASK_OPTION
@MODULE_OPTION
@click.pass_context
def simulate(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - of Options
    """Run an installation for DAYS virtual days in one thread, and check its invariants.

    The code is that of the service: handlers, store, stages, subscribers and the API. Its time is
    virtual, its provider and its Stripe are simulated, and everything that people and faults do
    follows from SEED. No setting is read, and nothing stays: the database is a new one in a
    temporary directory. Exits with 1 and the cause if an invariant is broken, if the simulation is
    not deterministic, or if many seeds never had what must sometimes happen.
    """
    from indelible.kernel.distributions import STRIPE_SIMULATOR

    STRIPE_SIMULATOR.check()
    chosen = Options(**options)
    is_clean = simulate_one(chosen) if chosen.seeds is None else simulate_many(chosen)
    context.exit(0 if is_clean else REFUSED)


@frozen(kw_only=True)
class Options:
    """The options of the command."""

    days: int
    seed: int
    database: str
    profile: str
    seeds: range | None
    jobs: int
    absence: bool
    report_file: Path | None
    replay: Path | None
    shrink: Path | None
    twice: bool
    address: str | None
    modules: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        """Check that the options fit together.

        Raises: click.UsageError.
        """
        if self.report_file is not None and not self.is_absence:
            raise click.UsageError("--report is an option of --absence")

    @property
    def workers(self) -> Workers:
        """Return the workers of many seeds."""
        return Workers(jobs=self.jobs, address=self.address)

    @property
    def is_absence(self) -> bool:
        """Return True for days without engineers."""
        return self.absence or self.profile == ABSENCE

    @property
    def kind(self) -> "DatabaseKind":
        """Return the kind of the database."""
        from indelible_service.simulation.databases import DatabaseKind

        return DatabaseKind(self.database)

    @property
    def batch(self) -> "Batch":
        """Return what the seeds have in common."""
        from indelible_service.simulation.many import Batch
        from indelible_service.simulation.plan import Profile

        return Batch(
            days=self.days,
            profile=Profile(ABSENCE if self.is_absence else self.profile),
            database=self.kind,
            modules=self.modules,
        )

    def plan(self, seed: int) -> "Plan":
        """Return the plan of a file or of a seed.

        Raises: PlanUnreadable, HostModuleUnusable.
        """
        from indelible_service.simulation.plan import read_plan

        return self.batch.plan(seed) if self.replay is None else read_plan(self.replay)


def simulate_one(options: Options) -> bool:
    """Run one plan, and print its report; return True if nothing is wrong.

    A failure is repeated before it is reported: one that does not come again proves nothing but
    that the simulation is not deterministic.
    """
    from indelible_service.simulation.many import SeedResult
    from indelible_service.simulation.repeating import difference, run_again
    from indelible_service.simulation.running import run_plan

    report = run_plan(options.plan(options.seed), options.kind)
    differs = None
    if options.twice:
        differs = difference(report, run_again(report.plan, options.kind))
    if differs is None and not report.is_clean:
        differs = difference(report, run_plan(report.plan, options.kind))
    text = ""
    if differs is None and not report.is_clean and options.shrink is not None:
        report, text = shrink_report(report, options.shrink)
    if options.report_file is not None:
        write_report(options.report_file, [SeedResult.of(report)])
    lines = [text_of(report), text, "" if differs is None else f"NOT DETERMINISTIC: {differs}."]
    document = {**document_of(report), "not_deterministic": differs}
    print_result(document, "\n".join(line for line in lines if line))
    return report.is_clean and differs is None


def shrink_report(report: "SimulationReport", file: Path) -> "tuple[SimulationReport, str]":
    """Shrink a failure, write its plan, and return its report and the command that replays it."""
    from indelible_service.simulation.plan import write_plan
    from indelible_service.simulation.shrinking import shrink

    file = file.with_name(file.name.replace(SEED, str(report.plan.seed)))
    smaller = shrink(report)
    write_plan(smaller.plan, file)
    return smaller, f"Replay it: indelible simulate --db {report.database} --replay {file}"


def simulate_many(options: Options) -> bool:
    """Run seeds in processes, and print a line for each as it ends; return True if all is right.

    Raises: click.UsageError for options of one seed.
    """
    from indelible_service.simulation.many import SeedResult, never_reached, run_seeds

    if options.seeds is None or options.replay is not None or options.shrink is not None:
        raise click.UsageError("--replay and --shrink are options of one seed, not of --seeds")
    results: list[SeedResult] = []
    for result in run_seeds(options.seeds, options.batch, options.workers):
        results.append(result)
        print_line(line_of(result))
    repeated, differing = repeat_some(options, options.seeds, results)
    missing = never_reached(results, options.batch)
    lines = [summary_of(results, options.days), *absence_lines(results)]
    if options.report_file is not None:
        write_report(options.report_file, results)
    lines.extend(
        f"NOT DETERMINISTIC: seed {seed}; --seed {seed} --twice tells where" for seed in differing
    )
    lines.extend(f"NEVER HAPPENED: {name}" for name in missing)
    broken = {str(result.seed): result.violation for result in results if result.violation}
    document = {
        "seeds": len(results),
        "broken": broken,
        "repeated": repeated,
        "not_deterministic": differing,
        "never_happened": missing,
    }
    print_result(document, "\n".join(lines))
    return not broken and not differing and not missing


def repeat_some(
    options: Options, seeds: "Sequence[int]", results: "Sequence[SeedResult]"
) -> tuple[int, list[int]]:
    """Run some seeds again; return how many, and those that were not the same story."""
    from indelible_service.simulation.many import (
        REPEATED,
        not_deterministic,
        repeated_seeds,
        run_seeds,
    )
    from indelible_service.simulation.repeating import HASH_SEEDS

    again = repeated_seeds(seeds, every=1 if options.twice else REPEATED)
    if not again:
        return 0, []
    processes = Workers(jobs=options.jobs)  # a cluster chooses no hash seed
    second = run_seeds(again, options.batch, processes, hash_seed=HASH_SEEDS[1])
    return len(again), not_deterministic(results, second)


def summary_of(results: "Sequence[SeedResult]", days: int) -> str:
    """Return how many seeds were run, how many are broken, and how fast they were."""
    broken = sum(bool(result.violation) for result in results)
    seconds = sum(result.seconds for result in results)
    speed = len(results) * days * SECONDS_PER_MINUTE / seconds
    return (
        f"{len(results)} seeds of {days} days, {broken} broken;"
        f" {speed:.1f} virtual days per minute and process."
    )


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
        "timings_milliseconds": {
            name: round(seconds * 1_000) for name, seconds in report.timings.items()
        },
        "milliseconds": round(report.seconds * 1_000),  # of the machine
    }


def text_of(report: "SimulationReport") -> str:
    """Return a report for persons, with the story of a failure."""
    from indelible_service.simulation.many import SeedResult
    from indelible_service.simulation.story import story_of

    plan = report.plan
    speed = plan.days * SECONDS_PER_MINUTE / report.seconds
    run = f"Seed {plan.seed}, profile {plan.profile}, {report.database}: {plan.days} virtual days"
    digests = f"digest {report.changes_digest}; trace {report.trace_digest}"
    lines = [
        f"{run} in {report.seconds:.1f} s ({speed:.1f} per minute), {report.steps} steps.",
        ", ".join(f"{name}: {number}" for name, number in report.counts.items()),
        f"{report.changes} committed changes, {digests}.",
        times_of(report),
    ]
    lines.extend(absence_lines([SeedResult.of(report)]))
    if report.is_clean:
        lines.append("No invariant is broken.")
    else:
        lines.append("An invariant is BROKEN.")
        lines.extend(story_of(report))
    if report.violation is not None:
        lines.append(report.violation.traceback)

    return "\n".join(line for line in lines if line)


def absence_lines(results: "Sequence[SeedResult]") -> list[str]:
    """Return what an operator did in days without engineers; nothing for another profile."""
    from indelible_service.simulation.absence.summary import summary_lines

    return summary_lines([result.absence for result in results if result.absence is not None])


def write_report(file: Path, results: "Sequence[SeedResult]") -> None:
    """Write the reports of days without engineers; equal runs write equal bytes."""
    from indelible_service.simulation.absence.summary import report_document

    document = report_document(results)
    file.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def times_of(report: "SimulationReport") -> str:
    """Return which checks have taken the most time of the machine, and what the rest has taken."""
    longest = sorted(report.timings.items(), key=lambda timing: timing[1], reverse=True)
    rest = report.seconds - sum(report.timings.values())
    parts = [f"steps {rest:.1f} s"]
    parts.extend(f"{name} {seconds:.1f} s" for name, seconds in longest[:SHOWN_TIMINGS])
    return f"Time: {', '.join(parts)}."
