"""Fills a Redis with what Django caches, and prints each key with what is behind it. Argument: a port."""
import json
import sys

import django
import redis
from django.conf import settings

PORT = int(sys.argv[1])


def cache(prefix, **options):
    return {
        "BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:%d/0" % PORT,
        "KEY_PREFIX": prefix, "OPTIONS": options,
    }


settings.configure(
    SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], USE_TZ=True, SESSION_ENGINE="django.contrib.sessions.backends.cache",
    INSTALLED_APPS=["django.contrib.sessions"], MIDDLEWARE=["django.middleware.locale.LocaleMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    CACHES={
        "default": cache(""), "shop": cache("shop"),
        "squeezed": cache("z", COMPRESSOR="django_redis.compressors.zlib.ZlibCompressor"),
        "json": cache("j", SERIALIZER="django_redis.serializers.json.JSONSerializer"),
    })
django.setup()
from django.core.cache import caches  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.cache import cache_page  # noqa: E402
from django.views.decorators.vary import vary_on_headers  # noqa: E402


def page(request):
    return HttpResponse('<a href="/about/">a</a><a href="https://shop.example/list?page=2&amp;q=a">b</a>')


def fragments(request):
    t = engines["django"].from_string("{% load cache %}{% cache 600 side user lang %}x{% endcache %}{% cache 600 top %}y{% endcache %}")
    return HttpResponse(t.render({"user": 7, "lang": "en"}))


urlpatterns = [
    path("", cache_page(600)(page)), path("about/", cache_page(600)(vary_on_headers("Cookie")(page))),
    path("list", cache_page(600, cache="shop", key_prefix="site")(page)), path("fragments/", fragments),
]
R = redis.Redis(port=PORT)
truth = {}


def of(call, **facts):
    had = set(R.keys())
    call()
    for k in set(R.keys()) - had:
        truth[k.decode()] = facts


of(lambda: Client().get("/", HTTP_HOST="shop.example", secure=True), url="https://shop.example/")
of(lambda: Client().get("/about/", HTTP_HOST="shop.example", secure=True), url="https://shop.example/about/")
of(lambda: Client(HTTP_COOKIE="a=1").get("/about/", HTTP_HOST="shop.example", secure=True), url="https://shop.example/about/")
of(lambda: Client(HTTP_ACCEPT_LANGUAGE="de").get("/about/", HTTP_HOST="shop.example", secure=True), url="https://shop.example/about/")
of(lambda: Client().get("/list?page=2&q=a", HTTP_HOST="shop.example", secure=True), url="https://shop.example/list?page=2&q=a")
of(lambda: Client().get("/list?page=3&q=a", HTTP_HOST="shop.example", secure=True), url="https://shop.example/list?page=3&q=a")
of(lambda: Client().get("/fragments/"), fragment=True)
for alias in "default", "shop", "squeezed", "json":
    of(lambda: caches[alias].set("cart", {"a": 1, "text": "x" * 100}), value=True)
of(lambda: caches["default"].set("old", [1]), value=True, older=True)
of(lambda: caches["default"].set("old", [1], version=2), value=True)
print(json.dumps(truth))
