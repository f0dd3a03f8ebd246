"""People, their handles in other systems, their API tokens."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from knox.models import AbstractAuthToken

from apps.accounts.choices import Role


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(
        self, username: str, password: str | None = None, **fields: Any
    ) -> "Person":
        return self.create_user(username, password, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # knox has no types
    """Somebody who signs in; what they may do comes from their memberships of programmes."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    working_hours = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_administrator(self) -> bool:
        """Administrators see and configure every programme."""
        return self.is_superuser

    @property
    def is_staff(self) -> bool:
        """What Django's admin asks for."""
        return self.is_superuser and self.is_active

    def roles_in(self, programme_id: int | None) -> frozenset[str]:
        """The person's roles in one programme; an administrator has that role everywhere."""
        if self.is_administrator:
            return frozenset({Role.ADMINISTRATOR.value})
        rows = self._memberships().filter(programme_id=programme_id)
        return frozenset(rows.values_list("role", flat=True))

    def roles(self) -> frozenset[str]:
        """The person's roles in any programme: they decide which routes exist for them. Read once
        for each object, that is once for each request."""
        return self._roles

    @cached_property
    def _roles(self) -> frozenset[str]:
        if self.is_administrator:
            return frozenset({Role.ADMINISTRATOR.value})
        return frozenset(self._memberships().values_list("role", flat=True))

    def programme_ids(self) -> "models.QuerySet[Any, Any]":
        """Sub-query of the programmes this person belongs to (not for administrators)."""
        return self._memberships().values("programme_id")

    def only_programme(self) -> int | None:
        """The id of the one programme this person belongs to; None when there are none or more."""
        found = list(self.programme_ids().distinct().values_list("programme_id", flat=True)[:2])
        return found[0] if len(found) == 1 else None

    def _memberships(self) -> "models.QuerySet[Any]":
        # Membership lives in rollouts, above this app; the reverse relation needs no import.
        rows: models.QuerySet[Any] = self.memberships.all()
        return rows


def names_of(usernames: Iterable[str]) -> dict[str, str]:
    """How the people among these actors are called, by username; one query."""
    rows = Person.objects.filter(username__in=set(usernames))
    return dict(rows.exclude(name="").values_list("username", "name"))


class Handle(models.Model):
    """How a person is called in another system, e.g. their Slack user id."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="handles")
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref"], name="handle_names_one_person"),
            models.UniqueConstraint(fields=["person", "kind"], name="one_handle_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}"


class Token(AbstractAuthToken):  # type: ignore[misc]  # knox has no types
    """An API token: only its hash is kept; named, scoped, expiring."""

    name = models.CharField(max_length=80, blank=True)
    scopes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-created"]


class FeedQuerySet(models.QuerySet["Feed"]):
    def standing(self) -> Self:
        """Those nobody has revoked."""
        return self.filter(revoked_at=None)

    def visible_to(self, person: Person) -> Self:
        """A feed is its person's own, whatever their role."""
        return self.filter(person=person)


class Feed(models.Model):
    """A calendar somebody subscribed to: `kind` names who fills it (portal/tables.py FEEDS),
    `subject` what it is about. Its address holds a token, of which only the hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=160)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(digest=""), name="feed_has_a_token"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
