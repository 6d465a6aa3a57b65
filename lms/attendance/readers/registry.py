"""The platforms whose reports can be read, in the order in which they are asked."""

from __future__ import annotations

from lms.attendance.readers.meet import MeetReader
from lms.attendance.readers.raw import Reader
from lms.attendance.readers.teams import TeamsReader
from lms.attendance.readers.webex import WebexReader
from lms.attendance.readers.zoom import ZoomReader

READERS: tuple[Reader, ...] = (
    WebexReader(),
    TeamsReader(),
    MeetReader(),
    ZoomReader(),
)
