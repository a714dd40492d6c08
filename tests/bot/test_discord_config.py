"""What an operator sets for Discord: what is contradictory, misspelt or in the wrong place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import DiscordAccess, application_of, load
from bot.config.discord import TOKEN, discord_access
from bot.errors import BadConfig

# As Discord writes them: the id in Base64, a moment, a signature.
BOT = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
ID = "123456789012345678"


def access(token: str = BOT, **given: str) -> DiscordAccess:
    found = discord_access({TOKEN: token}, **given)
    assert found is not None
    return found


def refusal(token: str = BOT, **given: str) -> str:
    with pytest.raises(BadConfig) as refused:
        discord_access({TOKEN: token}, **given)
    return str(refused.value)


def test_nothing_set_is_no_discord() -> None:
    assert discord_access({"SLACK_BOT_TOKEN": "xoxb-1"}, shards="0-3/16") is None


def test_a_token_is_enough() -> None:
    found = access()

    assert found == DiscordAccess(BOT, "https://discord.com/api/v10", None, None)
    assert BOT not in repr(found)


@pytest.mark.parametrize(
    ("token", "wanted"),
    [
        (f"Bot {BOT}", 'leave "Bot" and the space'),
        (f"bot  {BOT}", 'leave "Bot" and the space'),
        (ID, "the application's id"),
        ("0123456789abcdef" * 4, "the application's public key"),
        ("Ab3-_" * 6 + "Zz", "the client secret"),
        (f"mfa.{'x' * 80}", "the token of a person"),
        ("xoxb-1-2-abc", "looks otherwise"),
        (BOT.rpartition(".")[0], "looks otherwise"),
        (f"{BOT}\n{BOT}", "looks otherwise"),
        (f"„{BOT}“", "looks otherwise"),
    ],
)
def test_what_is_no_token_is_said_to_be_what_it_is(token: str, wanted: str) -> None:
    sentence = refusal(token)

    assert sentence.startswith(TOKEN)
    assert wanted in sentence
    assert token not in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("given", "shards"),
    [
        ("0-3/16", (range(4), 16)),
        ("4-7/16", (range(4, 8), 16)),
        ("15/16", (range(15, 16), 16)),
        ("0/1", (range(1), 1)),
        (" 0 - 3 / 16 ", (range(4), 16)),
    ],
)
def test_a_range_of_shards_is_read(given: str, shards: tuple[range, int]) -> None:
    assert access(shards=given).shards == shards


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("4-3/16", "3 comes before 4"),
        ("0-16/16", "of 16 shards the last is 15"),
        ("1/1", "of 1 shards the last is 0"),
        ("0/0", "0-3/16"),
        ("16", "0-3/16"),
        ("0-3", "0-3/16"),
        ("-1-3/16", "0-3/16"),
        ("all", "0-3/16"),
        ("1.5/16", "0-3/16"),
    ],
)
def test_a_range_that_is_none_is_refused(given: str, wanted: str) -> None:
    sentence = refusal(shards=given)

    assert sentence.startswith("COUNCIL_DISCORD_SHARDS")
    assert wanted in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("url", ["discord.com/api", "wss://discord.com", "https://", "http://[x"])
def test_an_address_of_the_api_that_is_none_is_refused(url: str) -> None:
    assert "COUNCIL_DISCORD_API_URL" in refusal(api_url=url)


@pytest.mark.parametrize("url", ["gateway.discord.gg", "https://discord.com", "wss://", "ws://[x"])
def test_an_address_of_the_gateway_that_is_none_is_refused(url: str) -> None:
    assert "COUNCIL_DISCORD_GATEWAY_URL" in refusal(gateway_url=url)


def test_other_addresses_are_taken() -> None:
    found = access(api_url="http://127.0.0.1:8080/api/v10", gateway_url="ws://127.0.0.1:7878")

    assert found.api_url == "http://127.0.0.1:8080/api/v10"
    assert found.gateway_url == "ws://127.0.0.1:7878"


def test_a_token_tells_its_application() -> None:
    assert application_of(access()) == ID


@pytest.mark.parametrize("first", ["YWJjYWJjYWJj", "A", "MTIz_-8", ""])
def test_a_token_that_does_not_asks_for_the_id(first: str) -> None:
    for one in (None, DiscordAccess(f"{first}.GaBcDe.x")):
        with pytest.raises(BadConfig, match="--application"):
            application_of(one)


@pytest.fixture
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in (TOKEN, f"{TOKEN}_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_clean")
def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, f" {BOT}\n")
    monkeypatch.setenv("COUNCIL_DISCORD_API_URL", "http://127.0.0.1:1/api")
    monkeypatch.setenv("COUNCIL_DISCORD_GATEWAY_URL", "ws://127.0.0.1:2")
    monkeypatch.setenv("COUNCIL_DISCORD_SHARDS", "1/2")

    settings = load()

    assert settings.discord() == DiscordAccess(
        BOT, "http://127.0.0.1:1/api", "ws://127.0.0.1:2", (range(1, 2), 2)
    )
    assert BOT in settings.keys
    assert BOT not in repr(settings)


@pytest.mark.usefixtures("_clean")
def test_the_token_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{BOT}\n")
    monkeypatch.setenv(f"{TOKEN}_FILE", str(path))

    found = load().discord()

    assert found is not None
    assert found.token == BOT


@pytest.mark.usefixtures("_clean")
def test_a_bad_token_stops_only_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, f"Bot {BOT}")

    settings = load()

    with pytest.raises(BadConfig, match="the bare token"):
        settings.discord()


@pytest.mark.usefixtures("_clean")
def test_the_table_has_defaults_and_bounds(tmp_path: Path) -> None:
    assert (load().file.discord.pins, load().file.discord.discussion) == (20, 20)
    path = tmp_path / "council.toml"
    path.write_text("[discord]\npins = 5\ndiscussion = 0\n")
    assert (load().file.discord.pins, load().file.discord.discussion) == (5, 0)
    for line, wanted in [
        ("discussion = 51", "`discussion` in [discord] must be a whole number from 0 to 50"),
        ("pins = -1", "`pins` in [discord] must be a whole number from 0 to 100"),
        ("pin = 1", "unknown key `pin` in [discord]; did you mean `pins`?"),
    ]:
        path.write_text(f"[discord]\n{line}\n")
        with pytest.raises(BadConfig) as refused:
            load()
        assert wanted in str(refused.value)
        assert "line 2" in str(refused.value)
