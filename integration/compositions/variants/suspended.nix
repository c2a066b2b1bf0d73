# Mastodon is off.
_: {
  mastodon.social.size = "medium";
  mastodon.social.suspended = true;
}
