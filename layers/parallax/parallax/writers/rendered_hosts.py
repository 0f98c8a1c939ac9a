"""Rendered hosts: the same sentences of platforms, shields and frameworks.

In: nothing. Out: `PAGES`. It does not: match them; `rendered` does.
"""

from parallax.writers.rendered_pages import Rendered

PAGES = (
    Rendered(
        "heroku",
        "unknown",
        "the page of Heroku's router",
        r"An error occurred in the application and your page could not be served\. "
        r"(?:If you are the application owner|Please try again)|heroku \| no such app",
    ),
    Rendered(
        "vercel",
        "cdn",
        "one of Vercel's error codes with its request id",
        r"\b(?:DEPLOYMENT|FUNCTION|EDGE_FUNCTION|MIDDLEWARE|ROUTER|DNS|NOT_FOUND"
        r"|INFINITE_LOOP|NO_RESPONSE_FROM)[A-Z_]* .{0,80}\b[a-z]{3}\d::[\w:-]+",
    ),
    Rendered(
        "google",
        "load-balancer",
        "the sentences of Google's load balancer or front end",
        r"[45]\d\d\. That's an error\.|Error: Server Error The server encountered a "
        r"temporary error and could not complete your request",
    ),
    Rendered(
        "railway",
        "cdn",
        "Railway's sentence for an app that does not respond",
        r"Application failed to respond This error appears to be caused by the app",
    ),
    Rendered(
        "azure-front-door",
        "cdn",
        "Front Door's sentences",
        r"Our services aren't available right now We're working to restore all "
        r"services",
    ),
    Rendered(
        "azure-app-service",
        "unknown",
        "the sentence of Azure's App Service",
        r"Error 403 - This web app is stopped|Error 404 - Web app not found",
    ),
    Rendered(
        "github-pages",
        "unknown",
        "GitHub Pages' sentence",
        r"There isn't a GitHub Pages site here",
    ),
    Rendered("ngrok", "unknown", "an error number of ngrok", r"\bERR_NGROK_\d+\b"),
    Rendered(
        "imperva",
        "cdn",
        "Imperva's incident id",
        r"Request unsuccessful\. Incapsula incident ID",
    ),
    Rendered(
        "sucuri",
        "cdn",
        "the page of Sucuri's firewall",
        r"Sucuri WebSite Firewall",
    ),
    Rendered(
        "f5",
        "load-balancer",
        "the block page of F5's BIG-IP",
        r"The requested URL was rejected\. Please consult with your administrator\.",
    ),
    Rendered(
        "express",
        "pod",
        "Express's sentence for an unknown path",
        r"^(?:Error )?Cannot (?:GET|POST|PUT|DELETE|PATCH) /\S*$",
    ),
    Rendered(
        "rails",
        "pod",
        "the page of Rails",
        r"We're sorry, but something went wrong\.? If you are the application owner",
    ),
    Rendered(
        "app",
        "pod",
        "the sentence of WordPress",
        r"There has been a critical error on this website\.",
    ),
)
