"""A Django site of two pages; the private one checks HTTP Basic credentials, as every such view has to."""
import base64
import binascii

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bench",
)

from django.contrib.auth.hashers import check_password, make_password  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

with open("site/page.html", "rb") as file:
    PAGE = file.read()
USERS = {"@NAME@": make_password("@PASSWORD@")}


def signed_in(request):
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        name, _, password = base64.b64decode(rest).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    # Without a user it spends the same time, and says no.
    return check_password(password, USERS.get(name))


def public(request):
    return HttpResponse(PAGE)


def private(request):
    if signed_in(request):
        return HttpResponse(PAGE)
    return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="Bench"'})


urlpatterns = [path("public", public), path("private", private)]
application = get_wsgi_application()
