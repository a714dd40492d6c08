"""Modals and Home tabs that are open."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fakes.shapes import Json
from tests.fakes.slack.records import Person, View
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.stamps import Stamps

DEEPEST_STACK = 3  # docs.slack.dev/surfaces/modals


class Views:
    """Every view by id; a person's Home; and a person's stack of modals, the visible one last."""

    def __init__(self, stamps: Stamps) -> None:
        self.by_id: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self._stacks: dict[str, list[View]] = {}
        self._stamps = stamps

    def __iter__(self) -> Iterator[View]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def home(self, person: Person) -> View | None:
        """Give what the person's Home shows."""
        return self.homes.get(person.id)

    def stack(self, person: Person) -> list[View]:
        """Give the person's open modals, the visible one last."""
        return list(self._stacks.get(person.id, []))

    def top(self, person: Person) -> View:
        """Give the modal that the person sees."""
        stack = self.stack(person)
        assert stack, f"{person.name} sees no modal"
        return stack[-1]

    def open(self, person: Person, document: Json) -> View:
        """Open a modal in place of any that the person had open."""
        self.close_all(person)
        return self._push(person, document, None)

    def push(self, person: Person, document: Json) -> View:
        """Lay a modal upon the visible one."""
        stack = self.stack(person)
        if len(stack) >= DEEPEST_STACK:
            refuse("push_limit_reached")
        return self._push(person, document, stack[-1] if stack else None)

    def publish(self, person: Person, document: Json, digest: object) -> View:
        """Set the person's Home."""
        if (home := self.home(person)) is not None:
            return self.update(home, document, digest)
        home = self.homes[person.id] = self._new(person, document, None)
        return home

    def update(self, view: View, document: Json, digest: object) -> View:
        """Replace a view's content; a `digest` that is not its present one is refused."""
        if digest is not None and digest != view.hash:
            refuse("hash_conflict")
        self._take_name(document, view)
        view.document, view.hash = document, self._hash()
        view.versions.append(document)
        return view

    def close(self, view: View) -> None:
        """Take the topmost modal away; the one below is seen again."""
        view.is_open = False
        stack = self._stacks.get(view.person.id, [])
        if view in stack:
            stack.remove(view)

    def reopen(self, view: View) -> None:
        """Lay a modal that was closed upon the visible one, as if both had come at once."""
        view.is_open = True
        self._stacks.setdefault(view.person.id, []).append(view)

    def close_all(self, person: Person) -> None:
        """Take all modals of a person away."""
        for view in self._stacks.pop(person.id, []):
            view.is_open = False

    def _push(self, person: Person, document: Json, below: View | None) -> View:
        view = self._new(person, document, below)
        self._stacks.setdefault(person.id, []).append(view)
        return view

    def _new(self, person: Person, document: Json, below: View | None) -> View:
        self._take_name(document, None)
        name = self._stamps.id("V")
        root = below.root_id if below else name
        previous = below.id if below else None
        view = View(name, person, person.workspace, document, self._hash(), root, previous)
        view.versions.append(document)
        self.by_id[name] = view
        return view

    def _hash(self) -> str:
        return f"{self._stamps.ts()[:-1]}.{self._stamps.number('hash'):06x}"

    def _take_name(self, document: Json, owner: View | None) -> None:
        name = document.get("external_id")
        others = (view for view in self if view is not owner and view.is_open)
        if name and any(view.document.get("external_id") == name for view in others):
            refuse("duplicate_external_id")
