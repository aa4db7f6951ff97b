"""The emulators by their commands."""

import asyncio
import sys

import httpx
import pytest


@pytest.mark.parametrize("module", ["tests.emulators.openrouter", "tests.emulators.cohere"])
async def test_each_runs_as_a_process(module: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        url = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).status_code == 404
    finally:
        process.kill()
        await process.wait()
