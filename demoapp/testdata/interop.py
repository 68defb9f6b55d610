"""A Flask app whose cache the Go side shares: the fixture of interop_test.go.

    python3 interop.py redis://127.0.0.1:6379/0

Each line of standard input is a JSON object, each answer one line:
{"call": "square(4)"} evaluates a call below and says what it returned and
whether a function had to run; {"get": "/page"} requests a view; {"source":
"checked"} is a function's source text.
"""

import datetime
import decimal
import inspect
import json
import sys
import uuid

from flask import Flask, request
from flask_caching import Cache

app = Flask("interop")
app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL=sys.argv[1], CACHE_DEFAULT_TIMEOUT=300)
cache = Cache(app)
ran = []


def did(*args):
    ran.append(args)
    return f"python {args!r}"


@cache.memoize(60)
def square(n):
    return did(n)


@cache.memoize(60)
def report(city, days=0, full=True, unit="cm"):
    return did(city, days, full, unit)


@cache.memoize(60)
def falsy(a=0, b="", c=False, d=None, e=1.5, g=()):
    return did(a, b, c, d, e, g)


@cache.memoize(60)
def greet(name="world", *, loud=False, times=1):
    return did(name, loud, times)


@cache.memoize(60)
def anything(*args, **kwargs):
    return did(args, kwargs)


@cache.memoize(60)
def mixed(a, b=2, *rest, c=3, **more):
    return did(a, b, rest, c, more)


@cache.memoize(60)
def nothing():
    return did()


@cache.memoize(60, args_to_ignore=["token"])
def ignoring(a, token, b=1):
    return did(a, token, b)


@cache.memoize(60, make_name=lambda name: "short")
def renamed(n):
    return did(n)


@cache.memoize(60)
def größe(n):
    return did(n)


@cache.memoize(60, source_check=True)
def checked(n):
    return did(n)


def outer():
    @cache.memoize(60)
    def inner(n):
        return did(n)

    return inner


inner = outer()
anonymous = cache.memoize(60)(lambda n: did(n))


class Basket:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return f"Basket({self.number})"

    @cache.memoize(60)
    def total(self, n=1):
        return did(self, n)

    @classmethod
    @cache.memoize(60)
    def of(cls, n):
        return did(cls, n)

    @staticmethod
    @cache.memoize(60)
    def static(n):
        return did(n)


class Tagged:
    def __init__(self, number):
        self.number = number

    def __caching_id__(self, _):
        return f"tagged-{self.number}"

    @cache.memoize(60)
    def total(self, n):
        return did(self.number, n)


@app.route("/page")
@app.route("/page/<name>")
@cache.cached(60)
def page(name=""):
    return did(name)


@app.route("/home")
@cache.cached(30, key_prefix="homepage")
def home():
    return did()


@app.route("/v2/<name>")
@cache.cached(30, key_prefix="v2:%s")
def versioned(name):
    return did(name)


@app.route("/search")
@cache.cached(30, query_string=True)
def search():
    return did(sorted(request.args.items(multi=True)))


@app.route("/checked")
@cache.cached(30, source_check=True)
def checked_page():
    return did()


app.app_context().push()
client = app.test_client()
print("ready", flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    ran.clear()
    if "call" in ask:
        answer = eval(ask["call"])
        answer = answer if isinstance(answer, str) else repr(answer)
    elif "get" in ask:
        answer = client.get(ask["get"]).get_data(as_text=True)
    else:
        answer = inspect.getsource(getattr(globals()[ask["source"]], "uncached"))
    print(json.dumps({"answer": answer, "ran": bool(ran)}), flush=True)
