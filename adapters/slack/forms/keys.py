"""The window for providers that a workspace brings along."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.forms.parts import Entered, Input, Option, form
from adapters.slack.thread.blocks import (
    Block,
    button,
    divider,
    header,
    plain_text,
    safe,
    section,
    small,
)
from bot.domain import OwnProvider

KEYS = "council_keys"
REMOVE_KEY = "council_remove_key"
TITLE = "Your own providers"
PROVIDER, NAME, BASE_URL, KEY = "provider", "name", "base_url", "key"

_OWN = "own"
# Those whose address the bot knows, as they call themselves.
_KNOWN = {
    "openrouter": "OpenRouter",
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "gemini": "Gemini",
    "mistral": "Mistral",
    "groq": "Groq",
    "xai": "xAI",
    "deepseek": "DeepSeek",
}
_KEY_CHARS = 512
_URL_CHARS = 2000
_NAME_CHARS = 40


def keys_form(providers: Sequence[OwnProvider], ticket: str) -> Block:
    """Show the providers that are there, and let somebody bring one."""
    blocks = [
        *(map(_provider, providers)),
        *([divider()] if providers else []),
        header("Bring one"),
        small("Its models can then sit on the councils of this workspace, at your own cost."),
        *_inputs(),
    ]
    return form(TITLE, KEYS, ticket, blocks, "Bring")


def is_other(entered: Entered) -> bool:
    """Say whether it is none of those whose address is known."""
    return entered.choice(PROVIDER) not in _KNOWN


def entered_name(entered: Entered) -> str:
    """Return the name of the provider that somebody brings."""
    return entered.text(NAME) if is_other(entered) else entered.choice(PROVIDER)


def _inputs() -> list[Block]:
    choices = [
        *(Option(name, label) for name, label in _KNOWN.items()),
        Option(_OWN, "Another one"),
    ]
    provider = Input(PROVIDER, "Provider", placeholder="Choose one", is_optional=False)
    key = Input(
        KEY,
        "Key",
        hint="It is kept encrypted and never shown again. A new one takes its place.",
        is_optional=False,
    )
    name = Input(
        NAME,
        "Name, if it is another one",
        hint="One word, such as our-models.",
        placeholder="our-models",
    )
    url = Input(
        BASE_URL,
        "Address, if it is another one",
        hint="Where it speaks as OpenAI does; it must be reachable from the internet.",
        placeholder="https://llm.example.com/v1",
    )
    return [
        provider.select(choices),
        key.text(most=_KEY_CHARS),
        name.text(most=_NAME_CHARS),
        url.text(most=_URL_CHARS),
    ]


def _provider(provider: OwnProvider) -> Block:
    lines = [f"*{safe(_KNOWN.get(provider.name, provider.name))}* · key …{safe(provider.hint)}"]
    if provider.base_url:
        lines.append(safe(provider.base_url))
    sure = {
        "title": plain_text("Remove this provider?"),
        "text": plain_text(
            f"Its key is deleted, and seats on the models of {provider.name} need another model."
        ),
        "confirm": plain_text("Remove"),
        "deny": plain_text("Keep"),
        "style": "danger",
    }
    remove = button("Remove", REMOVE_KEY, provider.name, style="danger", confirm=sure)
    return {**section("\n".join(lines)), "accessory": remove}
