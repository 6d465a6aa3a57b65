"""Who hears by mail that documents are made: whoever issued, and the holders where that was asked.

Letters are posted by the job, each under a key of its own: a worker that is killed and begins
again posts none twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lms import jobs
from lms.accounts.letters import whom_to_ask
from lms.accounts.writing import readers_of, write
from lms.catalogue.models import Cycle
from lms.clock import now
from lms.extensions import db
from lms.issuance import queries_acts
from lms.links import address_under
from lms.messages.letters import Button, Letter

BATCH = 16  # letters: whoever writes to SQLite meanwhile waits for these
# Thousands of letters leave one after the other: what somebody waits for goes in between.
PACE = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of issue: `count` consecutive numbers of a cycle, beginning with `first`.

    `root` is the public address as the act knew it.
    """

    cycle_id: int
    first: int
    count: int
    tell_holders: bool = False
    root: str = ""

    def to_payload(self) -> dict[str, Any]:
        """As its job keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, job: jobs.Job) -> Act | None:
        """The act whose documents a job makes; None where nobody is to hear of it."""
        said = {name: value for name, value in job.payload.items() if name != "part"}
        return cls(**said) if "first" in said else None


def tell_holders(job: jobs.Job, act: Act) -> None:
    """Write to everybody whose certificate is valid and has its document; commits now and then.

    Of a large act the job tells the people of its part.
    """
    if not act.tell_holders:
        return
    at, end = job.payload.get("part", (act.first, act.first + act.count))
    cycle, start = db.session.get_one(Cycle, act.cycle_id), now()
    while batch := queries_acts.ready(act.cycle_id, at, end, BATCH):
        readers = readers_of([each.person_id for each in batch])
        for each in batch:
            letter = partial(_to_holder, cycle, act, each.serial)
            key = f"certificate:{each.id}:ready"
            leaves = start + (each.number - act.first) * PACE
            write(key, readers.get(each.person_id), letter, at=leaves)
        at = batch[-1].number + 1
        jobs.hold(job, jobs.LEASE)


def tell_issuer(job: jobs.Job, act: Act) -> None:
    """Write to whoever issued: all are made, or how many are not. In the current transaction."""
    person_id, made = queries_acts.outcome(act.cycle_id, act.first, act.first + act.count)
    if person_id is None:
        return
    cycle = db.session.get_one(Cycle, act.cycle_id)
    whole = made == act.count
    letter = partial(_all_made, cycle, act) if whole else partial(_some_missing, cycle, act, made)
    key = f"certificates:{job.id}:{'made' if whole else 'missing'}"
    write(key, readers_of([person_id]).get(person_id), letter)


def _to_holder(cycle: Cycle, act: Act, serial: str) -> Letter:
    said = (
        _("Your certificate of “%(cycle)s”, number %(serial)s, is ready: you can download it from "
          "the page of your certificates.", cycle=cycle.title, serial=serial),
        _("Whoever gets it from you can check by its code that it is genuine and valid."),
    )  # fmt: skip
    subject = _("Your certificate is ready: %(cycle)s", cycle=cycle.title)
    page = address_under(act.root, "issuance.my_certificates")
    return _letter(subject, said, _("See my certificates"), act, page)


def _all_made(cycle: Cycle, act: Act) -> Letter:
    said = [
        ngettext(
            "%(num)d certificate of “%(cycle)s” is ready.",
            "%(num)d certificates of “%(cycle)s” are ready.",
            act.count,
            cycle=cycle.title,
        ),
        _("Their holders are told by mail.") if act.tell_holders else "",
    ]
    subject = _("Certificates ready: %(cycle)s", cycle=cycle.title)
    page = address_under(act.root, "issuance.cycle_certificates", cycle_slug=cycle.slug)
    return _letter(subject, said, _("See the certificates"), act, page)


def _some_missing(cycle: Cycle, act: Act, made: int) -> Letter:
    numbers = {"made": made, "count": act.count, "cycle": cycle.title}
    said = (
        _("“%(cycle)s”: the PDF was made of %(made)d of %(count)d certificates.", **numbers),
        _("The others are issued and valid all the same, only their PDF is missing. Try again; "
          "if it fails once more, tell whoever runs this site: the cause stands in the log."),
    )  # fmt: skip
    subject = _("Some certificates could not be made: %(cycle)s", cycle=cycle.title)
    page = address_under(act.root, "issuance.preparation", cycle_slug=cycle.slug)
    return _letter(subject, said, _("See what is missing"), act, page)


def _letter(subject: str, said: Sequence[str], label: str, act: Act, page: str) -> Letter:
    button = Button(label, page) if act.root else None
    return Letter(subject, tuple(said), button, (whom_to_ask(),))
