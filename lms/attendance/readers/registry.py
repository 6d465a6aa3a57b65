"""The platforms whose reports can be read, in the order in which they are asked."""

from __future__ import annotations

from lms.attendance.readers.bigbluebutton import BigBlueButtonReader
from lms.attendance.readers.gotowebinar import GoToWebinarReader
from lms.attendance.readers.indico import IndicoReader
from lms.attendance.readers.meet import MeetReader
from lms.attendance.readers.moodle_attendance import MoodleAttendanceReader
from lms.attendance.readers.moodle_log import MoodleLogReader
from lms.attendance.readers.raw import Reader
from lms.attendance.readers.teams import TeamsReader
from lms.attendance.readers.webex import WebexReader
from lms.attendance.readers.zoom import ZoomReader

READERS: tuple[Reader, ...] = (
    GoToWebinarReader(),  # before Zoom: without anybody present the two look alike
    BigBlueButtonReader(),
    MoodleLogReader(),
    MoodleAttendanceReader(),
    IndicoReader(),
    WebexReader(),
    TeamsReader(),
    MeetReader(),
    ZoomReader(),
)
