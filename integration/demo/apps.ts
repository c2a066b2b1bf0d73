/** The three fediverse apps of the demo; nixops4.nix declares what each one gets. */
export const apps = ["mastodon", "peertube", "pixelfed"] as const;
export type App = (typeof apps)[number];
