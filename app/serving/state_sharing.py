"""Whether a server may start on the storage that its settings name, looked at before anything heavy is loaded."""

from storage_config.errors import ConfigurationError
from storage_config.settings import Settings
from storage_config.state_lock import check_free, owner_of


def check_state(settings: Settings, workers: int) -> None:
    """Raises StateInUse where another process has the embedded storage, and ConfigurationError for several workers."""
    if not settings.embedded:
        return
    if workers == 1:
        check_free(settings.data_folder)
        return
    wanted = {"DATABASE_URL": settings.database_url, "QDRANT_URL": settings.qdrant_url}
    missing = " and ".join(name for name, value in wanted.items() if value is None)
    owner = owner_of(settings.data_folder)
    now = f", now process {owner.pid}" if owner is not None and owner.pid is not None else ""
    raise ConfigurationError(
        f"--workers {workers}: what is kept in {settings.data_folder} belongs to one process{now}. "
        f"Set {missing} to share storage between processes, or leave out --workers."
    )
