/** How a request that may write can end, as its outcome line on stderr reports it. */
export const outcomes = {
  created: "The object did not exist and was created.",
  updated: "The object existed and differed from the inputs. The differences were repaired.",
  adopted:
    "The object existed without this deployment's mark. The deployment took it over, as `adopt` or `adoptFrom` allows, and repaired the differences.",
  unchanged: "Nothing was written: the object already matched the inputs, or a destroy found no object.",
  deleted: "The object, or the unfinished part of it that a killed create left behind, was deleted.",
  retained: "A destroy kept the object, because of `deletion` or because it was adopted. It carries no mark now.",
  failed: "The request failed. The error names the reason and what to do.",
} as const;

export type Outcome = keyof typeof outcomes;
