"""A real SMTP server on loopback: keeps what it accepts, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "percorso", "p@ss:w/ord"


@dataclass
class Received:
    """One message the server said 250 to."""

    sender: str
    recipients: list[str]
    content: bytes
    encrypted: bool
    login: bytes | None

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_string(self.content.decode(), policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: str) -> str:
        """The text of the part `kind` ("plain", "html")."""
        found = self.message.get_body((kind,))
        assert found is not None
        return str(found.get_content()).replace("\r\n", "\n")


@dataclass
class Mailbox:
    """What was accepted, and the answers to come: each list is used up from its front."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    unanswered: list[Received] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    at_end: list[str] = field(default_factory=list)
    hang_up_inside: int = 0  # so many times: the connection drops in the middle of the content
    hang_up_after: int = 0  # so many times: the content is whole, no answer comes
    conversations: int = 0
    at_reset: list[str] = field(default_factory=list)
    peers: set[tuple[str, int]] = field(default_factory=set)  # whose connections reached RCPT
    on_recipient: Callable[[], None] = lambda: None
    on_accepted: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.conversations += 1
        self.peers.add(session.peer[:2])
        self.on_recipient()
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        return self.at_reset.pop(0) if self.at_reset else "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hang_up_after:
            self.hang_up_after -= 1
            self.unanswered.append(_received(session, envelope))
            server.transport.abort()
            return "250 never heard"
        if self.at_end:
            return self.at_end.pop(0)
        self.received.append(_received(session, envelope))
        self.on_accepted()
        return "250 queued as 12345"


def _received(session: Session, envelope: Envelope) -> Received:
    assert isinstance(envelope.content, bytes)
    login = session.auth_data.login if session.auth_data else None
    encrypted = session.ssl is not None
    return Received(
        str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content, encrypted, login
    )


class _Server(SMTP):
    """Drops the connection inside DATA, before the closing dot is read, when told to."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        mailbox: Mailbox = self.event_handler
        if not mailbox.hang_up_inside:
            await super().smtp_DATA(arg)
            return
        mailbox.hang_up_inside -= 1
        await self.push("354 go on")
        await self._reader.read(20)
        self.transport.abort()


def _login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=right, auth_data=data, handled=right)


@contextmanager
def mailbox(
    certificate: Path | None = None, *, from_start: bool = False, login: bool = False
) -> Iterator[Mailbox]:
    """Run the server while the block lasts; `certificate` (PEM with its key): it demands TLS."""
    box = Mailbox()
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    options: dict[str, Any] = {"enable_SMTPUTF8": True}
    if context is not None and not from_start:
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {
            "authenticator": _login, "auth_required": True,
            "auth_require_tls": certificate is not None and not from_start,
        }  # fmt: skip
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = loop.create_server(
        lambda: _Server(box, **options), "127.0.0.1", 0, ssl=context if from_start else None
    )
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(10)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
