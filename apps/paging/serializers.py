"""Pages as the API shows them, and what it takes."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.core.periods import WeeklyHours
from apps.paging.models import Notice, Page, PageStep


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """Somebody, or a channel, told; how it went stands among the deliveries."""

    person = serializers.CharField(source="person.username", default=None)
    channel = serializers.CharField()

    class Meta:
        model = Notice
        fields = ["person", "channel", "way"]


class PageStepSerializer(serializers.ModelSerializer[PageStep]):
    """A step that was taken."""

    taken_at = InstantField()
    passed = serializers.ListField(
        child=serializers.CharField(), help_text="Whom it passed over, and why, in words."
    )
    told = NoticeSerializer(source="notices", many=True)

    class Meta:
        model = PageStep
        fields = ["number", "taken_at", "passed", "told"]


class PageSerializer(serializers.ModelSerializer[Page]):
    """An escalation about a subject."""

    programme = serializers.CharField(source="programme.key")
    incident = serializers.CharField(source="incident.number", default=None)
    state = serializers.ChoiceField(choices=["open", "acknowledged", "unanswered"])
    started_at = InstantField()
    due_at = InstantField(help_text="When the next step is due, while it is open.")
    held_until = InstantField(allow_null=True)
    acknowledged_at = InstantField(allow_null=True)
    acknowledged_through = serializers.CharField()
    steps = PageStepSerializer(many=True)

    class Meta:
        model = Page
        fields = ["key", "programme", "cause", "subject", "subject_key", "incident", "words",
                  "state", "started_at", "due_at", "held_until", "acknowledged_at",
                  "acknowledged_by", "acknowledged_through", "steps", "version"]  # fmt: skip
        read_only_fields = fields


class TestPageSerializer(serializers.Serializer[Any]):
    """A test page: the programme may be left out by who belongs to one."""

    __test__ = False  # not one of pytest's

    programme = serializers.CharField(max_length=60, required=False)


class WaySerializer(serializers.Serializer[Any]):
    """One way of the caller's; never its address."""

    key = serializers.CharField()
    name = serializers.CharField(read_only=True)
    is_usable = serializers.BooleanField(
        read_only=True, help_text="Whether there is an address, and a connection that leads there."
    )
    in_work_hours = serializers.BooleanField(required=False, source="way.in_work_hours")
    after_hours = serializers.BooleanField(required=False, source="way.after_hours")


class ToldNowSerializer(serializers.Serializer[Any]):
    """What would happen at this moment."""

    ways = serializers.ListField(child=serializers.CharField())
    is_at_work = serializers.BooleanField()
    is_quiet = serializers.BooleanField(help_text="Then only what is urgent is told.")


class MineSerializer(serializers.Serializer[Any]):
    """How the caller is told."""

    time_zone = serializers.CharField(source="person.time_zone", read_only=True)
    working_hours = serializers.JSONField(source="person.working_hours", read_only=True)
    quiet_hours = serializers.DictField(
        child=serializers.CharField(max_length=200), required=False,
        help_text='Days and their hours, such as {"mon-fri": "22:00-07:00"}.',
    )  # fmt: skip
    ways = WaySerializer(many=True, required=False)
    now = ToldNowSerializer(read_only=True)
    version = serializers.IntegerField(read_only=True)

    def validate_quiet_hours(self, value: dict[str, str]) -> dict[str, str]:
        try:
            WeeklyHours.parse(value)
        except ValueError as problem:
            raise serializers.ValidationError(str(problem)) from problem
        return value
