"""Applications of this process for pages that the running instance does not have."""

from datetime import timedelta

from attrs import evolve
from tests.web.console.visitor import Site
from tests.web.harness import memory
from tests.web.minting import EARLIER, MAYA_S, acted, claimed, dropped, hash_of, minted

from indelible import captures, concepts, tokens
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible.testing.stores import BEGINNING, MAYA, RATIO
from indelible.tokens import (
    BlockBatch,
    BlockRange,
    Checkpoint,
    ContractState,
    InvalidLog,
    RecordBlocks,
)
from indelible.tokens.commands import RecordContract, ReportChainFault
from indelible.tokens.rules.notices import FAULT_CODES, ChainFault

OPERATOR_SCOPES = ("console", "admin")
LONG_TEXT = "It has no room in a line of the table, and is therefore shortened. " * 5
STAGES = 20
STATES = ("waiting", "running", "dead", "completed", "canceled")
CONTRACT = "eip155:1:0xaa"


def empty_site() -> Site:
    """Return a site without any record except its keys."""
    return Site(memory())


def alarmed_site() -> Site:
    """Return a site with every notice of the chain, failed logins, and many stages that fail."""
    site = Site(memory())
    quarantine_log(site)
    minted(site.store, MAYA_S, block=101)
    dropped(site.store, 101)
    fault = ChainFault(code=FAULT_CODES[0], message="The address has no code.")
    record_code(site, "01" * 32)
    record_code(site, "02" * 32)
    acted(site.store, lambda tx: tokens.report_chain_fault(tx, ReportChainFault(fault=fault)))
    for number in range(STAGES):
        let_die(site, f"stage-{number:02}", "task-1")

    for _ in range(3):
        site.visitor().sign_in("ind_wrong_key")
    return site


def full_site(rows: int) -> Site:
    """Return a site with this number of entries in each list."""
    site = Site(memory())
    site.clock.time = BEGINNING + timedelta(minutes=30)  # The leases of the store's clock hold.
    for number in range(rows):
        name = f"Dense {number:02}"
        reason = f"the reason of entry {number}"
        content = evolve(RATIO, name=name, definition=LONG_TEXT)
        space = captures.CreateSpace(user_id=MAYA.id, name=name, model="test", dimension=3)
        key = CreateKey(owner=Actor.user(f"user-{number}"), scopes=OPERATOR_SCOPES)
        create = concepts.CreateConcept(content=content)
        site.store.run(create_key, key, actor=MAYA, reason=reason)
        site.store.run(captures.create_space, space, actor=MAYA, reason=reason)
        site.store.run(concepts.create_concept, create, actor=MAYA, reason=reason)
        for state in STATES:
            add_task(site, state, f"task-{number:02}")
        let_die(site, f"stage-{number:02}", "task-1")

    minted(site.store, *[MAYA_S] * rows)
    return site


def record_code(site: Site, code_hash: str) -> None:
    """Record the code that the contract has."""
    state = ContractState(code_hash=f"0x{code_hash}")
    command = RecordContract(contract_id=CONTRACT, state=state)
    acted(site.store, lambda tx: tokens.record_contract(tx, command))


def let_die(site: Site, stage: str, task_id: str) -> None:
    """Let a task die of an error with a long text."""
    lease = claimed(site.store, stage, task_id)
    acted(
        site.store,
        lambda tx: tx.tasks.mark_dead(lease, reason=LONG_TEXT, error_class="PostOfficeClosed"),
    )


def add_task(site: Site, state: str, task_id: str) -> None:
    """Add a task in a state, which is also the name of its stage."""
    if state == "dead":
        let_die(site, state, task_id)
        return
    if state in {"running", "completed"}:
        lease = claimed(site.store, state, task_id)
        if state == "completed":
            acted(site.store, lambda tx: tx.tasks.complete((lease,)))
        return

    acted(site.store, lambda tx: tx.tasks.enqueue(state, {task_id: EARLIER}))
    if state == "canceled":
        acted(site.store, lambda tx: tx.tasks.cancel(state, task_id))


def quarantine_log(site: Site) -> None:
    """Record a block with a log that cannot be a mint."""
    block = 100
    log = InvalidLog(
        tx_hash=hash_of(block, 7),
        log_index=3,
        block_number=block,
        block_hash=hash_of(block),
        problem="The log has 3 topics, and 4 are expected.",
        field="topics",
    )
    batch = BlockBatch(
        blocks=BlockRange(first=block, last=block),
        checkpoint=None,
        end=Checkpoint(number=block, hash=hash_of(block)),
        start_block=block,
        mints=(),
        is_last=True,
        invalid_logs=(log,),
    )
    acted(site.store, lambda tx: tokens.record_blocks(tx, RecordBlocks(batch=batch)))
