"""The forms of the inbox page: log, attach, no action, ask back, bind a channel, reply."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Model

from apps.accounts.models import Person
from apps.core.forms import PageForm, needed
from apps.incidents.models import Category, Incident, Queue
from apps.incidents.rules import proposed_title
from apps.intake.models import Message
from apps.intake.offers import Choice, Offers
from apps.intake.rules.replies import LONGEST_POST, question
from apps.intake.services import LogForm, UnableToHandle
from apps.rollouts.models import Product, Programme, Site, Wave

EMPTY: Choice = ("", "–")
LEVELS = [("1", "1 High"), ("2", "2 Medium"), ("3", "3 Low")]
SEVERITIES = {1: "Severity 1", 2: "Severity 2", 3: "Severity 3"}
NO_SITE = "Give the site's number, or say that it concerns no single site."
STALE = "It changed since you opened it: look at the thread, then send again."


class MessageForm(PageForm):
    """A form about one message, written against the version that was shown."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)

    def refuse(self, problem: UnableToHandle) -> None:
        """Put what the service said beside the field it names."""
        if problem.field == "version":
            self.add_error(None, STALE)
        else:
            words = str(problem)
            name = problem.field if problem.field in self.fields else None
            self.add_error(name, f"{words[:1].upper()}{words[1:]}.")


def _select(label: str, *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required)


class LogMessageForm(MessageForm):
    """One step to a ticket: what was proposed, to be confirmed or changed."""

    title = forms.CharField(label="Title", max_length=200, error_messages=needed("Enter a title."))
    site = forms.CharField(
        label="Site",
        max_length=12,
        widget=forms.TextInput(attrs={"placeholder": "Number, or type a name"}),
        error_messages=needed(NO_SITE),
    )
    without_site = forms.BooleanField(label="It concerns no single site", required=False)
    product = _select("Product")
    category = _select("Category")
    severity = _select("Severity", required=True)
    queue = _select("Queue")
    assignee = _select("Assignee")
    impact = _select("Impact")
    urgency = _select("Urgency")
    main = ("product", "category", "severity")
    more = ("queue", "assignee", "impact", "urgency")

    def __init__(self, *args: Any, message: Message, offers: Offers, **kwargs: Any) -> None:
        super().__init__(*args, initial=_proposed(message), auto_id="log_%s", **kwargs)
        self.fields["title"].widget.attrs["autocomplete"] = "off"
        self.fields["site"].required = not self.data.get("without_site")
        offered = {
            "product": _optional(message.product_id, offers.products),
            "category": _optional(message.category_id, offers.categories),
            "severity": _severities(message.programme),
            "queue": _optional(message.queue_id, offers.queues),
            "assignee": [("", "Whoever is on duty"), *offers.people],
            "impact": [("", "As the severity says"), *LEVELS],
            "urgency": [("", "As the severity says"), *LEVELS],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_site(self) -> Site | None:
        number = self.cleaned_data["site"].strip()
        if not number:
            return None
        site = Site.objects.filter(number__iexact=number).first()
        if site is None:
            raise forms.ValidationError(f"No site has the number {number}.")
        return site

    def filled(self) -> LogForm:
        """What the service takes, once the form is valid."""
        given = self.cleaned_data
        return LogForm(
            title=given["title"],
            site=None if given["without_site"] else given["site"],
            without_site=given["without_site"],
            product=_row(Product, given["product"]),
            category=_row(Category, given["category"]),
            queue=_row(Queue, given["queue"]),
            assignee=_row(Person, given["assignee"]),
            severity=int(given["severity"]),
            impact=int(given["impact"]) if given["impact"] else None,
            urgency=int(given["urgency"]) if given["urgency"] else None,
            version=given["version"],
        )


def _optional(proposed: int | None, choices: list[Choice]) -> list[Choice]:
    """Nothing may be chosen only where nothing was proposed: nothing means "as proposed"."""
    return choices if proposed else [EMPTY, *choices]


def _proposed(message: Message) -> dict[str, Any]:
    return {
        "title": proposed_title(message.text),
        "site": message.site.number if message.site else "",
        "product": message.product_id or "",
        "category": message.category_id or "",
        "severity": message.severity,
        "queue": message.queue_id or "",
        "version": message.version,
    }


def _severities(programme: Programme | None) -> list[Choice]:
    """In the programme's own words where it has some."""
    rows = programme.severities if programme else []
    own = {row["level"]: _severity(row) for row in rows}
    return [(str(level), own.get(level, words)) for level, words in SEVERITIES.items()]


def _severity(row: dict[str, Any]) -> str:
    """The number that everybody uses, the programme's word for it and what it means by it."""
    label = str(row["label"])
    named = label if str(row["level"]) in label else f"{row['level']} {label}"
    return f"{named}: {row['meaning']}" if row.get("meaning") else named


def _row(model: type[Model], pk: str) -> Any:
    """The row that was chosen; the choices were those of the programme."""
    return model._default_manager.filter(pk=pk).first() if pk else None


class AttachForm(MessageForm):
    """The ticket it belongs to."""

    incident = forms.CharField(
        label="Ticket",
        max_length=24,
        help_text="Its number, as in RC-12; type to search.",
        error_messages=needed("Enter the ticket's number."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


class DismissForm(MessageForm):
    """Why nothing is to be done: one of the usual reasons, or own words."""

    reason = forms.CharField(
        label="Another reason", max_length=300, error_messages=needed("Give a reason.")
    )


class AskForm(MessageForm):
    """A question into the thread, from a template."""

    text = forms.CharField(
        label="Question",
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 8, "autofocus": True}),
        error_messages=needed("Write the question."),
    )
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        labels = message.programme.labels if message.programme else {}
        start = {"text": question(labels), "token": uuid4().hex, "version": message.version}
        super().__init__(*args, initial=start, auto_id="ask_%s", **kwargs)


class BindForm(PageForm):
    """What a channel is about."""

    programme = forms.ChoiceField(label="Programme")
    site = forms.CharField(label="Site", max_length=12, required=False,
                           help_text="When it belongs to one site.")  # fmt: skip
    wave = forms.IntegerField(label="Wave", min_value=1, required=False)

    def __init__(self, *args: Any, programmes: Sequence[Programme], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="bind_%s", **kwargs)
        self._programmes = {str(one.pk): one for one in programmes}
        self.fields["programme"].choices = [(pk, str(one)) for pk, one in self._programmes.items()]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_programme(self) -> Programme:
        return self._programmes[self.cleaned_data["programme"]]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if number := given.get("site"):
            given["site"] = Site.objects.filter(number__iexact=number.strip()).first()
            if given["site"] is None:
                self.add_error("site", f"No site has the number {number}.")
        if (wave := given.get("wave")) and "programme" in given:
            waves = Wave.objects.filter(programme=given["programme"], number=wave)
            given["wave"] = waves.first()
            if given["wave"] is None:
                self.add_error("wave", f"There is no wave {wave}.")
        return given


class ReplyForm(PageForm):
    """An answer from the ticket's page into the threads of its messages."""

    text = forms.CharField(
        label="Answer in the thread",
        max_length=LONGEST_POST,
        help_text="Everybody in the channel reads it; personal data is masked.",
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "t", "aria-keyshortcuts": "t"}),
    )
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"token": uuid4().hex})
        super().__init__(*args, auto_id=f"reply_{incident.pk}_%s", **kwargs)
