"""Forms of the roll-out: changes of the schedule, ticks of the checklist, signatures."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q

from apps.accounts.models import Person
from apps.core.forms import PageForm
from apps.core.numbers import whole_number
from apps.rollouts.choices import Call, ChangeKind, Part, Readiness, Way
from apps.rollouts.models import Contact, GoLive, Product, Programme
from apps.rollouts.rules.calendars import YEARS
from apps.rollouts.services import TICKING

KINDS = [(kind.value, kind.label) for kind in ChangeKind if kind != ChangeKind.PLAN]
GROUPS = [("region", "Region by region"), ("state", "State by state"), ("", "As they come")]
WEEK = timedelta(days=7)


class DayField(forms.DateField):
    """A day of a roll-out, from the browser's own field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(
                f"No roll-out knows the year {day.year}: {YEARS[0]} to {YEARS[-1]}."
            )
        return day


class ChangeForm(PageForm):
    """A change of one or many go-lives."""

    go_live = forms.CharField(widget=forms.MultipleHiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200_000)
    kind = forms.ChoiceField(label="What changes", choices=KINDS, initial=ChangeKind.MOVE)
    to = DayField(
        label="To the day", required=False,
        help_text="For a move. Each of them begins on this day.",
    )  # fmt: skip
    weeks = forms.IntegerField(
        label="Or by weeks", required=False, min_value=-104, max_value=104,
        help_text="Each keeps its weekday: 1 is a week later, -1 a week earlier.",
    )  # fmt: skip
    scope = forms.CharField(
        label="What remains", required=False, max_length=200,
        help_text="For a reduced scope, such as: two clinics.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Reason", max_length=1000, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why, so that the site's history tells it."},
    )  # fmt: skip
    decided_by = forms.CharField(
        label="Decided by", max_length=120,
        error_messages={"required": "Say who decided this."},
    )  # fmt: skip
    tell = forms.CharField(
        label="Whom to tell", required=False, max_length=400,
        help_text="Names or roles, with commas between. Announce the change once they were told.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A move needs one of day and weeks, a reduced scope its scope."""
        facts: dict[str, Any] = super().clean() or {}
        kind = facts.get("kind")
        is_read = "to" in facts and "weeks" in facts  # each on its own
        if kind == ChangeKind.MOVE and is_read and bool(facts["to"]) == bool(facts["weeks"]):
            self.add_error("to", "Give a day, or a number of weeks; one of them.")
        if kind == ChangeKind.REDUCE and not facts.get("scope"):
            self.add_error("scope", "Say what remains.")
        return facts

    def wanted(self, rows: Mapping[int, GoLive]) -> dict[int, date | None]:
        """The new day of each go-live by id; None for what is no move."""
        facts = self.cleaned_data
        if facts["kind"] != ChangeKind.MOVE:
            return dict.fromkeys(rows)
        if facts["to"]:
            return dict.fromkeys(rows, facts["to"])
        return {pk: row.starts_on + WEEK * facts["weeks"] for pk, row in rows.items()}

    def versions(self) -> dict[int, int]:
        """In which version each go-live was seen, by id: "7:1,8:3" of the page."""
        pairs = (one.partition(":") for one in self.cleaned_data["seen"].split(","))
        read = ((whole_number(pk), whole_number(version)) for pk, _, version in pairs)
        return {pk: version for pk, version in read if pk is not None and version is not None}

    def told(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["tell"].split(",") if name.strip()]


class ContactForm(PageForm):
    """Somebody to reach at a site."""

    programme = forms.ChoiceField(label="Programme")
    role_label = forms.CharField(
        label="Role", max_length=80, help_text="What they are there for.",
        widget=forms.TextInput({"list": "contact-roles", "autocomplete": "off"}),
        error_messages={"required": "Say what they are there for."},
    )  # fmt: skip
    name = forms.CharField(
        label="Name", max_length=120, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Say how they are called."},
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail", required=False, max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"invalid": "Write the whole address, such as name@example.gov."},
    )  # fmt: skip
    phone = forms.CharField(
        label="Phone", required=False, max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )  # fmt: skip
    teams = forms.CharField(label="Teams", required=False, max_length=120)
    slack = forms.CharField(label="Slack", required=False, max_length=120)
    preferred = forms.ChoiceField(
        label="Reach them by", required=False, choices=[("", "No preference"), *Way.choices]
    )
    product = forms.ChoiceField(label="For", required=False)
    note = forms.CharField(
        label="Note", required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, programmes: Sequence[Programme], products: Iterable[Product],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.programmes = {row.key: row for row in programmes}
        keys = {row.pk: row.key for row in programmes}
        self._products = {
            f"{keys[row.programme_id]}/{row.key}": row for row in products
            if row.programme_id in keys
        }  # fmt: skip
        names: Any = self.fields
        names["product"].choices = [("", "All products"), *self._named(len(programmes) > 1)]
        names["programme"].choices = [(row.key, row.name) for row in programmes]
        if len(programmes) == 1:
            del self.fields["programme"]

    def _named(self, is_mixed: bool) -> list[tuple[str, str]]:
        return [
            (key, f"{row} ({self.programmes[key.partition('/')[0]]})" if is_mixed else str(row))
            for key, row in self._products.items()
        ]

    def chosen(self) -> Programme:
        """The programme it is for; the only one when there is no choice."""
        return self.programmes[self.cleaned_data.get("programme") or next(iter(self.programmes))]

    def columns(self) -> dict[str, Any]:
        facts = self.cleaned_data
        names = ("role_label", "name", *Way.values, "preferred", "note")
        product = self._products.get(facts["product"])
        return {name: facts[name] for name in names} | {"product": product}

    @staticmethod
    def initial_of(row: Contact) -> dict[str, Any]:
        product = f"{row.programme.key}/{row.product.key}" if row.product else ""
        return row.columns() | {"product": product, "version": row.version}


class PlanForm(PageForm):
    """How the planner spreads sites over weeks."""

    first_week = DayField(
        label="First week",
        help_text="Any day of it. Waves begin on its Monday, or after a holiday on the next day.",
    )  # fmt: skip
    pace = forms.IntegerField(label="Sites a week", min_value=1, max_value=500)
    group_by = forms.ChoiceField(label="Grouped", choices=GROUPS, required=False)
    only = forms.CharField(
        label="Only these sites", required=False, max_length=20000,
        widget=forms.Textarea({"rows": 2}),
        help_text="Numbers with spaces or commas between. Empty: all whose go-live has not begun.",
    )  # fmt: skip

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = programme.labels.get("region", "Region")
        self.fields["group_by"].choices = [("region", f"{region} by {region}"), *GROUPS[1:]]  # type: ignore[attr-defined]  # a ChoiceField

    def numbers(self) -> set[str]:
        """Site numbers somebody typed or pasted."""
        return set(self.cleaned_data["only"].replace(",", " ").replace(";", " ").split())


class AgreeForm(PageForm):
    """Why a whole plan is taken over, and who decided it."""

    reason = forms.CharField(label="Reason", max_length=1000, widget=forms.Textarea({"rows": 2}))
    decided_by = forms.CharField(label="Decided by", max_length=120)


ACTS = [("done", "Done"), ("not_applicable", "Not needed"), ("open", "Open again"),
        ("give", "Give to somebody")]  # fmt: skip
WHICH = [("all", "All of them"), ("except", "All except…"), ("only", "Only these…")]


class OwnerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # of persons
    """Somebody of the programme who may tick; empty gives it back to the owner's role."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "Whoever has the role")
        super().__init__(Person.objects.none(), required=False, to_field_name="username", **kwargs)

    def choose_from(self, programme: Programme) -> None:
        mine = Q(memberships__programme=programme, memberships__role__in=TICKING)
        self.queryset = Person.objects.filter(mine, is_active=True).distinct().order_by("name")


class TickForm(PageForm):
    """How an item is to stand, and what shows it."""

    state = forms.ChoiceField(label="It is", choices=Readiness.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label="What shows it", required=False, max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="A link, a list, a ticket. For what is not needed: why.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if facts.get("state") == Readiness.NOT_APPLICABLE and not facts.get("evidence"):
            self.add_error("evidence", "Say why it is not needed.")
        return facts


class OwnerForm(PageForm):
    """Whose item it is."""

    owner = OwnerField(label="Owner")

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choose_from(programme)  # type: ignore[attr-defined]  # ours


class ColumnForm(PageForm):
    """A whole column at once: what becomes of which sites, with one evidence for all."""

    act = forms.ChoiceField(label="They are", choices=ACTS, widget=forms.RadioSelect)
    which = forms.ChoiceField(label="Which", choices=WHICH, widget=forms.RadioSelect)
    numbers = forms.CharField(
        label="Numbers", required=False, max_length=20000, widget=forms.Textarea({"rows": 3}),
        help_text="For “except” and “only”. Paste them as they are: any separator will do.",
    )  # fmt: skip
    product = forms.ModelChoiceField(
        Product.objects.none(), required=False, to_field_name="key", empty_label="Every product"
    )
    evidence = forms.CharField(
        label="What shows it", required=False, max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="The same for all of them. For what is not needed: why.",
    )  # fmt: skip
    owner = OwnerField(label="Give to", help_text="For “give to somebody”.")

    def __init__(
        self, *args: Any, programme: Programme, products: Collection[Product], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choose_from(programme)  # type: ignore[attr-defined]  # ours
        if len(products) < 2:
            del self.fields["product"]
        else:
            named = Product.objects.filter(pk__in=[one.pk for one in products])
            self.fields["product"].queryset = named  # type: ignore[attr-defined]  # a choice of models

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if facts.get("which") in {"except", "only"} and not facts.get("numbers", "").strip():
            self.add_error("numbers", "Paste the numbers.")
        return facts


class SignForm(PageForm):
    """Go or no-go."""

    call = forms.ChoiceField(label="The wave", choices=Call.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label="Comment", required=False, max_length=2000, widget=forms.Textarea({"rows": 2}),
        help_text="A no-go says why.",
    )  # fmt: skip


class DeputyForm(PageForm):
    """Somebody who signs for another up to and including a day."""

    role = forms.ChoiceField(label="Signs as", choices=Part.choices)
    named_by = forms.ModelChoiceField(
        Person.objects.none(), label="Instead of", to_field_name="username", empty_label="Choose"
    )
    person = forms.ModelChoiceField(
        Person.objects.none(), label="Deputy", to_field_name="username", empty_label="Choose"
    )
    until = DayField(label="Last day")

    def __init__(self, *args: Any, programme: Programme, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Person.objects.filter(memberships__programme=programme, is_active=True)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = members.exclude(pk=by.pk).distinct().order_by("name")
        holders = members.filter(memberships__role__in=Part.values).distinct().order_by("name")
        fields["named_by"].queryset = holders
        if not by.is_administrator:  # everybody names their own
            del fields["named_by"]
            mine = by.roles_in(programme.pk)
            fields["role"].choices = [one for one in Part.choices if one[0] in mine]
