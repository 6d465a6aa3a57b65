"""What templates may call: addresses of assets, dates and durations in words, pages of a list.

Also the choice of language: the one kept in the session, else the browser's, else Italian.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel import dates
from flask import Flask, has_request_context, request, session
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from lms import drawing
from lms.headers import STATIC_ROOT, STATIC_URL, csp_nonce

LANGUAGES = {"it": "Italiano", "en": "English"}
DEFAULT_LANGUAGE = "it"
# Our English is the European one: day before month, clock of 24 hours.
FORMATS = {"it": "it_IT", "en": "en_GB"}
DEFAULT_ZONE = "Europe/Rome"
PAGE_SIZE = 25
NO_BREAK = "\N{NO-BREAK SPACE}"

T = TypeVar("T")


def select_locale() -> str:
    """The language of this request; a `lang` in the address is never listened to."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return _accepted(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=512)
def _accepted(header: str) -> str:
    wanted = parse_accept_header(header, LanguageAccept)
    return wanted.best_match(list(LANGUAGES)) or DEFAULT_LANGUAGE


def as_written(text: str | None) -> Markup:
    """What organisers wrote (titles, summaries, places), marked as Italian on other pages.

    Without it a screen reader would pronounce it by the rules of the page's language (WCAG 3.1.2).
    """
    if not text or select_locale() == DEFAULT_LANGUAGE:
        return escape(text or "")
    return Markup('<span lang="{}">{}</span>').format(DEFAULT_LANGUAGE, text)


def phrase(sentence: str, **written: str) -> Markup:
    """A translated sentence with the organisers' words in its places, marked as `as_written`."""
    return escape(sentence) % {name: as_written(text) for name, text in written.items()}


def static_url(path: str) -> str:
    """Address of a file under `static/` with a hash of its content.

    Raises FileNotFoundError naming the remedy when the file is missing.
    """
    try:
        changed = os.stat(f"{STATIC_ROOT}/{path}").st_mtime_ns  # noqa: PTH116 - ten a page
    except FileNotFoundError:
        raise FileNotFoundError(f"static/{path} is missing: run `make setup`") from None
    root = request.script_root if has_request_context() else ""
    return f"{root}{STATIC_URL}{quote(path)}?v={_content_hash(path, changed)}"


@lru_cache(maxsize=512)
def _content_hash(path: str, _changed: int) -> str:
    return hashlib.sha256((STATIC_ROOT / path).read_bytes()).hexdigest()[:12]


def minutes_in_words(minutes: int) -> str:
    """Whole minutes as "1 h 27 min" (number and unit never parted by a line break)."""
    if minutes < 0:
        raise ValueError("a duration is never negative")
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{NO_BREAK}h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{NO_BREAK}min")
    return " ".join(parts)


def local_date(instant: datetime | date, zone: str = DEFAULT_ZONE, style: str = "long") -> str:
    """The day in `zone`, in the page's language; `style` is Babel's (short … full)."""
    return dates.format_date(_in_zone(instant, zone), style, locale=_format_locale())


def local_time(instant: datetime, zone: str = DEFAULT_ZONE) -> str:
    """Hours and minutes in `zone`: "14:30"."""
    return _in_zone(instant, zone).strftime("%H:%M")


def local_datetime(instant: datetime, zone: str = DEFAULT_ZONE) -> str:
    """Day of the week, date and time in `zone`."""
    day, clock = local_date(instant, zone, "full"), local_time(instant, zone)
    return str(_("%(date)s, at %(time)s", date=day, time=clock))


def date_parts(instant: datetime | date, zone: str = DEFAULT_ZONE) -> tuple[str, str, str]:
    """Day of the week, day and month in short, for the leaf of a calendar."""
    local, locale = _in_zone(instant, zone), _format_locale()
    return (
        dates.format_date(local, "EEE", locale=locale),
        str(local.day),
        dates.format_date(local, "MMM", locale=locale),
    )


def _in_zone(instant: datetime | date, zone: str) -> datetime | date:
    if not isinstance(instant, datetime):
        return instant
    if instant.tzinfo is None:
        raise ValueError("only aware instants can be shown")
    return instant.astimezone(ZoneInfo(zone))


def _format_locale() -> str:
    locale = get_locale()
    return FORMATS[locale.language if locale else DEFAULT_LANGUAGE]


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a longer list: its `items`, its `number` (from 1), `size` and `total`."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, math.ceil(self.total / self.size))

    @property
    def has_previous(self) -> bool:
        """Whether a page stands before this one."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.number < self.pages

    @property
    def first(self) -> int:
        """Position of the first item shown, from 1; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """Position of the last item shown."""
        return self.first + len(self.items) - 1 if self.items else 0

    def url(self, number: int) -> str:
        """This request's address with another page number, the rest of its query kept."""
        query = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
        if number > 1:
            query.append(("page", str(number)))
        path = request.script_root + quote(request.path)
        return f"{path}?{urlencode(query)}" if query else path

    def window(self) -> list[int | None]:
        """Page numbers worth a link: the ends, this one and its neighbours; None is a gap."""
        wanted = {1, self.pages, self.number - 1, self.number, self.number + 1}
        shown: list[int | None] = []
        for number in sorted(n for n in wanted if 1 <= n <= self.pages):
            last = shown[-1] if shown else None
            if last is not None and number - last == 2:
                shown.append(number - 1)
            elif last is not None and number - last > 2:
                shown.append(None)
            shown.append(number)
        return shown


def page_number() -> int:
    """`?page=` of this request; 1 when it is missing, nonsense or absurdly large."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= 6 else 1


def paginate(items: Sequence[T], number: int, size: int = PAGE_SIZE) -> Page[T]:
    """The page `number` of a sequence; beyond the end it is the last page."""
    last = max(1, math.ceil(len(items) / size))
    number = min(max(1, number), last)
    return Page(items[(number - 1) * size : number * size], number, size, len(items))


def init_app(app: Flask) -> None:
    """Hand the above, and how pages are drawn cheaply, to the templates of `app`."""
    drawing.init_app(app)
    shared = (as_written, minutes_in_words, local_date, local_time, local_datetime)
    app.jinja_env.filters.update({function.__name__: function for function in shared})
    app.jinja_env.globals.update(
        {function.__name__: function for function in (*shared, static_url, csp_nonce, date_parts)},
        LANGUAGES=LANGUAGES,
        select_locale=select_locale,
    )
