"""Bodies are no people: nothing here is exported or erased."""

from __future__ import annotations

from lms.personal import declare_impersonal

declare_impersonal(("organisation", "organisation_name", "organisation_word"))
