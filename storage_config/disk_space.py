"""How much room is left where embedded stores lie: looked at before anything is written, since they break without it.

Postgres writes its log in files of 16 MiB and ends itself where it cannot make one; Qdrant Edge maps files into memory,
and a process that touches a page of such a file for which there is no room is killed.
"""

import errno
import shutil
from dataclasses import dataclass
from pathlib import Path

from storage_config.errors import DiskFull
from storage_config.postgres.home import POINTER_NAME
from storage_config.settings import Settings

# What is never given away: for the log of Postgres, a segment of Qdrant, and the records of answers meanwhile.
RESERVE_BYTES = 64 * 1024 * 1024
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def is_no_room(error: BaseException) -> bool:
    """Whether the operating system refused to write since there is no room."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


@dataclass(frozen=True, slots=True)
class DataDisk:
    """The disks of the embedded stores: where points lie, and where rows do; None for a store that is elsewhere."""

    vectors: Path | None
    rows: Path | None

    @classmethod
    def from_settings(cls, settings: Settings) -> "DataDisk | None":
        """None where both stores are elsewhere."""
        if not settings.embedded:
            return None
        folder = settings.data_folder
        vectors = folder if settings.qdrant_url is None else None
        return cls(vectors, _rows_folder(folder) if settings.database_url is None else None)

    def check(self, *, vectors: int = 0, rows: int = 0) -> None:
        """Raises DiskFull where what would be added, in bytes, does not leave the reserve."""
        added: dict[int, int] = {}
        folders: dict[int, Path] = {}
        for folder, size in ((self.vectors, vectors), (self.rows, rows)):
            if folder is not None:
                device = folder.stat().st_dev
                added[device] = added.get(device, 0) + size
                folders.setdefault(device, folder)
        for device, folder in folders.items():
            free = shutil.disk_usage(folder).free
            if free - added[device] < RESERVE_BYTES:
                raise DiskFull(
                    f"The disk of {folder} has {free / 1e6:,.1f} MB left: about {added[device] / 1e6:,.1f} MB would be "
                    f"added, and {RESERVE_BYTES / 1e6:,.1f} MB are kept free. Make room there, or move the data folder."
                )


def _rows_folder(data_folder: Path) -> Path:
    """The embedded Postgres of a folder that its user cannot enter lies elsewhere, where a pointer leads."""
    pointer = data_folder / POINTER_NAME
    return Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else data_folder
