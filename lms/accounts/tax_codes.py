"""A person's tax code: set, found, shown masked. Everybody else goes through here.

The code stands nowhere but sealed in its row: not in logs, addresses, the audit or a session.
"""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit, secretbox
from lms.accounts import tax_code_rules as rules
from lms.accounts.models import Person
from lms.accounts.models_tax_codes import TaxCode as TaxCode
from lms.accounts.models_tax_codes import TaxCodeSource as TaxCodeSource
from lms.accounts.tax_code_rules import TaxCodeFault
from lms.accounts.tax_code_rules import normalise as normalise
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db

PURPOSE = "tax-code"


class TaxCodeTakenError(UserError):
    """A code that is vouched for as `holder`'s cannot be vouched for as somebody else's too."""

    def __init__(self, holder: Person) -> None:
        self.holder = holder
        super().__init__(_("%(name)s has this tax code already.", name=holder.full_name), 409)


def fault_in_words(fault: TaxCodeFault) -> str:
    """What is wrong with what was typed, and what to do."""
    words = {
        TaxCodeFault.ELEVEN_DIGITS: _(
            "Eleven digits are the code of an organisation, or a provisional one. "
            "The sixteen characters on the health card are needed."
        ),
        TaxCodeFault.SHAPE: _("A tax code has sixteen letters and digits, as on the health card."),
        TaxCodeFault.CHECK: _(
            "The last letter does not agree with the others: one of the characters is mistyped."
        ),
    }
    return str(words[fault])


def set_tax_code(
    person: Person, text: str, *, by: int | None, source: TaxCodeSource | None = None
) -> TaxCode:
    """Keep `text` as the person's tax code. UserError when it is none, or cannot be theirs.

    Without `source`, one's own code is declared and any other is on an organiser's word. Nobody
    changes by themselves what an identity provider said of them.
    """
    code = normalise(text)
    wrong = rules.fault(code)
    if wrong:
        raise UserError(fault_in_words(wrong))
    source = source or (TaxCodeSource.DECLARED if person.id == by else TaxCodeSource.ORGANISER)
    row = db.session.get(TaxCode, person.id, with_for_update=True, populate_existing=True)
    known = row is not None and row.keyed_hash in secretbox.keyed_hashes(code, PURPOSE)
    if row is not None and known and _outranks(row.source, source):
        return row
    if row is not None and source is TaxCodeSource.DECLARED:
        _demand_own_word(row)
    holder = person_by_tax_code(code)
    if source is not TaxCodeSource.DECLARED and holder is not None and holder.id != person.id:
        raise TaxCodeTakenError(holder)
    return _keep(row, person, code, source, by=by)


def _outranks(known: TaxCodeSource, given: TaxCodeSource) -> bool:
    order = list(TaxCodeSource)
    return order.index(known) >= order.index(given)


def _demand_own_word(row: TaxCode) -> None:
    if row.source is TaxCodeSource.PROVIDER:
        raise UserError(
            _("This tax code came with your digital identity: only the organisers can change it."),
            409,
        )


def _keep(
    row: TaxCode | None, person: Person, code: str, source: TaxCodeSource, *, by: int | None
) -> TaxCode:
    if row is None:
        row = TaxCode(person_id=person.id)
        db.session.add(row)
    row.sealed = secretbox.seal(code, PURPOSE, of=str(person.id))
    row.keyed_hash = secretbox.keyed_hash(code, PURPOSE)
    row.source, row.set_at, row.set_by_id = source, now(), by
    db.session.flush()
    audit.record("tax_code.set", person, actor_id=by, detail={"source": source.value})
    return row


def remove_tax_code(person: Person, *, by: int) -> None:
    """Forget the person's tax code; harmless when there is none."""
    row = db.session.get(TaxCode, person.id, with_for_update=True)
    if row is None:
        return
    if person.id == by:
        _demand_own_word(row)
    db.session.delete(row)
    db.session.flush()
    audit.record("tax_code.removed", person, actor_id=by)


def hand_over(giver: Person, taker: Person) -> None:
    """Let `taker` have the giver's code, on the same word; where both have it, on the better one.

    The giver's row stays, as only declared. For two records of one person (`duplicates`).
    """
    given, known = tax_code_of(giver.id), tax_code_of(taker.id)
    if given is None or (known is not None and _outranks(known.source, given.source)):
        return
    source, given.source = given.source, TaxCodeSource.DECLARED
    db.session.flush()
    if known is None:
        sealed = secretbox.seal(opened(given), PURPOSE, of=str(taker.id))
        known = TaxCode(
            person_id=taker.id, sealed=sealed, keyed_hash=given.keyed_hash,
            set_at=given.set_at, set_by_id=given.set_by_id,
        )  # fmt: skip
        db.session.add(known)
    known.source = source
    db.session.flush()


def person_by_tax_code(text: str) -> Person | None:
    """Whose code this is on somebody's word other than their own; None when nobody's.

    Fit to sign somebody in: a code that a person only declared is never found here.
    """
    return people_by_tax_codes([text]).get(normalise(text))


def people_by_tax_codes(texts: Collection[str]) -> dict[str, Person]:
    """People by normalised code, as `person_by_tax_code` finds them; one query for any number."""
    codes = {normalise(text) for text in texts} - {""}
    by_hash = {h: code for code in codes for h in secretbox.keyed_hashes(code, PURPOSE)}
    if not by_hash:
        return {}
    rows = db.session.execute(
        select(TaxCode.keyed_hash, Person)
        .join(Person, TaxCode.person_id == Person.id)
        .where(
            TaxCode.keyed_hash.in_(by_hash),
            TaxCode.source != TaxCodeSource.DECLARED,
            Person.merged_into_id.is_(None),
        )
    ).unique()
    return {by_hash[keyed]: person for keyed, person in rows}


def tax_code_of(person_id: int) -> TaxCode | None:
    """The person's row, if there is one."""
    return db.session.get(TaxCode, person_id)


def people_with_tax_code(person_ids: Collection[int]) -> set[int]:
    """Of these people, those whose tax code is known."""
    rows = select(TaxCode.person_id).where(TaxCode.person_id.in_(person_ids))
    return set(db.session.scalars(rows))


def rows_of(person_ids: Collection[int]) -> dict[int, TaxCode]:
    """The rows of these people, by person; no question asked for nobody."""
    if not person_ids:
        return {}
    rows = db.session.scalars(select(TaxCode).where(TaxCode.person_id.in_(person_ids)))
    return {row.person_id: row for row in rows}


def is_same_code(row: TaxCode, text: str) -> bool:
    """Whether `text` is the code kept in `row`."""
    return row.keyed_hash in secretbox.keyed_hashes(normalise(text), PURPOSE)


def masked(person: Person) -> str:
    """The person's code as it may be shown to who deals with them; empty without one."""
    row = tax_code_of(person.id)
    return rules.masked(opened(row)) if row else ""


def in_full(person: Person, *, by: int | None, purpose: str) -> str:
    """The whole code, for the person and for an export that a law asks for; the look is noted."""
    row = tax_code_of(person.id)
    if row is None:
        return ""
    audit.record("tax_code.shown", person, actor_id=by, detail={"purpose": purpose})
    return opened(row)


def reseal(limit: int = 500) -> int:
    """Seal and hash again, under the newest key, up to `limit` codes that an older one sealed.

    Returns how many; zero when none is left and the older key may go.
    """
    done = 0
    for row in db.session.scalars(select(TaxCode).order_by(TaxCode.person_id).with_for_update()):
        if done == limit:
            break
        if not secretbox.is_current(row.sealed):
            _seal_again(row)
            done += 1
    return done


def _seal_again(row: TaxCode) -> None:
    code = opened(row)
    keyed = secretbox.keyed_hash(code, PURPOSE)
    rivals = select(TaxCode.person_id).where(
        TaxCode.keyed_hash == keyed,
        TaxCode.person_id != row.person_id,
        TaxCode.source != TaxCodeSource.DECLARED,
    )
    if row.source is not TaxCodeSource.DECLARED and db.session.scalar(rivals) is not None:
        row.source = TaxCodeSource.DECLARED  # vouched for twice under two keys: a human decides
    row.sealed = secretbox.seal(code, PURPOSE, of=str(row.person_id))
    row.keyed_hash = keyed
    db.session.flush()


def opened(row: TaxCode) -> str:
    """The code in `row`, whole: for its owner, or to work with; shown to nobody else."""
    return secretbox.open_sealed(row.sealed, PURPOSE, of=str(row.person_id))
