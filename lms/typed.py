"""What browsers send, without the characters that no page, header or database can hold.

A NUL ends a text for PostgreSQL and is an error in HTML; no keyboard types one. Taken out at the
door, none of them can come back on a page that shows again what somebody typed.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items

# Control characters but for tab and line ends, and Unicode's non-characters.
_LAST_OF_PLANES = "".join(f"{chr(n)}{chr(n + 1)}" for n in range(0xFFFE, 0x110000, 0x10000))
_NEVER_TYPED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef{_LAST_OF_PLANES}]")


def typable(text: str) -> str:
    """`text` without the characters that nobody types."""
    return _NEVER_TYPED.sub("", text)


class Typed(ImmutableMultiDict[str, Any]):
    """Fields of a form or of an address, their texts cleaned; files are left as they are."""

    def __init__(self, mapping: Any = None) -> None:
        super().__init__(
            [
                (name, typable(value) if isinstance(value, str) else value)
                for name, value in iter_multi_items(mapping or ())
            ]
        )


class TypedRequest(Request):
    """A request whose fields hold nothing but text, and no more of it than a form may have."""

    parameter_storage_class = Typed

    @property
    def max_content_length(self) -> int | None:
        """Files may be large (`MAX_CONTENT_LENGTH`); a body without files is typed.

        Werkzeug reads such a body whole and bounds neither its fields nor their number.
        """
        if self.mimetype == "multipart/form-data":
            return super().max_content_length
        return self.max_form_memory_size

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value
