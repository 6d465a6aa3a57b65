"""One conversation with a mail server, step by step, so that it is known where it broke off.

The content is sent without its end; only then `before_end` is called (we commit there that the
message is being handed over) and the closing dot follows. Whatever breaks before that dot was
never accepted. After it the server has taken the message over only if it says 250 (RFC 5321 6.1).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache

from lms.mailserver import MailServer, Tls

ANSWER_SECONDS = 300  # how long a server may think about a whole message
LONGEST_ANSWER = 500
# Of one connection: a server that takes fewer letters says so before the first word of the next.
LETTERS = 50
IDLE_SECONDS = 5.0
# 421: closing down or too many at once; 530, 535: who we are. Not this message's fault.
_ABOUT_US = frozenset({421, 530, 535})


class RefusedError(Exception):
    """The server refuses this recipient or this message for good (5xx)."""


class NotNowError(Exception):
    """Not taken now; `everybody`: it concerns every message, not this one."""

    def __init__(self, words: str, *, everybody: bool = False) -> None:
        self.everybody = everybody
        super().__init__(words)


@dataclass(frozen=True)
class _Line:
    """A connection that is open still, how many letters it has carried, and since when it rests."""

    server: MailServer
    smtp: smtplib.SMTP
    letters: int
    since: float


_resting = threading.local()


@contextmanager
def connected(server: MailServer, *, more: bool = False) -> Iterator[smtplib.SMTP]:
    """An open, encrypted, authenticated connection; NotNowError says why there is none.

    `more`: other letters wait, so it stays open for the next one if all goes well.
    """
    smtp, letters = _taken_up(server)
    try:
        yield smtp
    except BaseException:
        _hang_up(smtp)
        raise
    if more and letters + 1 < LETTERS:
        _resting.line = _Line(server, smtp, letters + 1, time.monotonic())
    else:
        _hang_up(smtp)


def _taken_up(server: MailServer) -> tuple[smtplib.SMTP, int]:
    """The connection that rests, if the server still answers there; else a new one."""
    line: _Line | None = getattr(_resting, "line", None)
    _resting.line = None
    if line is not None:
        fresh = line.server == server and time.monotonic() - line.since < IDLE_SECONDS
        if fresh and _answers(line.smtp, server):
            return line.smtp, line.letters
        _hang_up(line.smtp)
    try:
        return _open(server), 0
    except (OSError, smtplib.SMTPException) as error:
        raise NotNowError(_told(error), everybody=True) from error


def _answers(smtp: smtplib.SMTP, server: MailServer) -> bool:
    """Whether it begins anew; nothing of a letter has been said yet."""
    _patience(smtp, server.timeout)
    try:
        return smtp.rset()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _hang_up(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        smtp.putcmd("quit")  # its answer changes nothing: nobody waits for it
    smtp.close()


@lru_cache(maxsize=1)
def _own_name() -> str | None:
    """This machine's whole name, looked up once; without one smtplib gives its number."""
    name = socket.getfqdn()
    return name if "." in name else None


def _open(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=str(server.ca) if server.ca else None)
    if server.tls is Tls.FROM_START:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, _own_name(), timeout=server.timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, _own_name(), timeout=server.timeout)
    try:
        if smtp.sock is not None:
            # the dot goes out by itself: it shall not wait until the content was confirmed
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if server.tls is Tls.STARTTLS:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def hand_over(
    smtp: smtplib.SMTP,
    sender: str,
    recipient: str,
    content: bytes,
    before_end: Callable[[], None] = lambda: None,
) -> str:
    """Give the server `content` (lines ending in CRLF) for one recipient; returns its answer."""
    try:
        _expect(smtp.mail(sender, _options(smtp, recipient)), everybody=True)
        _expect(smtp.rcpt(recipient))
        _expect(smtp.docmd("DATA"), wanted=3)
        smtp.send(re.sub(rb"(?m)^\.", b"..", content))
        _still_listening(smtp)
        before_end()
        _patience(smtp, ANSWER_SECONDS)
        smtp.send(b".\r\n")
        return _expect(smtp.getreply())
    except (OSError, smtplib.SMTPException) as error:
        raise NotNowError(_told(error)) from error


def _options(smtp: smtplib.SMTP, recipient: str) -> tuple[str, ...]:
    if recipient.isascii():
        return ()
    if not smtp.has_extn("smtputf8"):
        raise RefusedError("the mail server takes no address with letters outside ASCII")
    return ("SMTPUTF8",)


def _expect(reply: tuple[int, bytes], wanted: int = 2, *, everybody: bool = False) -> str:
    """The words of a reply of the class wanted; any other is raised as what it means."""
    code, said = reply
    words = f"{code} {said.decode('utf-8', 'replace')}"[:LONGEST_ANSWER]
    if code // 100 == wanted:
        return words
    everybody = everybody or code in _ABOUT_US
    if code // 100 == 5 and not everybody:
        raise RefusedError(words)
    raise NotNowError(words, everybody=everybody)


def _still_listening(smtp: smtplib.SMTP) -> None:
    """Notice a server that hung up or refused before the end: then nothing was accepted."""
    sock = smtp.sock
    if sock is None:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        said = sock.recv(LONGEST_ANSWER)
    except (BlockingIOError, ssl.SSLWantReadError):
        return  # silent, as it should be
    finally:
        sock.settimeout(patience)
    if not said[:3].isdigit():
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    _expect((int(said[:3]), said[4:].strip()), wanted=0)


def _patience(smtp: smtplib.SMTP, seconds: int) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _told(error: Exception) -> str:
    """What went wrong, for the administrator's eyes."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {words}"[:LONGEST_ANSWER]
    if isinstance(error, TimeoutError):
        return "the mail server did not answer in time"
    return (str(error) or type(error).__name__)[:LONGEST_ANSWER]
