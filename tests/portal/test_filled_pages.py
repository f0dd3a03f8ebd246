"""Every role on every page while there is something on it: what they may see is there."""

import pytest

from apps.accounts.choices import Role
from portal.policy import POLICY, PUBLIC, SIGNED_IN
from tests.browser.scene import full_scene
from tests.browser.test_every_page import page_routes, path_of
from tests.pages import at_work

pytestmark = pytest.mark.django_db
ELSEWHERE = {"sign-in", "feed-file"}  # the first sends on who is signed in; the other needs a token
OWN = {  # what is one person's own: the maker's import, the shift of who has it, their ways
    "schedule-import-look": "pam", "cover-ask": "ana", "swap-ask": "ana",
    "my-way-remove": "ana",
}  # fmt: skip
WHO = {"vic": Role.VIEWER, "dev": Role.DEVOPS, "dee": Role.DM, "pam": Role.PM, "ana": Role.ENGINEER}


def test_every_role_opens_the_filled_pages_it_may_see() -> None:
    scene = full_scene()
    paths = {name: path_of(name, scene) for name in page_routes() if name not in ELSEWHERE}
    wrong = []
    for who, role in WHO.items():
        client = at_work(scene.people[who])
        for name, path in paths.items():
            if OWN.get(name, who) != who:
                continue
            rule = POLICY[name]["GET"]
            may = rule in {PUBLIC, SIGNED_IN} or (isinstance(rule, frozenset) and role in rule)
            status = client.get(path).status_code
            if status != (200 if may else 403):
                wrong.append(f"{name} as {who}: {status}")
    assert not wrong, "\n".join(wrong)
