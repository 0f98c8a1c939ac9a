"""Copying: the page's only script, which adds a button to each command.

In: nothing. Out: JavaScript. Without it the page has no such buttons, and nothing else
is missing. It does not: send a request; the policy allows this script by its hash, and
no connection.
"""

SCRIPT = """
for (const command of document.querySelectorAll("pre.command")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  command.after(button);
}
"""
