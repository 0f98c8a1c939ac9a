"""Hosts of files, tunnels and managed apps: their own errors, by ids and by pages.

Sources: Amazon S3's error format; GitHub Pages' 404 page; ngrok's error reference;
the pages of DigitalOcean's App Platform and of Azure's App Service and Container Apps,
as quoted in public threads.
"""

from parallax.writers.mark import Family, own, through
from parallax.writers.response import Response

_ERRORS = range(400, 600)

GITHUB_PAGES = Family(
    name="github-pages",
    hop="unknown",
    marks=(
        own(
            text="GitHub Pages' own page",
            status_codes=_ERRORS,
            body=r"<title>(?:Site|Page) not found &middot; GitHub Pages</title>"
            r"|There isn't a GitHub Pages site here",
        ),
        through(text="`Server: GitHub.com`", headers=(("server", r"^GitHub\.com"),)),
    ),
)


def _aws_storage(response: Response) -> bool:
    """Whether S3's ids are there, which other stores do not send."""
    named = response.value("server").lower() == "amazons3"
    return named or "x-amz-id-2" in response.by_name


S3 = Family(
    name="s3",
    hop="unknown",
    marks=(
        own(
            text="an `Error` with a `Code` in the format of S3, with Amazon's Server",
            status_codes=(*range(300, 308), *_ERRORS),
            body=r"<Error>\s*<Code>\w+</Code>|<li>Code: \w+</li>",
            test=_aws_storage,
        ),
        own(
            text="an XML error of S3 without its body (HEAD), with both of its ids",
            status_codes=_ERRORS,
            headers=(
                ("server", r"^AmazonS3$"),
                ("content-type", r"^application/xml$"),
                ("x-amz-request-id", ""),
                ("x-amz-id-2", ""),
            ),
            empty_body=True,
        ),
        through(text="`Server: AmazonS3`", headers=(("server", r"^AmazonS3$"),)),
    ),
)
ALIYUN_OSS = Family(
    name="aliyun-oss",
    hop="unknown",
    marks=(
        own(
            text="an XML error of Alibaba Cloud's object storage, with its id",
            status_codes=_ERRORS,
            headers=(
                ("server", r"^AliyunOSS$"),
                ("x-oss-request-id", ""),
                ("content-type", r"^application/xml$"),
            ),
        ),
        through(text="`Server: AliyunOSS`", headers=(("server", r"^AliyunOSS$"),)),
    ),
)
AZURE_STORAGE = Family(
    name="azure-storage",
    hop="unknown",
    marks=(
        own(
            text="X-Ms-Error-Code under the name of Azure Storage",
            headers=(
                ("server", r"^Windows-Azure-(?:Blob|Web|File|Queue|Table)"),
                ("x-ms-error-code", ""),
            ),
        ),
        through(
            text="`Server` names Azure Storage",
            headers=(("server", r"^Windows-Azure-(?:Blob|Web|File|Queue|Table)"),),
        ),
    ),
)
NGROK = Family(
    name="ngrok",
    hop="unknown",
    marks=(
        own(
            text="Ngrok-Error-Code: ngrok made this response",
            headers=(("ngrok-error-code", r"^ERR_NGROK_"),),
        ),
        own(
            text="an error number of ngrok",
            status_codes=_ERRORS,
            body=r"\bERR_NGROK_\d+\b",
        ),
    ),
)
DIGITALOCEAN = Family(
    name="digitalocean-app-platform",
    hop="unknown",
    marks=(
        own(
            text="App Platform's own page",
            status_codes=_ERRORS,
            body=r"App Platform failed to forward this request to the application"
            r"|<title>[^<]*via_upstream[^<]*</title>",
        ),
        through(text="X-Do-App-Origin", headers=(("x-do-app-origin", ""),)),
    ),
)
AZURE_APP_SERVICE = Family(
    name="azure-app-service",
    hop="unknown",
    marks=(
        own(
            text="the page of Azure's App Service or Container Apps",
            status_codes=_ERRORS,
            body=r"<title>(?:Microsoft )?Azure (?:Web App|App Service|Container App)\b"
            r"|<h1[^>]*>:\( Application Error</h1>|Error 403 - This web app is stopped",
        ),
    ),
)
FAMILIES = (
    GITHUB_PAGES,
    S3,
    ALIYUN_OSS,
    AZURE_STORAGE,
    NGROK,
    DIGITALOCEAN,
    AZURE_APP_SERVICE,
)
