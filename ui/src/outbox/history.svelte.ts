/**
 * Mail that is settled, as Rust finds it: an outline of all of it, and those pages of it that somebody looks at.
 *
 * With the outline any page can be asked for, so that one can be anywhere in a hundred thousand rows at once.
 */
import { answer, app } from "../app.svelte";
import { type OutboxItemView, type OutlineView, commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { text } from "../text";
import { Heights } from "./heights";
import { sameDay } from "./days";

/** How long the keys must rest before it is searched: a fast hand asks once for a word. */
export const REST_MS = 150;

/** How often it is asked again at most while things change. */
export const REFRESH_MS = 1000;

/** How many pages are kept; those that are farthest away go. */
const PAGES_KEPT_MAX = 12;

/** How many rows can be scrolled through. Engines draw a box no higher than 33 million pixels; what is older is searched for. */
const ROWS_MAX = 200_000;

/** How high a row is until it was seen, in px: one with its recipients, its state, a line to quote and a button. */
const ROW_PX = 154;

export class History {
  /** `null` until it is known. */
  outline = $state.raw<OutlineView | null>(null);
  /** What was found last by this. */
  found = $state("");
  heights = $state.raw(new Heights(0, ROW_PX));
  #pages = $state.raw<ReadonlyMap<number, readonly OutboxItemView[]>>(new Map());
  /** Counts the outlines: what was asked under an earlier one comes too late. */
  #edition = 0;
  #search = "";
  #resting: ReturnType<typeof setTimeout> | undefined;
  #pausing: ReturnType<typeof setTimeout> | undefined;
  #hasChanged = false;
  #followed: readonly OutboxItemView[] | null = null;
  /** The rows that are shown, first and last. */
  #shown: readonly [number, number] = [0, 0];
  #loading = false;

  /** How many rows there are to scroll through. */
  readonly count = $derived(Math.min(this.outline?.total ?? 0, ROWS_MAX));

  /** A row, or `null` while its page is on its way. */
  row(at: number): OutboxItemView | null {
    const [page, line] = this.#place(at);
    return this.#pages.get(page)?.[line] ?? null;
  }

  /** Where a row stands now, if its page is here. */
  find(id: string): number | null {
    for (const [page, rows] of this.#pages) {
      const line = rows.findIndex((row) => row.id === id);
      if (line >= 0) return page * (this.outline?.page_rows ?? 1) + line;
    }
    return null;
  }

  /** Whether a row is the first of its day in the list. */
  beginsDay(at: number): boolean {
    const row = this.row(at);
    if (row === null) return false;
    const [page, line] = this.#place(at);
    const before = line > 0 ? this.row(at - 1) : this.outline?.ends[page - 1];
    return !before || !sameDay(before.created_at_ms, row.created_at_ms);
  }

  /** Searches when the keys have rested. */
  type(search: string): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => void this.ask(search), REST_MS);
  }

  /** Asks for all, or for what is found. What was asked before comes too late. */
  async ask(search: string): Promise<void> {
    clearTimeout(this.#resting);
    const edition = (this.#edition += 1);
    this.#search = search;
    const first = await this.#page(null);
    if (first === null || edition !== this.#edition) return;
    this.#take(first.outline, new Map([[0, first.rows]]));
    this.found = search;
    if (search.trim() !== "") announce(text("history-found", { count: this.outline?.total ?? 0 }));
  }

  /** The outbox is another one now: asks again, at once if it has not just done so. */
  follow(outbox: readonly OutboxItemView[]): void {
    if (outbox === this.#followed) return;
    this.#followed = outbox;
    this.#renew();
  }

  #renew(): void {
    if (this.#pausing !== undefined) {
      this.#hasChanged = true;
      return;
    }
    this.#pausing = setTimeout(() => {
      this.#pausing = undefined;
      if (this.#hasChanged) this.#renew();
    }, REFRESH_MS);
    this.#hasChanged = false;
    void (this.outline === null ? this.ask(this.#search) : this.#refresh());
  }

  /** These rows are shown: asks for those that are not here, one page after the other. */
  async show(first: number, last: number): Promise<void> {
    this.#shown = [first, last];
    if (this.#loading) return;
    this.#loading = true;
    for (let page = this.#missing(); page !== null; page = this.#missing()) {
      const edition = this.#edition;
      const found = await this.#page(this.outline?.ends[page - 1]?.id ?? null);
      if (found === null) break;
      if (edition === this.#edition) this.#pages = this.#kept(new Map([...this.#pages, [page, found.rows]]));
    }
    this.#loading = false;
  }

  /** Nobody looks any more. */
  end(): void {
    this.#edition += 1;
    clearTimeout(this.#resting);
    clearTimeout(this.#pausing);
  }

  #place(at: number): [page: number, line: number] {
    const rows = this.outline?.page_rows ?? 1;
    return [Math.floor(at / rows), at % rows];
  }

  #missing(): number | null {
    if (this.count === 0) return null;
    const [first] = this.#place(Math.max(0, this.#shown[0]));
    const [last] = this.#place(Math.min(this.count - 1, this.#shown[1]));
    for (let page = first; page <= last; page += 1) if (!this.#pages.has(page)) return page;
    return null;
  }

  #kept(pages: Map<number, readonly OutboxItemView[]>): typeof pages {
    const [here] = this.#place(this.#shown[0]);
    const near = [...pages.keys()].toSorted((a, b) => Math.abs(a - here) - Math.abs(b - here));
    for (const page of near.slice(PAGES_KEPT_MAX)) pages.delete(page);
    return pages;
  }

  async #page(before: string | null) {
    const found = await answer(commands.outboxHistory(this.#search, before));
    if (found.status === "ok") return found.data;
    app.complaint = found.error;
    return null;
  }

  /** Asks for the outline and the shown pages anew, and takes them in together, so that no row flickers. */
  async #refresh(): Promise<void> {
    const edition = this.#edition;
    const first = await this.#page(null);
    if (!first?.outline || edition !== this.#edition) return;
    const pages = new Map<number, readonly OutboxItemView[]>([[0, first.rows]]);
    const { ends } = first.outline;
    const rows = this.#shown.map((at) => this.row(at));
    const [from = 0, to = from] = rows.map((row) => (row === null ? undefined : pageOf(row.id, ends)));
    // One before, for a row whose page has filled up meanwhile.
    for (let page = Math.max(1, from - 1); page <= Math.min(to, ends.length); page += 1) {
      const found = await this.#page(ends[page - 1]?.id ?? null);
      if (found === null || edition !== this.#edition) return;
      pages.set(page, found.rows);
    }
    this.#edition += 1;
    this.#take(first.outline, pages);
    // Where what was shown is gone or was not here yet.
    void this.show(...this.#shown);
  }

  #take(outline: OutlineView | null, pages: ReadonlyMap<number, readonly OutboxItemView[]>): void {
    const known = new Map<string, number>();
    for (const [page, rows] of this.#pages) {
      const from = page * (this.outline?.page_rows ?? 1);
      rows.forEach((row, line) => known.set(row.id, this.heights.of(from + line)));
    }
    this.outline = outline;
    this.#pages = pages;
    const heights = new Heights(this.count, ROW_PX);
    for (const [page, rows] of pages) {
      const from = page * (outline?.page_rows ?? 1);
      rows.forEach((row, line) => heights.measure(from + line, known.get(row.id) ?? ROW_PX));
    }
    this.heights = heights;
  }
}

/** The page that a row stands on: rows are numbered in the order they were queued, and the newest comes first. */
function pageOf(id: string, ends: OutlineView["ends"]): number {
  const page = ends.findIndex((end) => Number(id) >= Number(end.id));
  return page < 0 ? ends.length : page;
}
