"""Reading contacts for the page of a site: who is there, and what the reader may change."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.rollouts.forms import ContactForm
from apps.rollouts.models import Contact, Product, Programme, Site

WRITING = (Role.ENGINEER, Role.PM, Role.DM)  # and administrators, everywhere
USUAL = ("Point of contact", "{region} manager", "Trainer", "Supervisor")


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact; `form` is there for those who may change it."""

    row: Contact
    form: ContactForm | None

    @property
    def key(self) -> str:
        return str(self.row.pk)


@dataclass(frozen=True)
class ContactsShown:
    """Contacts of a site in the programmes of who reads, by programme."""

    groups: list[tuple[Programme, list[ContactShown]]]
    add_form: ContactForm | None
    roles: list[str]

    @property
    def count(self) -> int:
        return sum(len(rows) for _, rows in self.groups)

    @property
    def forms(self) -> list[ContactShown]:
        return [one for _, rows in self.groups for one in rows if one.form]


def contacts_at(site: Site, person: Person) -> list[Contact]:
    """The standing contacts of a site that a person may see, by programme and role."""
    rows: Any = Contact.objects.visible_to(person).standing().filter(site=site)
    rows = rows.select_related("programme", "product", "site")
    return list(rows.order_by("programme__key", "role_label", "name", "id"))


def contacts_shown(site: Site, person: Person, labels: dict[str, str]) -> ContactsShown:
    """In a constant number of queries."""
    writable = writing_in(person)
    products = products_of(writable)
    rows, groups = contacts_at(site, person), dict[Programme, list[ContactShown]]()
    for row in rows:
        form = _form(row, products) if row.programme in writable else None
        groups.setdefault(row.programme, []).append(ContactShown(row, form))
    first = first_here(writable, site)
    add_form = ContactForm(programmes=first, products=products) if writable else None
    return ContactsShown(list(groups.items()), add_form, roles_known(writable, labels))


def products_of(programmes: list[Programme]) -> list[Product]:
    return list(Product.objects.filter(programme__in=programmes))


def _form(row: Contact, products: list[Product]) -> ContactForm:
    return ContactForm(
        initial=ContactForm.initial_of(row), programmes=[row.programme], products=products,
        auto_id=f"contact-{row.pk}-%s",
    )  # fmt: skip


def writing_in(person: Person) -> list[Programme]:
    """The programmes in which a person may change contacts."""
    rows = Programme.objects.visible_to(person)
    if not person.is_administrator:
        mine = {"memberships__person": person, "memberships__role__in": WRITING}
        rows = rows.filter(**mine).distinct()
    return list(rows)


def first_here(programmes: list[Programme], site: Site) -> list[Programme]:
    """Those with a go-live here first: the form offers the first."""
    here = set(site.go_lives.values_list("programme_id", flat=True)) if programmes[1:] else set()
    return sorted(programmes, key=lambda row: row.pk not in here)


def roles_known(programmes: list[Programme], labels: dict[str, str]) -> list[str]:
    """Words for roles: those in use, and some usual ones."""
    rows = Contact.objects.standing().filter(programme__in=programmes)
    used = set(rows.order_by().values_list("role_label", flat=True).distinct())
    return sorted(used | {words.format(**labels) for words in USUAL})
