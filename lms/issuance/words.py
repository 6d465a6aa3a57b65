"""The rule's answers and the states of certificates, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates.faces import draws
from certificates.gate import UnfitPicture
from certificates.wording import WORDS
from lms.catalogue.models import CertificateLayout
from lms.issuance.counting import Standing
from lms.issuance.models import Certificate, CertificateEventKind, CertificateStatus
from lms.issuance.models_tasks import Change
from lms.issuance.overview import Extra, Group
from lms.pages import minutes_in_words


def field_name(field: str) -> str:
    """A field of `CertificateData` as organisers know it."""
    names = {
        "serial": _("the code of the cycle"),
        "holder": _("the name"),
        "organisation": _("the organisation"),
        "track_title": _("the title of the track"),
        "cycle_title": _("the title of the cycle"),
        "modules": _("the list of modules"),
        "title": _("the title of a module"),
        "issuer_name": _("the issuer in the track"),
        "place": _("the place"),
        "signatory_name": _("the signatory's name"),
        "signatory_role": _("the signatory's role"),
        "funding_statement": _("the funding statement of the track"),
        "emblems": _("the list of emblems"),
        "label": _("the text of an emblem"),
        **{name: label for name, (label, _hint) in own_words().items()},
    }
    last = field.partition("[")[0] if field.endswith("]") else field.rpartition(".")[2]
    return str(names.get(last, field))


def own_words() -> dict[str, tuple[str, str]]:
    """The words organisers may replace: what each is called, and what stands there otherwise."""
    usual = _("Empty: “%(words)s”.")
    return {
        "heading": (_("Title"), usual % {"words": WORDS["it"].title}),
        "introduction": (_("Opening words"), usual % {"words": WORDS["it"].certify}),
        "closing": (_("Closing note"), _("Empty: no note.")),
        "heading_other": (_("Title in English"), usual % {"words": WORDS["en"].title}),
        "introduction_other": (
            _("Opening words in English"), usual % {"words": WORDS["en"].certify}
        ),
        "closing_other": (_("Closing note in English"), _("Empty: no note.")),
    }  # fmt: skip


def unfit_picture(error: UnfitPicture) -> str:
    """Why a file cannot be a logo."""
    return str(
        {
            "empty": _("The file is empty."),
            "large": _("The file is too large: at most 400 kB."),
            "kind": _("Only SVG and PNG files are taken."),
            "unreadable": _("The file is damaged: it cannot be read."),
            "elaborate": _(
                "The drawing is too elaborate: simplify it, every certificate holds it."
            ),
            "pixels": _("The picture has too many pixels: make it smaller."),
            "moves": _("The picture moves: give one that does not."),
            "sides": _("The drawing says no width and height that can be right."),
            "holds": _(
                "The drawing holds %(what)s, which cannot be printed safely. Turn texts into "
                "outlines and effects into plain shapes, or give a PNG.",
                what=error.what,
            ),
        }[error.kind]
    )


def layout(chosen: CertificateLayout) -> tuple[str, str]:
    """A layout's name, and what it is like."""
    return {
        CertificateLayout.CLASSIC: (
            _("Classic"),
            _("Landscape, the name in large serif letters, facts and check in a pale column."),
        ),
        CertificateLayout.MODERN: (
            _("Modern"),
            _("Portrait, a band of blue with the title, sans serif: good to read on a screen."),
        ),
        CertificateLayout.BILINGUAL: (
            _("Bilingual"),
            _("Portrait, framed; labels, dates and durations in Italian and English."),
        ),
    }[chosen]


def unprintable(text: str) -> str:
    """Why a name cannot stand on a certificate."""
    strange = sorted(letter for letter in set(text) if not draws(letter))
    if strange:
        return str(_("has letters that cannot be printed: %(letters)s", letters=" ".join(strange)))
    return str(_("is too long to be printed"))


def group(which: Group | Extra) -> tuple[str, str]:
    """A group of people as the organisers' list calls it, and the tone of its badge."""
    found: dict[Group | Extra, tuple[str, str]] = {
        Group.TO_ISSUE: (str(_("To be issued")), "info"),
        Group.ISSUED: (str(_("Issued")), "success"),
        Group.OPEN: (str(_("Registers still open")), "neutral"),
        Group.LOST: (str(_("Threshold out of reach")), "warning"),
        Group.WITHDRAWN: (str(_("Withdrawn")), "neutral"),
        Group.NOTHING: (str(_("No lesson counts yet")), "neutral"),
        Group.REVOKED: (str(_("Revoked")), "danger"),
        Extra.DIFFERS: (str(_("To be looked at")), "warning"),
        Extra.CHANGES: (str(_("Would change")), "info"),
    }
    return found[which]


def standing(which: Standing, outcome: str | None) -> tuple[str, str]:
    """How a lesson stands for a person, and the tone of its badge."""
    if which in {Standing.SETTLED, Standing.MARKED} and outcome is not None:
        return {
            "present": (str(_("Present")), "success"),
            "absent": (str(_("Absent")), "danger"),
            "excused": (str(_("Excused absence")), "warning"),
        }[outcome]
    return {
        Standing.CANCELLED: (str(_("Cancelled")), "neutral"),
        Standing.TO_COME: (str(_("To come")), "info"),
        Standing.AWAITED: (str(_("Register not yet complete")), "info"),
        Standing.MARKED: (str(_("Register open")), "info"),
        Standing.SETTLED: (str(_("No presence recorded")), "danger"),
        Standing.NOT_DUE: (str(_("Not counted")), "neutral"),
    }[which]


def status(which: CertificateStatus) -> tuple[str, str]:
    """A certificate's status and the tone of its badge."""
    return {
        CertificateStatus.VALID: (str(_("Valid")), "success"),
        CertificateStatus.REPLACED: (str(_("Replaced")), "warning"),
        CertificateStatus.REVOKED: (str(_("Revoked")), "danger"),
    }[which]


def event(which: CertificateEventKind) -> str:
    """What happened, in one word."""
    return str(
        {
            CertificateEventKind.ISSUED: _("Issued"),
            CertificateEventKind.REPLACED: _("Replaced"),
            CertificateEventKind.REVOKED: _("Revoked"),
            CertificateEventKind.RESTORED: _("Made valid again"),
        }[which]
    )


def change(certificate: Certificate, which: Change, fact: str) -> str:
    """What changed since a certificate was issued, in a sentence."""
    if which is Change.HOURS:
        then, today = minutes_in_words(certificate.minutes), minutes_in_words(int(fact))
        return str(_("Certified: %(then)s. In the registers today: %(now)s.", then=then, now=today))
    if which is Change.NAME:
        then = certificate.holder_name
        said = _("The certificate says %(then)s, today the name is %(now)s.", then=then, now=fact)
        return str(said)
    return str(_("By the registers of today the person would not be entitled."))
