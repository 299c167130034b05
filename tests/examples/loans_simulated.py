"""The loans of a library in the simulator: what readers do, and what must hold."""

from datetime import timedelta

from tests.examples.loans import LOAN, LoanStatus, contexts, lend, migrate, move

from indelible_service.simulation.hosts import Changes, HostStep, Problems, SimulatedHost

DUE = timedelta(days=14)


def borrow(step: HostStep) -> None:
    """Lend a book to a reader."""
    step.run(lend, ("Ulysses", step.now.date() + DUE))


def renew_or_return(step: HostStep) -> None:
    """Renew or return a loan."""
    loan, action = step.pick(LOAN, LoanStatus.LENT), step.draws.choice(("renew", "return"))
    step.run(move, (loan.entity_id, loan.seq, action, step.now.date() + DUE))


def due_is_later(changes: Changes) -> Problems:
    """Yield the loans that were due when they were lent or renewed."""
    for change in changes:
        if change.action != "return" and change.data["due"] <= str(change.at.date()):
            yield f"loan {change.entity_id} is due on {change.data['due']}"


simulation = SimulatedHost(contexts, migrate, {borrow: 8, renew_or_return: 12}, [due_is_later])
