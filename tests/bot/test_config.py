from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings, Wish, load, local_council, presets, rehearsal_council, seat
from bot.domain import Deadlines, Mode, PlaceSettings, Seat, Shown
from bot.errors import BadConfig
from bot.llm.providers import KNOWN

EXAMPLE = """\
[providers.work]
kind = "openai"
base_url = "http://127.0.0.1:9009/v1"
api_key_env = "WORK_KEY"
concurrency = 8
requests_per_minute = 60

[council]
members = [
  "work/model-a",
  "work/model-b",
  { name = "Sceptic", model = "work/model-b", persona = "Doubt.", fallbacks = ["work/model-c"] },
]
chairman = "work/model-c"
mode = "thorough"
revision = "off"
show = "answers"
language = "German"
instructions = "Small steps."

[deadlines]
soft_min = 5
call = 60.5
deliberation = 300

[limits]
question_chars = 500
"""


_SETTINGS = ("CONFIG", "DATABASE_URL", "DATA_DIR", "LOG_LEVEL", "LOG_FORMAT")


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no file, an empty home."""
    names = [f"COUNCIL_{name}" for name in _SETTINGS]
    names += [known.key_name for known in KNOWN.values() if known.key_name]
    for name in [*names, "WORK_KEY", "XDG_CONFIG_HOME", "XDG_DATA_HOME"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def loaded(text: str) -> Settings:
    Path("council.toml").write_text(text)
    return load()


def fault(text: str, wish: Wish | None = None) -> str:
    with pytest.raises(BadConfig) as caught:
        seat(loaded(text), wish or Wish())
    return str(caught.value)


def test_the_example_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK_KEY", "key-1")

    settings = loaded(EXAMPLE)
    seating = seat(settings, Wish())

    provider = settings.providers["work"]
    assert (provider.kind, provider.api_key, provider.key_name) == ("openai", "key-1", "WORK_KEY")
    assert (provider.concurrency, provider.requests_per_minute) == (8, 60)
    assert settings.file.limits.question_chars == 500
    assert seating is not None
    assert seating.council.members == (
        Seat("model-a", "work/model-a"),
        Seat("model-b", "work/model-b"),
        Seat("Sceptic", "work/model-b", "Doubt.", ("work/model-c",)),
    )
    assert seating.council.chairman == Seat("model-c", "work/model-c")
    assert seating.council.mode is Mode.THOROUGH
    assert not seating.council.is_revising
    assert seating.council.shown is Shown.ANSWERS
    assert (seating.council.language, seating.council.instructions) == ("German", "Small steps.")
    assert seating.council.deadlines == Deadlines(5, 60.5, 300)
    assert not seating.is_rehearsal


def test_a_bare_machine_has_no_council_and_keeps_its_data_at_home(tmp_path: Path) -> None:
    settings = load()

    assert seat(settings, Wish()) is None
    assert settings.source is None
    assert settings.data_dir == tmp_path / "home/.local/share/council"
    assert settings.database_url == f"sqlite:///{settings.data_dir}/council.db"


def test_the_environment_names_file_data_and_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.toml").write_text("[limits]\nquestion_chars = 7\n")
    monkeypatch.setenv("COUNCIL_CONFIG", str(tmp_path / "other.toml"))
    monkeypatch.setenv("COUNCIL_DATA_DIR", str(tmp_path / "data"))

    settings = load()

    assert settings.file.limits.question_chars == 7
    assert settings.database_url == f"sqlite:///{tmp_path}/data/council.db"
    monkeypatch.setenv("COUNCIL_DATABASE_URL", "postgresql://ada:secret@db/council")
    assert load().database_url == "postgresql://ada:secret@db/council"
    assert "secret" not in repr(load())


def test_the_databases_address_may_come_from_a_file_and_its_password_is_no_word_for_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text("postgresql://ada:sec%2Fret@db/council\n")
    monkeypatch.setenv("COUNCIL_DATABASE_URL_FILE", str(tmp_path / "url"))

    settings = load()

    assert settings.database_url == "postgresql://ada:sec%2Fret@db/council"
    assert {"sec%2Fret", "sec/ret"} <= settings.keys


def test_log_lines_are_logfmt_unless_json_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().log_format == "logfmt"

    monkeypatch.setenv("COUNCIL_LOG_FORMAT", "JSON")

    assert load().log_format == "json"


def test_health_and_metrics_are_served_where_the_operator_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (load().admin_host, load().admin_port) == ("127.0.0.1", None)

    monkeypatch.setenv("COUNCIL_ADMIN_HOST", "0.0.0.0")  # noqa: S104 - only read
    monkeypatch.setenv("COUNCIL_ADMIN_PORT", "9464")

    assert (load().admin_host, load().admin_port) == ("0.0.0.0", 9464)  # noqa: S104 - only read


def test_a_log_level_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_LOG_LEVEL", "DEBUG")

    assert load().log_level == "debug"


def test_the_users_own_file_is_the_last_resort(tmp_path: Path) -> None:
    folder = tmp_path / "home/.config/council"
    folder.mkdir(parents=True)
    (folder / "council.toml").write_text("[limits]\nquestion_chars = 9\n")

    assert load().file.limits.question_chars == 9


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("COUNCIL_CONFIG", "nowhere.toml", "COUNCIL_CONFIG names nowhere.toml, but there is no"),
        ("COUNCIL_LOG_LEVEL", "loud", "COUNCIL_LOG_LEVEL must be debug, info"),
        ("COUNCIL_LOG_FORMAT", "xml", "COUNCIL_LOG_FORMAT must be logfmt or json"),
        ("COUNCIL_ADMIN_PORT", "70000", "COUNCIL_ADMIN_PORT must be a number from 0 to 65535"),
        ("OPENAI_API_KEY", "sk-with\nbreak", "OPENAI_API_KEY holds characters that no key has"),
        ("OPENAI_API_KEY_FILE", "nowhere", "OPENAI_API_KEY_FILE names nowhere, which cannot be"),
    ],
)
def test_a_wrong_variable_is_named(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(BadConfig, match=words):
        load()


def test_a_key_may_come_from_a_file_or_stand_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("sk-file\n")
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(tmp_path / "key"))

    settings = loaded('[providers.anthropic]\napi_key = "sk-table"\n')

    assert settings.providers["openai"].api_key == "sk-file"
    assert settings.providers["anthropic"].api_key == "sk-table"
    assert settings.keys == {"sk-file", "sk-table"}
    assert "sk-" not in repr(settings)


def test_a_provider_of_ones_own_finds_its_usual_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_LAB_API_KEY", "k1")

    provider = loaded('[providers.my-lab]\nbase_url = "http://lab/v1/"\n').providers["my-lab"]

    assert (provider.api_key, provider.base_url) == ("k1", "http://lab/v1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[council]\nmembers = ["a/b"\nmode =', "council.toml, line 3: this is not TOML"),
        ("[council", "council.toml, line 1: this is not TOML: `[council`"),
        ('x = "unclosed', "line 1: this is not TOML"),
        (
            '[council]\n\nmembrs = ["a/b"]\n',
            "line 3: unknown key `membrs` in [council]; did you mean `members`?",
        ),
        ("\n[counsil]\n", "line 2: unknown key `counsil`; did you mean `council`?"),
        ("[council]\nzzz = 1", "line 2: unknown key `zzz` in [council]; known are chairman, "),
        (
            '[council]\nmode = "slow"',
            'line 2: `mode` in [council] must be "fast", "standard" or "thorough".',
        ),
        ('[council]\nrevision = "on"', 'line 2: `revision` in [council] must be "auto" or "off".'),
        (
            '[council]\nshow = "some"',
            'line 2: `show` in [council] must be "everything", "answers" or "final".',
        ),
        (
            '[council]\nlanguage = ""',
            "line 2: `language` in [council] must be the name of a language",
        ),
        ("[council]\nmembers = 3", "line 2: `members` in [council] must be a list of models."),
        (
            '[council]\nmembers = [\n  "a/b",\n  { name = "x", modle = "a/b" },\n]',
            "line 4: unknown key `modle` in [council.members]; did you mean `model`?",
        ),
        (
            '[council]\nmembers = [\n  { name = "x" },\n]',
            "line 2: `model` is missing in [council.members].",
        ),
        (
            "[deadlines]\ncall = -1",
            "line 2: `call` in [deadlines] must be a number of seconds above 0.",
        ),
        (
            "[retention]\ndays = 0",
            "line 2: `days` in [retention] must be a whole number of days from 1 to 36500.",
        ),
        (
            "[limits]\nusd_day = -1",
            "line 2: `usd_day` in [limits] must be a number of dollars, 0 or more.",
        ),
        (
            "[limits]\nusd_month = inf",
            "line 2: `usd_month` in [limits] must be a number of dollars, 0 or more.",
        ),
        (
            "[limits]\ncouncils_day = 1.5",
            "line 2: `councils_day` in [limits] must be a whole number, 0 or more.",
        ),
        (
            "[limits]\nquestions_per_hour = 0",
            "line 2: `questions_per_hour` in [limits] must be a whole number above 0.",
        ),
        (
            '[limits]\nunknown_prices = "ignore"',
            'line 2: `unknown_prices` in [limits] must be "count" or "refuse".',
        ),
        (
            '[limits]\n# a comment\nquestion_chars = "many"',
            "line 3: `question_chars` in [limits] must be a whole number above 0.",
        ),
        (
            '[providers.work]\nbase_url = "http://x"\nkind = "grpc"',
            'line 3: `kind` in [providers.work] must be "openai" or "anthropic".',
        ),
        ("[providers]\nwork = 3", "line 2: `work` in [providers] must be a table."),
        ("[providers.work]\n", "council.toml: [providers.work] has no `base_url`"),
        ('[providers.work]\nbase_url = "lab"', "must begin with http:// or https://"),
    ],
)
def test_a_broken_file_is_reported_with_its_line(text: str, words: str) -> None:
    assert words in fault(text)


def test_a_file_that_is_no_text_is_said_so() -> None:
    Path("council.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(BadConfig, match="not UTF-8"):
        load()


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("opnai/gpt", "`opnai/gpt`: there is no provider `opnai`; did you mean `openai`?"),
        ("zz/gpt", "there is no provider `zz`; known are anthropic, deepseek,"),
        ("gpt-6", "`gpt-6` is no model: write provider/model-id"),
        ("openai/", "`openai/` is no model"),
        ("openai/gpt", "OPENAI_API_KEY is not set, and `openai/gpt` needs it"),
        ("rehearsal/alder", "Rehearsal models cannot sit with real ones"),
    ],
)
def test_a_model_that_cannot_sit_is_one_sentence(model: str, words: str) -> None:
    assert words in fault("", Wish(members=("ollama/llama", model)))
    assert words in fault("", Wish(members=("ollama/llama",), chairman=model))
    assert words in fault(
        f'[council]\nmembers = [{{ model = "ollama/x", fallbacks = ["{model}"] }}]\n'
    )


def test_a_council_has_at_most_nine_members() -> None:
    assert "at most 9 members, not 10" in fault("", Wish(members=("ollama/x",) * 10))


def test_a_chairman_alone_is_no_council() -> None:
    assert "no member" in fault("", Wish(chairman="ollama/x"))


def test_a_single_member_is_warned_about() -> None:
    seating = seat(load(), Wish(members=("ollama/x",)))

    assert seating is not None
    assert "one member only" in seating.warnings[0]


def test_equal_names_are_numbered() -> None:
    seating = seat(load(), Wish(members=("ollama/x", "vllm/x", "ollama/x")))

    assert seating is not None
    assert [member.name for member in seating.council.members] == ["x", "x 2", "x 3"]


def test_a_wish_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK_KEY", "key-1")
    wish = Wish(("ollama/x", "ollama/y"), "ollama/z", Mode.FAST)

    seating = seat(loaded(EXAMPLE), wish)

    assert seating is not None
    assert [member.model for member in seating.council.members] == ["ollama/x", "ollama/y"]
    assert seating.council.chairman.model == "ollama/z"
    assert seating.council.mode is Mode.FAST


@pytest.mark.parametrize(
    ("keys", "providers"),
    [
        (["OPENROUTER_API_KEY", "OPENAI_API_KEY"], ["openrouter"] * 4),
        (["OPENAI_API_KEY"], ["openai"] * 2),
        (["GROQ_API_KEY", "OPENAI_API_KEY", "XAI_API_KEY"], ["openai", "xai", "groq"]),
    ],
)
def test_a_key_alone_makes_a_council(
    keys: list[str], providers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in keys:
        monkeypatch.setenv(key, "k" * 20)

    seating = seat(load(), Wish())

    assert seating is not None
    assert [member.model.split("/")[0] for member in seating.council.members] == providers
    assert seating.council.chairman.model.split("/")[0] == providers[0]


def test_local_models_sit_when_there_are_some() -> None:
    found = local_council(load(), [f"ollama/m{number}" for number in range(5)], Wish())

    assert found is not None
    assert [member.name for member in found.council.members] == ["m0", "m1", "m2"]
    assert not found.is_rehearsal
    assert local_council(load(), [], Wish()) is None


def test_a_rehearsal_is_marked_as_one() -> None:
    seating = rehearsal_council(load(), Wish(mode=Mode.FAST))
    wished = seat(load(), Wish(members=("rehearsal/alder", "rehearsal/birch")))

    assert seating.is_rehearsal
    assert seating.council.mode is Mode.FAST
    assert wished is not None
    assert wished.is_rehearsal
    assert wished.council.chairman.model == "rehearsal/maple"


def test_presets_set_what_they_name_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk")
    settings = loaded(
        '[presets.lean]\nmembers = ["openai/a", "openai/a"]\nmode = "fast"\n'
        '[presets.quiet]\nrevision = "off"\nshow = "final"\nlanguage = "German"\n'
        'chairman = { name = "Chair", model = "openai/b", persona = "Be short." }\n'
    )

    assert presets(settings) == {
        "lean": PlaceSettings(
            members=(Seat("a", "openai/a"), Seat("a 2", "openai/a")), mode=Mode.FAST
        ),
        "quiet": PlaceSettings(
            chairman=Seat("Chair", "openai/b", "Be short."),
            is_revising=False,
            shown=Shown.FINAL,
            language="German",
        ),
    }
    assert presets(loaded("")) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[presets.lean]\nmdoe = "fast"', "line 2: unknown key `mdoe` in [presets.lean]; did you"),
        ('[presets.lean]\nmode = "fats"', "line 2: `mode` in [presets.lean] must be"),
        ('[presets."two words"]\nmode = "fast"', "[presets]: `two words` is no name for a preset"),
        ('[presets.Lean]\nmode = "fast"', "[presets]: `Lean` is no name for a preset"),
        ('[presets.one]\nmembers = ["openai/a"]', "[presets.one]: A council has 2 to 9 members"),
        ('[presets.one]\nchairman = "openia/a"', "no provider `openia`; did you mean `openai`?"),
        ('[presets.one]\nchairman = "openai/a"', "OPENAI_API_KEY is not set"),
    ],
)
def test_a_wrong_preset_is_named(text: str, words: str) -> None:
    with pytest.raises(BadConfig) as caught:
        presets(loaded(text))

    assert words in str(caught.value)
