// What a generator hands to tools/generate.ts, and the few words that all generated C shares.

export interface Output {
  /** Where it goes, from the project's root. */
  readonly path: string;
  /** The whole file; the same on every machine and every run. */
  readonly text: () => string;
}

/** First line of a generated C file: tools and readers look for the word. */
export const generatedC = (from: string, about: string): string =>
  `// GENERATED from ${from} by tools/generate.ts; do not edit.\n// ${about}\n`;
