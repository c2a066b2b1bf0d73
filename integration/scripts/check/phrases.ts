/** A phrase that readers stumble over, and the words to use instead. */
export interface Phrase {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** Phrases that texts for users must not contain: descriptions, messages, hints, documentation, titles of tests. */
export const bannedPhrases: readonly Phrase[] = [
  { pattern: /(?:^|[.:;|*"]\s*)Let (?!us\b)/m, instead: "an imperative such as Set, Grant, Run or Use" },
  { pattern: /\blacks?\b/i, instead: "is missing, has no" },
  { pattern: /\bthere is none\b/i, instead: "if missing, without a ..." },
  { pattern: /\b(?:is|are|was|be) (?:not |never )?looked at\b/i, instead: "is read, is checked, is managed" },
  { pattern: /\banew\b/i, instead: "again; for values: regenerated, recreated" },
  { pattern: /\b(?:bears?|bearing|borne)\b/i, instead: "carries, has" },
  { pattern: /\bwhoever\b/i, instead: "the actor: the user, the administrator, any program" },
  { pattern: /\bby the way\b/i, instead: "as a side effect" },
  { pattern: /\bin the making\b/i, instead: "being created" },
  { pattern: /\bbrought along\b/i, instead: "imported" },
  { pattern: /\b(?:come|comes|came|coming) into being\b/i, instead: "is created" },
  { pattern: /\btak(?:e|es|en|ing) away\b/i, instead: "removed, revoked" },
  { pattern: /\b(?:is|are|was|were|be) (?:not |never )?told\b/i, instead: "is reported, receives" },
];
