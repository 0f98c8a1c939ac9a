"""Copying: the page's only script, which adds a button to each command.

In: nothing. Out: JavaScript. Without it the page has no such buttons, and nothing else
is missing. It does not: send a request; the policy allows this script by its hash, and
no connection.
"""

SCRIPT = """
for (const command of document.querySelectorAll("pre.command")) {
  const button = document.createElement("button");
  const reset = () => {
    button.textContent = command.dataset.copy;
    button.setAttribute("aria-label", command.dataset.name);
  };
  button.type = "button";
  button.className = "copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    let done = "Copied";
    try {
      await navigator.clipboard.writeText(command.textContent);
    } catch {
      getSelection().selectAllChildren(command);
      done = "Selected";
    }
    button.removeAttribute("aria-label");
    button.textContent = done;
    setTimeout(reset, 2000);
  });
  reset();
  command.after(button);
}
"""
