"""One decision about the schedule, with all go-lives it is about."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core.pages import show
from apps.core.paging import page_of
from apps.rollouts.models import ScheduleChange

SIZE = 100


@require_safe
def changed_go_lives(request: SignedIn, pk: int) -> HttpResponse:
    """All go-lives of a change, a hundred a page."""
    changes = ScheduleChange.objects.visible_to(request.user).select_related("programme")
    row: ScheduleChange = get_object_or_404(changes, pk=pk)
    items = row.items.select_related("go_live__site", "go_live__product", "from_wave", "to_wave")
    page = page_of(items, column="id", is_down=False, query=request.GET.dict(), size=SIZE)
    facts = {
        "row": row,
        "count": row.items.count(),
        "programme": row.programme,
        "items": page.rows,
        "newer": f"?{page.newer}" if page.newer else "",
        "older": f"?{page.older}" if page.older else "",
    }
    return show(request, "rollouts/change_items.html", facts, part="rollouts/_change_items.html")
