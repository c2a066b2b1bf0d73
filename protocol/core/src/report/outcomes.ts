/** Outcomes of a request that may write. The outcome line on stderr has one of these words. */
export const outcomes = {
  created: "The object did not exist and was created.",
  updated: "The object existed and differed from the inputs. The provider changed it to match them.",
  adopted:
    "The object existed without this deployment's mark. The deployment took it over, as `adopt` or `adoptFrom` allows, and changed it to match the inputs.",
  unchanged: "Nothing was written: the object already matched the inputs, or a destroy found no object.",
  deleted: "The object was deleted, or the unfinished object of a create that was killed.",
  retained:
    "A destroy kept the object: `deletion` says so, the object was adopted, or its type is retained by default. Its mark was removed, if it had one.",
  failed: "The request failed. The error names the reason, and usually an action that solves it.",
} as const;

export type Outcome = keyof typeof outcomes;
