"""Lessons as iCalendar, and personal subscription feeds."""
