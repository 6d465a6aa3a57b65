"""The conversation itself: what breaks before the closing dot is known not to be accepted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lms.mailserver import read_server
from lms.messages import transport
from lms.messages.transport import NotNowError, RefusedError

# Far more than the buffers of both ends hold: its last byte leaves only after the server has read
# on, which it does after its early word.
LONG = b"Subject: Prova\r\n\r\n" + (b"x" * 900 + b"\r\n") * 9_000


@contextmanager
def server_that_interrupts(words: bytes) -> Iterator[str]:
    """A server that answers inside the content (or hangs up, without words) and reads on."""

    def converse() -> None:
        connection, _peer = listening.accept()
        with connection, connection.makefile("rb") as said:
            connection.sendall(b"220 here\r\n")
            for answer in (b"250 hello", b"250 sender", b"250 recipient", b"354 go on"):
                said.readline()
                connection.sendall(answer + b"\r\n")
            said.read(1000)
            if words:
                connection.sendall(words)
            else:
                connection.shutdown(socket.SHUT_WR)
            while said.read(65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**18)  # its connections' too
        thread = threading.Thread(target=converse, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}?tls=none"
        thread.join(10)


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        (b"452 4.3.1 disk full\r\n", NotNowError, "452 4.3.1 disk full"),
        (b"552 5.3.4 too big\r\n", RefusedError, "552 5.3.4 too big"),
        (b"", NotNowError, "closed"),
    ],
)
def test_an_early_word_is_heard_before_the_end(
    words: bytes, error: type[Exception], told: str
) -> None:
    before: list[str] = []
    with (
        server_that_interrupts(words) as url,
        pytest.raises(error, match=told),
        transport.connected(read_server(url, 5)) as smtp,
    ):
        transport.hand_over(
            smtp, "percorso@example.it", "ada@example.org", LONG, lambda: before.append("dot")
        )
    assert before == []
