"""A ZIP written while it is being read: never more than one file of it is in memory.

`zipfile` goes back to a file's header once it knows its length; what it may go back to is kept,
what lies before is handed on. So headers tell sizes, and no reader of archives needs to guess.
"""

from __future__ import annotations

import io
import zipfile

_NO_TIME = (1980, 1, 1, 0, 0, 0)


class _Outlet(io.RawIOBase):
    """A file whose beginning has been taken away already."""

    def __init__(self) -> None:
        self._gone = 0
        self._kept = io.BytesIO()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._gone + self._kept.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or offset < self._gone:
            raise io.UnsupportedOperation("what was handed on cannot be written again")
        return self._gone + self._kept.seek(offset - self._gone)

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._kept.write(data)

    def take(self) -> bytes:
        """Everything written and not yet handed on."""
        taken = self._kept.getvalue()
        self._gone += len(taken)
        self._kept = io.BytesIO()
        return taken


class ZipStream:
    """Files in, pieces of the archive out; equal for equal files."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w")

    def add(self, name: str, content: bytes, *, packed: bool = False) -> bytes:
        """The piece that holds one more file; `packed`: deflated, for text."""
        method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._zip.writestr(zipfile.ZipInfo(name, _NO_TIME), content, method)
        return self._outlet.take()

    def end(self) -> bytes:
        """The last piece: the directory."""
        self._zip.close()
        return self._outlet.take()
