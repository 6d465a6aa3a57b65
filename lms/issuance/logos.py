"""The logos of a cycle's certificates: taken, moved, taken away. What was issued keeps its own."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from certificates.data import Emblem
from certificates.gate import InvalidData, UnfitPicture
from lms import audit
from lms.catalogue.models import Cycle
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import making, queries, queries_looks, words
from lms.issuance.models_looks import CertificateLogo, CertificatePicture
from lms.issuance.snapshots import Frame

MOST_LOGOS = 4


def judged(cycle: Cycle, content: bytes, label: str) -> Emblem:
    """A logo made anew from a file. Raises `UserError` for what cannot be one, or one too many."""
    _demand_place(cycle)
    try:
        return Emblem(symbol="picture", label=label, picture=content)
    except UnfitPicture as error:
        raise UserError(words.unfit_picture(error)) from error
    except InvalidData as error:
        raise making.not_printable(error) from error


def _demand_place(cycle: Cycle) -> int:
    count = len(queries_looks.logos_of(cycle.id))
    if count >= MOST_LOGOS:
        raise UserError(
            _("A cycle has at most %(num)d logos: take one away first.", num=MOST_LOGOS)
        )
    return count


def add(cycle: Cycle, made: Emblem, *, by: int | None) -> CertificateLogo:
    """Put a logo last. Raises `UserError` for one too many."""
    cycle = making.hold(cycle.id)
    count = _demand_place(cycle)
    name = made.logo.sha256
    if db.session.get(CertificatePicture, name) is None:
        picture = CertificatePicture(
            sha256=name, media_type=made.logo.media_type, content=made.picture, issued=False
        )
        db.session.add(picture)
    logo = CertificateLogo(
        cycle_id=cycle.id, follows=len(queries.emblems_of(cycle.track_id)), position=count,
        label=made.label, picture_sha256=name,
    )  # fmt: skip
    db.session.add(logo)
    db.session.flush()
    detail = {"logo": logo.id, "sha256": name}
    audit.record("cycle.certificate_logo_added", cycle, actor_id=by, detail=detail)
    return logo


def move(cycle: Cycle, logo: CertificateLogo, *, later: bool, by: int | None) -> None:
    """Have a logo change places with what stands before or after it; at the end nothing moves."""
    cycle = making.hold(cycle.id)
    marks = queries_looks.marks_of(cycle)
    at = marks.index(logo)
    to = at + 1 if later else at - 1
    if not 0 <= to < len(marks):
        return
    marks[at], marks[to] = marks[to], marks[at]
    follows = position = 0
    for mark in marks:
        if isinstance(mark, CertificateLogo):
            mark.follows, mark.position = follows, position
            position += 1
        else:
            follows += 1
    detail = {"logo": logo.id, "place": to + 1}
    audit.record("cycle.certificate_logo_moved", cycle, actor_id=by, detail=detail)


def remove(cycle: Cycle, logo: CertificateLogo, *, by: int | None) -> None:
    """Take a logo away; its picture goes too, unless a certificate or another cycle shows it."""
    cycle = making.hold(cycle.id)
    name, number = logo.picture_sha256, logo.id
    db.session.delete(logo)
    db.session.flush()
    used = select(func.count()).where(CertificateLogo.picture_sha256 == name)
    if not db.session.scalar(used):
        unseen = CertificatePicture.issued.is_(False)
        db.session.execute(
            delete(CertificatePicture).where(CertificatePicture.sha256 == name, unseen)
        )
    detail = {"logo": number, "sha256": name}
    audit.record("cycle.certificate_logo_removed", cycle, actor_id=by, detail=detail)


def keep(frame: Frame) -> None:
    """The logos of what is being issued stay for ever."""
    names = [emblem.logo.sha256 for emblem in frame.common["emblems"] if emblem.picture]
    if names:
        shown = CertificatePicture.sha256.in_(names)
        db.session.execute(update(CertificatePicture).where(shown).values(issued=True))
