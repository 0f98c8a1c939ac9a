// What the theme leaves out for keyboards and screen readers: each landmark needs a name
// of its own, and each area that scrolls must be reachable.
for (const path of document.querySelectorAll("nav.md-path")) path.setAttribute("aria-label", "Path")
for (const list of document.querySelectorAll("nav.md-nav--secondary")) list.setAttribute("aria-label", "On this page")
const wide = ".md-typeset__scrollwrap, .md-typeset p:has(> img[src$='.svg'])"
addEventListener("load", () => {
  for (const area of document.querySelectorAll(wide)) area.tabIndex = 0
  for (const copy of document.querySelectorAll("nav.md-code__nav")) copy.setAttribute("role", "none")
})
