"""An organiser countersigns sealed registers: never one they closed themselves."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.attendance import countersigning, queries_countersigning
from lms.attendance.countersigning import Obstacle
from lms.attendance.models import AttendanceRegister, SealChain
from lms.attendance.models_paper import Countersignature
from lms.attendance.queries_countersigning import Waiting
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db


def obstacles(registers: Sequence[AttendanceRegister], by: int) -> dict[int, Obstacle | None]:
    """What keeps this person from countersigning each of these registers that wait (one query)."""
    people = queries_countersigning.people_behind(
        {by, *(each.closed_by_id for each in registers if each.closed_by_id)}
    )
    own_allowed = current_app.config["SETTINGS"].countersign_own
    return {
        each.id: countersigning.obstacle(
            closed=each.seal is not None,
            countersigned=False,
            closed_by_them=people.get(each.closed_by_id or 0) == people[by],
            own_allowed=own_allowed,
        )
        for each in registers
    }


def obstacle_words(obstacle: Obstacle) -> str:
    """Why a register cannot be countersigned, in words."""
    words = {
        Obstacle.OPEN: _("This register is not closed yet."),
        Obstacle.DONE: _("This register has been countersigned meanwhile."),
        Obstacle.OWN: _("Whoever closed a register does not countersign it: a second person does."),
    }
    return str(words[obstacle])


def countersign(chosen: Sequence[Waiting], tokens: Sequence[str], *, by: int) -> int:
    """Countersign these registers, all or none; returns how many.

    `tokens` is what somebody agreed to: UserError (409) where a rectification or scan came
    meanwhile, or somebody else was quicker; UserError for a register one closed oneself.
    """
    chain = db.session.execute(
        select(SealChain).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    if sorted(each.token for each in chosen) != sorted(tokens):
        raise UserError(_("Meanwhile something changed: look at the registers again."), 409)
    found = obstacles([each.register for each in chosen], by)
    for each in chosen:
        register = each.register
        if queries_countersigning.countersignature_of(register.id):
            raise UserError(obstacle_words(Obstacle.DONE), 409)
        if obstacle := found[register.id]:
            raise UserError(obstacle_words(obstacle))
        _sign(chain, register, by)
    return len(chosen)


def _sign(chain: SealChain, register: AttendanceRegister, by: int) -> None:
    number, instant = chain.countersigned + 1, now()
    seen = queries_countersigning.seen(register.id)
    text = countersigning.text_of(
        number, register.seal_number or 0, register.seal or "", instant, by, seen
    )
    signed = Countersignature(
        register_id=register.id,
        number=number,
        previous=chain.countersignature,
        text=text,
        hash=countersigning.hash_of(chain.countersignature, text),
        at=instant,
        by_id=by,
    )
    db.session.add(signed)
    chain.countersigned, chain.countersignature = number, signed.hash
    db.session.flush()
    detail = {"number": number, "seal": register.seal, "hash": signed.hash}
    audit.record("register.countersigned", register, actor_id=by, detail=detail)
