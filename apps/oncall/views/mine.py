"""My shifts: what comes next for me, what I am asked, my leave."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.oncall.handing import waiting_for
from apps.oncall.mine import inbox, leave_of, my_shifts
from apps.oncall.models import Rota


@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """The next eight weeks of who asks, in their zone."""
    now, person = clock.now(), request.user
    rotas = list(Rota.objects.visible_to(person).with_facts().select_related("programme"))
    found = inbox(person, now)
    facts = {
        "now": now,
        "rotas": rotas,
        "shifts": my_shifts(rotas, person, found.by_me, now),
        "inbox": found,
        "waiting": waiting_for(person, now),
        "leave": leave_of(person, now),
        "zone": person.time_zone,
    }
    return show(request, "oncall/mine.html", facts, part="oncall/_mine.html")
