"""What is done to tracks and cycles. One function a verb; the programme has its own module."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.catalogue import queries, rules
from lms.catalogue.changes import apply, hold
from lms.catalogue.details import CycleDetails, Emblem, TrackDetails, columns_of
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    FundingEmblem,
    Lesson,
    LessonStatus,
    LessonTrainer,
    Module,
    Track,
    cycle_search_key,
    track_search_key,
)
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.text import slug

SLUG_LENGTH = 76  # of 80: there is room for "-123"
SLUG_ATTEMPTS = 5


# --- tracks --------------------------------------------------------------------------------------


def create_track(details: TrackDetails, *, by: int | None) -> Track:
    """Add a track; its address is made from its title and never changes."""
    values = columns_of(details, "emblems")
    track: Track = _insert(Track, details.title, "percorso", values)
    _set_emblems(track, details.emblems)
    audit.record("track.created", track, actor_id=by, detail={"title": track.title})
    return track


def edit_track(track: Track, details: TrackDetails, *, version: int | None, by: int | None) -> None:
    """Change a track; raises `StaleError` when it is no longer at `version`."""
    hold(track, version)
    changed = apply(track, columns_of(details, "emblems"))
    track.search_key = track_search_key(track.title, track.issuer, track.project_code)
    old = [[emblem.symbol, emblem.label] for emblem in queries.emblems(track.id)]
    new = [[emblem.symbol, emblem.label] for emblem in details.emblems]
    if old != new:
        changed["emblems"] = [old, new]
        _set_emblems(track, details.emblems)
        track.version += 1  # the track's own row may be unchanged
    if changed:
        audit.record("track.edited", track, actor_id=by, detail={"changed": changed})


def _set_emblems(track: Track, emblems: tuple[Emblem, ...]) -> None:
    db.session.execute(delete(FundingEmblem).where(FundingEmblem.track_id == track.id))
    db.session.add_all(
        FundingEmblem(
            track_id=track.id, position=position, symbol=emblem.symbol, label=emblem.label
        )
        for position, emblem in enumerate(emblems, 1)
    )


# --- cycles --------------------------------------------------------------------------------------


def create_cycle(track: Track, details: CycleDetails, *, by: int | None) -> Cycle:
    """Add a draft cycle to `track`. Raises `UserError` when its code is taken."""
    _refuse_taken_code(details.code, None)
    values = columns_of(details) | {"track": track}
    cycle: Cycle = _insert(Cycle, details.title, "ciclo", values)
    audit.record("cycle.created", cycle, actor_id=by, detail={"code": cycle.code})
    return cycle


def edit_cycle(cycle: Cycle, details: CycleDetails, *, version: int | None, by: int | None) -> None:
    """Change a cycle. Calendars show its title, so they are told of a new one.

    Raises `StaleError`, or `UserError` for a code that is taken, or that enrolments and
    certificates already carry.
    """
    hold(cycle, version)
    if details.code != cycle.code:
        _refuse_taken_code(details.code, cycle.id)
        if queries.in_use(Cycle, [cycle.id]):
            raise UserError(
                _("The code cannot change any more: people are enrolled under it already."), 409
            )
    if cycle.status is not CycleStatus.DRAFT:
        _refuse_incomplete(lacking_of(details, lessons=1))  # lessons are not edited here
    changed = apply(cycle, columns_of(details))
    if not changed:
        return
    cycle.search_key = cycle_search_key(cycle.title, cycle.code)
    if "title" in changed:
        touch_lessons(Module.cycle_id == cycle.id)
    audit.record("cycle.edited", cycle, actor_id=by, detail={"changed": changed})


def change_status(cycle: Cycle, to: CycleStatus, *, version: int | None, by: int | None) -> None:
    """Publish, close, archive or take a step back; `UserError` where that is not allowed."""
    hold(cycle, version)
    in_use = cycle.status is CycleStatus.PUBLISHED and queries.cycle_in_use(cycle.id)
    if to not in rules.allowed_changes(cycle.status, in_use=in_use):
        raise UserError(_("The cycle cannot change to this status from the one it has."), 409)
    if to is CycleStatus.PUBLISHED:
        _refuse_incomplete(missing(cycle))
    detail = {"changed": apply(cycle, {"status": to})}
    audit.record("cycle.status_changed", cycle, actor_id=by, detail=detail)


def missing(cycle: Cycle) -> tuple[rules.Missing, ...]:
    """What `cycle` lacks before it can be published."""
    lessons = db.session.scalar(
        select(func.count(Lesson.id))
        .join(Module)
        .where(Module.cycle_id == cycle.id, Lesson.status == LessonStatus.SCHEDULED)
    )
    return lacking_of(cycle, lessons=lessons or 0)


def lacking_of(cycle: Cycle | CycleDetails, *, lessons: int) -> tuple[rules.Missing, ...]:
    """What a cycle with so many lessons that take place lacks, as it stands or as it is typed."""
    return rules.missing_for_publication(
        lessons=lessons,
        signatory_name=cycle.signatory_name,
        signatory_role=cycle.signatory_role,
        percent=cycle.threshold_percent,
    )


def remove_cycle(cycle: Cycle, *, by: int | None) -> None:
    """Delete a draft with its programme; refused once anything hangs on it."""
    hold(cycle)
    if cycle.status is not CycleStatus.DRAFT or queries.cycle_in_use(cycle.id):
        raise UserError(_("Only a draft in which nobody is enrolled can be deleted."), 409)
    audit.record(
        "cycle.removed", cycle, actor_id=by, detail={"code": cycle.code, "title": cycle.title}
    )
    db.session.flush()
    modules = select(Module.id).where(Module.cycle_id == cycle.id)
    lessons = select(Lesson.id).where(Lesson.module_id.in_(modules))
    for statement in (
        delete(LessonTrainer).where(LessonTrainer.lesson_id.in_(lessons)),
        delete(Lesson).where(Lesson.module_id.in_(modules)),
        delete(Module).where(Module.cycle_id == cycle.id),
        delete(CycleTrainer).where(CycleTrainer.cycle_id == cycle.id),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.delete(cycle)
    db.session.flush()


def touch_lessons(of: Any) -> None:
    """Tell the calendars that hold lessons under `of` (a condition on Module) of a change.

    Not through the mapper: what people edit of those lessons is the same, so their `version` stays.
    """
    db.session.flush()
    modules = select(Module.id).where(of)
    db.session.execute(
        update(Lesson)
        .where(Lesson.module_id.in_(modules))
        .values(sequence=Lesson.sequence + 1, changed_at=now()),
        execution_options={"synchronize_session": "fetch"},
    )


def _refuse_taken_code(code: str, own_id: int | None) -> None:
    if db.session.scalar(select(Cycle.id).where(Cycle.code == code, Cycle.id != (own_id or 0))):
        raise UserError(_("Another cycle has the code %(code)s.", code=code), 409)


def _refuse_incomplete(lacking: tuple[rules.Missing, ...]) -> None:
    if rules.Missing.SIGNATORY in lacking:
        raise UserError(_("A public cycle needs name and role of who signs the certificates."), 409)
    if lacking:
        raise UserError(_("A public cycle needs a lesson that takes place and its rule."), 409)


def _insert(kind: type[Any], title: str, fallback: str, values: dict[str, Any]) -> Any:
    """A new row of `kind` with a slug nobody has, even when two people save at once."""
    base = slug(title)[:SLUG_LENGTH].rstrip("-") or fallback
    for _attempt in range(SLUG_ATTEMPTS):
        taken = set(
            db.session.scalars(select(kind.slug).where(kind.slug.startswith(base, autoescape=True)))
        )
        numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
        free = next(name for name in (base, *numbered) if name not in taken)
        row = kind(slug=free, **values)
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            continue
        return row
    raise UserError(_("Somebody saved the same at the same moment. Please try again."), 409)
