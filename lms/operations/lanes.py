"""Two lanes of work: mail does not wait behind thousands of certificates."""

from __future__ import annotations

import enum

from lms import jobs
from lms.joining.asking import ANSWERS
from lms.messages.models import JOB_KIND

_MAIL = ANSWERS | {JOB_KIND}


class Lane(enum.StrEnum):
    """Each has workers of its own, and with a broker a queue of its own."""

    MAIL = "mail"
    REST = "rest"

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of job that go this way."""
        return _MAIL if self is Lane.MAIL else jobs.kinds() - _MAIL

    @property
    def queue(self) -> str:
        """Its queue at the broker."""
        return f"percorso.{self.value}"
