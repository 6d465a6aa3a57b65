"""What uniting two records will do, in words, for the page that asks before it is done."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.accounts.words import role_in_words
from lms.duplicates.queries import Held, Portrait


def consequences(kept: Portrait, other: Portrait) -> list[str]:
    """One sentence for each thing that moves, is united or ends."""
    return [
        *_enrolments(kept, other),
        *_sign_in(kept, other),
        *_belongings(kept, other),
        _("If both have a calendar address, the one of the record that goes stops working."),
        _("Nothing is deleted, and the union can be undone until later changes build on it."),
    ]


def _enrolments(kept: Portrait, other: Portrait) -> list[str]:
    own = {held.enrolment.cycle_id: held for held in kept.held}
    found = []
    for theirs in other.held:
        cycle = theirs.enrolment.cycle.title
        mine = own.get(theirs.enrolment.cycle_id)
        if mine is None:
            found.append(_("The enrolment in “%(cycle)s” passes over as it is.", cycle=cycle))
        else:
            found.append(_in_both(mine, theirs, cycle))
    return found


def _in_both(mine: Held, theirs: Held, cycle: str) -> str:
    words = _(
        "Both are enrolled in “%(cycle)s”: one enrolment stays, presences are united with each "
        "minute counted once, sealed registers get a visible rectification.",
        cycle=cycle,
    )
    if mine.certified and theirs.certified:
        both = _("Both certificates stay valid and can be verified.")
        return f"{words} {both}"
    if mine.certified or theirs.certified:
        one = _("The certificate stays as it was issued.")
        return f"{words} {one}"
    return str(words)


def _sign_in(kept: Portrait, other: Portrait) -> list[str]:
    if other.account is None:
        return []
    by_provider = _("with a digital identity")
    values = {"login": other.account.login or by_provider}
    if kept.account is None:
        return [_("The sign-in %(login)s passes over.", **values)]
    return [
        _("Only %(login)s will sign in.", login=kept.account.login or by_provider),
        _("The sign-in %(login)s is disabled, at once and everywhere.", **values),
    ]


def _belongings(kept: Portrait, other: Portrait) -> list[str]:
    found = []
    new = [address for address in other.emails if address not in kept.emails]
    if new:
        found.append(_("These e-mail addresses are added: %(mails)s.", mails=", ".join(new)))
    roles = [role_in_words(role) for role in sorted(other.roles - kept.roles)]
    if roles:
        found.append(_("These roles pass over: %(roles)s.", roles=", ".join(roles)))
    if other.trains:
        found.append(_("The cycles in which the other record trains pass over."))
    if other.tax_code and not kept.tax_code:
        found.append(_("The tax code passes over."))
    return found
