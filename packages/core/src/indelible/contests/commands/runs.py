"""The commands on settlement runs."""

from typing import ClassVar, Self

from attrs import field, frozen

from indelible.contests.commands.contests import ContestCommand
from indelible.contests.entities.records import SettlementLine
from indelible.contests.entities.runs import SettlementBinding, SettlementTotals
from indelible.contests.entities.values import Message, is_settling
from indelible.contests.rules.settlement import SettledEntry, Settlement
from indelible.kernel.bulk import Bulk
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.values import instance_of


@frozen(kw_only=True)
class StartRun(ContestCommand):
    """Start a settlement run; a run that was left started is failed first."""

    command_name: ClassVar[str] = "start_run"


@frozen(kw_only=True, field_transformer=kinds)
class FinishRun:
    """Settle the contest of a started run: the action is `complete` or `resolve_complete`.

    Create it with `of` before the transaction begins: the lines of a large contest take seconds.

    Raises:
        SettlementUnbalanced: The sums of the settlement do not match its lines.
    """

    command_name: ClassVar[str] = "finish_run"
    run_id: Identifier
    binding: SettlementBinding
    totals: SettlementTotals
    lines: Bulk[SettlementLine] = field(validator=instance_of(Bulk))
    action: str = field(default="complete", validator=is_settling)

    def __attrs_post_init__(self) -> None:
        self.totals.check_lines(self.lines.rows)

    @classmethod
    def of(cls, run_id: str, settlement: Settlement, *, action: str = "complete") -> Self:
        """Return the command that saves a computed settlement."""
        binding = SettlementBinding(
            contest_id=settlement.contest_id,
            engine_version=settlement.engine_version,
            configuration_digest=settlement.configuration_digest,
            event_number=settlement.event_number,
            events_digest=settlement.events_digest,
        )
        totals = SettlementTotals(
            eligibility_digest=settlement.eligibility_digest,
            official_rounds=settlement.official_rounds,
            result_digest=settlement.result_digest,
            pool_minor=settlement.pool_minor,
            rake_minor=settlement.rake_minor,
            rounding_minor=settlement.rounding_minor,
            retained_minor=settlement.retained_minor,
            top_up_minor=settlement.top_up_minor,
            line_count=len(settlement.lines),
        )
        lines = Bulk.of(SettlementLine, map(_line_of, settlement.lines))
        return cls(run_id=run_id, binding=binding, totals=totals, lines=lines, action=action)


@frozen(kw_only=True, field_transformer=kinds)
class FailRun:
    """End a started run as failed."""

    command_name: ClassVar[str] = "fail_run"
    run_id: Identifier
    error_code: Identifier
    error_message: Message


def _line_of(settled: SettledEntry) -> SettlementLine:
    """Return the line of an entry, as it is stored."""
    return SettlementLine(
        number=settled.number,
        entry_id=settled.entry_id,
        user_id=settled.user_id,
        payment_ref=settled.payment_ref,
        paid_minor=settled.paid_minor,
        roster_digest=settled.roster_digest,
        rank=settled.rank,
        score=settled.score,
        payout_minor=settled.payout_minor,
    )
