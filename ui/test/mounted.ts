/** Mounts a window's component in a fresh page, with a runtime and a state of its own, and takes it away afterwards. */
import type { Component } from "svelte";
import { afterEach } from "vitest";

let takeAway: (() => Promise<void>) | null = null;

afterEach(async () => {
  await takeAway?.();
  takeAway = null;
});

export async function mounted(load: () => Promise<{ default: Component }>): Promise<void> {
  const [{ mount, unmount }, { default: Window }] = await Promise.all([import("svelte"), load()]);
  const shown = mount(Window, { target: document.body });
  takeAway = () => unmount(shown);
}

/** Until what was done shows. */
export async function drawn(): Promise<void> {
  const { tick } = await import("svelte");
  await tick();
}
