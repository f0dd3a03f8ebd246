"""The page of coming hand-overs: what each will do, and holding it."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.pages import back_to, said, show, warned
from apps.rollouts.handovers import coming
from apps.rollouts.services import UnableToChangeSchedule, hold_hand_over, release_hand_over
from apps.rollouts.views.schedule import chosen_of, programme_of
from apps.rollouts.views.sites import labels_of

HANDLING = frozenset({"engineer", "pm", "dm", "administrator"})


@require_safe
def hand_overs(request: SignedIn) -> HttpResponse:
    """Coming hand-overs of a programme, the next first."""
    now = clock.now()
    programme, programmes = programme_of(request)
    facts = {
        "now": now,
        "programme": programme,
        "programmes": programmes,
        "labels": labels_of(programmes),
        "rows": coming(programme, now) if programme else [],
        "may_write": bool(programme and HANDLING & request.user.roles_in(programme.pk)),
    }
    return show(request, "rollouts/hand_overs.html", facts, part="rollouts/_hand_overs.html")


@require_POST
def hold(request: SignedIn) -> HttpResponse:
    """Hold the hand-over of the named go-lives, or release it (`release`)."""
    rows = chosen_of(request, request.POST.getlist("go_live"))
    if not rows:
        warned(request, "There is no such hand-over.")
        return back_to(request, reverse("hand-overs"))
    first = next(iter(rows.values()))
    need_role(request, first.programme_id)
    page = f"{reverse('hand-overs')}?programme={first.programme.key}"
    who = {"actor": request.user.username, "origin": "page", "now": clock.now()}
    try:
        if "release" in request.POST:
            release_hand_over(go_lives=rows.values(), **who)  # type: ignore[arg-type]  # as named
            said(request, f"The hand-over of {first.site.number} goes its way again.")
        else:
            reason = request.POST.get("reason", "")[:1000]
            hold_hand_over(go_lives=rows.values(), reason=reason, **who)  # type: ignore[arg-type]
            said(request, f"The hand-over of {first.site.number} is held.")
    except UnableToChangeSchedule as problem:
        warned(request, f"{first.site.number}: {problem}.")
    return back_to(request, page)
