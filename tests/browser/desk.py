"""The inbox as somebody has it before them in a browser, and what they press."""

from typing import Any

from playwright.sync_api import Page, expect

from apps.intake.models import Message

SEEN = 5000  # ms until something must be there


class Desk:
    """The inbox as Ana has it before her; complaints of the browser's console are kept."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))

    def _heard(self, said: Any) -> None:
        # A refused form is answered with 422, which Chromium calls an error.
        if said.type in {"error", "warning"} and "422" not in said.text:
            self.complaints.append(said.text)

    def open(self, path: str = "/inbox/") -> "Desk":
        self.page.goto(self.url + path)
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def has_chosen(self, message: Message) -> None:
        """The message stands beside the list, its row is current, the address names it."""
        expect(self.page.locator("#inbox-message")).to_have_attribute(
            "data-message", str(message.pk), timeout=SEEN
        )
        row = self.page.locator(f"#row-{message.pk}")
        expect(row).to_have_attribute("aria-current", "true", timeout=SEEN)

    def refresh(self, *parts: str) -> None:
        """Parts are fetched again and morphed into place, as a live update does it."""
        for part in parts:
            self.page.evaluate(
                "async (id) => { const one = document.getElementById(id);"
                " await htmx.ajax('GET', one.dataset.liveUrl, {target: one, swap: 'outerMorph'}) }",
                part,
            )

    def has_focus(self, selector: str) -> None:
        expect(self.page.locator(selector)).to_be_focused(timeout=SEEN)

    def says(self, words: str) -> None:
        expect(self.page.locator("#toasts")).to_contain_text(words, timeout=SEEN)
