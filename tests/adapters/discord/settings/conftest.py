"""The settings' form, open before somebody who manages the server."""

from __future__ import annotations

import pytest

from tests.adapters.discord.lobby import Lobby
from tests.adapters.discord.settings.form import MODELS, Form, opened, with_models


@pytest.fixture
async def form(lobby: Lobby) -> Form:
    """Give the form for the channel."""
    with_models(lobby, *MODELS)
    return await opened(lobby, lobby.discord.add_person("Root", is_admin=True))
