"""A real Flask app under a known load.

    python3 flask_load.py redis://127.0.0.1:6379/0

For every line that it reads it asks for pages and calls, and then prints one
JSON object: how often each function was called and how often it ran. What ran
was not in the cache.
"""

import collections
import json
import random
import sys

from flask import Flask
from flask_caching import Cache

app = Flask("shop")
app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL=sys.argv[1], CACHE_DEFAULT_TIMEOUT=60)
cache = Cache(app)
ran = collections.Counter()
called = collections.Counter()


@app.route("/home")
@cache.cached(timeout=30)
def home():
    ran["home"] += 1
    return "Welcome"


@cache.memoize(60)
def price(product):
    ran["price"] += 1
    return product * 1.19


@cache.memoize(60)
def search(query):
    ran["search"] += 1
    return [query, query.upper()]


@cache.memoize(20)
def clock(zone):
    ran["clock"] += 1
    return zone


def ask(function, *args):
    called[function.__name__] += 1
    return function(*args)


rng = random.Random(7)
with app.app_context():
    client = app.test_client()
    print("ready", flush=True)
    for line in sys.stdin:
        ran.clear()
        called.clear()
        for n in range(int(line)):
            ask(price, rng.randrange(8))
            ask(search, f"{rng.randrange(10_000)}")
            if n % 4 == 0:
                called["home"] += 1
                client.get("/home")
            if n % 10 == 0:
                ask(clock, "utc")
            if n == 50:
                cache.delete_memoized(price)
        print(json.dumps({"called": called, "ran": ran}), flush=True)
