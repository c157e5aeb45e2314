"""A Flask site of two pages; the private one checks HTTP Basic credentials with Werkzeug's scrypt."""
from flask import Flask, Response, request
from werkzeug.security import check_password_hash, generate_password_hash

application = Flask(__name__)
with open("site/page.html", "rb") as file:
    PAGE = file.read()
USERS = {"@NAME@": generate_password_hash("@PASSWORD@")}


@application.get("/public")
def public():
    return Response(PAGE, mimetype="text/html")


@application.get("/private")
def private():
    login = request.authorization
    stored = USERS.get(login.username) if login and login.type == "basic" else None
    if stored and check_password_hash(stored, login.password or ""):
        return Response(PAGE, mimetype="text/html")
    return Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Bench"'})
