"""A calendar as an HTTP answer: strong ETag, 304 when nothing changed, nothing written twice."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flask import Response, request, url_for

from lms.calendars import ical
from lms.calendars.entries import Contents, calendar_of

KEPT = 128  # calendars kept written in this process; one holds some 20 KB


@lru_cache(maxsize=KEPT)
def _written(contents: Contents) -> tuple[bytes, str]:
    """Bytes and entity tag. Those who take part in the same cycles share one entry, unless a
    lesson has their own joining link; a poll costs its query alone.
    """
    data = ical.write(calendar_of(contents, _path_of))
    return data, ical.etag(data)


def _path_of(lesson_id: int) -> str:
    return url_for("catalogue.lesson", lesson_id=lesson_id)


def calendar_answer(
    contents: Contents, *, file_name: str, changed_at: datetime | None, max_age: int | None
) -> Response:
    """The file for a calendar program, or 304 if it has it already.

    Without `max_age` (seconds) programs must ask each time. Last-Modified only informs: a lesson
    that left a calendar bears no date, so If-Modified-Since is never believed.
    """
    data, tag = _written(contents)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(data, content_type="text/calendar; charset=utf-8")
        response.headers.set("Content-Disposition", "attachment", filename=file_name)
    response.set_etag(tag)
    if changed_at is not None:  # to Werkzeug None means now
        response.last_modified = changed_at
    response.cache_control.private = True
    if max_age is None:
        response.cache_control.no_cache = True
    else:
        response.cache_control.max_age = max_age
    response.headers["X-Robots-Tag"] = "noindex"
    return response
