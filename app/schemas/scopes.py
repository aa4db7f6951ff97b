"""Where a question is to be answered from: the reader's page, the scope, the filters."""

from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, Field

from app.errors import FieldProblem, InvalidRequest
from app.schemas.bodies import StrictRequest, without_nul
from pipelines.types import Filters, PageContext
from storage_config.vocabulary import Quality, Scope

_MAX_SELECTED = 8_000


PageUrl = Annotated[str, Field(max_length=2_048, pattern=r"^https?://"), AfterValidator(without_nul)]


class PageBody(StrictRequest):
    """The page the reader is on, and what they selected there."""

    url: PageUrl
    selected_text: Annotated[str, Field(max_length=_MAX_SELECTED), AfterValidator(without_nul)] = ""


_EditionName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(without_nul)]
EditionList = Annotated[list[_EditionName | None], Field(max_length=20, fail_fast=True)]
TagText = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(without_nul)]
PathText = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(without_nul)]


class FiltersBody(StrictRequest):
    """Restrictions on what may be cited; an empty list does not restrict, and a page must fit all that do.

    `version` and `locale` are named as `GET /corpora` names them, null for the default one; without them those of the
    reader's page are searched. `path` names addresses: of the site where it begins with `/`, else below the corpus's
    base url (and that of its version or locale); pages at or below one of them fit. A page with one of `tags` fits.
    """

    version: EditionList = Field(default_factory=list)
    locale: EditionList = Field(default_factory=list)
    path: Annotated[list[PathText], Field(max_length=10, fail_fast=True)] = Field(default_factory=list)
    tags: Annotated[list[TagText], Field(max_length=20, fail_fast=True)] = Field(default_factory=list)
    source_quality: Annotated[list[Quality], Field(max_length=6, fail_fast=True)] = Field(default_factory=list)


class ScopedBody(BaseModel):
    """What may be said of where to look.

    `scope`: `selection` answers from `page.selected_text` alone, `page` from the page at `page.url`, `section` from the
    section that its #anchor names, with those below it, and `all` from every page.
    """

    page: PageBody | None = None
    scope: Scope = "all"
    filters: FiltersBody = FiltersBody()


class AskedPlace(NamedTuple):
    """Where to look, as it is asked for."""

    page: PageContext | None
    filters: Filters
    scope: Scope


def read_place(body: ScopedBody) -> AskedPlace:
    """Where the body wants its question answered from. Raises InvalidRequest where its scope lacks what it needs."""
    page = body.page
    if body.scope != "all" and page is None:
        raise InvalidRequest(FieldProblem("page.url", f"the scope {body.scope!r} needs the url of the page"))
    if body.scope == "section" and page is not None and not page.url.partition("#")[2]:
        raise InvalidRequest(FieldProblem("page.url", "the scope 'section' needs the #anchor of the section's heading"))
    if body.scope == "selection" and page is not None and not page.selected_text.strip():
        raise InvalidRequest(FieldProblem("page.selected_text", "the scope 'selection' needs the selected text"))
    asked = body.filters
    filters = Filters(
        source_quality=tuple(asked.source_quality),
        versions=tuple(asked.version),
        locales=tuple(asked.locale),
        paths=tuple(asked.path),
        tags=tuple(asked.tags),
    )
    return AskedPlace(PageContext(page.url, page.selected_text) if page else None, filters, body.scope)
