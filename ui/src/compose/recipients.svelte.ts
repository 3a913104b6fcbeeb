/**
 * One line of recipients: those that stand there as chips, and what is still being typed.
 *
 * Rust judges the addresses. Until it has, a chip shows what was typed.
 */
import { answer } from "../app.svelte";
import { type AddressView, type LikenessView, commands } from "../bindings";
import { text } from "../text";
import type { Addressee } from "./tips";

/** A recipient. `looksLike` is the address that may be meant instead. */
export type Chip = AddressView & { key: number; looksLike: LikenessView | null };

/** What separates addresses in a pasted list. */
const SEPARATORS = /[,;\n\t]/;

let keys = 0;

export class RecipientList {
  chips = $state.raw<Chip[]>([]);
  pending = $state("");
  #changed: () => void;
  #checks = new Set<Promise<unknown>>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Fills the line from a draft. */
  async load(texts: string[]): Promise<void> {
    this.pending = "";
    this.chips = texts.map(unchecked);
    await Promise.all(this.chips.map((chip) => this.#check(chip)));
    this.#compare(this.chips);
  }

  /** Takes what was typed, or pasted, as recipients. Answers the chips that came of it. */
  async add(typed: string): Promise<Chip[]> {
    const words = typed.trim();
    if (words === "") return [];
    const chip = unchecked(words);
    this.chips = [...this.chips, chip];
    return this.#take(chip);
  }

  /** Puts another recipient in a chip's place. */
  replace(key: number, words: string): Promise<Chip[]> {
    const chip = unchecked(words);
    this.chips = this.chips.map((other) => (other.key === key ? chip : other));
    return this.#take(chip);
  }

  has(address: string): boolean {
    return this.chips.some((chip) => identity(chip) === address.toLowerCase());
  }

  /** Turns what stands in the field into chips. */
  commit(): Promise<Chip[]> {
    const typed = this.pending;
    this.pending = "";
    return this.add(typed);
  }

  remove(key: number): void {
    this.chips = this.chips.filter((chip) => chip.key !== key);
    this.#changed();
  }

  /** Puts a chip's text back into the field, to be mended. */
  edit(key: number): void {
    const chip = this.chips.find((candidate) => candidate.key === key);
    if (!chip) return;
    void this.commit();
    this.remove(key);
    this.pending = chip.text;
    this.#changed();
  }

  /** Resolves when every address has been judged. */
  async settled(): Promise<void> {
    while (this.#checks.size > 0) await Promise.all(this.#checks);
  }

  /** Everything that stands there, for the draft: half-typed addresses belong to it too. */
  texts(): string[] {
    const typed = this.pending.trim();
    return [...this.chips.map((chip) => chip.text), ...(typed === "" ? [] : [typed])];
  }

  async #take(chip: Chip): Promise<Chip[]> {
    this.#changed();
    const taken = await this.#check(chip);
    this.#compare(taken);
    this.#changed();
    return taken;
  }

  #check(chip: Chip): Promise<Chip[]> {
    return this.#waitFor(this.#judge(chip));
  }

  /** Asks whether each is the one that was meant. They stand there as they are meanwhile. */
  #compare(chips: Chip[]): void {
    const addresses = chips.flatMap(({ address }) => address ?? []);
    if (addresses.length > 0) void this.#waitFor(this.#findDoubts(addresses));
  }

  async #findDoubts(addresses: string[]): Promise<void> {
    const asked = await answer(commands.checkRecipients(addresses));
    if (asked.status === "error") return;
    const likenesses = new Map(asked.data.map((check) => [check.address, check.looks_like]));
    this.chips = this.chips.map((chip) => {
      const looksLike = likenesses.get(chip.address ?? "") ?? null;
      return looksLike === null ? chip : { ...chip, looksLike };
    });
  }

  #waitFor<T>(work: Promise<T>): Promise<T> {
    const check = work.finally(() => this.#checks.delete(check));
    this.#checks.add(check);
    return check;
  }

  async #judge(chip: Chip): Promise<Chip[]> {
    const asked = await answer(commands.checkAddresses(chip.text));
    // Without an answer the chip stays as typed: the outbox judges it again before anything is sent.
    if (asked.status === "error" || !this.chips.includes(chip)) return [chip];
    const judged = asked.data.map((view): Chip => ({ ...view, key: (keys += 1), looksLike: null }));
    const others = new Set(this.chips.filter((other) => other !== chip).map(identity));
    const fresh = judged.filter((candidate) => {
      const id = identity(candidate);
      return !others.has(id) && others.add(id);
    });
    this.chips = this.chips.flatMap((other) => (other === chip ? fresh : [other]));
    return fresh;
  }
}

/** What a chip shows. */
export function who(chip: AddressView): string {
  return chip.name ?? chip.address ?? chip.text;
}

/** Whom a chip stands for, where its address is sound. */
export function addressee(chip: AddressView): Addressee[] {
  return chip.address === null || chip.fault !== null ? [] : [{ address: chip.address, who: who(chip) }];
}

/** Why a chip cannot be sent to, in words. */
export function fault(chip: AddressView): string | null {
  return chip.fault === null ? null : text(chip.fault, {}, "address-other");
}

/** Why a chip may not be the one that was meant, in words. */
export function doubt({ looksLike }: Chip): string | null {
  if (looksLike === null) return null;
  const { address: other, written_to } = looksLike;
  return written_to ? text("chip-alike", { other }) : text("chip-alike-public", { other });
}

/** Whether pasted text is a list, which becomes chips at once. */
export function looksLikeList(pasted: string): boolean {
  return SEPARATORS.test(pasted.trim());
}

/** Whether a comma or semicolon typed now ends an address: not inside a quoted name, nor a comment. */
export function endsAddress(typed: string): boolean {
  const quotes = typed.replaceAll(/\\./g, "").split('"').length - 1;
  return typed.trim() !== "" && quotes % 2 === 0;
}

function unchecked(words: string): Chip {
  return { key: (keys += 1), text: words, name: null, address: null, fault: null, looksLike: null };
}

function identity(chip: Chip): string {
  return (chip.address ?? chip.text).toLowerCase();
}
