"""The administration as IndicePA knows it, from the environment: named in documents' metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CODE, _AREA, _ADDRESS = "LMS_IPA_CODE", "LMS_IPA_AOO", "LMS_DIGITAL_ADDRESS"
_FORMS = {
    _CODE: re.compile(r"[A-Za-z0-9_-]{2,20}"),
    _AREA: re.compile(r"[A-Za-z0-9_-]{1,20}"),
    _ADDRESS: re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+"),
}


@dataclass(frozen=True)
class PublicBody:
    """Codes of the administration and of its homogeneous organisational area; digital address."""

    ipa: str
    aoo: str
    address: str


def read_body(environ: Mapping[str, str], faults: list[str]) -> PublicBody | None:
    """The administration, or None where nothing is set; what is wrong is added to `faults`."""
    given = {name: environ.get(name, "").strip() for name in _FORMS}
    if not any(given.values()):
        return None
    found = len(faults)
    for name, form in _FORMS.items():
        if not given[name]:
            faults.append(f"{name} is not set: {_CODE}, {_AREA} and {_ADDRESS} go together.")
        elif not form.fullmatch(given[name]):
            faults.append(f"{name} is '{given[name]}', which is not of its form.")
    return None if len(faults) > found else PublicBody(*given.values())
