"""The chat page's scripts that need no browser, run by Node's own test runner."""

import asyncio
import shutil
from pathlib import Path

import pytest

TESTS = Path(__file__).with_name("modules.test.mjs")


@pytest.mark.skipif(shutil.which("node") is None, reason="no `node` on this machine")
async def test_the_scripts_pass_their_own_tests() -> None:
    process = await asyncio.create_subprocess_exec(
        "node", "--test", str(TESTS), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, printed.decode()
    assert "# fail 0" in printed.decode()
    assert "# pass 0" not in printed.decode()
