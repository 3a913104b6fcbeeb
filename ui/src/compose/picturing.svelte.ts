/** Pictures on their way into the text, and what is done to one that is selected there. */
import { answer } from "../app.svelte";
import { type AttachmentView, type CommandError, type PicturesDropped, commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { size } from "../size";
import { said, text } from "../text";
import type { Attaching } from "./attaching.svelte";
import type { Draft } from "./draft.svelte";
import { PICTURE_BYTES_MAX } from "./pictures.svelte";
import type { Editor } from "./squire";

const TOO_LARGE: CommandError = { message: "picture-too-large", args: { max: String(PICTURE_BYTES_MAX) }, faults: [] };

export class Picturing {
  /** What was not done as asked, until the person has read why. */
  told = $state.raw<string | null>(null);
  /** The picture that is selected, alone. */
  selected = $state.raw<HTMLImageElement | null>(null);
  /** Its description is being written. */
  describes = $state(false);
  /** The formatted editor, while it is open. */
  editor: Editor | null = null;
  #draft: Draft;
  #attaching: Attaching;

  constructor(draft: Draft, attaching: Attaching) {
    this.#draft = draft;
    this.#attaching = attaching;
  }

  /** Lets the person pick pictures. What cannot stand in the text is attached, and they are told. */
  async pick(): Promise<void> {
    if (this.#attaching.picking) return;
    await this.#attaching.during(async () => {
      const picked = await answer(commands.pickPictures());
      if (picked.status === "error") {
        this.#tell(said(picked.error));
        return;
      }
      const beside = picked.data.find((added) => added.content_id === null);
      if (beside) this.#tell(text("picture-attached", { name: beside.name, max: size(PICTURE_BYTES_MAX) }));
      await this.#place(picked.data.filter((added) => added.content_id !== null));
    });
  }

  /** Takes the pictures of a clipboard; as files beside the text where there is no formatting. Answers whether it has any. */
  paste(clipboard: DataTransfer | null): boolean {
    // What a clipboard holds can be read only now: it is empty when this call is over.
    const pictures = [...(clipboard?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (pictures.length > 0) void this.#attaching.during(() => this.#keep(pictures));
    return pictures.length > 0;
  }

  /** What Rust has taken in: where it fell on the text it is put there, and is attached otherwise. */
  async drop({ pictures, x, y }: PicturesDropped): Promise<void> {
    const root = this.editor?.getRoot();
    if (!root?.contains(document.elementFromPoint(x, y))) {
      await this.attach(pictures);
      return;
    }
    // What would replace it is in no WebKitGTK that a stable distribution has.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const range = document.caretRangeFromPoint(x, y);
    if (range && root.contains(range.startContainer)) this.editor?.setSelection(range);
    await this.#attaching.during(() => this.#place(pictures));
  }

  /** Attaches pictures beside the text. */
  async attach(pictures: readonly AttachmentView[]): Promise<boolean> {
    const attached = await answer(commands.attachPictures(pictures.map(({ id }) => id)));
    if (attached.status === "error") this.#tell(said(attached.error));
    else this.#attaching.attached(attached.data);
    return attached.status === "ok";
  }

  /** Says how many pictures of what was pasted were left out. */
  readonly leftOut = (count: number): void => {
    if (count > 0) this.#tell(text("pasted-without-pictures", { count }));
  };

  /** Looks which picture is selected. */
  look(): void {
    const range = this.editor?.getSelection();
    const isAlone = range && !range.collapsed && range.toString().replaceAll("\u200b", "") === "";
    const all = isAlone ? (this.editor?.getRoot().querySelectorAll("img") ?? []) : [];
    const images = [...all].filter((image) => range?.intersectsNode(image));
    this.selected = images.length === 1 ? (images[0] ?? null) : null;
  }

  /** Selects the picture that was clicked. */
  readonly clicked = (picture: HTMLImageElement): void => {
    const range = document.createRange();
    range.selectNode(picture);
    this.editor?.setSelection(range);
    this.look();
  };

  describe(words: string): void {
    this.editor?.saveUndoState();
    this.selected?.setAttribute("alt", words);
  }

  remove(): void {
    this.editor?.saveUndoState();
    this.selected?.remove();
    this.selected = null;
    announce(text("picture-removed"));
  }

  async #keep(pictures: readonly File[]): Promise<void> {
    for (const picture of pictures) {
      const kept = picture.size > PICTURE_BYTES_MAX ? ({ status: "error", error: TOO_LARGE } as const) : await this.#draft.pictures.paste(picture);
      if (kept.status === "error") this.#tell(said(kept.error));
      else if (this.editor) await this.#place([kept.data]);
      else await this.attach([kept.data]);
    }
  }

  async #place(pictures: readonly AttachmentView[]): Promise<void> {
    for (const picture of pictures) {
      const address = await this.#draft.pictures.fetch(picture);
      // The editor may have been closed meanwhile: a picture that was given is not lost.
      if (!this.editor) {
        await this.attach([picture]);
        continue;
      }
      this.editor.saveUndoState();
      this.editor.insertImage(address ?? "", { alt: "" });
    }
    if (pictures.length > 0) announce(text("picture-added", { count: pictures.length }));
  }

  #tell(words: string): void {
    this.told = words;
    announce(words);
  }
}
