"""The browser of a person who installs the app."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import aiohttp
from yarl import URL

_HREF = re.compile(r'href="([^"]+)"')
_FIELD = re.compile(r'name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Page:
    """What the browser shows at the end."""

    url: str
    status: int
    text: str


async def install(install_url: str, authorize_url: str) -> Page:
    """Open the app's page, follow its link to Slack, press the button, and come back.

    The app may also redirect to Slack at once. Its cookies are kept, `Secure` ones as well, as
    browsers do for localhost. If Slack's page refuses, that page is where it ends.
    """
    own = URL(install_url).origin()
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=own)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(install_url) as response:
            page = await _read(response)
        if not page.url.startswith(authorize_url):
            async with browser.get(_find_link(page, authorize_url)) as response:
                page = await _read(response)
        if page.status != 200:
            return page
        fields = {name: html.unescape(value) for name, value in _FIELD.findall(page.text)}
        async with browser.post(authorize_url, data=fields) as response:
            return await _read(response)


def _find_link(page: Page, authorize_url: str) -> URL:
    links = [html.unescape(link) for link in _HREF.findall(page.text)]
    found = [link for link in links if link.startswith(authorize_url)]
    assert found, f"{page.url} ({page.status}) has no link to {authorize_url}: {page.text[:500]}"
    return URL(found[0], encoded=True)


async def _read(response: aiohttp.ClientResponse) -> Page:
    return Page(str(response.url), response.status, await response.text())
