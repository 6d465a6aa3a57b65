"""What a certificate will say for ever: facts of today, frozen as canonical JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from certificates.data import CertificateData, InvalidData, ModuleLine
from lms.catalogue.models import Cycle, Lesson, LessonStatus
from lms.clock import ROME
from lms.errors import UserError
from lms.issuance import queries_looks
from lms.issuance.facts import rule_of
from lms.issuance.queries_looks import Looks
from lms.issuance.rules import Entitlement
from lms.links import public_url

LANGUAGE = "it"
_NAMED = "sha256:"
# What a replacement that keeps the certified hours takes over from the certificate before it.
HOURS = ("minutes_attended", "minutes_planned", "modules", "rule_text")


@dataclass(frozen=True)
class Frame:
    """What all certificates of one act of issue share."""

    common: Mapping[str, Any]
    completed_on: date
    issued_at: datetime


def frame_of(cycle: Cycle, lessons: Sequence[Lesson], looks: Looks, issued_at: datetime) -> Frame:
    """Everything but the person. Raises `UserError` while the cycle is not complete.

    The day of completion is that of the last lesson that took place.
    """
    held = [
        one
        for one in lessons
        if one.status is not LessonStatus.CANCELLED and one.starts_at <= issued_at
    ]
    if not held:
        raise UserError(_("No lesson of this cycle has taken place yet."))
    if not (cycle.signatory_name and cycle.signatory_role):
        raise UserError(
            _("The certificates need a signatory: add name and role to the cycle, then try again.")
        )
    last = max(held, key=lambda one: one.ends_at)
    track = cycle.track
    common = {
        "language": LANGUAGE,
        "layout": cycle.certificate_layout.value,
        "track_title": track.title,
        "cycle_title": cycle.title,
        "modules": _modules(held),
        "issued_on": issued_at.astimezone(ROME).date(),
        "issued_at": issued_at,
        "rule_text": rule_text(cycle),
        "issuer_name": track.issuer,
        "place": cycle.place,
        "signatory_name": cycle.signatory_name,
        "signatory_role": cycle.signatory_role,
        "funding_statement": track.funding_statement,
        "emblems": looks.emblems,
        **looks.words,
        "fictional": track.fictional,
    }
    return Frame(common, _day(min(last.ends_at, issued_at), last.zone), issued_at)


def _day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def _modules(held: Sequence[Lesson]) -> tuple[ModuleLine, ...]:
    by_module: dict[int, list[Lesson]] = {}
    for lesson in held:
        by_module.setdefault(lesson.module_id, []).append(lesson)
    ordered = sorted(
        by_module.values(), key=lambda ones: (ones[0].module.position, ones[0].module_id)
    )
    return tuple(
        ModuleLine(
            title=ones[0].module.title,
            minutes=sum(one.minutes for one in ones),
            starts_on=min(_day(one.starts_at, one.zone) for one in ones),
            ends_on=max(_day(one.ends_at, one.zone) for one in ones),
        )
        for ones in ordered
        if any(one.minutes for one in ones)
    )


def rule_text(cycle: Cycle) -> str:
    """The rule that was met, in the language of the certificate."""
    rule = rule_of(cycle)
    percent = {"percent": rule.threshold_percent}
    with force_locale(LANGUAGE):
        if rule.since_enrolment:
            words = _("Attendance required: %(percent)s%% of the hours since enrolment", **percent)
        else:
            words = _("Attendance required: %(percent)s%% of the hours of the cycle", **percent)
        if rule.excused_not_due:
            words += _(", excused absences not counted")
        if cycle.grace_minutes:
            words += ngettext(
                ", drops of at most %(num)d minute counted as presence",
                ", drops of at most %(num)d minutes counted as presence",
                cycle.grace_minutes,
            )
        return str(words) + "."


@dataclass(frozen=True)
class Holder:
    """The person of a certificate, as it will print them."""

    name: str
    organisation: str


@dataclass(frozen=True)
class Numbered:
    """The number, serial and code that one certificate has to itself."""

    number: int
    serial: str
    code: str


def data_for(frame: Frame, holder: Holder, answer: Entitlement, own: Numbered) -> CertificateData:
    """The data of one certificate. Raises `InvalidData` for what cannot be printed."""
    return CertificateData(
        **frame.common,
        **_personal(frame, holder, own),
        minutes_attended=answer.credited,
        minutes_planned=answer.cycle_minutes,
    )


def data_like(frame: Frame, holder: Holder, own: Numbered, snapshot: str) -> CertificateData:
    """The data of one certificate with the hours of an older one, whatever layout that had.

    Raises `InvalidData`.
    """
    plain = _with_pictures(json.loads(snapshot))
    old = CertificateData.from_json(
        {name: value for name, value in plain.items() if not name.startswith("layout")}
    )
    kept = {name: getattr(old, name) for name in HOURS}
    return CertificateData(**{**frame.common, **_personal(frame, holder, own), **kept})


def example(frame: Frame, holder: Holder, own: Numbered, layout: str) -> CertificateData:
    """The data of a certificate that is worth nothing, and says so, in some layout."""
    minutes = sum(module.minutes for module in frame.common["modules"])
    return CertificateData(
        **{**frame.common, **_personal(frame, holder, own), "layout": layout, "fictional": True},
        minutes_attended=minutes,
        minutes_planned=minutes,
    )


def _personal(frame: Frame, holder: Holder, own: Numbered) -> dict[str, Any]:
    return {
        "serial": own.serial,
        "code": own.code,
        "verify_url": public_url("issuance.verify", code=own.code),
        "holder": holder.name,
        "organisation": holder.organisation,
        "completed_on": frame.completed_on,
    }


def freeze(data: CertificateData) -> str:
    """Canonical JSON: sorted keys, no spaces, the letters themselves; logos by their SHA-256."""
    plain: dict[str, Any] = data.to_json()
    for emblem, said in zip(data.emblems, plain["emblems"], strict=True):
        if emblem.picture:
            said["picture"] = _NAMED + emblem.logo.sha256
    return canonical(plain)


def _with_pictures(plain: dict[str, Any]) -> dict[str, Any]:
    """Put the logos back into what `freeze` made; they never change, and none is ever lost."""
    for emblem in plain.get("emblems", ()):
        if str(emblem.get("picture", "")).startswith(_NAMED):
            content = queries_looks.picture(emblem["picture"].removeprefix(_NAMED))
            if content is None:
                raise InvalidData("emblems", "has a logo that is not kept")
            emblem["picture"] = b64encode(content).decode("ascii")
    return plain


def canonical(value: Any) -> str:
    """One text for equal values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def thaw(snapshot: str) -> CertificateData:
    """The data behind a stored snapshot. Raises `InvalidData` for one the renderer cannot take."""
    return CertificateData.from_json(_with_pictures(json.loads(snapshot)))
