const noWorm = {
  reason: "Garage has no object lock, versions or retention, and a key that may write may also overwrite and delete",
  hint: "Declare a `grant` with `sealed = true` after the objects were written: then no key can change them, only an admin token can",
};

/** What an immutable bucket has elsewhere. */
export const unsupported = { objectLock: noWorm, versioning: noWorm, retention: noWorm };
