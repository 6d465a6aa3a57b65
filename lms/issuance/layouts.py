"""How a cycle's certificates look: chosen by its organisers, seen before anything is issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from certificates.data import CertificateData, InvalidData
from lms import audit
from lms.catalogue.models import CertificateLayout, Cycle, Lesson
from lms.clock import now
from lms.issuance import making, queries, snapshots
from lms.issuance.snapshots import Holder, Numbered

_CODE = "ESEMPIO2" * 3 + "ES"  # as long as a real one, and never given: those are random


def choose(cycle: Cycle, chosen: CertificateLayout, *, by: int | None) -> None:
    """Have the next certificates of `cycle` look like this; those issued stay as they are."""
    cycle = making.hold(cycle.id)
    if cycle.certificate_layout is chosen:
        return
    before, cycle.certificate_layout = cycle.certificate_layout, chosen
    detail = {"from": before.value, "to": chosen.value}
    audit.record("cycle.certificate_layout", cycle, actor_id=by, detail=detail)


def preview(cycle: Cycle, layout: CertificateLayout) -> CertificateData:
    """The certificate of somebody who does not exist, with the cycle's texts of now.

    As if the programme were over already. Raises `UserError` for what the cycle lacks.
    """
    lessons, emblems = queries.lessons_of(cycle.id), queries.emblems_of(cycle.track_id)
    with force_locale(snapshots.LANGUAGE):
        holder = Holder(_("Name Surname"), _("Organisation"))
    own = Numbered(0, f"{cycle.code}-00000", _CODE)
    try:
        frame = snapshots.frame_of(cycle, lessons, emblems, _over(lessons))
        return snapshots.example(frame, holder, own, layout.value)
    except InvalidData as error:
        raise making.not_printable(error) from error


def _over(lessons: Sequence[Lesson]) -> datetime:
    return max([now(), *(lesson.ends_at for lesson in lessons)])
