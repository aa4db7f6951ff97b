"""A page in a request: as JSON, or as a file in a form, which is how browsers send one."""

from pathlib import PurePosixPath
from typing import TypeVar

from fastapi import HTTPException, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from app.errors import FieldProblem, InvalidRequest, read_field_problems
from app.schemas.documents import PagePlace, PageUpload
from pipelines.types import Upload
from storage_config.vocabulary import PageFormat

_KINDS: dict[str, PageFormat] = {
    ".md": "markdown", ".mdx": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".pdf": "pdf",
}  # fmt: skip
_MAX_FIELDS = 3
B = TypeVar("B", bound=BaseModel)

# What the two bodies look like, for the OpenAPI document: they are read once the caller is known to be a writer.
REQUEST_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": PageUpload.model_json_schema()},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": f"The page; its name ends in {', '.join(_KINDS)}.",
                    },
                    "uri": {"type": "string", "description": "The page's id in the corpus (default: the file's name)."},
                    "url": {"type": "string"},
                    "corpus": {"type": "string"},
                },
            }
        },
    },
}


async def read_page_upload(request: Request) -> tuple[str | None, Upload]:
    """The named corpus and the page. Raises InvalidRequest, and HTTPException for another type of body (415)."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        page = _validated(PageUpload, await request.body())
        # A lone surrogate is no text; its bytes are refused as such.
        data = page.content.encode("utf-8", "surrogatepass")
        return page.corpus, Upload(page.kind, data, page.uri, page.url)
    if media_type == "multipart/form-data":
        async with request.form(max_files=1, max_fields=_MAX_FIELDS) as form:
            return await _read_form(form)
    raise HTTPException(415)


async def _read_form(form: FormData) -> tuple[str | None, Upload]:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise InvalidRequest(FieldProblem("file", "must be a file"))
    name = file.filename or ""
    kind = _KINDS.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        raise InvalidRequest(FieldProblem("file", f"must have a name that ends in one of: {', '.join(_KINDS)}"))
    place = _validated(PagePlace, {"uri": name, **{key: value for key, value in form.items() if key != "file"}})
    return place.corpus, Upload(kind, await file.read(), place.uri, place.url)


def _validated(model: type[B], body: bytes | dict[str, object]) -> B:
    try:
        return model.model_validate_json(body) if isinstance(body, bytes) else model.model_validate(body)
    except ValidationError as error:
        problems = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise InvalidRequest(*read_field_problems(problems)) from None
