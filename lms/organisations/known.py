"""Loading the public bodies known out of the box: made, completed and ended as the data tell.

Re-runnable: what is there already is not touched again. The data know municipalities by their
cadastral code, provinces and regions by ISTAT's. Once IndicePA has named a body (it bears an IPA
code), its name and codes are IndicePA's; renamings and mergers of the patch are still noted.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from lms.clock import ROME, now
from lms.extensions import db
from lms.organisations import dataset
from lms.organisations.dataset import Known
from lms.organisations.ledger import Changes, Ledger, note
from lms.organisations.ledger_writing import Body
from lms.organisations.models import (
    NameReason,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)
from lms.text import search_key


def load(*, by: int | None = None) -> Changes:
    """Bring the bodies in line with the data that came with the program."""
    data = dataset.read()
    ledger = Ledger()
    former = {each.cadastral_code: each.before for each in data.renamed}
    for known in data.bodies:
        _settle(ledger, known, former.get(known.cadastral_code or ""))
    towns = ledger.by_code["cadastral_code"]
    for renamed in data.renamed:
        ledger.also(towns[renamed.cadastral_code], renamed.before, NameReason.FORMER)
    for merged in data.merged:
        if merged.on <= today():
            ledger.merge(towns[merged.cadastral_code], towns[merged.into], merged.on)
    changes = ledger.write()
    note("organisations.loaded", changes, by=by)
    return changes


def ensure() -> Changes | None:
    """Load them into a database that never had them; None where they are. One quick question."""
    region = select(Organisation.id).where(
        Organisation.kind == OrganisationKind.REGION, Organisation.istat_code.is_not(None)
    )
    return load() if db.session.scalar(region.limit(1)) is None else None


def today() -> date:
    """The day in Italy."""
    return now().astimezone(ROME).date()


def _settle(ledger: Ledger, known: Known, former: str | None) -> None:
    body = _find(ledger, known)
    if body is None:
        body = ledger.create(
            known.name, known.kind, province_code=known.province_code, region=known.region,
            istat_code=known.istat_code, cadastral_code=known.cadastral_code,
        )  # fmt: skip
    elif not body.ipa_code:
        if former and search_key(body.name) == search_key(former):
            ledger.rename(body, known.name)
        for column in ("province_code", "region", "istat_code", "cadastral_code"):
            value = getattr(known, column)
            if value:
                ledger.set(body, column, value)
    for name in known.other_names:
        ledger.also(body, name, NameReason.OTHER)


def _find(ledger: Ledger, known: Known) -> Body | None:
    """The body's row: by its key, else one by this very name that has no key yet."""
    column = "cadastral_code" if known.cadastral_code else "istat_code"
    found = ledger.by_code[column].get(getattr(known, column) or "")
    if found is not None:
        return found
    names = {search_key(name) for name in (known.name, *known.other_names)}
    namesakes = [
        body
        for name in names
        for body in ledger.by_name[name]
        if body.kind == known.kind
        and not body.values[column]
        and body.status is OrganisationStatus.CONFIRMED
        and body.province_code in (None, known.province_code)
    ]
    return namesakes[0] if len(namesakes) == 1 else None
