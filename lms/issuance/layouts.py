"""How a cycle's certificates look: chosen by its organisers, seen before anything is issued."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from certificates.data import MOST_MODULES, CertificateData, Emblem, InvalidData, ModuleLine
from lms import audit
from lms.catalogue.models import CertificateLayout, Cycle, Lesson
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import making, queries, queries_looks, rendering, snapshots
from lms.issuance.models_looks import CertificateWords
from lms.issuance.queries_looks import NAMES, Looks
from lms.issuance.snapshots import Holder, Numbered

_CODE = "ESEMPIO2" * 3 + "ES"  # as long as a real one, and never given: those are random


class Sample(enum.StrEnum):
    """Whose certificate an example is: ways in which real ones differ."""

    SHORT = "short"
    LONG = "long"
    TWO_PAGES = "two_pages"
    LONGEST = "longest"


def choose(cycle: Cycle, chosen: CertificateLayout, *, by: int | None) -> None:
    """Have the next certificates of `cycle` look like this; those issued stay as they are."""
    cycle = making.hold(cycle.id)
    if cycle.certificate_layout is chosen:
        return
    before, cycle.certificate_layout = cycle.certificate_layout, chosen
    detail = {"from": before.value, "to": chosen.value}
    audit.record("cycle.certificate_layout", cycle, actor_id=by, detail=detail)


def say(cycle: Cycle, words: Mapping[str, str], *, by: int | None) -> None:
    """Have the next certificates of `cycle` say these words instead of the usual ones."""
    cycle = making.hold(cycle.id)
    before = queries_looks.words_of(cycle.id)
    after = {name: words[name] for name in NAMES if words.get(name)}
    if before == after:
        return
    row = db.session.get(CertificateWords, cycle.id)
    if row is None:
        row = CertificateWords(cycle_id=cycle.id)
        db.session.add(row)
    for name in NAMES:
        setattr(row, name, after.get(name, ""))
    changed = [name for name in NAMES if before.get(name) != after.get(name)]
    audit.record("cycle.certificate_words", cycle, actor_id=by, detail={"changed": changed})


def preview(
    cycle: Cycle,
    layout: CertificateLayout,
    words: Mapping[str, str] | None = None,
    sample: Sample = Sample.SHORT,
    logo: Emblem | None = None,
) -> CertificateData:
    """The certificate of somebody who does not exist, with the cycle's texts of now.

    As if the programme were over already; `words` are tried instead of those kept, `logo` besides.
    Raises `UserError` for what the cycle lacks.
    """
    lessons = queries.lessons_of(cycle.id)
    own = Numbered(0, f"{cycle.code}-00000", _CODE)
    try:
        looks = queries_looks.looks_of(cycle)
        if words is not None:
            looks = Looks(looks.emblems, {name: words[name] for name in words if words[name]})
        if logo is not None:
            looks = replace(looks, emblems=(*looks.emblems, logo))
        frame = snapshots.frame_of(cycle, lessons, looks, _over(lessons))
        data = snapshots.example(frame, _holder(sample), own, layout.value)
        return _longer(data) if sample is Sample.TWO_PAGES else data
    except InvalidData as error:
        raise making.not_printable(error) from error


def demand_room(
    cycle: Cycle,
    layout: CertificateLayout,
    words: Mapping[str, str] | None = None,
    logo: Emblem | None = None,
) -> None:
    """Raise `UserError` if own words and logos leave too little room for the longest name.

    A cycle that lacks something cannot be laid out yet: then nothing is said.
    """
    try:
        data = preview(cycle, layout, words, Sample.LONGEST, logo)
    except UserError:
        return
    dressed = any(getattr(data, name) for name in NAMES) or any(
        emblem.picture for emblem in data.emblems
    )
    if dressed and not rendering.has_room(data):
        raise UserError(
            _("With these words and logos the page has no room for a long name: shorten or remove.")
        )


def _holder(sample: Sample) -> Holder:
    with force_locale(snapshots.LANGUAGE):
        if sample is Sample.LONG:
            return Holder(
                _("Firstname Secondname Thirdname Longsurname-Secondsurname of the Third Surname"),
                _("Union of the municipalities of the valley, the plain and the hills nearby"),
            )
        if sample is Sample.LONGEST:
            return Holder("Nomelungo " * 12, "Organizzazione " * 13)
        return Holder(_("Name Surname"), _("Organisation"))


def _longer(data: CertificateData) -> CertificateData:
    """The same with as many modules as a certificate can list."""
    with force_locale(snapshots.LANGUAGE):
        more = [
            replace(data.modules[-1], title=_("Further module, number %(num)d", num=number))
            for number in range(len(data.modules) + 1, MOST_MODULES + 1)
        ]
    modules: tuple[ModuleLine, ...] = (*data.modules, *more)
    minutes = sum(module.minutes for module in modules)
    return replace(data, modules=modules, minutes_attended=minutes, minutes_planned=minutes)


def _over(lessons: Sequence[Lesson]) -> datetime:
    return max([now(), *(lesson.ends_at for lesson in lessons)])
