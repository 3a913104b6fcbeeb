/** Where in the main window the person is. The session decides what "home" shows. */
import { tick } from "svelte";

export type Place = "home" | "inspector" | "manager" | "outbox" | "settings";

class Whereabouts {
  place = $state<Place>("home");
}

export const whereabouts = new Whereabouts();

/** Goes there and puts the focus on the heading, so that a listener hears where they are. */
export async function go(place: Place): Promise<void> {
  whereabouts.place = place;
  await tick();
  document.querySelector<HTMLElement>("h1[tabindex]")?.focus();
}
