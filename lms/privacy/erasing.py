"""Making a person anonymous, for ever. A part of this room's actions.

Each room takes out its own words (`lms.personal`), the rows that point to others first. Everything
happens in the request's one transaction: done whole, or not at all.
"""

from __future__ import annotations

from sqlalchemy import insert, select

from lms.accounts.models import Person
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance.models import Certificate
from lms.issuance.personal import certificates_of
from lms.personal import Erase, Erasing, holdings
from lms.privacy import personal as _declares_all  # noqa: F401 - every room's declarations
from lms.privacy import queries
from lms.privacy.models import RetainedCertificate
from lms.privacy.rules import LEGAL_BASIS, anonymous_name, certificate_kept_until
from lms.redaction import open_gate

SHORTEST = 3  # a single name of fewer letters would be found inside other words


def make_anonymous(person: Person) -> dict[str, int]:
    """Take the person's words out of every table; how many rows of each were changed."""
    everybody = [_erasing(one) for one in queries.united(person)]
    declared = holdings()
    done: dict[str, int] = {}
    with open_gate():
        for table in reversed(db.metadata.sorted_tables):
            erase = declared[table.name].erase
            if isinstance(erase, Erase) and (count := sum(map(erase.carry_out, everybody))):
                done[table.name] = count
        for who in everybody:
            _note_retained(who)
    db.session.expire_all()
    return done


def _erasing(person: Person) -> Erasing:
    who = queries.whose(person)
    copies = select(Enrolment).where(Enrolment.person_id == person.id)
    bearers = [person, *db.session.scalars(copies)]
    names = [name for one in bearers for name in (one.full_name, one.sorted_name)]
    singles = [name for one in bearers for name in (one.family_name, one.given_name)]
    given, family = anonymous_name(person.id)
    return Erasing(
        person_id=who.person_id,
        account_id=who.account_id,
        addresses=who.addresses,
        given_name=given,
        family_name=family,
        words=tuple(sorted({*names, *who.addresses}, key=len, reverse=True)),
        own_words=tuple(sorted({one for one in singles if len(one) >= SHORTEST}, key=len)[::-1]),
        at=now(),
    )


def _note_retained(who: Erasing) -> None:
    rows = select(Certificate.id, Certificate.completed_on).where(
        Certificate.id.in_(certificates_of(who))
    )
    for number, completed_on in db.session.execute(rows).all():
        db.session.execute(
            insert(RetainedCertificate).values(
                certificate_id=number,
                legal_basis=LEGAL_BASIS,
                kept_until=certificate_kept_until(completed_on),
            )
        )
