"""What is done to tracks and cycles, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import AuditEvent
from lms.catalogue import actions, queries
from lms.catalogue import programme_actions as lessons
from lms.catalogue.changes import StaleError
from lms.catalogue.details import CycleDetails, Emblem, LessonDetails, TrackDetails, columns_of
from lms.catalogue.models import Cycle, CycleStatus, Lesson, Track
from lms.errors import UserError
from lms.extensions import db
from tests import factories

TRACK = TrackDetails(title="Co-Progetta", issuer="Ente di prova")


def details_of(cycle: Cycle, **more: object) -> CycleDetails:
    names = CycleDetails.__dataclass_fields__
    return CycleDetails(**{name: getattr(cycle, name) for name in names} | more)  # type: ignore[arg-type]


def deeds() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def in_threads(app: Flask, deed: Callable[[], None], times: int = 4) -> list[BaseException | None]:
    """Do `deed` from several threads at once, each with its own transaction; what each raised."""
    barrier, outcomes = threading.Barrier(times), []

    def run() -> None:
        with app.app_context():
            barrier.wait()
            try:
                deed()
                db.session.commit()
                outcomes.append(None)
            except UserError as error:
                db.session.rollback()
                outcomes.append(error)

    db.session.commit()
    threads = [threading.Thread(target=run) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == times, "a thread ended with a fault"
    return outcomes


# --- tracks --------------------------------------------------------------------------------------


def test_a_track_gets_an_address_of_its_own(app: Flask) -> None:
    slugs = [actions.create_track(TRACK, by=None).slug for _number in range(3)]
    assert slugs == ["co-progetta", "co-progetta-2", "co-progetta-3"]
    assert actions.create_track(TrackDetails(title="日本", issuer="X"), by=None).slug == "percorso"
    long = actions.create_track(TrackDetails(title="a" * 300, issuer="X"), by=None)
    again = actions.create_track(TrackDetails(title="a" * 300, issuer="X"), by=None)
    assert len({long.slug, again.slug}) == 2
    assert max(len(long.slug), len(again.slug)) <= 80


def test_tracks_made_at_once_get_different_addresses(app: Flask) -> None:
    assert in_threads(app, lambda: actions.create_track(TRACK, by=None)) == [None] * 4
    slugs = set(db.session.scalars(select(Track.slug)))
    assert slugs == {"co-progetta", "co-progetta-2", "co-progetta-3", "co-progetta-4"}


def test_emblems_keep_their_order(app: Flask) -> None:
    eu, ministry = Emblem("eu", "Unione europea"), Emblem("none", "Ministero")
    details = TrackDetails(title="T", issuer="E", emblems=(eu, ministry))
    track = actions.create_track(details, by=None)
    db.session.commit()
    turned = TrackDetails(title="T", issuer="E", emblems=(ministry, eu))
    version = track.version
    actions.edit_track(track, turned, version=version, by=None)
    db.session.commit()
    assert [emblem.label for emblem in queries.emblems(track.id)] == ["Ministero", "Unione europea"]
    assert track.version == version + 1, "a change of emblems alone must be noticed too"


def test_saving_a_track_as_it_is_leaves_no_trace(app: Flask) -> None:
    track = actions.create_track(TRACK, by=None)
    db.session.commit()
    version = track.version
    actions.edit_track(track, TRACK, version=version, by=None)
    db.session.commit()
    assert (track.version, deeds()) == (version, ["track.created"])


# --- cycles --------------------------------------------------------------------------------------


def test_a_cycle_begins_as_a_draft_with_a_code_of_its_own(app: Flask) -> None:
    track = factories.track()
    cycle = actions.create_cycle(track, CycleDetails(title="Città e aree", code="CP1"), by=None)
    assert (cycle.status, cycle.slug) == (CycleStatus.DRAFT, "citta-e-aree")
    with pytest.raises(UserError, match="CP1"):
        actions.create_cycle(track, CycleDetails(title="Altro", code="CP1"), by=None)


def test_a_code_that_people_are_enrolled_under_stays(app: Flask) -> None:
    cycle = factories.cycle()
    actions.edit_cycle(cycle, details_of(cycle, code="NEW"), version=None, by=None)
    db.session.commit()
    factories.enrolment(cycle)
    with pytest.raises(UserError):
        actions.edit_cycle(cycle, details_of(cycle, code="NEWER"), version=None, by=None)
    assert cycle.code == "NEW"


def test_a_new_title_is_found_and_told_to_calendars(app: Flask) -> None:
    lesson = factories.lesson()
    other = factories.lesson()
    cycle = lesson.module.cycle
    before, version = (lesson.sequence, lesson.changed_at), lesson.version
    actions.edit_cycle(cycle, details_of(cycle, title="Nuovo titolo"), version=None, by=None)
    db.session.commit()
    assert cycle.search_key.startswith("nuovo titolo")
    assert lesson.sequence == before[0] + 1
    assert lesson.changed_at > before[1]
    assert lesson.version == version, "nobody's open form of the lesson is out of date"
    assert other.sequence == 0
    actions.edit_cycle(cycle, details_of(cycle, summary="Altro"), version=None, by=None)
    db.session.commit()
    assert lesson.sequence == before[0] + 1


def test_a_stale_version_saves_nothing(app: Flask) -> None:
    cycle = factories.cycle()
    seen = cycle.version
    actions.edit_cycle(cycle, details_of(cycle, title="Prima"), version=seen, by=None)
    db.session.commit()
    with pytest.raises(StaleError) as caught:
        actions.edit_cycle(cycle, details_of(cycle, title="Poi"), version=seen, by=None)
    assert caught.value.status == 409
    assert cycle.title == "Prima"


def test_of_many_saving_at_once_one_wins(app: Flask) -> None:
    cycle_id = factories.cycle().id
    names = iter(["Uno", "Due", "Tre", "Quattro"])

    def save() -> None:
        cycle = db.session.get_one(Cycle, cycle_id)
        actions.edit_cycle(cycle, details_of(cycle, title=next(names)), version=1, by=None)

    outcomes = in_threads(app, save)
    assert sorted(str(type(outcome)) for outcome in outcomes) == sorted(
        [str(type(None)), *[str(StaleError)] * 3]
    )
    assert db.session.get_one(Cycle, cycle_id).version == 2


def test_publishing_needs_lesson_and_signatory(app: Flask) -> None:
    cycle = factories.cycle(status=CycleStatus.DRAFT, signatory_role="")
    module = factories.module(cycle)
    for mend in (
        lambda: setattr(cycle, "signatory_role", "Dirigente"),
        lambda: factories.lesson(module),
    ):
        with pytest.raises(UserError):
            actions.change_status(cycle, CycleStatus.PUBLISHED, version=None, by=None)
        mend()
        db.session.commit()
    lesson = db.session.scalars(select(Lesson)).one()
    lessons.cancel_lesson(lesson, by=None)
    db.session.commit()
    with pytest.raises(UserError):
        actions.change_status(cycle, CycleStatus.PUBLISHED, version=None, by=None)
    lessons.restore_lesson(lesson, by=None)
    actions.change_status(cycle, CycleStatus.PUBLISHED, version=None, by=None)
    assert cycle.status is CycleStatus.PUBLISHED


def test_a_public_cycle_keeps_its_signatory(app: Flask) -> None:
    cycle = factories.cycle()
    with pytest.raises(UserError):
        actions.edit_cycle(cycle, details_of(cycle, signatory_name=""), version=None, by=None)
    assert cycle.signatory_name


def test_the_status_follows_the_rule(app: Flask) -> None:
    lesson = factories.lesson()
    cycle = lesson.module.cycle
    with pytest.raises(UserError):
        actions.change_status(cycle, CycleStatus.ARCHIVED, version=None, by=None)
    actions.change_status(cycle, CycleStatus.DRAFT, version=None, by=None)
    actions.change_status(cycle, CycleStatus.PUBLISHED, version=None, by=None)
    factories.register(lesson)  # something hangs on a lesson: no way back to a draft
    with pytest.raises(UserError):
        actions.change_status(cycle, CycleStatus.DRAFT, version=None, by=None)
    with pytest.raises(StaleError):
        actions.change_status(cycle, CycleStatus.CLOSED, version=1, by=None)
    by = factories.organiser().id
    actions.change_status(cycle, CycleStatus.CLOSED, version=None, by=by)
    db.session.commit()
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.actor_id, event.detail) == (by, {"changed": {"status": ["published", "closed"]}})


def test_only_an_unused_draft_is_removed(app: Flask) -> None:
    lesson = factories.lesson(factories.module(factories.cycle(status=CycleStatus.DRAFT)))
    cycle = lesson.module.cycle
    trainer = factories.trainer(cycle)
    factories.teaches(trainer, lesson)
    public = factories.lesson().module.cycle
    with pytest.raises(UserError):
        actions.remove_cycle(public, by=None)
    enrolled = factories.cycle(status=CycleStatus.DRAFT)
    factories.enrolment(enrolled)
    with pytest.raises(UserError):
        actions.remove_cycle(enrolled, by=None)
    actions.remove_cycle(cycle, by=None)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Cycle)) == 2
    assert db.session.scalar(select(func.count()).select_from(Lesson)) == 1


def test_details_name_columns_only(app: Flask) -> None:
    """`apply` sets by name: a detail without its column would be lost in silence."""
    for kind, details, rows in (
        (Track, TrackDetails, {"emblems"}),
        (Cycle, CycleDetails, set()),
        (Lesson, LessonDetails, {"trainer_ids"}),
    ):
        columns = set(kind.__table__.columns.keys())
        assert set(details.__dataclass_fields__) - rows <= columns
    assert "emblems" not in columns_of(TRACK, "emblems")
