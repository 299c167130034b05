"""What every store must do with tokens: the seven repositories, detection, recovery, prompts."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from attrs import evolve, fields

from indelible import tokens
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, NOOR, AnyStore, do
from indelible.testing.tokens.scenarios import (
    FAR,
    a_block,
    a_mint,
    a_token,
    an_author,
    chain_hash,
    filled,
    wallet,
    with_repositories,
    within,
)
from indelible.tokens import (
    ImageGenerationJob,
    IPFSUploadRecord,
    RecordType,
    Repositories,
    RevealStatus,
    RevealTransaction,
    SetAuthorPrompt,
    Token,
    TokenStatus,
)
from indelible.tokens.rules import GENERATE, UPLOAD

FAULT = {
    "code": "NO_GPU",
    "tries": [1, 2],
    "at": {"host": "a"},
    "fatal": True,
    "hint": None,
    "umlaut": "Größe",
}


def by_number(store: AnyStore, number: int) -> Token:
    """The token with this number."""
    return store.read(tokens.get_token, number).token


def retry(store: AnyStore, number: int, seq: int) -> tokens.TokenSaved:
    """The token after an operator has given it another chance."""
    return do(
        store, tokens.retry_token, tokens.RetryToken(token_id=number, expected_seq=seq), actor=NOOR
    )


STEPS: Final[Mapping[TokenStatus, Callable[[Token], Token]]] = {
    TokenStatus.GENERATING: lambda token: token.mark_generating(),
    TokenStatus.UPLOADING: lambda token: token.mark_uploading("/image.png"),
    TokenStatus.READY: lambda token: token.mark_ready("metadata", "image"),
    TokenStatus.REVEALED: lambda token: token.mark_revealed(chain_hash(7)),
}


def number_of(repositories: Repositories, number: int) -> Token:
    """The token of this number."""
    token = repositories.tokens.get_by_token_id(number)
    assert token is not None
    return token


def walked(repositories: Repositories, number: int, to: TokenStatus) -> Token:
    """The token, saved step by step as far as this."""
    token = number_of(repositories, number)
    for step in list(STEPS.values())[: list(STEPS).index(to) + 1]:
        token = repositories.tokens.save(step(token))
    return token


class TokensConformance:
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""

    def test_what_nobody_kept_is_none_and_never_an_error(self, store: AnyStore) -> None:
        def nothing(repositories: Repositories) -> list[object]:
            r, a_hash = repositories, chain_hash(1)
            return [
                *(
                    r.authors.get_by_id("x"),
                    r.authors.get_by_wallet(wallet(1)),
                    r.tokens.get_by_id("x"),
                ),
                *(
                    r.tokens.get_by_token_id(1),
                    r.mint_events.find(a_hash, a_hash, 0),
                    r.image_jobs.get_by_id("x"),
                ),
                *(
                    r.image_jobs.get_latest_by_token("x"),
                    r.ipfs_records.get_by_id("x"),
                    r.reveal_txs.get_by_id("x"),
                ),
                *(r.reveal_txs.get_by_tx_hash(a_hash), r.system_state.get_state("x")),
            ]

        def none(repositories: Repositories) -> list[object]:
            r = repositories
            found: list[list[Any]] = [
                r.authors.list_all(),
                r.authors.get_author_leaderboard(),
                r.tokens.get_by_author("x"),
            ]
            found += [
                r.tokens.get_by_status(TokenStatus.READY),
                r.tokens.get_pending_for_generation(),
            ]
            found += [
                r.tokens.get_pending_for_upload(),
                r.tokens.get_ready_for_reveal(),
                r.image_jobs.get_by_token("x"),
            ]
            found += [r.tokens.get_missing_token_ids(1), r.mint_events.get_by_block_range(0, 9)]
            found += [
                r.ipfs_records.get_by_token("x"),
                r.reveal_txs.get_pending(),
                r.system_state.list_all_keys(),
            ]
            return [each for every in found for each in every]

        assert set(with_repositories(store, nothing)) == {None}
        assert with_repositories(store, none) == []
        assert with_repositories(
            store,
            lambda r: (r.mint_events.exists(chain_hash(1), 0), r.system_state.delete_state("x")),
        ) == (
            False,
            False,
        )

    def test_an_author_is_one_whatever_the_capitals_of_their_wallet(self, store: AnyStore) -> None:
        upper = f"0x{0xABCDEF:040X}"
        added = with_repositories(
            store, lambda r: r.authors.add(an_author(wallet_address=upper, twitter_handle="maya"))
        )
        again = an_author(2, wallet_address=upper.lower())

        assert added.wallet_address == f"0x{0xABCDEF:040x}"
        assert with_repositories(store, lambda r: r.authors.get_by_wallet(upper)) == added
        assert with_repositories(store, lambda r: r.authors.get_by_id("author-1")) == added
        assert store.read(tokens.get_author, upper) == added
        assert (
            code(lambda: with_repositories(store, lambda r: r.authors.add(again)))
            == "AUTHOR_EXISTS"
        )
        assert code(lambda: store.read(tokens.get_author, wallet(9))) == "AUTHOR_NOT_FOUND"

    def test_authors_are_listed_newest_first_and_ranked_by_their_tokens(
        self, store: AnyStore
    ) -> None:
        filled(store, 2)
        for number in (2, 3):
            with_repositories(store, lambda r, n=number: r.authors.add(an_author(n)))  # type: ignore[misc]
        with_repositories(store, lambda r: r.tokens.add(a_token(7, author_id="author-3")))
        with_repositories(store, lambda r: r.tokens.add(a_token(8, author_id="author-2")))

        assert [each.id for each in with_repositories(store, lambda r: r.authors.list_all(2))] == [
            "author-3",
            "author-2",
        ]
        assert [
            each.id for each in with_repositories(store, lambda r: r.authors.list_all(2, 2))
        ] == ["author-1"]
        assert with_repositories(store, lambda r: r.authors.get_author_leaderboard(2)) == [
            (wallet(1), 2),
            (wallet(2), 1),
        ]
        assert store.read(tokens.leaderboard) == ((wallet(1), 2), (wallet(2), 1), (wallet(3), 1))

    def test_a_token_reads_back_and_its_number_is_taken_once(self, store: AnyStore) -> None:
        filled(store, 1)
        whole: dict[str, Any] = {
            "minter_address": wallet(5),
            "image_url": "https://example.org/2",
            "error_data": FAULT,
        }
        added = with_repositories(
            store, lambda r: r.tokens.add(a_token(2, generation_error="slow", **whole))
        )
        again = a_token(2, id="another")

        assert (added.minter_address, added.error_data, added.created_at > BEGINNING) == (
            wallet(5),
            FAULT,
            True,
        )
        assert with_repositories(store, lambda r: r.tokens.get_by_id("token-2")) == added
        assert with_repositories(store, lambda r: r.tokens.get_by_token_id(2)) == added
        assert (
            code(lambda: with_repositories(store, lambda r: r.tokens.add(again))) == "TOKEN_EXISTS"
        )

    def test_pending_tokens_come_by_mint_and_none_that_somebody_has_in_hand(
        self, store: AnyStore
    ) -> None:
        filled(store, 4)
        within(store, lambda tx: tx.tasks.claim(GENERATE, limit=1, until=FAR))
        with_repositories(store, lambda r: walked(r, 3, TokenStatus.UPLOADING))
        with_repositories(store, lambda r: walked(r, 4, TokenStatus.READY))

        def numbers(r: Repositories) -> list[list[int]]:
            found = (
                r.tokens.get_pending_for_generation(),
                r.tokens.get_pending_for_upload(),
                r.tokens.get_ready_for_reveal(),
            )
            return [[each.token_id for each in some] for some in found]

        assert with_repositories(store, numbers) == [[2], [3], [4]]
        assert (
            with_repositories(store, lambda r: r.tokens.get_pending_for_generation(limit=0)) == []
        )

    def test_tokens_are_found_by_author_and_by_status(self, store: AnyStore) -> None:
        filled(store, 3)
        with_repositories(store, lambda r: walked(r, 2, TokenStatus.GENERATING))

        def numbers(r: Repositories) -> tuple[list[int], ...]:
            detected = (
                r.tokens.get_by_status(TokenStatus.DETECTED),
                r.tokens.get_by_status(TokenStatus.DETECTED, 1, 1),
            )
            of_author = r.tokens.get_by_author("author-1"), r.tokens.get_by_author("author-1", 1, 1)
            return tuple([each.token_id for each in found] for found in (*detected, *of_author))

        assert with_repositories(store, numbers) == ([1, 3], [3], [1, 2, 3], [2])
        page = store.read(
            tokens.author_tokens, wallet(1).upper().replace("X", "x"), offset=1, limit=1
        )
        assert ([each.token_id for each in page.tokens], page.total) == ([2], 3)
        assert store.read(tokens.author_tokens, wallet(9)) == tokens.AuthorTokens(
            tokens=(), total=0
        )
        assert [each.token_id for each in store.read(tokens.list_tokens, after=1, limit=1)] == [2]
        assert [
            each.token_id
            for each in store.read(tokens.list_tokens, status=TokenStatus.DETECTED, after=1)
        ] == [3]

    def test_numbers_that_no_token_has_are_found_in_order(self, store: AnyStore) -> None:
        empty = with_repositories(store, lambda r: r.tokens.get_missing_token_ids(4))
        with_repositories(store, lambda r: r.authors.add(an_author()))
        for number in (2, 5, 6, 9):
            with_repositories(store, lambda r, n=number: r.tokens.add(a_token(n)))  # type: ignore[misc]

        assert empty == [1, 2, 3]
        assert with_repositories(store, lambda r: r.tokens.get_missing_token_ids(12)) == [
            1,
            3,
            4,
            7,
            8,
            10,
            11,
        ]
        assert with_repositories(store, lambda r: r.tokens.get_missing_token_ids(12, 3)) == [
            1,
            3,
            4,
        ]
        assert with_repositories(store, lambda r: r.tokens.get_missing_token_ids(7)) == [1, 3, 4]
        assert with_repositories(
            store,
            lambda r: (r.tokens.get_missing_token_ids(1), r.tokens.get_missing_token_ids(12, 0)),
        ) == (
            [],
            [],
        )
        assert store.read(tokens.missing_tokens, 4, limit=1) == [1]

    def test_a_saved_token_is_one_step_from_the_state_that_it_came_from(
        self, store: AnyStore
    ) -> None:
        (token,) = filled(store, 1)
        ahead = token.mark_generating().mark_uploading("/1.png")
        begun = with_repositories(store, lambda r: r.tokens.save(token.mark_generating()))

        assert code(lambda: with_repositories(store, lambda r: r.tokens.save(ahead))) == "STALE"
        assert (
            code(
                lambda: with_repositories(store, lambda r: r.tokens.save(token.mark_failed(FAULT)))
            )
            == "STALE"
        )
        assert code(
            lambda: with_repositories(
                store, lambda r: r.tokens.save(begun.mark_uploading("/1").mark_ready("m", "i"))
            )
        ) == ("INVALID_TRANSITION")
        assert (
            code(
                lambda: with_repositories(store, lambda r: r.tokens.save(evolve(token, id="none")))
            )
            == "TOKEN_NOT_FOUND"
        )
        assert (
            with_repositories(store, lambda r: r.tokens.save(begun)) == begun
        )  # nothing has changed, and nothing is written
        assert [change.action for change in store.read(tokens.token_history, 1)] == [
            "detect",
            "generate",
        ]

    def test_a_token_goes_all_the_way_and_each_step_makes_the_next_due(
        self, store: AnyStore
    ) -> None:
        filled(store, 1)
        shown = with_repositories(store, lambda r: walked(r, 1, TokenStatus.REVEALED))

        def due(tx: Any) -> list[str]:  # noqa: ANN401 - a reading
            return [each.stage for each in tx.tasks.backlogs(FAR)]

        assert (shown.reveal_tx_hash, shown.metadata_cid, shown.image_cid) == (
            chain_hash(7),
            "metadata",
            "image",
        )
        assert store.read(due) == ["generate", "reveal", "upload"]
        assert code(lambda: shown.mark_failed(FAULT)) == "INVALID_TRANSITION"

    def test_a_mint_is_kept_once_and_found_by_blocks(self, store: AnyStore) -> None:
        added = with_repositories(
            store,
            lambda r: [r.mint_events.add(a_mint(n, block=block)) for n, block in ((1, 5), (2, 3))],
        )
        again = a_mint(1, block=5, id="another")

        assert (
            code(lambda: with_repositories(store, lambda r: r.mint_events.add(again)))
            == "MINT_EVENT_EXISTS"
        )
        assert with_repositories(store, lambda r: r.mint_events.get_by_block_range(3, 5)) == [
            added[1],
            added[0],
        ]
        assert with_repositories(store, lambda r: r.mint_events.get_by_block_range(4, 4)) == []
        assert (
            with_repositories(
                store, lambda r: r.mint_events.exists(chain_hash(1).upper().replace("X", "x"), 0)
            )
            is True
        )
        with_repositories(store, lambda r: r.mint_events.save(added[0].orphan()))
        assert with_repositories(store, lambda r: r.mint_events.exists(chain_hash(1), 0)) is False
        assert (
            with_repositories(store, lambda r: r.mint_events.find(chain_hash(5), chain_hash(1), 0))
            is not None
        )

    def test_a_mint_stands_in_the_chain_once_whichever_its_block(self, store: AnyStore) -> None:
        first = with_repositories(store, lambda r: r.mint_events.add(a_mint(1, block=5)))
        assert (
            code(lambda: with_repositories(store, lambda r: r.mint_events.add(a_mint(1, block=6))))
            == "MINT_EVENT_EXISTS"
        )
        gone = with_repositories(store, lambda r: r.mint_events.save(first.orphan()))
        with_repositories(store, lambda r: r.mint_events.add(a_mint(1, block=6)))

        assert (
            code(lambda: with_repositories(store, lambda r: r.mint_events.save(gone.restore())))
            == "MINT_EVENT_EXISTS"
        )

    def test_jobs_and_uploads_of_a_token_come_newest_first(self, store: AnyStore) -> None:
        filled(store, 1)
        of: dict[str, Any] = {"token_id": "token-1", "error_data": FAULT}
        job = partial(ImageGenerationJob.create, "create", now=BEGINNING, service="replicate", **of)
        upload = partial(IPFSUploadRecord.create, "create", now=BEGINNING, **of)
        kinds = {"u-1": RecordType.IMAGE, "u-2": RecordType.METADATA}
        jobs = [
            with_repositories(store, lambda r, n=name: r.image_jobs.add(job(id=n)))  # type: ignore[misc]
            for name in ("j-1", "j-2")
        ]
        for name, kind in kinds.items():
            with_repositories(
                store,
                lambda r, n=name, k=kind: r.ipfs_records.add(upload(id=n, record_type=k)),  # type: ignore[misc]
            )
        started = with_repositories(
            store, lambda r: r.image_jobs.save(jobs[0].transition("start", external_job_id="x"))
        )

        assert with_repositories(store, lambda r: r.image_jobs.get_by_token("token-1")) == [
            jobs[1],
            started,
        ]
        assert (
            with_repositories(store, lambda r: r.image_jobs.get_latest_by_token("token-1"))
            == jobs[1]
        )
        assert with_repositories(store, lambda r: r.image_jobs.get_by_id("j-1")) == started
        assert [
            each.id
            for each in with_repositories(store, lambda r: r.ipfs_records.get_by_token("token-1"))
        ] == [
            "u-2",
            "u-1",
        ]
        (image,) = with_repositories(
            store, lambda r: r.ipfs_records.get_by_token("token-1", RecordType.IMAGE)
        )
        assert (image.id, image.error_data) == ("u-1", FAULT)
        uploading = with_repositories(
            store, lambda r: r.ipfs_records.save(image.transition("start"))
        )
        assert with_repositories(store, lambda r: r.ipfs_records.get_by_id("u-1")) == uploading

    def test_reveals_are_found_by_hash_and_pending_ones_are_those_that_were_sent(
        self, store: AnyStore
    ) -> None:
        filled(store, 2)
        made = partial(
            RevealTransaction.create, "create", now=BEGINNING, token_ids=("token-1", "token-2")
        )
        first, second = (
            with_repositories(store, lambda r, n=n: r.reveal_txs.add(made(id=n)))  # type: ignore[misc]
            for n in ("r-1", "r-2")
        )
        sent = first.transition(
            "send", tx_hash=chain_hash(1).upper().replace("X", "x"), gas_price_wei=2**62
        )
        sent = with_repositories(store, lambda r: r.reveal_txs.save(sent))

        assert (sent.tx_hash, sent.token_ids) == (chain_hash(1), ("token-1", "token-2"))
        assert with_repositories(store, lambda r: r.reveal_txs.get_pending()) == [sent]
        assert (
            with_repositories(store, lambda r: r.reveal_txs.get_by_tx_hash(chain_hash(1))) == sent
        )
        assert with_repositories(
            store, lambda r: r.reveal_txs.get_by_status(RevealStatus.PENDING)
        ) == [second]
        assert with_repositories(store, lambda r: r.reveal_txs.get_by_id("r-2")) == second

    def test_a_value_is_kept_under_a_key_whatever_it_was(self, store: AnyStore) -> None:
        values = [7, "text", [1, [2]], {"b": {"a": None}}, True, 2**80, ""]
        found = list[object]()
        for value in values:
            with_repositories(store, lambda r, v=value: r.system_state.set_state("a", v))  # type: ignore[misc]
            found.append(with_repositories(store, lambda r: r.system_state.get_state("a")))
        with_repositories(store, lambda r: r.system_state.set_state("b", (1, {2: "x"})))

        assert found == values
        assert with_repositories(store, lambda r: r.system_state.get_state("b")) == [1, {"2": "x"}]
        assert with_repositories(store, lambda r: r.system_state.list_all_keys()) == ["a", "b"]
        assert with_repositories(
            store, lambda r: (r.system_state.delete_state("a"), r.system_state.delete_state("a"))
        ) == (
            True,
            False,
        )
        assert with_repositories(
            store, lambda r: (r.system_state.get_state("a"), r.system_state.list_all_keys())
        ) == (
            None,
            ["b"],
        )
        with_repositories(store, lambda r: r.system_state.set_state("a", 1))
        assert with_repositories(store, lambda r: r.system_state.get_state("a")) == 1

    def test_what_json_has_not_is_refused_with_a_code(self, store: AnyStore) -> None:
        wrong: tuple[object, ...] = (1.5, {"a": [0.1]}, float("nan"), {1, 2}, b"bytes")
        for value in wrong:
            assert (
                code(
                    lambda v=value: with_repositories(  # type: ignore[misc]
                        store, lambda r: r.system_state.set_state("a", v)
                    )
                )
                == "WRONG_USE"
            )
        unstorable: tuple[object, ...] = ("\x00", ["\ud800"], {"\x00": 1})
        for value in unstorable:
            assert (
                code(
                    lambda v=value: with_repositories(  # type: ignore[misc]
                        store, lambda r: r.system_state.set_state("a", v)
                    )
                )
                == "TEXT_UNSTORABLE"
            )
        assert code(lambda: a_token(1).mark_failed({"tries": 0.5})) == "WRONG_USE"
        assert with_repositories(store, lambda r: r.system_state.get_state("a")) is None

    def test_a_failed_token_is_given_another_chance_once(self, store: AnyStore) -> None:
        (token,) = filled(store, 1)
        leases = within(store, lambda tx: tx.tasks.claim(GENERATE, limit=1, until=FAR))
        within(store, lambda tx: tx.tasks.complete(leases))
        with_repositories(store, lambda r: r.tokens.save(token.mark_failed(FAULT)))
        saved = retry(store, 1, 2)

        assert (saved.token.status, saved.token.error_data, saved.seq) == (
            TokenStatus.DETECTED,
            None,
            3,
        )
        assert code(lambda: retry(store, 1, 2)) == "STALE"
        assert code(lambda: retry(store, 1, 3)) == "INVALID_TRANSITION"
        assert code(lambda: retry(store, 9, 1)) == "TOKEN_NOT_FOUND"
        assert [
            each.entity_id
            for each in within(store, lambda tx: tx.tasks.claim(GENERATE, limit=9, until=FAR))
        ] == [token.id]

    def test_another_chance_is_one_for_every_stage_whose_work_had_died(
        self, store: AnyStore
    ) -> None:
        filled(store, 1)
        with_repositories(store, lambda r: walked(r, 1, TokenStatus.UPLOADING))
        (lease,) = within(store, lambda tx: tx.tasks.claim(UPLOAD, limit=1, until=FAR))
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="the gateway says no"))
        with_repositories(store, lambda r: r.tokens.save(number_of(r, 1).mark_failed(FAULT)))
        retry(store, 1, 4)
        with_repositories(store, lambda r: walked(r, 1, TokenStatus.UPLOADING))

        assert [
            each.entity_id
            for each in within(store, lambda tx: tx.tasks.claim(UPLOAD, limit=9, until=FAR))
        ] == ["token-1"]

    def test_a_token_that_nobody_told_of_is_kept_as_the_chain_has_it(self, store: AnyStore) -> None:
        recover = partial(tokens.RecoverToken, author_wallet=wallet(3))
        new = do(store, tokens.recover_token, recover(token_id=1))
        shown = do(store, tokens.recover_token, recover(token_id=2, metadata_cid="metadata"))

        assert (new.token.status, shown.token.status, new.seq) == (
            TokenStatus.DETECTED,
            TokenStatus.REVEALED,
            1,
        )
        assert (shown.token.metadata_cid, new.token.author_id) == (
            "metadata",
            shown.token.author_id,
        )
        assert code(lambda: do(store, tokens.recover_token, recover(token_id=1))) == "TOKEN_EXISTS"
        assert with_repositories(
            store, lambda r: [each.token_id for each in r.tokens.get_pending_for_generation()]
        ) == [1]

    def test_a_prompt_is_set_and_set_again(self, store: AnyStore) -> None:
        first = do(
            store,
            tokens.set_author_prompt,
            SetAuthorPrompt(wallet_address=wallet(4), prompt_text="A boat."),
        )
        second = do(
            store,
            tokens.set_author_prompt,
            SetAuthorPrompt(wallet_address=wallet(4), prompt_text="A lake."),
        )

        assert (first.author.prompt_text, second.author.prompt_text) == ("A boat.", "A lake.")
        assert (first.author.id, second.seq) == (second.author.id, first.seq + 1)

    def test_generation_begins_ends_and_is_given_up(self, store: AnyStore) -> None:
        filled(store, 3)
        leases = within(store, lambda tx: tx.tasks.claim(GENERATE, limit=3, until=FAR))
        begun = within(store, lambda tx: tokens.start_generation(tx, leases))
        made = [(head, f"/{head.entity.token_id}.png") for head in begun if head]
        within(store, lambda tx: tokens.fail_generation(tx, "token-3", "no answer"))
        assert code(lambda: within(store, lambda tx: tokens.finish_generation(tx, made))) == "STALE"
        made.pop()
        within(store, lambda tx: tokens.finish_generation(tx, made))
        within(store, lambda tx: tokens.fail_generation(tx, "token-3", "again"))
        uploads = within(store, lambda tx: tx.tasks.claim(UPLOAD, limit=9, until=FAR))
        after = within(store, lambda tx: tokens.start_generation(tx, leases))

        assert [head.entity.status if head else None for head in begun] == [
            TokenStatus.GENERATING
        ] * 3
        assert [each.entity_id for each in uploads] == ["token-1", "token-2"]
        assert by_number(store, 3).error_data == {
            "code": "PERMANENT_FAILURE",
            "reason": "no answer",
        }
        assert after == [None, None, None]
        none = dict.fromkeys(("detected", "generating", "ready", "revealed"), 0)
        assert store.read(tokens.token_stats).statuses == {"uploading": 2, "failed": 1, **none}

    def test_every_field_of_the_seven_is_in_history(self, store: AnyStore) -> None:
        (token,) = filled(store, 1)
        (born,) = store.read(tokens.token_history, 1)

        named = {each.name for each in fields(type(token))} - {
            "id",
            "status",
            "created_at",
            "updated_at",
        }
        assert born.data.keys() == named
        assert a_block(1).parent_hash == chain_hash(0)
