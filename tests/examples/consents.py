"""Consents: a text with numbered versions, and patients' grants, each of one version."""

from enum import auto

from indelible.declare import (
    KEEP,
    Aggregate,
    Context,
    Identifier,
    OneLine,
    Refused,
    States,
    Text,
    Version,
    action,
    aggregate,
    creates,
    field,
    finds,
)
from indelible.kernel import Transaction


class Status(States):
    """The states of a consent."""

    DRAFT = auto()
    OFFERED = auto()
    CLOSED = auto()


class GrantStatus(States):
    """The states of a grant."""

    GIVEN = auto()
    WITHDRAWN = auto()


@aggregate(final=(Status.CLOSED,))
class Consent(Aggregate):
    """A text that patients are asked to agree to."""

    status: Status
    number: Identifier = field(unique=True)
    scope: OneLine
    text: Text
    consent_version: Version = field(version_of=("scope", "text"))
    note: OneLine | None = field()
    approved_version: Version | None = field(required_in=(Status.OFFERED, Status.CLOSED))

    @finds
    def by_number(self, number: Identifier) -> None: ...
    @creates(Status.DRAFT)
    def draft(self, number: Identifier, scope: OneLine, text: Text) -> None: ...
    @action(Status.DRAFT, Status.OFFERED, to=Status.DRAFT, empties=("approved_version",))
    def revise(self, scope: OneLine = KEEP, text: Text = KEEP) -> None: ...
    @action(Status.DRAFT, Status.OFFERED)
    def annotate(self, note: OneLine) -> None: ...
    @action(Status.DRAFT, to=Status.OFFERED)
    def approve(self, approved_version: Version) -> None:
        """Offer the version that the reviewer has read."""
        if approved_version != self.consent_version:
            raise Refused(
                f"version {approved_version} was read, and {self.consent_version} is the last"
            )

    @action(Status.OFFERED, to=Status.CLOSED)
    def close(self) -> None: ...


@aggregate(final=(GrantStatus.WITHDRAWN,))
class Grant(Aggregate):
    """The agreement of a patient to a version of a consent, which stays readable."""

    status: GrantStatus
    patient: Identifier
    consent: Identifier = field(references=Consent)
    consent_version: Version

    @finds
    def of_patient(self, patient: Identifier, status: GrantStatus) -> None: ...
    @finds
    def of_version(self, consent: Identifier, consent_version: Version) -> None: ...
    @creates(GrantStatus.GIVEN)
    def give(self, patient: Identifier, consent: Identifier, consent_version: Version) -> None: ...
    @action(GrantStatus.GIVEN, to=GrantStatus.WITHDRAWN)
    def withdraw(self) -> None: ...


consents = Context(Consent, filters=("status",), search=("scope", "text"))


def require_offered(tx: Transaction, grant: Grant) -> None:
    """Refuse a version that is not offered; nobody revises the consent meanwhile."""
    consent = consents.of(tx).lock(grant.consent).entity
    if consent.status != Status.OFFERED or consent.consent_version != grant.consent_version:
        raise Refused(f"version {grant.consent_version} is not offered")


grants = Context(Grant, filters=("consent",), rules={Grant.give: require_offered})
contexts = (consents, grants)
