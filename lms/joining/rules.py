"""How long links live, and whom a registration is about. Pure."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lms.text import search_key


class LinkPurpose(enum.StrEnum):
    """What a mailed link is good for; it opens nothing else."""

    REGISTRATION = "registration"
    RESET = "reset"
    INVITATION = "invitation"
    OLD_LOGIN = "old_login"
    NEW_LOGIN = "new_login"


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIFETIMES = {
    LinkPurpose.REGISTRATION: DAY,
    LinkPurpose.RESET: HOUR,
    LinkPurpose.INVITATION: 14 * DAY,
    LinkPurpose.OLD_LOGIN: 2 * DAY,
    LinkPurpose.NEW_LOGIN: 2 * DAY,
}
# What was asked for is forgotten, confirmed or not: people and accounts, and their logs, remain.
FORGOTTEN_AFTER = 30 * DAY


@dataclass(frozen=True)
class Known:
    """Somebody known already under the address that was registered."""

    person_id: int
    name: str
    has_account: bool


def whom_it_is_about(given_name: str, family_name: str, known: Sequence[Known]) -> int | None:
    """The person a confirmed registration belongs to; None when it is somebody new.

    Somebody put on a list before they registered: same address, same name, no account, and nobody
    else like that. An office mailbox alone proves nothing: its other readers have other names.
    """
    key = search_key(f"{family_name} {given_name}")
    same = [one for one in known if search_key(one.name) == key]
    if len(same) != 1 or same[0].has_account:
        return None
    return same[0].person_id
