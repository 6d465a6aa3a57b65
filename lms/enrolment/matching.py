"""Whether a line of a pasted list is somebody we know. Pure; never a guess: a doubt is a doubt.

Certain is a tax code with the same name; a mail address with the same name; or, where the line has
no address, a name with the same organisation. Everything else that may be a person we know is left
to a human.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass

from lms.enrolment.pasted import Line
from lms.text import search_key


class Doubt(enum.StrEnum):
    """Why a line is neither somebody known nor certainly somebody new."""

    MAIL_OF_ANOTHER = "mail_of_another"
    CODE_OF_ANOTHER = "code_of_another"
    OTHER_CODE = "other_code"
    NAMESAKE = "namesake"
    SEVERAL = "several"
    OTHER_BODY = "other_body"


@dataclass(frozen=True)
class Known:
    """A person as far as matching looks: keys as `lms.text.search_key` makes them."""

    person_id: int
    name_key: str
    organisation_key: str


@dataclass(frozen=True)
class Decision:
    """`person_id` of who it is, or the doubt; neither: somebody new."""

    person_id: int | None = None
    doubt: Doubt | None = None


def decide(
    line: Line,
    by_mail: Collection[Known],
    by_name: Collection[Known],
    by_code: Known | None = None,
) -> Decision:
    """Who `line` is, given the people with its mail address, its name, and its tax code."""
    if by_code is None:
        return _without_code(line, by_mail, by_name)
    if by_code.name_key != line.name_key:
        return Decision(doubt=Doubt.CODE_OF_ANOTHER)
    return Decision(person_id=by_code.person_id)


def _without_code(line: Line, by_mail: Collection[Known], by_name: Collection[Known]) -> Decision:
    same = [known for known in by_mail if known.name_key == line.name_key]
    if len(same) == 1:
        return Decision(person_id=same[0].person_id)
    if same:
        return Decision(doubt=Doubt.SEVERAL)
    if by_mail:
        return Decision(doubt=Doubt.MAIL_OF_ANOTHER)
    return _by_name(line, by_name)


def _by_name(line: Line, namesakes: Collection[Known]) -> Decision:
    if not namesakes:
        return Decision()
    body = search_key(line.organisation)
    if not body or any(not known.organisation_key for known in namesakes):
        return Decision(doubt=Doubt.NAMESAKE)
    colleagues = [known for known in namesakes if known.organisation_key == body]
    if not colleagues:
        return Decision()
    if len(colleagues) > 1:
        return Decision(doubt=Doubt.SEVERAL)
    # With an address we do not know, it may be a colleague of the same name.
    return Decision(doubt=Doubt.NAMESAKE) if line.email else Decision(colleagues[0].person_id)
