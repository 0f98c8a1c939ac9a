"""JSON forms: errors in JSON that only a framework writes in this form.

Sources: FastAPI's and Django REST framework's exception handlers (captured); Spring
Boot's `DefaultErrorAttributes` and health endpoint; the error objects of Fastify and
NestJS; ASP.NET's `ProblemDetails`.
"""

_TEXT = r'"[^"]*"'
_DETAIL = rf'\A\s*\{{\s*"detail":\s*(?:{_TEXT}|\[\{{)'
_SPRING = (
    rf'\A\s*\{{\s*"timestamp":\s*(?:\d+|{_TEXT}),\s*(?:"path":\s*{_TEXT},\s*)?'
    r'"status":\s*\d{3},\s*"error":\s*"'
)
_NODE = (
    rf'\A\s*\{{\s*"statusCode":\s*\d{{3}},\s*(?:"code":\s*{_TEXT},\s*)?'
    rf'(?:"error":\s*{_TEXT},\s*"message"|"message":\s*{_TEXT},\s*"error"):'
    rf'|\A\s*\{{\s*"message":\s*{_TEXT},\s*"error":\s*{_TEXT},\s*"statusCode":'
)
_PROBLEM = (
    r'\A\s*\{\s*"type":\s*"https://tools\.ietf\.org/html/rfc\d+#[^"]*",\s*'
    r'"title":[\s\S]{0,300}"traceId":\s*"'
)
_HEALTH = r'\A\s*\{\s*"status":\s*"(?:DOWN|OUT_OF_SERVICE)"\s*[,}]'
SHAPES = (
    ("`detail` alone, as FastAPI and Django REST framework write errors", _DETAIL),
    ("`timestamp`, `status` and `error`, as Spring Boot writes errors", _SPRING),
    ("`statusCode`, `error` and `message`, as Fastify and NestJS do", _NODE),
    ("`traceId` in a problem object, as ASP.NET writes errors", _PROBLEM),
    ("the status of Spring Boot's health endpoint", _HEALTH),
)
"""Forms of JSON that only a framework writes: a text, and the pattern of a body."""
