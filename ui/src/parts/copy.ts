/** Puts text on the clipboard. Answers whether it worked. */
export async function copy(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return copyBySelection(value);
  }
}

// A web view may keep the clipboard to itself; then the old way, through a selection, still works.
function copyBySelection(value: string): boolean {
  const focused = document.activeElement;
  const holder = document.createElement("textarea");
  holder.value = value;
  holder.className = "unseen";
  // Inside an open dialog nothing outside of it can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(holder);
  holder.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way where the new one is refused
  const copied = document.execCommand("copy");
  holder.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
