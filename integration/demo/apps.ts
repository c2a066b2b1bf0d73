/** The three fediverse apps of the demo; nixops4.nix declares the resources of each. */
export const apps = ["mastodon", "peertube", "pixelfed"] as const;
export type App = (typeof apps)[number];
