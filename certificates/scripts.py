"""Letters of other scripts in the middle of a page: which language, which direction, kept apart.

A text from right to left must order neither what stands before nor after it, and a screen reader
must not read it by the rules of the page's language: wherever a text with foreign letters is
printed it stands in an element of its own. Texts in Latin letters are printed as they are.
"""

import re
import unicodedata

from markupsafe import Markup

from certificates.faces import foreign

# By the name of the character. Several languages share most scripts: "undetermined, in that script"
# is what can honestly be said.
_LANGUAGES = (
    ("GREEK", "el"), ("CYRILLIC", "und-Cyrl"), ("ARABIC", "und-Arab"), ("HEBREW", "he"),
    ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("HANGUL", "ko"), ("CJK", "zh"),
)  # fmt: skip
_EAST_ASIAN = ("ja", "ko", "zh")  # Chinese characters stand in Japanese and Korean names as well
NON_JOINER = "\u200c"
# Persian writes it inside words ("ali|reza"); elsewhere it would be invisible, so it is refused.
_JOINED = re.compile("(?<=[\u0620-\u06ff])\u200c(?=[\u0620-\u06ff])")


def without_non_joiners(text: str) -> str:
    """Return the text without those non-joiners that stand where Persian writes them."""
    return _JOINED.sub("", text) if NON_JOINER in text else text


def is_rtl(text: str) -> bool:
    """Tell whether a text begins from the right: its first letter with a direction says so."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL", "L"):
            return kind != "L"
    return False


def language_of(text: str) -> str | None:
    """Return the language tag of a text wholly in one foreign script, else None."""
    found = {_language(character) for character in text if character.isalpha()}
    if found <= set(_EAST_ASIAN):
        return next((tag for tag in _EAST_ASIAN if tag in found), None)
    return found.pop() if len(found) == 1 else None


def _language(character: str) -> str | None:
    if not foreign(character):
        return None
    name = unicodedata.name(character, "")
    return next((tag for start, tag in _LANGUAGES if name.startswith(start)), None)


def kept_apart(text: object, whole: str | None = None) -> object:
    """Return a text as it is printed: in an element of its own if it has foreign letters.

    ``whole`` is the text of which this one is a line: a line begins where the whole does. What is
    not a plain text (a number, or markup already) comes back as it is.
    """
    if type(text) is not str or text.isascii() or not any(map(foreign, text)):
        return text
    language, rtl = language_of(text), is_rtl(whole or text)
    return Markup("<span{}{}>{}</span>").format(
        Markup(' lang="{}"').format(language) if language else "",
        Markup(' style="direction: rtl"') if rtl else "",
        text,
    )


def has_rtl(text: str) -> bool:
    """Tell whether any letter of a text runs from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
