"""Every question to the jobs, for their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from lms.extensions import db
from lms.jobs import Job, JobStatus
from lms.operations.rules import Standing

RECENT = func.coalesce(Job.finished_at, Job.run_at)


def searched(text: str, standing: Standing | None, kind: str | None, at: datetime) -> Select[Any]:
    """Jobs whose occasion, number or error holds `text`: what happened last first.

    What is planned comes after, the soonest first: letters by the thousand leave one by one.
    """
    planned = _stands(Standing.PLANNED, at)
    soonest = case((planned, Job.run_at))
    found = select(Job).order_by(case((planned, 1), else_=0), soonest, RECENT.desc(), Job.id.desc())
    if standing is not None:
        found = found.where(_stands(standing, at))
    if kind is not None:
        found = found.where(Job.kind == kind)
    if text:
        words = or_(_contains(Job.key, text), _contains(Job.error, text))
        found = found.where(or_(words, Job.id == int(text)) if _is_number(text) else words)
    return found


def counts(at: datetime) -> dict[Standing, int]:
    """How many jobs stand how."""
    planned = and_(Job.status == JobStatus.QUEUED, Job.run_at > at)
    waiting = Job.status == JobStatus.QUEUED
    told = case(
        (planned, literal(Standing.PLANNED.value)),
        (waiting, literal(Standing.WAITING.value)),
        (Job.status == JobStatus.RUNNING, literal(Standing.RUNNING.value)),
        (Job.status == JobStatus.DONE, literal(Standing.DONE.value)),
        else_=literal(Standing.FAILED.value),
    ).label("standing")
    rows = db.session.execute(select(told, func.count()).group_by(told))
    return {Standing(name): count for name, count in rows.tuples()}


def oldest_due(at: datetime) -> datetime | None:
    """Since when the job that has waited longest could have been taken; None: nothing waits."""
    waiting = select(func.min(Job.run_at)).where(_stands(Standing.WAITING, at))
    return db.session.scalar(waiting)


def _stands(standing: Standing, at: datetime) -> ColumnElement[bool]:
    if standing is Standing.PLANNED:
        return and_(Job.status == JobStatus.QUEUED, Job.run_at > at)
    if standing is Standing.WAITING:
        return and_(Job.status == JobStatus.QUEUED, Job.run_at <= at)
    return Job.status == JobStatus(standing.value)


def _contains(column: Any, text: str) -> Any:
    return func.lower(column).contains(text.lower(), autoescape=True)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9
