"""What hostile people type."""

from __future__ import annotations

PROBE = "x-probe"
# Out of attributes with either quote, of titles, text areas, scripts and comments; the languages of
# templates and of % formats; a formula at the start. Short enough for a name of 120 characters.
MARKUP = f"=1+1'\"></title></textarea></script>--><{PROBE} onload=p()>{{{{7*7}}}}${{7*7}}%s%(q)s"
SHORT = f"=1'\"><{PROBE}>{{{{7*7}}}}%s"
# More lines than a header or a calendar's line may have.
LINES = "\r\nX-Evil: 1\r\nBEGIN:VEVENT\r\n\x00\x1b[2J\u202e"
TYPED = MARKUP + LINES
# A browser would write %22 for a quotation mark here; Werkzeug's test client does not.
HOSTILE_FILE_NAME = f"..\\../{SHORT};x=.csv".replace('"', "")
CSV_CELL = '"' + MARKUP.replace('"', '""') + '"'
LONG = "x" * 60_000
# Together in one parameter: what breaks out of SQL in either quote, patterns, ends of text.
SQL = "') OR 1=1; DROP TABLE person; -- \" ` \\ % _ \x00 *"
STRANGE_NUMBERS = ("-1", "9" * 25, "\u00b2", "1e9")
