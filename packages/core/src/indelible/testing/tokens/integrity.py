"""Rules that keep entities of tokens consistent. Domain and databases enforce the same ones."""

from datetime import timedelta
from typing import Any

from attrs import evolve

from indelible.kernel import Stale
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, AnyStore, refusal
from indelible.testing.suite import Suite
from indelible.testing.tokens.lifecycle import FAULT, advance
from indelible.testing.tokens.scenarios import (
    add_tokens,
    chain_hash,
    make_author,
    make_mint,
    make_token,
    wallet,
    with_repositories,
)
from indelible.tokens import (
    ImageGenerationJob,
    IPFSUploadRecord,
    MintEvent,
    RecordType,
    Repositories,
    RevealTransaction,
    Token,
    TokenStatus,
)


def make_job(**fields: Any) -> ImageGenerationJob:  # noqa: ANN401 - any field
    """Return an image job of the first token."""
    values: dict[str, Any] = {"id": "job-1", "token_id": "token-1", "service": "replicate"}
    values.update(fields)

    return ImageGenerationJob.create("create", now=BEGINNING, **values)


def make_upload(**fields: Any) -> IPFSUploadRecord:  # noqa: ANN401 - any field
    """Return an upload of the first token's image."""
    values: dict[str, Any] = {
        "id": "upload-1",
        "token_id": "token-1",
        "record_type": RecordType.IMAGE,
    }
    values.update(fields)

    return IPFSUploadRecord.create("create", now=BEGINNING, **values)


def make_reveal(*token_ids: str, id: str = "reveal-1") -> RevealTransaction:
    """Return a reveal of these tokens."""
    return RevealTransaction.create("create", now=BEGINNING, id=id, token_ids=token_ids)


class IntegrityConformance(Suite):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""

    def test_a_token_needs_its_author_and_its_mint(self, store: AnyStore) -> None:
        add_tokens(store, 1)

        def add(**fields: Any) -> str:  # noqa: ANN401 - any field
            token = make_token(2, **fields)
            return code(lambda: with_repositories(store, lambda r: r.tokens.add(token)))

        assert add(author_id="nobody") == "AUTHOR_NOT_FOUND"
        assert add(mint_event_id="nothing") == "TOKEN_PART_NOT_FOUND"
        assert add() == ""

    def test_jobs_uploads_and_reveals_need_their_tokens(self, store: AnyStore) -> None:
        add_tokens(store, 1)

        def add_job(repositories: Repositories) -> object:
            return repositories.image_jobs.add(make_job(token_id="none"))  # noqa: S106 - an id

        def add_upload(repositories: Repositories) -> object:
            return repositories.ipfs_records.add(make_upload(token_id="none"))  # noqa: S106 - an id

        def add_reveal(repositories: Repositories) -> object:
            return repositories.reveal_txs.add(make_reveal("token-1", "none"))

        assert code(lambda: with_repositories(store, add_job)) == "TOKEN_NOT_FOUND"
        assert code(lambda: with_repositories(store, add_upload)) == "TOKEN_NOT_FOUND"
        assert code(lambda: with_repositories(store, add_reveal)) == "TOKEN_NOT_FOUND"

    def test_an_entity_that_exists_is_not_created_again(self, store: AnyStore) -> None:
        add_tokens(store, 1)

        def add_reveal(repositories: Repositories) -> object:
            return repositories.reveal_txs.add(make_reveal("token-1"))

        with_repositories(store, add_reveal)
        error = refusal(lambda: with_repositories(store, add_reveal))

        assert str(error) == str(Stale("reveal-1", expected_seq=0, actual_seq=None))

    def test_a_token_keeps_its_id_and_its_mint(self, store: AnyStore) -> None:
        with_repositories(store, lambda r: r.mint_events.add(make_mint(1)))
        with_repositories(store, lambda r: r.authors.add(make_author(2)))
        (token,) = add_tokens(store, 1)

        def save(changed: Token) -> str:
            return code(lambda: with_repositories(store, lambda r: r.tokens.save(changed)))

        changes: tuple[dict[str, Any], ...] = (
            {"token_id": 2},
            {"author_id": "author-2"},
            {"minter_address": wallet(9)},
            {"mint_timestamp": BEGINNING + timedelta(days=1)},
            {"mint_event_id": "mint-1-1"},
            {"created_at": BEGINNING},
        )
        for change in changes:
            changed = evolve(token.mark_generating(), **change)
            assert save(changed) == "FIELD_FIXED", change

    def test_only_a_retry_of_a_failed_token_gives_it_another_mint(self, store: AnyStore) -> None:
        (token,) = add_tokens(store, 1)
        event = with_repositories(store, lambda r: r.mint_events.add(make_mint(1)))
        generating = with_repositories(store, lambda r: r.tokens.save(token.mark_generating()))

        early = generating.with_new_mint(event, "author-1")
        refused = code(lambda: with_repositories(store, lambda r: r.tokens.save(early)))
        assert refused == "FIELD_FIXED"

        failed = with_repositories(store, lambda r: r.tokens.save(generating.mark_failed(FAULT)))
        unknown = failed.with_new_mint(event, "nobody")
        refused = code(lambda: with_repositories(store, lambda r: r.tokens.save(unknown)))
        assert refused == "AUTHOR_NOT_FOUND"

        synced = evolve(failed.sync_revealed("metadata"), minter_address=wallet(9))
        refused = code(lambda: with_repositories(store, lambda r: r.tokens.save(synced)))
        assert refused == "FIELD_FIXED"

        again = failed.with_new_mint(event, "author-1")
        saved = with_repositories(store, lambda r: r.tokens.save(again))
        assert (saved.status, saved.mint_event_id) == (TokenStatus.DETECTED, event.id)

    def test_an_author_keeps_the_wallet(self, store: AnyStore) -> None:
        author = with_repositories(store, lambda r: r.authors.add(make_author()))
        changed = evolve(author.set_prompt("A boat."), wallet_address=wallet(9))

        refused = code(lambda: with_repositories(store, lambda r: r.authors.save(changed)))
        assert refused == "FIELD_FIXED"

    def test_a_mint_keeps_everything_but_its_status(self, store: AnyStore) -> None:
        event = with_repositories(store, lambda r: r.mint_events.add(make_mint(1)))
        later = BEGINNING + timedelta(days=1)

        def save(changed: MintEvent) -> str:
            return code(lambda: with_repositories(store, lambda r: r.mint_events.save(changed)))

        changes: tuple[dict[str, Any], ...] = (
            {"tx_hash": chain_hash(9)},
            {"log_index": 9},
            {"block_number": 9},
            {"block_hash": chain_hash(9)},
            {"block_timestamp": later},
            {"token_id": 9},
            {"quantity": 9},
            {"author_wallet": wallet(9)},
            {"recipient": wallet(9)},
            {"total_paid": "9"},
            {"detected_at": later},
        )
        for change in changes:
            changed = evolve(event.orphan(), **change)
            assert save(changed) == "FIELD_FIXED", change

    def test_a_job_keeps_its_token_and_its_service(self, store: AnyStore) -> None:
        second, _ = add_tokens(store, 2)
        job = with_repositories(store, lambda r: r.image_jobs.add(make_job()))

        def save(changed: ImageGenerationJob) -> str:
            return code(lambda: with_repositories(store, lambda r: r.image_jobs.save(changed)))

        other_token = job.transition("start", token_id=second.id)
        assert save(other_token) == "FIELD_FIXED"
        assert save(job.transition("start", service="selfhosted")) == "FIELD_FIXED"

    def test_an_upload_keeps_its_token_and_its_type(self, store: AnyStore) -> None:
        second, _ = add_tokens(store, 2)
        upload = with_repositories(store, lambda r: r.ipfs_records.add(make_upload()))

        def save(changed: IPFSUploadRecord) -> str:
            return code(lambda: with_repositories(store, lambda r: r.ipfs_records.save(changed)))

        other_token = upload.transition("start", token_id=second.id)
        assert save(other_token) == "FIELD_FIXED"
        other_type = upload.transition("start", record_type=RecordType.METADATA)
        assert save(other_type) == "FIELD_FIXED"

    def test_a_reveal_keeps_its_tokens(self, store: AnyStore) -> None:
        add_tokens(store, 2)
        reveal = with_repositories(store, lambda r: r.reveal_txs.add(make_reveal("token-1")))
        changed = reveal.transition("send", token_ids=("token-1", "token-2"))

        refused = code(lambda: with_repositories(store, lambda r: r.reveal_txs.save(changed)))
        assert refused == "FIELD_FIXED"

    def test_a_ready_token_has_an_image_and_metadata(self, store: AnyStore) -> None:
        add_tokens(store, 1)
        token = with_repositories(store, lambda r: advance(r, 1, TokenStatus.UPLOADING))

        def mark_ready(image_cid: str | None, metadata_cid: str | None) -> str:
            return code(
                lambda: token.transition("ready", image_cid=image_cid, metadata_cid=metadata_cid)
            )

        assert mark_ready(None, "metadata") == "FIELD_REQUIRED"
        assert mark_ready("image", None) == "FIELD_REQUIRED"
        assert mark_ready("image", "metadata") == ""

    def test_a_revealed_token_has_metadata(self, store: AnyStore) -> None:
        add_tokens(store, 1)
        ready = with_repositories(store, lambda r: advance(r, 1, TokenStatus.READY))

        assert code(lambda: ready.transition("reveal", metadata_cid=None)) == "FIELD_REQUIRED"
        assert code(lambda: make_token(2).transition("sync")) == "FIELD_REQUIRED"

    def test_a_completed_upload_has_a_cid(self, store: AnyStore) -> None:
        add_tokens(store, 1)
        upload = with_repositories(store, lambda r: r.ipfs_records.add(make_upload()))
        started = with_repositories(
            store, lambda r: r.ipfs_records.save(upload.transition("start"))
        )

        assert code(lambda: started.transition("complete")) == "FIELD_REQUIRED"
        completed = started.transition("complete", cid="cid")
        saved = with_repositories(store, lambda r: r.ipfs_records.save(completed))
        assert saved.cid == "cid"
