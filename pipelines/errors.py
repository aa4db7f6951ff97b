"""What can go wrong between pages, vectors and answers.

PipelineError (below storage_config.errors.FootnotedError)
├── PageError                a page cannot be read or split; carries its path and the reason
├── IngestionError
│   ├── IngestionBusy        another run works on this corpus; names it
│   ├── SourceMissing        the source folder is missing or empty: never taken for a mass removal
│   ├── SourceUnavailable    the site behind a sitemap does not answer, or fails
│   ├── ClusterUnavailable   the Ray cluster cannot be reached, or its workers died again and again
│   ├── RemovalRefused       the run would remove too many pages; says how many and what allows it
│   ├── PageInSource         the source holds the page: it is changed and removed there
│   └── PipelineChanged      the index was built by another pipeline; names the command that builds it anew
├── CorpusNotIngested        asked of a corpus that holds nothing yet; names the command
├── UnknownCorpus            no corpus of that name; names those that exist
├── NotReplayable            a recorded answer cannot be made again; says why
├── GoldenSetError           a golden set or a baseline cannot be read; names each wrong line and key
└── VendorError              a vendor call failed for good; `vendor`, `status` and `retryable` say how
    ├── VendorRefused        401, 402, 403, 404, 422: the key, the credit or the request is wrong
    ├── VendorBusy           429 or an open circuit; `retry_after` in seconds where known
    ├── VendorBroken         5xx, garbage, a stream cut or an error inside a 200
    └── VendorTimeout        no first token, a stall, no connection in time
"""

from collections.abc import Iterable

from storage_config.errors import FootnotedError


class PipelineError(FootnotedError):
    """Root of the errors of this floor. The message is meant for the operator, never for a reader."""


class PageError(PipelineError):
    """A page cannot be read or split; `path` is relative to the source folder."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class IngestionError(PipelineError):
    """An ingestion cannot start or go on."""


class IngestionBusy(IngestionError):
    """Another run works on this corpus."""


class SourceMissing(IngestionError):
    """The source folder is missing or holds no page; never taken for the removal of every page."""


class SourceUnavailable(IngestionError):
    """The site behind a sitemap does not answer, or fails; the same run may do later."""


class ClusterUnavailable(IngestionError):
    """The Ray cluster cannot be reached, lacks Footnoted or room, or its workers died again and again."""


class RemovalRefused(IngestionError):
    """The run would remove a larger part of the corpus than is allowed without being asked for."""


class PageInSource(IngestionError):
    """The source holds the page: it is changed and removed there, not by an upload."""


class AnswerRefused(IngestionError):
    """An answer that an owner wrote cannot be kept; `field` names what of it is wrong, `reason` why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class QuestionAnswered(IngestionError):
    """Another answer of the corpus is written for the question; `url` is where it stands."""

    def __init__(self, question: str, url: str) -> None:
        super().__init__(f"{question!r} is answered at {url}")
        self.question = question
        self.url = url


class AnswerGone(IngestionError):
    """The answer that is to be changed is not there any more."""


class PipelineChanged(IngestionError):
    """The index was built by another pipeline than the declared one, and must be built anew before a page joins it."""


class CorpusNotIngested(PipelineError):
    """The corpus holds nothing yet; the message names the command that fills it."""


class UnknownCorpus(PipelineError):
    """No corpus of that name, or none named among several; `names` are those that exist."""

    def __init__(self, name: str | None, names: Iterable[str]) -> None:
        self.names = tuple(names)
        what = "name a corpus" if name is None else f"there is no corpus {name!r}"
        super().__init__(f"{what}; there {'is' if len(self.names) == 1 else 'are'}: {', '.join(self.names)}")


class PathTooWide(PipelineError):
    """More pages lie below the paths of a filter than a search can be kept to."""


class NotReplayable(PipelineError):
    """A recorded answer cannot be made again; the message says why."""


class GoldenSetError(PipelineError):
    """A golden set or a baseline cannot be read; the message names each wrong line and key."""


class VendorError(PipelineError):
    """A vendor call failed for good, after our own bounded retries."""

    def __init__(
        self, message: str, *, vendor: str, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.vendor = vendor
        self.status = status
        self.retry_after = retry_after


class VendorRefused(VendorError):
    """The vendor refuses the key, the credit or the request: trying again does not help."""


class VendorBusy(VendorError):
    """The vendor limits the rate, or our circuit to it is open; `retry_after` is in seconds."""


class VendorBroken(VendorError):
    """The vendor failed: 5xx, garbage, a cut stream, an error inside a 200."""


class VendorTimeout(VendorError):
    """The vendor was too slow: no connection, no first token, a stall."""
