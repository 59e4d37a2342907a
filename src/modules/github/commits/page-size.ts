export const LARGEST_PAGE = 50;

/** Pages that succeed before a larger one is tried. */
const SUCCESSES_TO_GROW = 3;
/** Pages that succeed before a size is tried again that was too large once. */
const SUCCESSES_TO_FORGET = 40;

/**
 * How many commits to ask for at once: half of what was too much, then more again, halfway to what was too much lately.
 * Additions and deletions are computed for each question, so what GitHub can do in its time depends on the commits.
 */
export class PageSize {
  private size: number;
  private ceiling = LARGEST_PAGE;
  /** The largest that was possible lately. */
  private good = 0;
  private successes = 0;

  constructor(size: number) {
    this.size = Math.min(Math.max(size, 1), LARGEST_PAGE);
  }

  get current(): number {
    return this.size;
  }

  succeeded(): void {
    this.successes += 1;
    this.good = Math.max(this.good, this.size);
    if (this.successes % SUCCESSES_TO_FORGET === 0) this.ceiling = Math.min(this.ceiling * 2, LARGEST_PAGE);
    if (this.successes % SUCCESSES_TO_GROW === 0) this.size = Math.ceil((this.size + this.ceiling) / 2);
  }

  /** False: it cannot be smaller. */
  shrink(): boolean {
    if (this.size === 1) return false;
    this.ceiling = this.size - 1;
    const isGoodSmaller = this.good > 0 && this.good < this.size;
    this.size = isGoodSmaller ? this.good : Math.floor(this.size / 2);
    if (!isGoodSmaller) this.good = 0;
    return true;
  }
}
