"""Files of a repository, as tests write them."""

from pathlib import Path


def put(root: Path, **files: str) -> None:
    """Texts by the paths of their files below the root."""
    for name, text in files.items():
        write(root / name, text)


def write(path: Path, text: str = "# Hello\n") -> None:
    """A file, with the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
