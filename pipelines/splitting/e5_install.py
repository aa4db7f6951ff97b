"""How the model of `local/e5-small` comes: apart from its file, which needs numpy, so that `--help` does not."""

INSTALL = 'uv pip install "footnoted[multilingual]"'
