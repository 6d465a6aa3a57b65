"""The only door through which the layout engine gets files: an exact list of names.

WeasyPrint asks its fetcher for style sheets, pictures, fonts and attachments. This one knows no
protocol, so nothing can make it open a local file or a connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    """The bytes of a layout file and their media type."""

    content: bytes
    media_type: str


class Refused(Exception):  # noqa: N818 - what happened, in one word
    """Something asked for an address that is not on the list."""


class LayoutFetcher:
    """Serves the named resources and refuses everything else, remembering what was refused."""

    # Read by WeasyPrint: a refusal ends the rendering instead of leaving a hole in the page.
    _fail_on_errors = True

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = dict(resources)
        self.refused: list[str] = []

    def __call__(self, url: str) -> Any:
        """Return the resource with exactly this address, or raise ``Refused``."""
        resource = self._resources.get(url)
        if resource is None:
            self.refused.append(url[:200])
            raise Refused(url[:200])
        from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - by whoever asks, loaded

        return URLFetcherResponse(url, resource.content, {"Content-Type": resource.media_type})

    def with_resource(self, url: str, resource: Resource) -> "LayoutFetcher":
        """Return a new fetcher that serves one resource more."""
        return self.with_resources({url: resource})

    def with_resources(self, more: Mapping[str, Resource]) -> "LayoutFetcher":
        """Return a new fetcher that serves these too, and has refused nothing yet."""
        return LayoutFetcher({**self._resources, **more})
