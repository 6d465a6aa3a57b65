"""Bringing the bodies in line with IndicePA's file: created, updated, merged, closed.

A row is a body we know by its IPA code, else (a municipality) by its seat's cadastral code, else by
its fiscal code, else by its very name. What IndicePA says of a body it names is right; what it
does not say stays. The second run of a file changes nothing.
"""

from __future__ import annotations

from lms.organisations.ipa_file import Row
from lms.organisations.known import today
from lms.organisations.ledger import Changes, Ledger, note
from lms.organisations.ledger_writing import Body
from lms.organisations.models import CODES, NameReason, OrganisationKind, OrganisationStatus
from lms.organisations.rules import guess_kind
from lms.text import search_key

MUNICIPALITY_FORM = "2430"  # in ISTAT's classification of legal forms (Codice_natura)
# IndicePA's categories that hold one kind, and those in which a name beginning so is of its kind.
CATEGORIES = {
    "L12": OrganisationKind.UNION,  # mountain communities
    "L18": OrganisationKind.UNION,
    "L45": OrganisationKind.METROPOLITAN_CITY,
}
NAMED_IN = {
    OrganisationKind.MUNICIPALITY: frozenset({"", "L6"}),
    OrganisationKind.UNION: frozenset({""}),
    OrganisationKind.PROVINCE: frozenset({"", "L4", "L5"}),
    OrganisationKind.METROPOLITAN_CITY: frozenset({""}),
    OrganisationKind.REGION: frozenset({"", "L4"}),
    OrganisationKind.THIRD_SECTOR: frozenset(),
}
TOWN = OrganisationKind.MUNICIPALITY
WIDE = frozenset(
    {OrganisationKind.PROVINCE, OrganisationKind.METROPOLITAN_CITY, OrganisationKind.REGION}
)
ENDED = frozenset({OrganisationStatus.CLOSED, OrganisationStatus.REFUSED})
LIVING = frozenset({OrganisationStatus.CONFIRMED, OrganisationStatus.PROPOSED})


def import_rows(
    rows: list[Row], *, close_missing: bool = False, dry_run: bool = False, by: int | None = None
) -> Changes:
    """Take over the rows of a file; `dry_run` only tells what would change."""
    importer = _Import(rows)
    importer.settle(rows)
    if close_missing:
        importer.close_missing()
    if dry_run:
        return importer.ledger.report()
    changes = importer.ledger.write()
    note("organisations.imported", changes, by=by)
    return changes


class _Import:
    """The bodies we know, and the file's codes."""

    def __init__(self, rows: list[Row]) -> None:
        self.ledger = Ledger()
        self.codes = {row.ipa_code for row in rows}

    def settle(self, rows: list[Row]) -> None:
        """Make the bodies as their rows say: the outcome does not hang on the rows' order.

        All are recognised before any code moves, and codes that change hands are let go first.
        """
        known = [(row, self._body(row, _kind(row))) for row in rows]
        for row, body in known:
            for column, code in _codes(row):
                if code and body.values[column] not in (None, code):
                    self.ledger.set(body, column, None)
        towns_first = sorted(known, key=lambda pair: _kind(pair[0]) is not TOWN)
        for row, body in towns_first:
            self._fill(body, row)

    def _body(self, row: Row, kind: OrganisationKind) -> Body:
        """The row's body, found or made; from here on it bears the row's IPA code."""
        body = self._found(row, kind)
        if body is None:
            body = self.ledger.create(row.name, kind)
        else:
            self._named(body, row)
            self._revived(body, kind)
        self.ledger.set(body, "ipa_code", row.ipa_code)
        if row.shortened:
            self.ledger.changes.notes.append(f"row {row.number}: the name is shortened: {row.name}")
        return body

    def close_missing(self) -> None:
        """Close the bodies that IndicePA named once and no longer does."""
        for body in self.ledger.bodies:
            gone = body.ipa_code and body.ipa_code not in self.codes
            if gone and body.status is OrganisationStatus.CONFIRMED:
                self.ledger.close(body, today())

    def _found(self, row: Row, kind: OrganisationKind) -> Body | None:
        by = self.ledger.by_code
        town = row.seat_cadastral if kind is TOWN else None
        hits = [
            by["ipa_code"].get(row.ipa_code),
            self._free(by["cadastral_code"].get(town or ""), row),
            self._free(by["fiscal_code"].get(row.fiscal_code or ""), row),
        ]
        bodies = list(dict.fromkeys(body for body in hits if body is not None))
        if not bodies:
            return self._by_name(row, kind)
        for twin in bodies[1:]:  # keys of one body on two of our rows: they are one
            if twin.status in LIVING:
                self._unite(twin, bodies[0])
        return bodies[0]

    def _free(self, body: Body | None, row: Row) -> Body | None:
        """A body found by another key, unless it is another row of the file."""
        if body is None or body.ipa_code == row.ipa_code:
            return body
        return None if body.ipa_code in self.codes else body

    def _by_name(self, row: Row, kind: OrganisationKind) -> Body | None:
        province, region = self._place(row)

        def may_be(body: Body) -> bool:
            return (
                not body.ipa_code
                and body.status in LIVING
                and body.kind in (kind, OrganisationKind.OTHER)
                and body.province_code in (None, province)
                and (not body.fiscal_code or body.fiscal_code == row.fiscal_code)
            )

        found = [body for body in self.ledger.by_name[search_key(row.name)] if may_be(body)]
        if not found and kind in WIDE:  # one province a province, whatever it is called
            found = [
                body for body in self.ledger.bodies
                if body.kind == kind and may_be(body) and body.region == region
                and body.province_code == (None if kind is OrganisationKind.REGION else province)
            ]  # fmt: skip
        return found[0] if len(found) == 1 else None

    def _unite(self, twin: Body, body: Body) -> None:
        codes = {column: twin.values[column] for column in CODES}
        for column in CODES:
            self.ledger.set(twin, column, None)
        for column, code in codes.items():
            if code and not body.values[column]:
                self.ledger.set(body, column, code)
        self.ledger.merge(twin, body, None, move=True)

    def _named(self, body: Body, row: Row) -> None:
        if search_key(body.name) == search_key(row.name):
            return  # capitals and accents are not worth a change
        if body.ipa_code:
            self.ledger.rename(body, row.name, today())
        else:  # met for the first time: ours was another way to call it
            self.ledger.rename(body, row.name, reason=NameReason.OTHER)

    def _revived(self, body: Body, kind: OrganisationKind) -> None:
        if body.status in ENDED:
            self.ledger.reopen(body)
        elif body.status is OrganisationStatus.PROPOSED:
            self.ledger.set(body, "status", OrganisationStatus.CONFIRMED)
        if body.kind in {OrganisationKind.OTHER, OrganisationKind.THIRD_SECTOR}:
            self.ledger.set(body, "kind", kind)

    def _fill(self, body: Body, row: Row) -> None:
        for column, code in _codes(row):
            if code:
                self.ledger.set(body, column, code)
        province, region = self._place(row)
        if _kind(row) is not OrganisationKind.REGION and province:
            self.ledger.set(body, "province_code", province)
        if region:
            self.ledger.set(body, "region", region)
        if len(row.acronym) > 1:
            self.ledger.also(body, row.acronym, NameReason.OTHER)

    def _place(self, row: Row) -> tuple[str | None, str | None]:
        """Province and region of the seat, as the municipality there has them."""
        town = self.ledger.by_code["cadastral_code"].get(row.seat_cadastral or "")
        return (town.province_code, town.region) if town else (None, None)


def _codes(row: Row) -> list[tuple[str, str | None]]:
    """The row's codes that are the body's own: a seat's codes are so for a municipality only."""
    own = [("fiscal_code", row.fiscal_code)]
    if _kind(row) is TOWN:
        own += [("cadastral_code", row.seat_cadastral), ("istat_code", row.seat_istat)]
    return own


def _kind(row: Row) -> OrganisationKind:
    """By legal form and category; else by the name, where the category does not speak against it.

    The categories hold consortia and companies, too: "Comune di …" of another legal form is none.
    """
    if row.legal_form == MUNICIPALITY_FORM:
        return TOWN
    if row.category in CATEGORIES:
        return CATEGORIES[row.category]
    guessed = OrganisationKind(guess_kind(row.name))
    allowed = row.category in NAMED_IN.get(guessed, {row.category})
    if not allowed or (guessed is TOWN and row.legal_form):
        return OrganisationKind.OTHER
    return guessed
