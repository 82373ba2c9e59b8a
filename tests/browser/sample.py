"""Three small pages that try the Chromium fixtures: one as it should be, one with everything wrong, one with a fault of every kind."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

POLICY = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}
GOOD = """<!doctype html><html lang="zh"><head><title>好</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"><script src="/script.js" type="module"></script></head>
<body><main><h1>你好</h1><p id="said">没有脚本</p></main></body></html>"""
BAD = """<!doctype html><html><head><title>坏</title><script>document.title = "跑了"</script></head>
<body><img src="https://elsewhere.test/x.png"><input></body></html>"""
FAULTY = """<!doctype html><html lang="zh-CN" data-mode="elder"><head><title></title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"><script>document.title = "跑了"</script></head><body><main>
<h1>甲</h1><h1>乙</h1><p>写过的话 Save changes</p><button>小</button><input name="nameless">
<table width="500"><tr><td>宽</td></tr></table></main></body></html>"""
SCRIPT = (
    'document.getElementById("said").textContent = `${innerWidth} ${navigator.language} ${document.cookie}`'
)

filled: list[str] = []


async def fill() -> None:
    """Stands for a function that fills the database."""
    filled.append("满")


async def good(request: Request) -> Response:
    return HTMLResponse(GOOD.replace("你好", "".join(filled) or "你好"), headers=POLICY)


async def bad(request: Request) -> Response:
    return HTMLResponse(BAD, headers=POLICY)


async def faulty(request: Request) -> Response:
    return HTMLResponse(FAULTY, headers=POLICY)


async def script(request: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")


app = Starlette(
    routes=[
        Route("/", good),
        Route("/bad", bad),
        Route("/faulty", faulty),
        Route("/script.js", script),
        Route("/healthz", good),
    ]
)
