"""Several tagged PDFs made one: pages, structure tree, tags of pages, bookmarks."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

# What the first part says of the whole; without the colours' meaning it would be no PDF/A.
OF_THE_DOCUMENT = ("/Lang", "/MarkInfo", "/ViewerPreferences", "/Metadata", "/OutputIntents")


class Joiner:
    """Takes parts one by one, so that only the result and one part are held at a time.

    The structure tree is joined too: the parts' documents become the children of one root, and the
    numbers by which pages and links find their tags are moved past those already given.
    """

    def __init__(self) -> None:
        self._whole = pikepdf.new()
        self._kids: list[Any] = []
        self._numbers: list[Any] = []
        self._next = 0
        self._bookmarks: list[tuple[str, int]] = []

    @property
    def pages(self) -> int:
        """How many pages there are by now."""
        return len(self._whole.pages)

    def add(self, pdf: bytes, bookmark: str | None = None) -> None:
        """Append a part, under a bookmark if it has a name."""
        with pikepdf.open(BytesIO(pdf)) as part:
            first = self.pages
            if first == 0:
                self._take_document(part)
            self._whole.pages.extend(part.pages)
            self._take_tags(part, first)
            if bookmark:
                self._bookmarks.append((bookmark, first))

    def _take_document(self, part: pikepdf.Pdf) -> None:
        for name in OF_THE_DOCUMENT:
            if name in part.Root:
                value = part.make_indirect(part.Root[name])
                self._whole.Root[name] = self._whole.copy_foreign(value)
        if "/Title" in part.docinfo:
            self._whole.docinfo["/Title"] = str(part.docinfo["/Title"])

    def _take_tags(self, part: pikepdf.Pdf, first: int) -> None:
        # Copied after the pages, so that tags point at the copies of the pages.
        tree = self._whole.copy_foreign(part.Root.StructTreeRoot)
        kids = tree.K if isinstance(tree.K, Array) else [tree.K]
        self._kids += list(kids)
        offset, highest = self._next, -1
        for index, tags in _numbered(tree.ParentTree):
            self._numbers += [index + offset, tags]
            highest = max(highest, index)
        self._next = offset + highest + 1
        for page in list(self._whole.pages)[first:]:
            if "/StructParents" in page:
                page.StructParents = int(page.StructParents) + offset
            for note in page.get("/Annots", ()):
                if "/StructParent" in note:
                    note.StructParent = int(note.StructParent) + offset

    def finish(self) -> bytes:
        """The joined PDF."""
        whole = self._whole
        root = whole.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        for kid in self._kids:
            kid.P = root
        root.K = Array(self._kids)
        root.ParentTree = whole.make_indirect(Dictionary(Nums=Array(self._numbers)))
        root.ParentTreeNextKey = self._next
        whole.Root.StructTreeRoot = root
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(name, page) for name, page in self._bookmarks)
        found = BytesIO()
        whole.save(found, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return found.getvalue()


def _numbered(tree: Any) -> Iterable[tuple[int, Any]]:
    """The pairs of a number tree, whether it has branches or not."""
    for kid in tree.get("/Kids", ()):
        yield from _numbered(kid)
    nums = list(tree.get("/Nums", ()))
    for at in range(0, len(nums), 2):
        yield int(nums[at]), nums[at + 1]
