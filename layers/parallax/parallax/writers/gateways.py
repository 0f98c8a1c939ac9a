"""API gateways and clouds' load balancers: their own errors, mostly in JSON.

Sources: AWS's "Gateway responses in API Gateway" and "HTTP API troubleshooting"; the
Classic Load Balancer's page on its reason phrases; Apigee's fault format and runtime
error catalog; Tyk's `gateway/handler_error.go` and the responses in its documentation;
KrakenD's documentation on response headers; Azure API Management's policy errors;
Skipper's `proxy.go` (`addBranding`) and its tutorial on limits; responses of IBM API
Connect in its documentation; Cloud Foundry's gorouter, `handlers/lookup.go` and
`proxy/round_tripper/error_handler.go`.
A message that an app may write too does not decide without a header of the gateway.
"""

from parallax.writers.mark import Family, own, through
from parallax.writers.response import Response

_MESSAGE = r'\A\s*\{\s*"[Mm]essage":\s*"'
_AWS = (
    rf"{_MESSAGE}(?:Internal [Ss]erver [Ee]rror|Forbidden|Unauthorized|Not Found"
    r"|Missing Authentication Token|Service Unavailable|Endpoint request timed out"
    r"|Too Many Requests|Limit Exceeded|Network error communicating with endpoint"
    r"|Request Too Long|Unsupported Media Type"
    r"|User is not authorized to access this resource[^\"]*"
    r"|The security token included in the request is [^\"]*)\"\s*\}"
)


def _aws_ids(response: Response) -> bool:
    """Whether the ids of AWS API Gateway are there."""
    return bool({"apigw-requestid", "x-amz-apigw-id"} & response.by_name.keys())


AWS_API_GATEWAY = Family(
    name="aws-api-gateway",
    hop="load-balancer",
    marks=(
        own(
            text="a message of AWS API Gateway, with its request id",
            body=_AWS,
            test=_aws_ids,
        ),
        own(
            text="a message of AWS API Gateway, with X-Amzn-ErrorType",
            headers=(("x-amzn-errortype", ""),),
            body=_AWS,
        ),
        own(
            text="API Gateway's message for a failed integration, with an id of AWS "
            "and CloudFront, which is in front of its edge-optimized endpoints",
            status_codes=(500, 502, 504),
            headers=(("x-amzn-requestid", ""), ("x-amz-cf-id", "")),
            body=rf"{_MESSAGE}(?:Internal server error|Endpoint request timed out)\"",
        ),
        own(
            text="X-Amzn-ErrorType with API Gateway's id: a gateway response",
            headers=(("x-amzn-errortype", ""),),
            test=_aws_ids,
        ),
        own(
            text="API Gateway's sentence for an authorizer that denies",
            status_codes=(403,),
            body=rf"{_MESSAGE}User is not authorized to access this resource with an "
            r"explicit deny",
        ),
        own(
            text="`Missing Authentication Token`: API Gateway knows no such method",
            status_codes=(403,),
            body=rf"{_MESSAGE}Missing Authentication Token\"\s*\}}",
        ),
        through(
            text="an id of AWS API Gateway: the response passed through it",
            test=_aws_ids,
        ),
    ),
)
AWS_LAMBDA = Family(
    name="aws-lambda",
    hop="unknown",
    marks=(
        own(
            text="the sentence of a Lambda function's URL that rejects a request",
            status_codes=(403,),
            headers=(("x-amzn-errortype", ""),),
            body=r"For troubleshooting Function URL authorization issues",
        ),
    ),
)
AWS_ELB = Family(
    name="aws-elb",
    hop="load-balancer",
    marks=(
        own(
            text="the reason phrase of AWS's Classic Load Balancer without capacity",
            reason="Service Unavailable: Back-end server is at capacity",
        ),
        own(
            text="the reason phrase of AWS's Classic Load Balancer in capitals, above "
            "an empty body without Date and Server",
            status_codes=(504,),
            reason="GATEWAY_TIMEOUT",
            headers=(("content-length", r"^0$"),),
            test=lambda r: r.by_name.keys() <= {"content-length", "connection"},
        ),
    ),
)
APIGEE = Family(
    name="apigee",
    hop="load-balancer",
    marks=(
        own(
            text="`fault` with `faultstring` and `errorcode`: Apigee's own error",
            body=r'\A\s*\{\s*"fault":\s*\{\s*"(?:faultstring|detail)":[\s\S]{0,600}'
            r'"errorcode":',
        ),
    ),
)
_TYK = ("x-generator", r"^tyk\.io")
TYK = Family(
    name="tyk",
    hop="ingress",
    marks=(
        own(
            text="`X-Generator: tyk.io`, which Tyk writes on its own errors",
            status_codes=range(400, 600),
            headers=(_TYK,),
        ),
        own(
            text="Tyk's sentence for a failed upstream",
            body=r'\A\s*\{\s*"error":\s*"There was a problem proxying the request"',
        ),
        through(text="`X-Generator: tyk.io`", headers=(_TYK,)),
    ),
)
_KRAKEND = ("x-krakend", ".")
KRAKEND = Family(
    name="krakend",
    hop="ingress",
    marks=(
        own(
            text="an empty error with KrakenD's headers: no backend responded to it",
            status_codes=range(400, 600),
            headers=(_KRAKEND, ("x-krakend-completed", "^false$")),
            empty_body=True,
        ),
        through(
            text="X-Krakend: the response passed through KrakenD, which builds its own "
            "body from those of its backends",
            headers=(_KRAKEND,),
        ),
    ),
)
AZURE_API_MANAGEMENT = Family(
    name="azure-api-management",
    hop="load-balancer",
    marks=(
        own(
            text="`statusCode` and a message of Azure API Management",
            body=r'\A\s*\{\s*"statusCode":\s*\d{3},\s*"message":\s*"'
            r"(?:Access denied due to (?:missing|invalid) subscription key"
            r"|Rate limit is exceeded\. Try again in|Out of call volume quota"
            r"|Unable to match incoming request to an operation)",
        ),
        own(
            text="`activityId` in an error of Azure API Management",
            body=r'\A\s*\{\s*"statusCode":\s*\d{3},\s*"message":\s*"[^"]*",\s*'
            r'"activityId":\s*"[0-9a-f-]{36}"',
        ),
        own(
            text="`Resource not found` in the spacing of Azure API Management",
            status_codes=(404,),
            body=r'\A\{ "statusCode": 404, "message": "Resource not found" \}',
        ),
    ),
)
GOROUTER = Family(
    name="gorouter",
    hop="ingress",
    marks=(
        own(
            text="X-Cf-RouterError: Cloud Foundry's router made this response",
            headers=(("x-cf-routererror", ""),),
        ),
        own(
            text="gorouter's sentence: the route does not exist, or its app failed",
            body=r"\A(?:404 Not Found: Requested route \('[^']*'\) does not exist\."
            r"|502 Bad Gateway: Registered endpoint failed to handle the request\."
            r"|503 Service Unavailable: Requested route \('[^']*'\) has no available)",
        ),
    ),
)
IBM_API_CONNECT = Family(
    name="ibm-api-connect",
    hop="load-balancer",
    marks=(
        own(
            text="`httpCode`, `httpMessage` and `moreInformation`: an error of IBM API "
            "Connect",
            status_codes=range(400, 600),
            body=r'\A\s*\{\s*"httpCode":\s*"\d{3}",\s*"httpMessage":\s*"[^"]*",\s*'
            r'"moreInformation":',
        ),
        through(
            text="X-Global-Transaction-Id: the response passed through IBM's gateway",
            headers=(("x-global-transaction-id", ""),),
        ),
    ),
)
_SKIPPER = ("server", r"^Skipper$")
SKIPPER = Family(
    name="skipper",
    hop="ingress",
    marks=(
        own(
            text="only a status text with X-Rate-Limit under `Server: Skipper`: its "
            "own limit",
            status_codes=(429,),
            headers=(_SKIPPER, ("x-rate-limit", r"^\d+$")),
            body=r"\AToo Many Requests\s*\Z",
        ),
        own(
            text="only a status text of a failed upstream under `Server: Skipper`",
            status_codes=(502, 504),
            headers=(_SKIPPER, ("x-content-type-options", r"^nosniff$")),
            body=r"\A(?:Bad Gateway|Gateway Timeout)\s*\Z",
        ),
        through(
            text="`Server: Skipper`, which Skipper adds to responses without a Server",
            headers=(_SKIPPER,),
        ),
    ),
)
FAMILIES = (
    AWS_API_GATEWAY,
    AWS_LAMBDA,
    AWS_ELB,
    APIGEE,
    TYK,
    KRAKEND,
    AZURE_API_MANAGEMENT,
    GOROUTER,
    IBM_API_CONNECT,
    SKIPPER,
)
