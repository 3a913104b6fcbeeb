/**
 * The pictures in the text. Rust keeps their bytes and names each by a content id; the window holds one copy to show, under
 * an address of its own. The HTML of a draft names them as `cid:` and that id (RFC 2392).
 */
import { answer } from "../app.svelte";
import { type AttachmentView, commands } from "../bindings";

/** The largest picture that can stand in the text: Rust refuses a larger one, this only spares the way there. */
export const PICTURE_BYTES_MAX = 10_000_000;

const SCHEME = "cid:";

export class Pictures {
  /** The content ids of those that the text shows now. */
  shown = $state.raw<ReadonlySet<string>>(new Set());
  #addresses = new Map<string, string>();
  #ids = new Map<string, string>();

  /** Fetches those of a draft, one by one: each is in memory twice only while it comes. */
  async load(attachments: readonly AttachmentView[]): Promise<void> {
    for (const attachment of attachments) await this.fetch(attachment);
  }

  /** The address of a picture; `null` where it is a file beside the text. */
  async fetch({ id, content_id, content_type }: AttachmentView): Promise<string | null> {
    if (content_id === null) return null;
    const known = this.#addresses.get(content_id);
    if (known !== undefined) return known;
    const bytes = await answer(commands.picture(id));
    // One whose copy cannot be read keeps its place in the text, and shows its description.
    const address = bytes.status === "ok" ? URL.createObjectURL(blobOf(bytes.data, content_type)) : `data:,${content_id}`;
    return this.#know(content_id, address);
  }

  /** Hands a picture over to Rust, and gives the address under which it is shown. */
  async paste(picture: Blob): Promise<Awaited<ReturnType<typeof commands.pastePicture>> & { address?: string }> {
    const kept = await answer(commands.pastePicture(await base64Of(picture)));
    if (kept.status === "error" || kept.data.content_id === null) return kept;
    return { ...kept, address: this.#know(kept.data.content_id, URL.createObjectURL(picture)) };
  }

  /** The address under which the window shows what HTML names; `null` for what is no picture of this draft. */
  shownAs(source: string): string | null {
    if (this.#ids.has(source)) return source;
    return source.startsWith(SCHEME) ? (this.#addresses.get(source.slice(SCHEME.length)) ?? null) : null;
  }

  /** How the draft's HTML names the picture at an address. */
  named(address: string): string | null {
    const id = this.#ids.get(address);
    return id === undefined ? null : SCHEME + id;
  }

  /** Counts what stands in the text. */
  look(root: ParentNode | null): void {
    const images = root?.querySelectorAll("img") ?? [];
    const ids = [...images].map((image) => this.#ids.get(image.getAttribute("src") ?? "")).filter((id) => id !== undefined);
    if (ids.length !== this.shown.size || ids.some((id) => !this.shown.has(id))) this.shown = new Set(ids);
  }

  /** Whether it stands in the text. */
  shows({ content_id }: AttachmentView): boolean {
    return content_id !== null && this.shown.has(content_id);
  }

  #know(id: string, address: string): string {
    this.#addresses.set(id, address);
    this.#ids.set(address, id);
    return address;
  }
}

function blobOf(base64: string, type: string): Blob {
  return new Blob([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], { type });
}

async function base64Of(blob: Blob): Promise<string> {
  const reader = new FileReader();
  await new Promise((done) => {
    reader.onloadend = done;
    reader.readAsDataURL(blob);
  });
  const address = typeof reader.result === "string" ? reader.result : "";
  return address.slice(address.indexOf(",") + 1);
}
