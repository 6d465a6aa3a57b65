"""Read an iCalendar file with libical and tell what it understood, as JSON.

Run by the system's own Python, which has the GObject bindings: `libical_reader.py FILE`.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402


def instant(time):
    seconds = time.as_timet_with_zone(time.get_timezone())
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def errors(component):
    """What the parser or the check of restrictions (RFC 5545, 5546) noted in the tree."""
    found = []
    prop = component.get_first_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    while prop:
        found.append(prop.get_xlicerror())
        prop = component.get_next_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    child = component.get_first_component(ICalGLib.ComponentKind.ANY_COMPONENT)
    while child:
        found += errors(child)
        child = component.get_next_component(ICalGLib.ComponentKind.ANY_COMPONENT)
    return found


def events(root):
    child = root.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
    while child:
        start = child.get_dtstart()
        yield {
            "uid": child.get_uid(),
            "sequence": child.get_sequence(),
            "status": child.get_status().value_nick,
            "summary": child.get_summary(),
            "description": child.get_description() or "",
            "location": child.get_location() or "",
            "starts_at": instant(start),
            "ends_at": instant(child.get_dtend()),
            # Its own tables would show a longer name: the zone comes from the file's VTIMEZONE.
            "zone": start.get_timezone().get_tzid(),
        }
        child = root.get_next_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)


root = ICalGLib.Parser.parse_string(Path(sys.argv[1]).read_text(encoding="utf-8"))
lawful = bool(ICalGLib.restriction_check(root))
print(json.dumps({"lawful": lawful, "errors": errors(root), "events": list(events(root))}))
